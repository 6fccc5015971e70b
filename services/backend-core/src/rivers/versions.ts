import { AppError, type Caller, idFor, type River, type RiverDocument, type Transaction } from "@rivergen/contracts";
import { assertMatch } from "../etag.ts";
import type { EventLog } from "../events/log.ts";
import { type DocumentSource, invalid, type RiverChecks } from "./checks.ts";
import { requireLockedRiver, requireRiver } from "./find.ts";
import { riverRepository as rivers } from "./repository.ts";

export interface VersionsDependencies {
  readonly inWorkspace: <T>(workspaceId: string, work: (tx: Transaction) => Promise<T>) => Promise<T>;
  readonly events: EventLog;
}
interface Valid {
  readonly document: RiverDocument;
  readonly digest: string;
}

/** How saved rivers come to be and grow: every save is a version. */
export function createVersions({ inWorkspace, events, valid }: VersionsDependencies & Pick<RiverChecks, "valid">) {
  /** @throws RIVER_INVALID, RIVER_NAME_TAKEN */
  async function create(caller: Caller, source: DocumentSource): Promise<River> {
    const { document, digest } = await valid(caller, source);
    return inWorkspace(caller.workspaceId, async (tx) => {
      const id = idFor("river", caller);
      if (!(await rivers.insert(tx, caller.workspaceId, { id, name: document.river, draft: false, expiresAt: null }))) {
        const mine = await rivers.find(tx, caller.workspaceId, id);
        if (mine) return mine;
        throw new AppError("RIVER_NAME_TAKEN", { detail: `There is a river ${document.river}. PUT /v1/rivers/${document.river} saves its next version.` });
      }
      return saveVersion(events, tx, caller, id, { document, digest });
    });
  }

  /** Saves the next version; the same document again adds none. @throws RIVER_INVALID, PRECONDITION_FAILED */
  async function put(caller: Caller, name: string, source: DocumentSource, ifMatch: string | undefined): Promise<{ river: River; created: boolean }> {
    const { document, digest } = await valid(caller, source);
    return inWorkspace(caller.workspaceId, async (tx) => {
      const id = idFor("river", caller);
      let known = await rivers.lock(tx, caller.workspaceId, name);
      const own = known?.name ?? name;
      if (document.river !== own) throw invalid([{ path: "/river", code: "NAME_MISMATCH", message: `is ${document.river}, but the address says ${own}` }]);
      assertMatch(known, ifMatch, "river");
      const created = !known && (await rivers.insert(tx, caller.workspaceId, { id, name, draft: false, expiresAt: null }));
      // Another request made it in this very moment: this one is its next version.
      if (!known && !created) assertMatch((known = await requireLockedRiver(tx, caller.workspaceId, name)), ifMatch, "river");
      if (known?.digest === digest) return { river: known, created };
      return { river: await saveVersion(events, tx, caller, known?.id ?? id, { document, digest }), created };
    });
  }

  /** Makes an earlier version the newest again, as a new one: history only grows. @throws RIVER_NOT_FOUND, RIVER_VERSION_NOT_FOUND */
  async function rollback(caller: Caller, idOrName: string, version: number): Promise<River> {
    const { document, digest } = await inWorkspace(caller.workspaceId, (tx) => requireRiver(tx, caller.workspaceId, idOrName, version));
    return inWorkspace(caller.workspaceId, async (tx) => {
      const river = await requireLockedRiver(tx, caller.workspaceId, idOrName);
      if (river.digest === digest) return river;
      return saveVersion(events, tx, caller, river.id, { document, digest });
    });
  }

  return { create, put, rollback };
}

/** Adds a version to a river, and logs it. */
export async function saveVersion(events: EventLog, tx: Transaction, caller: Caller, id: string, { document, digest }: Valid): Promise<River> {
  const river = await rivers.addVersion(tx, caller.workspaceId, id, { document, digest, createdBy: caller.userId });
  await events.append(tx, caller.workspaceId, { type: "river.saved", subject: river.id, channels: [], data: { name: river.name, version: river.version } });
  return river;
}
