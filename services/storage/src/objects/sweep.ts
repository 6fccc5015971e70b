import { mostSweptObjects, type Transaction } from "@rivergen/contracts";
import type { ObjectFacts, ObjectStore } from "@rivergen/object-store";
import { sweepRepository as sweeps, type Unreferenced } from "./repository.ts";

/** Most pages of objects that a round looks at, and most that it deletes. */
const mostPages = 20;

export interface SweepDependencies {
  readonly inSystem: <T>(work: (tx: Transaction) => Promise<T>) => Promise<T>;
  readonly objects: Pick<ObjectStore, "list" | "delete">;
  /** Which of these objects of a workspace datasets and runs lead to; at most `mostSweptObjects` at once. */
  readonly findReferenced: (workspaceId: string, objectKeys: readonly string[]) => Promise<readonly string[]>;
  /** How long an object stays that nothing leads to, ms: longer than anything that is about to refer to one takes. */
  readonly keepMs: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly faultPoint: (name: string) => void;
  /** Called where a workspace is left to the next round. */
  readonly onFailure: (workspaceId: string, error: unknown) => void;
  /** Objects of a page. Default and most: `mostSweptObjects`. */
  readonly pageSize?: number;
}

/** What a round did: objects looked at, noted as unreferenced, deleted with their bytes. */
export interface Swept {
  readonly seen: number;
  readonly noted: number;
  readonly deleted: number;
  readonly deletedBytes: number;
}

/**
 * One round over the object store. An object that nothing leads to is noted with the time of that, and deleted by the
 * first round in which the note is `keepMs` old and still nothing leads to it: who looked an object up while something
 * led to it has that long to refer to it. Each round goes on where the last one stopped. A round may end at any point,
 * and several may run at once: notes are rows, and what is deleted already is deleted.
 */
export async function sweepObjects(dependencies: SweepDependencies, signal: AbortSignal): Promise<Swept> {
  const collected = await collectDue(dependencies, signal);
  return { ...collected, ...(await lookThrough(dependencies, signal)) };
}

async function collectDue(dependencies: SweepDependencies, signal: AbortSignal): Promise<Pick<Swept, "deleted" | "deletedBytes">> {
  const { inSystem, keepMs, now, onFailure, pageSize: limit = mostSweptObjects } = dependencies;
  const until = new Date(now() - keepMs).toISOString();
  const sizes: number[] = [];
  let after: Unreferenced | null = null;
  for (let pages = 0; pages < mostPages; pages += 1) {
    const due: Unreferenced[] = await inSystem((tx) => sweeps.listDue(tx, { until, after, limit }));
    for (const [workspaceId, items] of Map.groupBy(due, (item) => item.workspaceId)) {
      const keys = items.map(({ objectKey }) => objectKey);
      const deleted = await collect(dependencies, workspaceId, keys, signal).catch((error: unknown) => {
        if (signal.aborted) throw error;
        onFailure(workspaceId, error);
        return [];
      });
      sizes.push(...deleted);
    }
    if (due.length < limit) break;
    after = due.at(-1) ?? null;
  }
  return { deleted: sizes.length, deletedBytes: sizes.reduce((sum, size) => sum + size, 0) };
}

/** Deletes those of a workspace's objects that still nothing leads to. Gives the sizes of what no other round had deleted. */
async function collect(dependencies: SweepDependencies, workspaceId: string, keys: readonly string[], signal: AbortSignal): Promise<number[]> {
  const { inSystem, objects, faultPoint } = dependencies;
  const referenced = await findReferenced(dependencies, workspaceId, keys);
  const gone = keys.filter((key) => !referenced.has(key));
  for (const key of gone) {
    signal.throwIfAborted();
    await objects.delete(key);
  }
  if (gone.length > 0) faultPoint("sweep.before-forget");
  const taken = await inSystem(async (tx) => {
    await sweeps.unnote(tx, workspaceId, [...referenced]);
    await sweeps.forgetRevisions(tx, workspaceId, gone);
    return sweeps.unnote(tx, workspaceId, gone);
  });
  return taken.map(({ sizeBytes }) => sizeBytes);
}

async function lookThrough(dependencies: SweepDependencies, signal: AbortSignal): Promise<Pick<Swept, "seen" | "noted">> {
  const { inSystem, objects, onFailure, pageSize: limit = mostSweptObjects } = dependencies;
  let cursor = await inSystem(sweeps.place);
  let seen = 0;
  let noted = 0;
  for (let pages = 0; pages < mostPages; pages += 1) {
    signal.throwIfAborted();
    const page = await objects.list("", { cursor, limit });
    for (const [workspaceId, items] of Map.groupBy(page.items, ({ key }) => ownerOf(key))) {
      if (workspaceId === undefined) continue;
      noted += await noteUnreferenced(dependencies, workspaceId, items).catch((error: unknown) => {
        onFailure(workspaceId, error);
        return 0;
      });
    }
    seen += page.items.length;
    cursor = page.nextCursor;
    await inSystem((tx) => sweeps.setPlace(tx, cursor));
    if (cursor === null) break;
  }
  return { seen, noted };
}

async function noteUnreferenced(dependencies: SweepDependencies, workspaceId: string, items: readonly ObjectFacts[]): Promise<number> {
  const { inSystem, keepMs, now } = dependencies;
  const old = items.filter(({ modifiedAt }) => now() - Date.parse(modifiedAt) >= keepMs);
  const keys = old.map(({ key }) => key);
  const referenced = await findReferenced(dependencies, workspaceId, keys);
  const foundAt = new Date(now()).toISOString();
  const found = old.flatMap(({ key: objectKey, sizeBytes }) => (referenced.has(objectKey) ? [] : [{ workspaceId, objectKey, sizeBytes, foundAt }]));
  return found.length === 0 ? 0 : inSystem((tx) => sweeps.note(tx, found));
}

/**
 * Which of a workspace's objects something leads to. A file leads to its newest revision; whether an older one is still
 * needed is for those to say who read it. Bytes that no file knows are what an upload left that never ended.
 */
async function findReferenced(
  { inSystem, findReferenced: ask }: SweepDependencies,
  workspaceId: string,
  objectKeys: readonly string[],
): Promise<ReadonlySet<string>> {
  const files = objectKeys.filter((key) => key.startsWith(filePrefix));
  const revisions = files.length === 0 ? [] : await inSystem((tx) => sweeps.revisions(tx, workspaceId, files));
  const newest = revisions.flatMap(({ objectKey, isNewest }) => (isNewest ? [objectKey] : []));
  const replaced = revisions.flatMap(({ objectKey, isNewest }) => (isNewest ? [] : [objectKey]));
  const asked = [...objectKeys.filter((key) => !key.startsWith(filePrefix)), ...replaced];
  return new Set([...newest, ...(asked.length === 0 ? [] : await ask(workspaceId, asked))]);
}

const filePrefix = "files/";

/** The workspace an object belongs to; undefined for a key that is none of the platform's, which is left alone. */
function ownerOf(key: string): string | undefined {
  return /^(?:files\/(wsp_\w+)\/\w+$|(wsp_\w+)\/(?:datasets|runs)\/)/
    .exec(key)
    ?.slice(1)
    .find((id) => id !== undefined);
}
