import type { Profile, Transaction } from "@rivergen/contracts";
import { profileVersion } from "./profiler.ts";
import { readDataset, type ReadingDependencies, rejectDataset } from "./reading.ts";
import { datasetRepository as datasets } from "./repository.ts";

interface Dependencies extends ReadingDependencies {
  readonly inSystem: <T>(work: (tx: Transaction) => Promise<T>) => Promise<T>;
  readonly log: { warn(fields: object, message: string): void };
}
interface Waiting {
  readonly workspaceId: string;
  readonly id: string;
  readonly tries: number;
}

export type Reader = ReturnType<typeof createReader>;

const atOnce = 2;

/** Reads files into dataset versions, a few at a time; what a dead process left is taken up again. */
export function createReader(dependencies: Dependencies) {
  const { inSystem, onReady, log } = dependencies;
  const waiting: Waiting[] = [];
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
      const work: Promise<void> = readDataset(dependencies, next.workspaceId, next.id)
        .catch((error: unknown) => retryLater(next, error))
        .finally(() => {
          running.delete(work);
          pump();
        });
      running.add(work);
    }
  }

  function retryLater(item: Waiting, error: unknown): void {
    log.warn({ err: error, dataset: item.id, tries: item.tries }, "reading a file failed");
    if (item.tries < 3) setTimeout(() => wake(item.workspaceId, item.id, item.tries + 1), 500 * 2 ** item.tries).unref();
    else void rejectDataset(dependencies, item.workspaceId, item.id).catch((cause: unknown) => log.warn({ err: cause }, "a dataset could not be rejected"));
  }

  /** Profiles what a river wrote, so that questions can be asked about it; a failure is made good on first demand. */
  function profileLater(workspaceId: string, id: string): void {
    const work: Promise<void> = profileVersion(dependencies, workspaceId, id)
      .then(() => onReady(workspaceId))
      .catch((error: unknown) => log.warn({ err: error, dataset: id }, "a dataset could not be profiled"))
      .finally(() => {
        running.delete(work);
        pump();
      });
    running.add(work);
  }

  return {
    wake,
    /** Profiles a version that a river wrote: on first demand. @throws DATASET_NOT_READY */
    profileVersion: (workspaceId: string, id: string): Promise<Profile> => profileVersion(dependencies, workspaceId, id),
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
