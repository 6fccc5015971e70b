import { AppError, type Client, createId, type IntakeResult, type ServiceRoutes, type Transaction } from "@rivergen/contracts";
import type { EventLog } from "../events/log.ts";
import { datasetRepository as datasets, type DatasetRow, type NewVersion, type Reading } from "./repository.ts";

type Intake = Client<ServiceRoutes["capability-schema-metadata"]>;

interface Dependencies {
  readonly inWorkspace: <T>(workspaceId: string, work: (tx: Transaction) => Promise<T>) => Promise<T>;
  readonly inSystem: <T>(work: (tx: Transaction) => Promise<T>) => Promise<T>;
  readonly events: EventLog;
  readonly intake: (workspaceId: string) => Intake;
  /** Called after a version was added. */
  readonly onReady: (workspaceId: string) => void;
  readonly log: { warn(fields: object, message: string): void };
  readonly faultPoint: (name: string) => void;
}

/** Reads files into dataset versions, a few at a time; what a dead process left is taken up again. */
export type Reader = ReturnType<typeof createReader>;

const atOnce = 2;
const readDeadlineMs = 15 * 60_000;

export function createReader({ inWorkspace, inSystem, events, intake, onReady, log, faultPoint }: Dependencies) {
  const waiting: { workspaceId: string; id: string; tries: number }[] = [];
  const running = new Set<Promise<void>>();
  let stopped = false;

  function wake(workspaceId: string, id: string, tries = 0): void {
    if (!waiting.some((item) => item.id === id)) waiting.push({ workspaceId, id, tries });
    pump();
  }

  function pump(): void {
    while (!stopped && running.size < atOnce) {
      const next = waiting.shift();
      if (!next) return;
      const work: Promise<void> = read(next.workspaceId, next.id)
        .catch((error: unknown) => retryLater(next, error))
        .finally(() => {
          running.delete(work);
          pump();
        });
      running.add(work);
    }
  }

  function retryLater(item: { workspaceId: string; id: string; tries: number }, error: unknown): void {
    log.warn({ err: error, dataset: item.id, tries: item.tries }, "reading a file failed");
    if (item.tries < 3) setTimeout(() => wake(item.workspaceId, item.id, item.tries + 1), 500 * 2 ** item.tries).unref();
    else void giveUp(item.workspaceId, item.id).catch((cause: unknown) => log.warn({ err: cause }, "a dataset could not be rejected"));
  }

  async function giveUp(workspaceId: string, id: string): Promise<void> {
    await inWorkspace(workspaceId, async (tx) => {
      const row = await datasets.lock(tx, workspaceId, id);
      if (row?.reading)
        await settle(tx, workspaceId, row, {
          status: "rejected",
          reason: "The platform failed to read this file several times. Upload it again, or look at the log.",
          dialect: null,
          rejected: null,
        });
    });
  }

  async function read(workspaceId: string, id: string): Promise<void> {
    const row = await inWorkspace(workspaceId, (tx) => datasets.find(tx, workspaceId, id));
    const reading = row?.reading;
    if (!row || !reading) return;
    const append = reading.mode === "append" && row.version > 0 ? await currentVersion(workspaceId, row) : null;
    const result = await intake(workspaceId).readFile(
      {
        body: {
          objectKey: reading.objectKey,
          path: reading.path,
          contentType: reading.contentType,
          targetKey: `${workspaceId}/datasets/${row.id}/${createId("event").slice(4)}.parquet`,
          dialect: reading.dialect,
          types: reading.types,
          append,
        },
      },
      { deadlineMs: readDeadlineMs },
    );
    faultPoint("upload.before-dataset");
    const ready = await inWorkspace(workspaceId, async (tx) => {
      const now = await datasets.lock(tx, workspaceId, row.id);
      // Deleted, or a newer revision came while this one was read.
      if (!isSame(now?.reading, reading)) return false;
      return settle(tx, workspaceId, now as DatasetRow, result);
    });
    if (ready) onReady(workspaceId);
  }

  async function currentVersion(workspaceId: string, row: DatasetRow) {
    const [version] = await inWorkspace(workspaceId, (tx) => datasets.listVersions(tx, workspaceId, row.id, undefined, 1));
    return version ? { columns: version.columns, objectKey: version.objectKey } : null;
  }

  async function settle(tx: Transaction, workspaceId: string, row: DatasetRow, result: IntakeResult): Promise<boolean> {
    const channels = [`dataset:${row.id}`];
    const reading = row.reading as Reading;
    if (result.status !== "ready") {
      const reason = result.status === "rejected" ? result.reason : "This file holds no table: it is neither delimited text, JSON, Parquet nor Arrow.";
      const facts = result.status === "rejected" ? result : { rejected: null, dialect: null };
      await datasets.reject(tx, workspaceId, row.id, { reason, rejected: facts.rejected, dialect: facts.dialect });
      await events.append(tx, workspaceId, {
        type: "dataset.rejected",
        subject: row.id,
        channels,
        data: { name: row.name, version: row.version, status: "rejected", reason },
      });
      return false;
    }
    const version: NewVersion = {
      ...result,
      source: { kind: "file", file: reading.fileId, path: row.version > 0 && reading.mode === "append" ? (row.source.path ?? reading.path) : reading.path },
    };
    const number = await datasets.addVersion(tx, workspaceId, row.id, version);
    await datasets.setReadFacts(tx, workspaceId, row.id, { rejected: result.rejected, dialect: result.dialect });
    const data = { name: row.name, version: number, status: "ready", rowCount: result.rowCount };
    await events.append(tx, workspaceId, { type: "dataset.ready", subject: row.id, channels, data });
    if (number > 1) await events.append(tx, workspaceId, { type: "dataset.updated", subject: row.id, channels, data });
    return true;
  }

  /** Profiles a version that a river wrote: on first demand. */
  async function profileVersion(workspaceId: string, id: string) {
    const row = await inWorkspace(workspaceId, (tx) => datasets.find(tx, workspaceId, id));
    const [version] = row ? await inWorkspace(workspaceId, (tx) => datasets.listVersions(tx, workspaceId, id, undefined, 1)) : [];
    if (!row || !version) throw new AppError("DATASET_NOT_READY");
    const result = await intake(workspaceId).readFile({
      body: {
        objectKey: version.objectKey,
        path: `${row.name}.parquet`,
        contentType: "application/vnd.apache.parquet",
        targetKey: version.objectKey,
        dialect: null,
        types: null,
        append: null,
      },
    });
    if (result.status !== "ready") throw new AppError("DATASET_NOT_READY");
    await inWorkspace(workspaceId, (tx) =>
      datasets.setProfile(tx, workspaceId, id, version.version, {
        profile: result.profile,
        columns: mergeLabels(version.columns, result.columns),
        values: result.values,
      }),
    );
    return result.profile;
  }

  /** Profiles what a river wrote, so that questions can be asked about it; a failure is made good on first demand. */
  function profileLater(workspaceId: string, id: string): void {
    const work: Promise<void> = profileVersion(workspaceId, id)
      .then(() => onReady(workspaceId))
      .catch((error: unknown) => log.warn({ err: error, dataset: id }, "a dataset could not be profiled"))
      .finally(() => running.delete(work));
    running.add(work);
  }

  return {
    wake,
    profileVersion,
    profileLater,
    /** Takes up what a process that died left unread. */
    async resume(): Promise<void> {
      for (const { workspaceId, id } of await inSystem((tx) => datasets.listUnread(tx))) wake(workspaceId, id);
    },
    async stop(): Promise<void> {
      stopped = true;
      await Promise.allSettled(running);
    },
  };
}

function isSame(now: Reading | null | undefined, then: Reading): boolean {
  return now != null && JSON.stringify(now) === JSON.stringify(then);
}

function mergeLabels<C extends { name: string; labels: string[] }>(kept: readonly C[], found: readonly C[]): C[] {
  return kept.map((column) => ({ ...column, labels: [...new Set([...column.labels, ...(found.find(({ name }) => name === column.name)?.labels ?? [])])] }));
}
