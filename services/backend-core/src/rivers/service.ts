import type { Caller, Plan, River } from "@rivergen/contracts";
import { type ChecksDependencies, createRiverChecks, invalid, type RiverChecks } from "./checks.ts";
import { createDrafts } from "./drafts.ts";
import { requireLockedRiver, requireRiver } from "./find.ts";
import { riverRepository as rivers } from "./repository.ts";
import { createVersions, type VersionsDependencies } from "./versions.ts";

export type RiverService = ReturnType<typeof createRiverService>;

/** Rivers and their versions: checked, saved, looked at, planned. */
export function createRiverService(dependencies: ChecksDependencies & VersionsDependencies) {
  const { valid, ...checks } = createRiverChecks(dependencies);
  return {
    ...checks,
    ...createVersions({ ...dependencies, valid }),
    ...createDrafts(dependencies),
    ...createShelf({ ...dependencies, check: checks.check }),
  };
}

function createShelf({ inWorkspace, events, check }: VersionsDependencies & Pick<RiverChecks, "check">) {
  async function get(workspaceId: string, idOrName: string, version?: number): Promise<River> {
    return inWorkspace(workspaceId, (tx) => requireRiver(tx, workspaceId, idOrName, version));
  }

  async function list(workspaceId: string, { limit, cursor }: { limit: number; cursor?: string | undefined }) {
    const rows = await inWorkspace(workspaceId, (tx) => rivers.list(tx, workspaceId, cursor, limit + 1));
    return { items: rows.slice(0, limit), nextCursor: rows.length > limit ? (rows[limit - 1]?.name ?? null) : null };
  }

  async function listVersions(workspaceId: string, idOrName: string, { limit, cursor }: { limit: number; cursor?: string | undefined }) {
    const before = cursor === undefined || !/^\d{1,9}$/.test(cursor) ? undefined : Number(cursor);
    const rows = await inWorkspace(workspaceId, async (tx) =>
      rivers.listVersions(tx, workspaceId, (await requireRiver(tx, workspaceId, idOrName)).id, before, limit + 1),
    );
    return { items: rows.slice(0, limit), nextCursor: rows.length > limit ? String(rows[limit - 1]?.version) : null };
  }

  async function remove(caller: Caller, idOrName: string): Promise<void> {
    await inWorkspace(caller.workspaceId, async (tx) => {
      const river = await requireLockedRiver(tx, caller.workspaceId, idOrName);
      await rivers.remove(tx, caller.workspaceId, river.id);
      await events.append(tx, caller.workspaceId, { type: "river.deleted", subject: river.id, channels: [], data: { name: river.name } });
    });
  }

  /** @throws RIVER_INVALID when the datasets have changed under it */
  async function plan(caller: Caller, idOrName: string, parameters: Record<string, unknown>): Promise<Plan> {
    const river = await get(caller.workspaceId, idOrName);
    const checked = await check(caller, { kind: "document", document: river.document }, parameters, true);
    if (!checked.plan) throw invalid(checked.errors);
    return checked.plan;
  }

  return { get, list, listVersions, remove, plan };
}
