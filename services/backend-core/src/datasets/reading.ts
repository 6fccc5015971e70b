import { AppError, type Client, createId, type IntakeResult, type ServiceRoutes, type Transaction } from "@rivergen/contracts";
import type { EventLog } from "../events/log.ts";
import { datasetRepository as datasets, type DatasetRow, type NewVersion, type Reading } from "./repository.ts";
import { revisionRepository as revisions } from "./revisions.ts";
import { toStorable } from "./storable.ts";

export interface ReadingDependencies {
  readonly inWorkspace: <T>(workspaceId: string, work: (tx: Transaction) => Promise<T>) => Promise<T>;
  readonly events: EventLog;
  readonly intake: (workspaceId: string) => Client<ServiceRoutes["capability-schema-metadata"]>;
  /** Called when the next file of the same dataset is to be read. */
  readonly readNext: (workspaceId: string, id: string) => void;
  /** Called after a version was added. */
  readonly onReady: (workspaceId: string) => void;
  readonly faultPoint: (name: string) => void;
}

const readDeadlineMs = 15 * 60_000;

/**
 * Reads the file that a dataset waits for; one that waits for none is left alone.
 * @param isLastTry whether a file that cannot be read now is given up
 */
export async function readDataset(dependencies: ReadingDependencies, workspaceId: string, id: string, isLastTry: boolean): Promise<void> {
  const row = await dependencies.inWorkspace(workspaceId, (tx) => datasets.find(tx, workspaceId, id));
  if (!row?.reading) return;
  try {
    await readFile(dependencies, workspaceId, row, row.reading);
  } catch (error) {
    const isGone = error instanceof AppError && error.code === "INPUT_GONE";
    if (isLastTry || isGone) await giveUp(dependencies, workspaceId, id, row.reading, isGone ? goneReason : failedReason);
    if (!isGone) throw error;
  }
}

async function readFile(dependencies: ReadingDependencies, workspaceId: string, row: DatasetRow, reading: Reading): Promise<void> {
  const { inWorkspace, events, intake, onReady, faultPoint } = dependencies;
  const { objectKey, path, contentType, dialect, types } = reading;
  const current = reading.mode === "append" && row.version > 0 ? await currentVersion(inWorkspace, workspaceId, row) : null;
  const append = reading.onto ? { ...reading.onto, columns: [...reading.onto.columns] } : current;
  const targetKey = `${workspaceId}/datasets/${row.id}/${createId("event").slice(4)}.parquet`;
  const result = await intake(workspaceId).readFile(
    { body: { objectKey, path, contentType, targetKey, dialect, types, append } },
    { deadlineMs: readDeadlineMs },
  );
  faultPoint("upload.before-dataset");
  const ready = await inWorkspace(workspaceId, async (tx) => {
    const now = await datasets.lock(tx, workspaceId, row.id);
    // Deleted, or a newer revision came while this one was read.
    if (!isSame(now?.reading, reading)) return false;
    const storable = toStorable(result);
    const next = nextPart(reading, storable);
    if (next) {
      await begin(dependencies, tx, workspaceId, row.id, next);
      return false;
    }
    const isReady = await settle(events, tx, workspaceId, now as DatasetRow, storable);
    await beginWaiting(dependencies, tx, workspaceId, row.id);
    return isReady;
  });
  if (ready) onReady(workspaceId);
}

/** The next of several files that make up one version; nothing when that is whole, or cannot become so. */
function nextPart({ rest = [], mode, dialect, types }: Reading, result: IntakeResult): Reading | undefined {
  const [part, ...more] = rest;
  if (!part || result.status !== "ready") return undefined;
  const { columns, objectKey } = result;
  return { ...part, mode, dialect, types, onto: { columns, objectKey }, ...(more.length > 0 && { rest: more }) };
}

async function begin({ readNext }: Pick<ReadingDependencies, "readNext">, tx: Transaction, workspaceId: string, id: string, reading: Reading): Promise<void> {
  await datasets.startReading(tx, workspaceId, id, reading);
  tx.afterCommit(() => readNext(workspaceId, id));
}

/** Begins with the file that waited for this one to be read. */
async function beginWaiting(dependencies: Pick<ReadingDependencies, "readNext">, tx: Transaction, workspaceId: string, id: string): Promise<void> {
  const next = await revisions.takeWaiting(tx, workspaceId, id);
  if (next) await begin(dependencies, tx, workspaceId, id, next);
}

const failedReason = "The platform failed to read this file several times. Upload it again, or look at the log.";
const goneReason = "Its file was deleted before it could be read. Upload it again.";

/** Rejects a file that the platform could not read, unless a newer one has come. */
async function giveUp(
  { inWorkspace, events, readNext }: ReadingDependencies,
  workspaceId: string,
  id: string,
  reading: Reading,
  reason: string,
): Promise<void> {
  await inWorkspace(workspaceId, async (tx) => {
    const row = await datasets.lock(tx, workspaceId, id);
    if (!row || !isSame(row.reading, reading)) return;
    await settle(events, tx, workspaceId, row, {
      status: "rejected",
      code: "FILE_UNREADABLE",
      reason,
      dialect: null,
      rejected: null,
    });
    await beginWaiting({ readNext }, tx, workspaceId, id);
  });
}

async function currentVersion(inWorkspace: ReadingDependencies["inWorkspace"], workspaceId: string, row: DatasetRow) {
  const [version] = await inWorkspace(workspaceId, (tx) => datasets.listVersions(tx, workspaceId, row.id, undefined, 1));
  return version ? { columns: version.columns, objectKey: version.objectKey } : null;
}

const noTable = {
  code: "FILE_UNREADABLE",
  reason: "This file holds no table: it is neither delimited text, JSON, Parquet nor Arrow.",
  rejected: null,
  dialect: null,
} as const;

async function settle(events: EventLog, tx: Transaction, workspaceId: string, row: DatasetRow, result: IntakeResult): Promise<boolean> {
  const channels = [`dataset:${row.id}`];
  const reading = row.reading as Reading;
  if (result.status !== "ready") {
    const rejection = result.status === "rejected" ? result : noTable;
    const { code, reason } = rejection;
    await datasets.reject(tx, workspaceId, row.id, rejection);
    await events.append(tx, workspaceId, {
      type: "dataset.rejected",
      subject: row.id,
      channels,
      data: { name: row.name, version: row.version, status: "rejected", code, reason },
    });
    return false;
  }
  const addsRows = reading.onto !== undefined || (row.version > 0 && reading.mode === "append");
  const version: NewVersion = {
    ...result,
    source: { kind: "file", file: reading.fileId, path: addsRows ? (row.source.path ?? reading.path) : reading.path },
  };
  const number = await datasets.addVersion(tx, workspaceId, row.id, version);
  await datasets.setReadFacts(tx, workspaceId, row.id, { rejected: result.rejected, dialect: result.dialect });
  const data = { name: row.name, version: number, status: "ready", rowCount: result.rowCount };
  await events.append(tx, workspaceId, { type: "dataset.ready", subject: row.id, channels, data });
  if (number > 1) await events.append(tx, workspaceId, { type: "dataset.updated", subject: row.id, channels, data });
  return true;
}

function isSame(now: Reading | null | undefined, then: Reading): boolean {
  return now != null && JSON.stringify(now) === JSON.stringify(then);
}
