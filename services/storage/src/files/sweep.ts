import type { Transaction } from "@rivergen/contracts";
import type { ObjectStore } from "@rivergen/object-store";
import { sweepRepository as sweeps } from "./repository.ts";
import { objectPrefix } from "./service.ts";

const batch = 500;

export interface SweepDependencies {
  readonly inSystem: <T>(work: (tx: Transaction) => Promise<T>) => Promise<T>;
  readonly objects: Pick<ObjectStore, "list" | "delete">;
  /** How long the bytes of a deleted file stay, ms. */
  readonly keepDeletedMs: number;
  /** How old an object without a row must be, ms: longer than any upload takes from its last byte to its row. */
  readonly keepOrphansMs: number;
  readonly now: () => number;
}

/**
 * Removes bytes that nothing leads to: of files deleted long enough ago, and of uploads that ended between their bytes
 * and their row. Several processes may sweep at once.
 */
export async function sweepObjects(dependencies: SweepDependencies, signal: AbortSignal): Promise<{ deleted: number; orphans: number }> {
  return { deleted: await sweepDeleted(dependencies, signal), orphans: await sweepOrphans(dependencies, signal) };
}

async function sweepDeleted({ inSystem, objects, keepDeletedMs }: SweepDependencies, signal: AbortSignal): Promise<number> {
  let count = 0;
  for (;;) {
    signal.throwIfAborted();
    const due = await inSystem((tx) => sweeps.listDeleted(tx, keepDeletedMs, batch));
    if (due.length === 0) return count;
    for (const { objectKey } of due) await objects.delete(objectKey);
    await inSystem((tx) =>
      sweeps.forget(
        tx,
        due.map(({ objectKey }) => objectKey),
      ),
    );
    count += due.length;
  }
}

async function sweepOrphans({ inSystem, objects, keepOrphansMs, now }: SweepDependencies, signal: AbortSignal): Promise<number> {
  let count = 0;
  let cursor: string | null = null;
  do {
    signal.throwIfAborted();
    const page = await objects.list(objectPrefix, { cursor, limit: batch });
    const old = page.items.filter(({ modifiedAt }) => now() - Date.parse(modifiedAt) >= keepOrphansMs).map(({ key }) => key);
    const known = new Set(old.length === 0 ? [] : await inSystem((tx) => sweeps.listKnown(tx, old)));
    const orphans = old.filter((key) => !known.has(key));
    for (const key of orphans) await objects.delete(key);
    count += orphans.length;
    cursor = page.nextCursor;
  } while (cursor !== null);
  return count;
}
