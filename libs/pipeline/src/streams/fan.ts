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
  readonly close: () => void;
}

/** Nothing is lost: the slowest branch holds up the others once its store is full, so branches are to be read at the same time. */
export function createFan<T>({ branches: count, capacity, route, open, close }: FanOptions<T>): Fan<T> {
  const branches: Branch<T>[] = Array.from({ length: count }, () => ({ held: [], bell: createBell(), isTaken: false, isLeft: false }));
  let iterator: AsyncIterator<Entry<T>> | undefined;
  let isAsked = false;
  let end: { readonly error?: unknown } | undefined;
  const ringAll = () => {
    for (const { bell } of branches) bell.ring();
  };

  function give(entry: Entry<T>): void {
    const targets = route(entry.value)
      .map((index) => branches[index])
      .filter((branch) => branch !== undefined && !branch.isLeft) as Branch<T>[];
    entry.origin.hold(targets.length);
    entry.origin.release();
    for (const { held } of targets) held.push(entry);
  }

  function fill(): void {
    if (isAsked || end || branches.some(({ held, isLeft }) => !isLeft && held.length >= capacity)) return;
    isAsked = true;
    iterator ??= open()[Symbol.asyncIterator]();
    iterator
      .next()
      .then((result) => {
        if (result.done === true) end = {};
        else give(result.value);
      })
      .catch((error: unknown) => {
        end = { error };
      })
      .finally(() => {
        isAsked = false;
        ringAll();
      });
  }

  async function depart(branch: Branch<T>): Promise<void> {
    branch.isLeft = true;
    ringAll();
    if (!branches.every(({ isLeft }) => isLeft)) return;
    close();
    if (iterator) await leave(iterator, isAsked);
  }

  async function* read(branch: Branch<T>, signal: AbortSignal): Entries<T> {
    signal.addEventListener("abort", branch.bell.ring, { once: true });
    try {
      for (;;) {
        signal.throwIfAborted();
        const entry = branch.held.shift();
        fill();
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
