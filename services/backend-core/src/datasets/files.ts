import { AppError, type Caller, createId, type Dataset, type DialectHints, pointer, type Transaction } from "@rivergen/contracts";
import type { EventLog } from "../events/log.ts";
import { requireColumns, requireDataset, showDataset } from "./find.ts";
import { mayBeTable, titleOf, toName } from "./naming.ts";
import type { Reader } from "./reader.ts";
import { datasetRepository as datasets, type DatasetRow, type Part, type Reading } from "./repository.ts";
import { revisionRepository as revisions } from "./revisions.ts";
import { toDataset } from "./view.ts";

/** How long the event of a stored file may be on its way. */
const arrivalMs = 3_000;

export interface FilesDependencies {
  readonly inWorkspace: <T>(workspaceId: string, work: (tx: Transaction) => Promise<T>) => Promise<T>;
  readonly events: EventLog;
  readonly reader: Reader;
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

/** How files become datasets, and become them anew. */
export function createDatasetFiles({ inWorkspace, events, reader, delay }: FilesDependencies) {
  /** @throws DATASET_NAME_TAKEN */
  async function checkName(workspaceId: string, path: string, dataset: string | undefined, mode: "replace" | "append" = "replace"): Promise<{ name: string }> {
    const name = dataset ?? toName(titleOf(path));
    await inWorkspace(workspaceId, async (tx) => assertOwnName(await datasets.find(tx, workspaceId, name), path, mode));
    return { name };
  }

  /** Event in: a stored file that may be a table becomes a dataset that waits to be read. Runs in the consumer's transaction. */
  async function onFileStored(tx: Transaction, workspaceId: string, file: StoredFile): Promise<void> {
    if (await revisions.find(tx, workspaceId, file.objectKey)) return;
    const claimed = file.dataset !== undefined || mayBeTable(file.path, file.contentType) ? await claimDataset(tx, workspaceId, file) : null;
    const { datasetId, ...how } = claimed ?? { datasetId: null, reading: null, isWaiting: false };
    await revisions.insert(tx, workspaceId, { objectKey: file.objectKey, fileId: file.fileId, datasetId, ...how });
    await events.append(tx, workspaceId, {
      type: "file.stored",
      subject: file.fileId,
      channels: datasetId === null ? [] : [`dataset:${datasetId}`],
      data: { path: file.path, sizeBytes: file.sizeBytes, sha256: file.sha256 },
    });
    if (datasetId !== null) tx.afterCommit(() => reader.wake(workspaceId, datasetId));
  }

  /** The dataset a stored revision became, once it is ready or rejected or the time is over. */
  async function waitFor(workspaceId: string, objectKey: string, waitMs: number, signal: AbortSignal): Promise<Dataset | null> {
    const deadline = Date.now() + waitMs;
    for (;;) {
      const found = await inWorkspace(workspaceId, async (tx) => {
        const revision = await revisions.find(tx, workspaceId, objectKey);
        if (!revision) return undefined;
        const row = revision.datasetId === null ? undefined : await datasets.find(tx, workspaceId, revision.datasetId);
        return row ? { row, isOpen: revision.waiting !== null || isUnderWay(row.reading, objectKey) } : null;
      });
      if (found === null) return null;
      // The event of a stored file takes a moment: even who does not wait is told what is becoming of it.
      if (found === undefined && Date.now() >= deadline + arrivalMs) return null;
      if (found !== undefined && (!found.isOpen || Date.now() >= deadline)) return toDataset(found.row);
      await delay(25, signal);
    }
  }

  /** Reads the files of a dataset anew, into one version. @throws FILE_NOT_FOUND when it was not made from a file */
  async function reread(
    caller: Caller,
    idOrName: string,
    given: { dialect?: DialectHints | undefined; types?: Record<string, string> | undefined },
    waitMs: number,
    signal: AbortSignal,
  ): Promise<Dataset> {
    const { workspaceId } = caller;
    const id = await inWorkspace(workspaceId, async (tx) => {
      const found = await beginAnew(tx, workspaceId, idOrName, given);
      tx.afterCommit(() => reader.wake(workspaceId, found));
      return found;
    });
    const deadline = Date.now() + waitMs;
    for (;;) {
      const dataset = await inWorkspace(workspaceId, (tx) => showDataset(tx, workspaceId, id));
      if (dataset.status !== "profiling" || Date.now() >= deadline) return dataset;
      await delay(40, signal);
    }
  }

  return { checkName, onFileStored, onFileDeleted: onFileDeleted(events), waitFor, reread };
}

/** Event in: the dataset made from a deleted file stays, with its versions. */
const onFileDeleted =
  (events: EventLog) =>
  async (tx: Transaction, workspaceId: string, file: { fileId: string; path: string }): Promise<void> => {
    await events.append(tx, workspaceId, { type: "file.deleted", subject: file.fileId, channels: [], data: { path: file.path } });
  };

/** The dataset a file belongs to, begun with it; an appended one waits while another is read, since each adds its rows. */
async function claimDataset(
  tx: Transaction,
  workspaceId: string,
  file: StoredFile,
): Promise<{ datasetId: string; reading: Reading; isWaiting: boolean } | null> {
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
    mode: file.mode,
    dialect: null,
    types: null,
  };
  if (known?.reading && file.mode === "append") return { datasetId: id, reading, isWaiting: true };
  if (file.mode === "replace") await revisions.dropWaiting(tx, workspaceId, id);
  await datasets.startReading(tx, workspaceId, id, reading);
  return { datasetId: id, reading, isWaiting: false };
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

/** Begins to read all files of a dataset anew. Gives its id. */
async function beginAnew(
  tx: Transaction,
  workspaceId: string,
  idOrName: string,
  { dialect = null, types = null }: { dialect?: DialectHints | null | undefined; types?: Record<string, string> | null | undefined },
): Promise<string> {
  const { id } = await requireDataset(tx, workspaceId, idOrName);
  // Locked, or a file that is claimed meanwhile would be forgotten.
  const row = await datasets.lock(tx, workspaceId, id);
  if (!row) throw new AppError("DATASET_NOT_FOUND");
  // Another dialect may give other columns: then only reading tells.
  if (dialect === null && row.columns !== null)
    requireColumns(
      row,
      Object.keys(types ?? {}).map((name) => ({ name, path: pointer("/types", name) })),
    );
  const [first, ...rest] = await partsOf(tx, workspaceId, row);
  await datasets.startReading(tx, workspaceId, id, { ...first, mode: "replace", dialect, types, ...(rest.length > 0 && { rest }) });
  return id;
}

const isUnderWay = (reading: Reading | null, objectKey: string): boolean =>
  reading !== null && [reading, ...(reading.rest ?? [])].some((part) => part.objectKey === objectKey);

/** @throws FILE_NOT_FOUND when it was not made from files */
async function partsOf(tx: Transaction, workspaceId: string, row: DatasetRow): Promise<[Part, ...Part[]]> {
  const { path } = row.source;
  const [first, ...rest] = path === undefined ? [] : await revisions.parts(tx, workspaceId, row.id);
  if (path === undefined || first === undefined) throw new AppError("FILE_NOT_FOUND", { detail: `${row.name} was not made from a file.` });
  const whole = (part: typeof first): Part => ({ path, contentType: "application/octet-stream", ...part });
  return [whole(first), ...rest.map(whole)];
}
