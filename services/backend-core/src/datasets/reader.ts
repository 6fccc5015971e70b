import { AsyncResource } from "node:async_hooks";
import type { Profile, Transaction } from "@rivergen/contracts";
import { profileVersion } from "./profiler.ts";
import { readDataset, type ReadingDependencies } from "./reading.ts";
import { datasetRepository as datasets } from "./repository.ts";

interface Dependencies extends Omit<ReadingDependencies, "readNext"> {
  readonly inSystem: <T>(work: (tx: Transaction) => Promise<T>) => Promise<T>;
  readonly log: { warn(fields: object, message: string): void };
  /** Runs work apart from the request that set it off: its deadline and its caller's leaving do not end the work. */
  readonly inBackground: <T>(work: () => T) => T;
}
/** One piece of background work on a dataset. */
interface Waiting {
  readonly workspaceId: string;
  readonly id: string;
  /** `read`: the file it waits for; `profile`: what a river wrote. */
  readonly kind: "read" | "profile";
  readonly tries: number;
}

export type Reader = ReturnType<typeof createReader>;

const atOnce = 2;
const mostTries = 3;

/** Reads files into dataset versions and profiles what rivers write, a few at a time; what a dead process left is taken up again. */
export function createReader(given: Dependencies) {
  const { inSystem, onReady, log, inBackground } = given;
  const wake = (workspaceId: string, id: string): void => add({ workspaceId, id, kind: "read", tries: 0 });
  const dependencies: ReadingDependencies = { ...given, readNext: wake };
  const waiting: (Waiting & { readonly work: () => Promise<void> })[] = [];
  const running = new Set<Promise<void>>();
  let stopped = false;

  function add(item: Waiting): void {
    if (!waiting.some(({ id, kind }) => id === item.id && kind === item.kind)) {
      // Whoever asked may go away: that ends the request, not the work. It is told in the trace of who asked for it, whoever ends before.
      const work = inBackground(() => AsyncResource.bind(() => perform(item).catch((error: unknown) => retryLater(item, error))));
      waiting.push({ ...item, work });
    }
    pump();
  }

  function pump(): void {
    while (!stopped && running.size < atOnce) {
      const next = waiting.shift();
      if (!next) return;
      const work: Promise<void> = next.work().finally(() => {
        running.delete(work);
        pump();
      });
      running.add(work);
    }
  }

  async function perform({ workspaceId, id, kind, tries }: Waiting): Promise<void> {
    if (kind === "read") return readDataset(dependencies, workspaceId, id, tries === mostTries);
    await profileVersion(dependencies, workspaceId, id);
    onReady(workspaceId);
  }

  function retryLater(item: Waiting, error: unknown): void {
    const { id, kind, tries } = item;
    log.warn({ err: error, dataset: id, tries }, kind === "read" ? "reading a file failed" : "a dataset could not be profiled");
    // After the last try a profile is made good on first demand, and a file that cannot be read was said to be so.
    if (tries < mostTries) setTimeout(() => add({ ...item, tries: tries + 1 }), 500 * 2 ** tries).unref();
  }

  return {
    wake,
    /** Profiles a version that a river wrote: on first demand. @throws DATASET_NOT_READY */
    profileVersion: (workspaceId: string, id: string): Promise<Profile> => profileVersion(dependencies, workspaceId, id),
    /** Profiles what a river wrote, so that questions can be asked about it; a failure is made good on first demand. */
    profileLater: (workspaceId: string, id: string): void => add({ workspaceId, id, kind: "profile", tries: 0 }),
    /** Takes up what a process that died left unread or without a profile. */
    async resume(): Promise<void> {
      const { unread, unprofiled } = await inSystem(async (tx) => ({ unread: await datasets.listUnread(tx), unprofiled: await datasets.listUnprofiled(tx) }));
      for (const { workspaceId, id } of unread) add({ workspaceId, id, kind: "read", tries: 0 });
      for (const { workspaceId, id } of unprofiled) add({ workspaceId, id, kind: "profile", tries: 0 });
    },
    async stop(): Promise<void> {
      stopped = true;
      await Promise.allSettled(running);
    },
  };
}
