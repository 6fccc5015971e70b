import { AppError, type Caller, type Flow, FlowName, idFor, type Transaction } from "@rivergen/contracts";
import { invalidFlow } from "@rivergen/flow";
import { assertMatch } from "../etag.ts";
import type { EventLog } from "../events/log.ts";
import type { FlowChecks, FlowText, ValidFlow } from "./checks.ts";
import { flowRepository as flows } from "./repository.ts";

export interface FlowDependencies {
  readonly inWorkspace: <T>(workspaceId: string, work: (tx: Transaction) => Promise<T>) => Promise<T>;
  readonly events: EventLog;
  readonly checks: FlowChecks;
}

export type FlowService = ReturnType<typeof createFlowService>;

/** Flows and their versions: checked, saved, looked at. */
export function createFlowService(dependencies: FlowDependencies) {
  const { validate, specification } = dependencies.checks;
  return { validate, specification, ...createVersions(dependencies), ...createShelf(dependencies) };
}

/** How flows come to be and grow: every save is a version. */
function createVersions({ inWorkspace, events, checks }: FlowDependencies) {
  async function save(tx: Transaction, caller: Caller, id: string, { document, digest }: ValidFlow): Promise<Flow> {
    const flow = await flows.addVersion(tx, caller.workspaceId, id, { document, digest, createdBy: caller.userId });
    await events.append(tx, caller.workspaceId, { type: "flow.saved", subject: flow.id, channels: [], data: { name: flow.name, version: flow.version } });
    return flow;
  }

  /** @throws FLOW_INVALID, FLOW_NAME_TAKEN */
  async function create(caller: Caller, given: string | undefined, text: FlowText): Promise<Flow> {
    const valid = checks.valid(text);
    const name = given ?? nameIn(valid);
    return inWorkspace(caller.workspaceId, async (tx) => {
      const id = idFor("flow", caller);
      if (!(await flows.insert(tx, caller.workspaceId, { id, name }))) {
        const mine = await flows.find(tx, caller.workspaceId, id);
        if (mine) return mine;
        throw new AppError("FLOW_NAME_TAKEN", { detail: `There is a flow ${name}. PUT /v1/flows/${name} saves its next version.` });
      }
      return save(tx, caller, id, valid);
    });
  }

  /** Saves the next version; the same document again adds none. @throws FLOW_INVALID, PRECONDITION_FAILED */
  async function put(caller: Caller, idOrName: string, text: FlowText, ifMatch: string | undefined): Promise<{ flow: Flow; created: boolean }> {
    const valid = checks.valid(text);
    return inWorkspace(caller.workspaceId, async (tx) => {
      const id = idFor("flow", caller);
      let known = await flows.lock(tx, caller.workspaceId, idOrName);
      assertMatch(known, ifMatch, "flow");
      const created = !known && (await flows.insert(tx, caller.workspaceId, { id, name: requireName(idOrName, "") }));
      // Another request made it in this very moment: this one is its next version.
      if (!known && !created) assertMatch((known = await requireLocked(tx, caller.workspaceId, idOrName)), ifMatch, "flow");
      if (known?.digest === valid.digest) return { flow: known, created };
      return { flow: await save(tx, caller, known?.id ?? id, valid), created };
    });
  }

  /** Makes an earlier version the newest again, as a new one: history only grows. @throws FLOW_NOT_FOUND, FLOW_VERSION_NOT_FOUND, FLOW_INVALID */
  async function rollback(caller: Caller, idOrName: string, version: number): Promise<Flow> {
    return inWorkspace(caller.workspaceId, async (tx) => {
      const newest = await requireLocked(tx, caller.workspaceId, idOrName);
      const older = await requireFlow(tx, caller.workspaceId, newest.id, version);
      if (older.digest === newest.digest) return newest;
      // What is registered may have changed since it was saved.
      return save(tx, caller, newest.id, checks.valid(older.document));
    });
  }

  return { create, put, rollback };
}

function createShelf({ inWorkspace, events }: FlowDependencies) {
  async function get(workspaceId: string, idOrName: string, version?: number): Promise<Flow> {
    return inWorkspace(workspaceId, (tx) => requireFlow(tx, workspaceId, idOrName, version));
  }

  async function list(workspaceId: string, { limit, cursor }: { limit: number; cursor?: string | undefined }) {
    const rows = await inWorkspace(workspaceId, (tx) => flows.list(tx, workspaceId, cursor, limit + 1));
    return { items: rows.slice(0, limit), nextCursor: rows.length > limit ? (rows[limit - 1]?.name ?? null) : null };
  }

  async function listVersions(workspaceId: string, idOrName: string, { limit, cursor }: { limit: number; cursor?: string | undefined }) {
    const before = cursor === undefined || !/^\d{1,9}$/.test(cursor) ? undefined : Number(cursor);
    const rows = await inWorkspace(workspaceId, async (tx) =>
      flows.listVersions(tx, workspaceId, (await requireFlow(tx, workspaceId, idOrName)).id, before, limit + 1),
    );
    return { items: rows.slice(0, limit), nextCursor: rows.length > limit ? String(rows[limit - 1]?.version) : null };
  }

  async function remove(caller: Caller, idOrName: string): Promise<void> {
    await inWorkspace(caller.workspaceId, async (tx) => {
      const flow = await requireLocked(tx, caller.workspaceId, idOrName);
      await flows.remove(tx, caller.workspaceId, flow.id);
      await events.append(tx, caller.workspaceId, { type: "flow.deleted", subject: flow.id, channels: [], data: { name: flow.name } });
    });
  }

  return { get, list, listVersions, remove };
}

/** @throws FLOW_NOT_FOUND, FLOW_VERSION_NOT_FOUND */
async function requireFlow(tx: Transaction, workspaceId: string, idOrName: string, version?: number): Promise<Flow> {
  const flow = await flows.find(tx, workspaceId, idOrName, version);
  if (flow) return flow;
  throw new AppError(version !== undefined && (await flows.find(tx, workspaceId, idOrName)) ? "FLOW_VERSION_NOT_FOUND" : "FLOW_NOT_FOUND");
}

/** The newest version of a flow, locked until the transaction ends. @throws FLOW_NOT_FOUND */
async function requireLocked(tx: Transaction, workspaceId: string, idOrName: string): Promise<Flow> {
  const flow = await flows.lock(tx, workspaceId, idOrName);
  if (!flow) throw new AppError("FLOW_NOT_FOUND");
  return flow;
}

/** The root's own name, where nothing else says one. @throws FLOW_INVALID */
function nameIn({ document }: ValidFlow): string {
  if (document.name) return requireName(document.name, "/name");
  throw invalidFlow([{ path: "/name", code: "INVALID_NAME", message: "a flow that is saved has a name: of its root, or given as ?name=" }]);
}

/** @throws FLOW_INVALID */
function requireName(name: string, path: string): string {
  const parsed = FlowName.safeParse(name);
  if (parsed.success) return parsed.data;
  throw invalidFlow(parsed.error.issues.map(({ message }) => ({ path, code: "INVALID_NAME", message: `${name} ${message}` })));
}
