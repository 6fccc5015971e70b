import {
  AppError,
  type Caller,
  type Client,
  type Fault,
  idFor,
  type Plan,
  type River,
  type RiverDocument,
  type ServiceRoutes,
  type Transaction,
} from "@rivergen/contracts";
import { digestRiver } from "@rivergen/river";
import { readSourceDatasets } from "./sources.ts";
import { datasetRepository } from "../datasets/repository.ts";
import { describeColumns } from "../datasets/view.ts";
import type { EventLog } from "../events/log.ts";
import type { UsageService } from "../usage/service.ts";
import { riverRepository as rivers } from "./repository.ts";

interface Dependencies {
  readonly inWorkspace: <T>(workspaceId: string, work: (tx: Transaction) => Promise<T>) => Promise<T>;
  readonly events: EventLog;
  readonly usage: UsageService;
  readonly execution: (caller: Caller) => Client<ServiceRoutes["capability-execution-support"]>;
}
export type DocumentSource =
  | { readonly kind: "text"; readonly text: string; readonly contentType: string }
  | { readonly kind: "document"; readonly document: unknown };
/** What a check of a document found. */
export interface Checked {
  readonly errors: readonly Fault[];
  readonly warnings: readonly Fault[];
  readonly document: RiverDocument | null;
  readonly digest: string | null;
  readonly plan: Plan | null;
  readonly datasets: Awaited<ReturnType<typeof datasetRepository.readable>>;
}

const draftDays = 7;

export type RiverService = ReturnType<typeof createRiverService>;

export function createRiverService({ inWorkspace, events, usage, execution }: Dependencies) {
  /** Parses, validates and plans a document against the newest versions of the datasets it names. */
  async function check(caller: Caller, source: DocumentSource, parameters: Record<string, unknown> = {}, requireParameters = false): Promise<Checked> {
    const { workspaceId } = caller;
    const wanted = readSourceDatasets(source);
    const { datasets, history } = await inWorkspace(workspaceId, async (tx) => ({
      datasets:
        wanted.length === 0
          ? []
          : (await datasetRepository.readable(tx, workspaceId, wanted)).map((row) => ({ ...row, columns: describeColumns(row.columns, row.described) })),
      history: await usage.history(tx, workspaceId, source.kind === "document" ? digestRiver(source.document as RiverDocument) : ""),
    }));
    const result = await execution(caller).checkRiver({
      body: { source, datasets: datasets.map(({ described: _, ...row }) => row), parameters, requireParameters, history },
    });
    return { ...result, datasets };
  }

  /** @throws RIVER_INVALID with every fault */
  async function valid(caller: Caller, source: DocumentSource): Promise<{ document: RiverDocument; digest: string }> {
    const { errors, document, digest } = await check(caller, source);
    if (errors.length > 0 || !document || !digest) throw invalid(errors);
    return { document, digest };
  }

  async function validate(caller: Caller, source: DocumentSource) {
    const { errors, warnings } = await check(caller, source);
    return { valid: errors.length === 0, errors: [...errors], warnings: [...warnings] };
  }

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
      return announce(tx, caller, await rivers.addVersion(tx, caller.workspaceId, id, { document, digest, createdBy: caller.userId }));
    });
  }

  /** Saves the next version; the same document again adds none. @throws RIVER_INVALID, PRECONDITION_FAILED */
  async function put(caller: Caller, name: string, source: DocumentSource, ifMatch: string | undefined): Promise<{ river: River; created: boolean }> {
    const { document, digest } = await valid(caller, source);
    return inWorkspace(caller.workspaceId, async (tx) => {
      const known = await rivers.lock(tx, caller.workspaceId, name);
      const own = known?.name ?? name;
      if (document.river !== own) throw invalid([{ path: "/river", code: "NAME_MISMATCH", message: `is ${document.river}, but the address says ${own}` }]);
      if (ifMatch !== undefined && ifMatch !== "*" && ifMatch !== etagOf(known))
        throw new AppError("PRECONDITION_FAILED", { detail: known ? `The newest version is ${known.version}.` : "There is no such river." });
      if (known?.digest === digest) return { river: known, created: false };
      const id = known?.id ?? idFor("river", caller);
      if (!known) await rivers.insert(tx, caller.workspaceId, { id, name, draft: false, expiresAt: null });
      return {
        river: await announce(tx, caller, await rivers.addVersion(tx, caller.workspaceId, id, { document, digest, createdBy: caller.userId })),
        created: known === undefined,
      };
    });
  }

  async function announce(tx: Transaction, caller: Caller, river: River): Promise<River> {
    await events.append(tx, caller.workspaceId, { type: "river.saved", subject: river.id, channels: [], data: { name: river.name, version: river.version } });
    return river;
  }

  /** A planned river: it ends after some days unless it is saved. */
  async function createDraft(tx: Transaction, caller: Caller, id: string, document: RiverDocument): Promise<River> {
    const expiresAt = new Date(Date.now() + draftDays * 86_400_000);
    if (!(await rivers.insert(tx, caller.workspaceId, { id, name: document.river, draft: true, expiresAt })))
      return (await rivers.find(tx, caller.workspaceId, id)) as River;
    return rivers.addVersion(tx, caller.workspaceId, id, { document, digest: digestRiver(document), createdBy: caller.userId });
  }

  /** Keeps a draft; its only output takes the river's name, since outputs of saved rivers are datasets. @throws RIVER_NAME_TAKEN, RIVER_NOT_DRAFT */
  async function save(caller: Caller, idOrName: string, name: string | undefined): Promise<River> {
    return inWorkspace(caller.workspaceId, async (tx) => {
      const draft = await rivers.lock(tx, caller.workspaceId, idOrName);
      if (!draft) throw new AppError("RIVER_NOT_FOUND");
      if (!draft.draft) throw new AppError("RIVER_NOT_DRAFT");
      const kept = name ?? draft.name;
      if (await rivers.find(tx, caller.workspaceId, kept)) throw new AppError("RIVER_NAME_TAKEN", { detail: `There is a river ${kept}. Choose another name.` });
      await rivers.keep(tx, caller.workspaceId, draft.id, kept);
      const document = renameRiver(draft.document, kept);
      return announce(
        tx,
        caller,
        await rivers.addVersion(tx, caller.workspaceId, draft.id, { document, digest: digestRiver(document), createdBy: caller.userId }),
      );
    });
  }

  async function get(workspaceId: string, idOrName: string, version?: number): Promise<River> {
    return inWorkspace(workspaceId, (tx) => required(tx, workspaceId, idOrName, version));
  }

  async function list(workspaceId: string, { limit, cursor }: { limit: number; cursor?: string | undefined }) {
    const rows = await inWorkspace(workspaceId, (tx) => rivers.list(tx, workspaceId, cursor, limit + 1));
    return { items: rows.slice(0, limit), nextCursor: rows.length > limit ? (rows[limit - 1]?.name ?? null) : null };
  }

  async function listVersions(workspaceId: string, idOrName: string, { limit, cursor }: { limit: number; cursor?: string | undefined }) {
    const before = cursor === undefined || !/^\d{1,9}$/.test(cursor) ? undefined : Number(cursor);
    const rows = await inWorkspace(workspaceId, async (tx) =>
      rivers.listVersions(tx, workspaceId, (await required(tx, workspaceId, idOrName)).id, before, limit + 1),
    );
    return { items: rows.slice(0, limit), nextCursor: rows.length > limit ? String(rows[limit - 1]?.version) : null };
  }

  /** Makes an earlier version the newest again, as a new one: history only grows. */
  async function rollback(caller: Caller, idOrName: string, version: number): Promise<River> {
    const { document, digest } = await get(caller.workspaceId, idOrName, version);
    return inWorkspace(caller.workspaceId, async (tx) => {
      const river = (await rivers.lock(tx, caller.workspaceId, idOrName)) as River;
      if (river.digest === digest) return river;
      return announce(tx, caller, await rivers.addVersion(tx, caller.workspaceId, river.id, { document, digest, createdBy: caller.userId }));
    });
  }

  async function remove(caller: Caller, idOrName: string): Promise<void> {
    await inWorkspace(caller.workspaceId, async (tx) => {
      const river = await required(tx, caller.workspaceId, idOrName);
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

  return { check, sweepDrafts: rivers.sweepDrafts, validate, create, put, createDraft, save, get, list, listVersions, rollback, remove, plan };
}

/** Version tag for `If-Match`. */
export function etagOf(river: River | undefined): string {
  return river ? `"${river.version}-${river.digest.slice(0, 16)}"` : "";
}

export function invalid(errors: readonly Fault[]): AppError {
  const [first] = errors;
  return new AppError("RIVER_INVALID", {
    errors,
    detail: first
      ? `${first.path || "The document"}: ${first.message}${errors.length > 1 ? ` (and ${errors.length - 1} more)` : ""}`
      : "The document has faults.",
  });
}

async function required(tx: Transaction, workspaceId: string, idOrName: string, version?: number): Promise<River> {
  const river = await rivers.find(tx, workspaceId, idOrName, version);
  if (river) return river;
  throw new AppError(version !== undefined && (await rivers.find(tx, workspaceId, idOrName)) ? "RIVER_VERSION_NOT_FOUND" : "RIVER_NOT_FOUND");
}

function renameRiver(document: RiverDocument, name: string): RiverDocument {
  const outputs = Object.entries(document.outputs);
  const [only] = outputs;
  return { ...document, river: name, outputs: only && outputs.length === 1 && only[0] === "answer" ? { [name]: only[1] } : document.outputs };
}
