import { AppError } from "@rivergen/contracts";
import { createBell } from "./bell.ts";
import type { Bell } from "./bell.ts";
import { leave } from "./entry.ts";
import type { Entries, Entry } from "./entry.ts";

/** One input that several branches read from, each through its own bounded store. */
export interface Fan<T> {
  /** The items of one branch. Read once. @throws INVALID_REQUEST when it was read before */
  branch(index: number, signal: AbortSignal): Entries<T>;
}

interface Branch<T> {
  readonly held: Entry<T>[];
  readonly bell: Bell;
  isTaken: boolean;
  isLeft: boolean;
}

export interface FanOptions<T> {
  readonly branches: number;
  /** Items that a branch may be behind the fastest one before that one waits. */
  readonly capacity: number;
  /** Numbers of the branches that get an item. */
  readonly route: (item: T) => readonly number[];
  /** The input, opened when the first branch is read. */
  readonly open: () => Entries<T>;
  /** Called when no branch reads on. */
  readonly close: () => Promise<void>;
}

/** Reads the shared input as long as every branch has room. */
function createFeed<T>(branches: readonly Branch<T>[], { capacity, route, open }: FanOptions<T>) {
  let iterator: AsyncIterator<Entry<T>> | undefined;
  let isAsked = false;
  let end: { readonly error?: unknown } | undefined;

  function give(entry: Entry<T>): void {
    const targets = route(entry.value)
      .map((index) => branches[index])
      .filter((branch) => branch !== undefined && !branch.isLeft) as Branch<T>[];
    entry.origin.hold(targets.length);
    entry.origin.release();
    for (const { held } of targets) held.push(entry);
  }

  function settle(more: () => void): void {
    isAsked = false;
    more();
    for (const { bell } of branches) bell.ring();
  }

  return {
    end: () => end,
    fill(): void {
      if (isAsked || end || branches.some(({ held, isLeft }) => !isLeft && held.length >= capacity)) return;
      isAsked = true;
      const fail = (error: unknown) => settle(() => (end = { error }));
      try {
        iterator ??= open()[Symbol.asyncIterator]();
        iterator
          .next()
          .then((result) => settle(() => (result.done === true ? (end = {}) : give(result.value))))
          .catch(fail);
      } catch (error) {
        fail(error);
      }
    },
    async leave(): Promise<void> {
      if (iterator) await leave(iterator, isAsked);
    },
  };
}

/** Nothing is lost: the slowest branch holds up the others once its store is full, so branches are to be read at the same time. */
export function createFan<T>(options: FanOptions<T>): Fan<T> {
  const branches: Branch<T>[] = Array.from({ length: options.branches }, () => ({ held: [], bell: createBell(), isTaken: false, isLeft: false }));
  const feed = createFeed(branches, options);

  async function depart(branch: Branch<T>): Promise<void> {
    branch.isLeft = true;
    for (const { bell } of branches) bell.ring();
    if (!branches.every(({ isLeft }) => isLeft)) return;
    await feed.leave();
    await options.close();
  }

  async function* read(branch: Branch<T>, signal: AbortSignal): Entries<T> {
    signal.addEventListener("abort", branch.bell.ring, { once: true });
    try {
      for (;;) {
        signal.throwIfAborted();
        const entry = branch.held.shift();
        feed.fill();
        const end = feed.end();
        if (entry) yield entry;
        else if (end && "error" in end) throw end.error;
        else if (end) return;
        else await branch.bell.wait();
      }
    } finally {
      signal.removeEventListener("abort", branch.bell.ring);
      await depart(branch);
    }
  }

  return {
    branch(index, signal) {
      const branch = branches[index];
      if (!branch || branch.isTaken) throw new AppError("INVALID_REQUEST", { detail: `Branch ${index} is read already` });
      branch.isTaken = true;
      return read(branch, signal);
    },
  };
}
