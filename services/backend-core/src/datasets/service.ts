import { AppError, type Caller, createId, type Dataset, type DialectHints, type Lineage, type Transaction } from "@rivergen/contracts";
import type { EventLog } from "../events/log.ts";
import type { KeyFinder } from "./keys.ts";
import { mayBeTable, titleOf, toName } from "./naming.ts";
import type { Reader } from "./reader.ts";
import { datasetRepository as datasets, type DatasetRow, type Described, type Reading } from "./repository.ts";
import { describeColumns, toDataset } from "./view.ts";

interface Dependencies {
  readonly inWorkspace: <T>(workspaceId: string, work: (tx: Transaction) => Promise<T>) => Promise<T>;
  readonly events: EventLog;
  readonly reader: Reader;
  readonly keys: KeyFinder;
  readonly delay: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** A stored file, as its event tells. */
export interface StoredFile {
  readonly fileId: string;
  readonly path: string;
  readonly sizeBytes: number;
  readonly sha256: string;
  readonly contentType: string;
  readonly objectKey: string;
  readonly dataset?: string | undefined;
  readonly mode: "replace" | "append";
}

export type DatasetService = ReturnType<typeof createDatasetService>;

export function createDatasetService({ inWorkspace, events, reader, keys, delay }: Dependencies) {
  /** @throws DATASET_NOT_FOUND for absent and foreign datasets alike */
  async function get(workspaceId: string, idOrName: string): Promise<Dataset> {
    return inWorkspace(workspaceId, async (tx) => toDataset(await required(tx, workspaceId, idOrName), (await datasets.findKeys(tx, workspaceId))?.keys ?? []));
  }

  async function list(workspaceId: string, { limit, cursor }: { limit: number; cursor?: string | undefined }) {
    const rows = await inWorkspace(workspaceId, (tx) => datasets.list(tx, workspaceId, cursor, limit + 1));
    return {
      items: rows.slice(0, limit).map((row) => toDataset(row)),
      nextCursor: rows.length > limit ? ((rows[limit - 1] as DatasetRow).name ?? null) : null,
    };
  }

  /** Changes what people and the planner read; the same again emits nothing. @throws INVALID_REQUEST for unknown columns */
  async function describe(
    workspaceId: string,
    idOrName: string,
    given: { description?: string | undefined; columns?: readonly ({ name: string } & Described)[] | undefined },
  ): Promise<Dataset> {
    return inWorkspace(workspaceId, async (tx) => {
      const row = await required(tx, workspaceId, idOrName);
      const description = given.description ?? row.description;
      const described = { ...row.described };
      const known = new Set((row.columns ?? []).map(({ name }) => name));
      const faults = (given.columns ?? []).flatMap(({ name }, i) =>
        known.has(name)
          ? []
          : [{ path: `/columns/${i}/name`, code: "COLUMN_NOT_FOUND", message: `${row.name} has no column ${JSON.stringify(name.slice(0, 100))}` }],
      );
      if (faults.length > 0) throw new AppError("INVALID_REQUEST", { errors: faults });
      for (const { name, ...said } of given.columns ?? []) described[name] = { ...described[name], ...said };
      if (description === row.description && JSON.stringify(described) === JSON.stringify(row.described)) return toDataset(row);
      await datasets.describe(tx, workspaceId, row.id, { description, described });
      await events.append(tx, workspaceId, {
        type: "dataset.updated",
        subject: row.id,
        channels: [`dataset:${row.id}`],
        data: { name: row.name, version: row.version, status: row.status },
      });
      return toDataset(await required(tx, workspaceId, row.id));
    });
  }

  async function remove(workspaceId: string, idOrName: string): Promise<void> {
    await inWorkspace(workspaceId, async (tx) => {
      const row = await required(tx, workspaceId, idOrName);
      await datasets.remove(tx, workspaceId, row.id);
      await events.append(tx, workspaceId, { type: "dataset.deleted", subject: row.id, channels: [`dataset:${row.id}`], data: { name: row.name } });
    });
  }

  async function listVersions(workspaceId: string, idOrName: string, { limit, cursor }: { limit: number; cursor?: string | undefined }) {
    const before = cursor === undefined || !/^\d{1,9}$/.test(cursor) ? undefined : Number(cursor);
    const rows = await inWorkspace(workspaceId, async (tx) =>
      datasets.listVersions(tx, workspaceId, (await required(tx, workspaceId, idOrName)).id, before, limit + 1),
    );
    const items = rows.slice(0, limit).map(({ objectKey: _, columns: __, ...version }) => version);
    return { items, nextCursor: rows.length > limit ? String(items.at(-1)?.version) : null };
  }

  /** @throws DATASET_NOT_READY before the first version */
  async function profile(workspaceId: string, idOrName: string) {
    const row = await inWorkspace(workspaceId, (tx) => required(tx, workspaceId, idOrName));
    if (row.version === 0) throw new AppError("DATASET_NOT_READY");
    const kept = await inWorkspace(workspaceId, (tx) => datasets.findProfile(tx, workspaceId, row.id, row.version));
    return kept ?? (await reader.profileVersion(workspaceId, row.id));
  }

  async function lineage(workspaceId: string, idOrName: string): Promise<Lineage> {
    return inWorkspace(workspaceId, async (tx) => datasetLineage(await required(tx, workspaceId, idOrName)));
  }

  /** Reads the newest file of a dataset anew. @throws FILE_NOT_FOUND when it was not made from a file */
  async function reread(
    caller: Caller,
    idOrName: string,
    given: { dialect?: DialectHints | undefined; types?: Record<string, string> | undefined },
    waitMs: number,
    signal: AbortSignal,
  ): Promise<Dataset> {
    const { workspaceId } = caller;
    const id = await inWorkspace(workspaceId, async (tx) => {
      const row = await required(tx, workspaceId, idOrName);
      const last = await lastReading(tx, workspaceId, row);
      await datasets.startReading(tx, workspaceId, row.id, { ...last, mode: "replace", dialect: given.dialect ?? null, types: given.types ?? null });
      tx.afterCommit(() => reader.wake(workspaceId, row.id));
      return row.id;
    });
    const deadline = Date.now() + waitMs;
    for (;;) {
      const dataset = await get(workspaceId, id);
      if (dataset.status !== "profiling" || Date.now() >= deadline) return dataset;
      await delay(40, signal);
    }
  }

  /** @throws DATASET_NAME_TAKEN */
  async function checkName(workspaceId: string, path: string, dataset: string | undefined, mode: "replace" | "append" = "replace"): Promise<{ name: string }> {
    const name = dataset ?? toName(titleOf(path));
    await inWorkspace(workspaceId, async (tx) => assertOwnName(await datasets.find(tx, workspaceId, name), path, mode));
    return { name };
  }

  /** Event in: a stored file that may be a table becomes a dataset that waits to be read. Runs in the consumer's transaction. */
  async function onFileStored(tx: Transaction, workspaceId: string, file: StoredFile): Promise<void> {
    if (await datasets.findRevision(tx, workspaceId, file.objectKey)) return;
    const datasetId = file.dataset !== undefined || mayBeTable(file.path, file.contentType) ? await claimDataset(tx, workspaceId, file) : null;
    await datasets.insertRevision(tx, workspaceId, { objectKey: file.objectKey, fileId: file.fileId, datasetId });
    await events.append(tx, workspaceId, {
      type: "file.stored",
      subject: file.fileId,
      channels: datasetId === null ? [] : [`dataset:${datasetId}`],
      data: { path: file.path, sizeBytes: file.sizeBytes, sha256: file.sha256 },
    });
    if (datasetId !== null) tx.afterCommit(() => reader.wake(workspaceId, datasetId));
  }

  async function claimDataset(tx: Transaction, workspaceId: string, file: StoredFile): Promise<string | null> {
    const name = file.dataset ?? toName(titleOf(file.path));
    const known = await datasets.lock(tx, workspaceId, name);
    if (known && nameTaken(known, file.path, file.mode)) return null;
    const id = known?.id ?? createId("dataset");
    if (!known)
      await datasets.insert(tx, workspaceId, {
        id,
        name,
        title: titleOf(file.path),
        status: "profiling",
        source: { kind: "file", file: file.fileId, path: file.path },
      });
    const reading: Reading = {
      fileId: file.fileId,
      path: file.path,
      objectKey: file.objectKey,
      contentType: file.contentType,
      mode: known && known.version > 0 ? file.mode : "replace",
      dialect: null,
      types: null,
    };
    await datasets.startReading(tx, workspaceId, id, reading);
    return id;
  }

  /** The dataset a stored revision became, once it is ready or rejected or the time is over. */
  async function waitFor(workspaceId: string, objectKey: string, waitMs: number, signal: AbortSignal): Promise<Dataset | null> {
    const deadline = Date.now() + waitMs;
    for (;;) {
      const found = await inWorkspace(workspaceId, async (tx) => {
        const revision = await datasets.findRevision(tx, workspaceId, objectKey);
        if (!revision) return undefined;
        return revision.datasetId === null ? null : ((await datasets.find(tx, workspaceId, revision.datasetId)) ?? null);
      });
      if (found === null) return null;
      const reading = found === undefined || found.reading?.objectKey === objectKey;
      if (!reading || Date.now() >= deadline) return found === undefined ? null : toDataset(found);
      await delay(25, signal);
    }
  }

  /** Where the rows of datasets lie; unknown names are missing in the answer. */
  async function resolve(workspaceId: string, wanted: readonly { name: string; version?: number | undefined }[] | null) {
    const rows = await inWorkspace(workspaceId, (tx) => datasets.readable(tx, workspaceId, wanted));
    return rows.map(({ described, ...row }) => ({ ...row, columns: describeColumns(row.columns, described) }));
  }

  return { get, list, describe, remove, listVersions, profile, lineage, reread, checkName, onFileStored, waitFor, resolve, findKeys: keys.find };
}

async function required(tx: Transaction, workspaceId: string, idOrName: string): Promise<DatasetRow> {
  const row = await datasets.find(tx, workspaceId, idOrName);
  if (!row) throw new AppError("DATASET_NOT_FOUND");
  return row;
}

function nameTaken(row: DatasetRow, path: string, mode: "replace" | "append"): boolean {
  return row.source.kind !== "file" || (mode === "replace" && row.source.path !== path);
}

function assertOwnName(row: DatasetRow | undefined, path: string, mode: "replace" | "append"): void {
  if (row && nameTaken(row, path, mode)) {
    throw new AppError("DATASET_NAME_TAKEN", {
      detail: `${row.name} is made from ${row.source.kind === "file" ? `the file ${row.source.path}` : `the river ${row.source.river}`}. Choose another name with ?dataset=.`,
    });
  }
}

async function lastReading(tx: Transaction, workspaceId: string, row: DatasetRow): Promise<Pick<Reading, "fileId" | "path" | "objectKey" | "contentType">> {
  if (row.reading) return row.reading;
  const [last] = await tx.rows<{ fileId: string; objectKey: string }>(
    `select file_id as "fileId", object_key as "objectKey" from backend_core.file_revisions where workspace_id = $1 and dataset_id = $2 order by created_at desc limit 1`,
    [workspaceId, row.id],
  );
  if (!last || row.source.path === undefined) throw new AppError("FILE_NOT_FOUND", { detail: `${row.name} was not made from a file.` });
  return { ...last, path: row.source.path, contentType: "application/octet-stream" };
}

function datasetLineage(row: DatasetRow): Lineage {
  const origin =
    row.source.kind === "file"
      ? { id: row.source.file ?? "file", kind: "file" as const, name: row.source.path ?? "" }
      : { id: row.source.run ?? "river", kind: "step" as const, name: row.source.river ?? "" };
  const columns = (row.columns ?? []).map(({ name }) => ({ id: `${row.id}/${name}`, kind: "column" as const, name, parent: row.id }));
  return { nodes: [origin, { id: row.id, kind: "dataset", name: row.name }, ...columns], edges: [{ from: origin.id, to: row.id, influence: "value" }] };
}
