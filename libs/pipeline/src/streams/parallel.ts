import type { MaybePromise } from "../processor.ts";
import { isThenable } from "../processor.ts";
import { createBell } from "./bell.ts";
import { leave } from "./entry.ts";
import type { Entries, Entry } from "./entry.ts";

/** In which order results are given: that of the items, that in which they are ready, or that of the items of one key. */
export type Order<T> = "input" | "none" | ((item: T) => unknown);

export interface ParallelOptions<T> {
  /** Most items begun and not yet given on. */
  readonly concurrency: number;
  readonly order: Order<T>;
  /** Ends the work at once. */
  readonly signal: AbortSignal;
}

/** What becomes of one item: another entry, or nothing when it goes no further. */
export type Work<In, Out> = (entry: Entry<In>) => MaybePromise<Entry<Out> | undefined>;

interface Slot<Out> {
  isDone: boolean;
  result?: Entry<Out> | undefined;
  failure?: { readonly error: unknown };
}

/**
 * Works on one item after the other: no promise of its own for work that is synchronous. No generator either, for that
 * would let every item wait twice more.
 */
export function inTurn<In, Out>(source: Entries<In>, work: Work<In, Out>): Entries<Out> {
  return {
    [Symbol.asyncIterator]() {
      const iterator = source[Symbol.asyncIterator]();
      let isOver = false;
      const end = async (): Promise<IteratorReturnResult<undefined>> => {
        isOver = true;
        await iterator.return?.();
        return { done: true, value: undefined };
      };
      async function next(): Promise<IteratorResult<Entry<Out>, undefined>> {
        while (!isOver) {
          const read = await iterator.next();
          if (read.done === true) break;
          try {
            const pending = work(read.value);
            const result = isThenable(pending) ? await pending : pending;
            if (result) return { done: false, value: result };
          } catch (error) {
            await end();
            throw error;
          }
        }
        return { done: true, value: undefined };
      }
      return { next, return: end };
    },
  };
}

/** Runs the items of one key one after the other and different keys at once. */
function createLanes(): (key: unknown, run: () => Promise<void>) => void {
  const lanes = new Map<unknown, (() => Promise<void>)[]>();
  const work = async (key: unknown, lane: (() => Promise<void>)[]): Promise<void> => {
    for (let run = lane[0]; run; run = lane[0]) {
      await run();
      lane.shift();
    }
    lanes.delete(key);
  };
  return (key, run) => {
    const lane = lanes.get(key);
    if (lane) lane.push(run);
    else {
      const fresh = [run];
      lanes.set(key, fresh);
      void work(key, fresh);
    }
  };
}

/**
 * Works on several items at once, never on more than the bound, which counts what is ready and not yet taken too.
 * The first error ends it; results that come before it are given first.
 */
export function mapParallel<In, Out>(source: Entries<In>, work: Work<In, Out>, { concurrency, order, signal }: ParallelOptions<In>): Entries<Out> {
  return concurrency === 1 ? inTurn(source, work) : atOnce(source, work, { concurrency, order, signal });
}

/** Holds the items under way: a slot is taken when an item is begun and free again when its result was taken. */
function createSlots<In, Out>(work: Work<In, Out>, order: Order<In>, ring: () => void) {
  const enterLane = createLanes();
  /** In the order in which they are to be given: of the items, or of getting ready. */
  const queue: Slot<Out>[] = [];
  let inUse = 0;
  let isLeft = false;

  async function run(entry: Entry<In>, slot: Slot<Out>): Promise<void> {
    try {
      if (!isLeft) slot.result = await work(entry);
    } catch (error) {
      slot.failure = { error };
    }
    slot.isDone = true;
    if (order !== "input") queue.push(slot);
    ring();
  }

  return {
    inUse: () => inUse,
    begin(entry: Entry<In>): void {
      const slot: Slot<Out> = { isDone: false };
      const key = typeof order === "function" ? order(entry.value) : undefined;
      inUse += 1;
      if (order === "input") queue.push(slot);
      if (typeof order === "function") enterLane(key, () => run(entry, slot));
      else void run(entry, slot);
    },
    /** The next slot whose result is ready and whose turn it is. */
    take(): Slot<Out> | undefined {
      const slot = queue[0]?.isDone ? queue.shift() : undefined;
      if (slot) inUse -= 1;
      return slot;
    },
    /** What has not begun never does. */
    leave() {
      isLeft = true;
    },
  };
}

async function* atOnce<In, Out>(source: Entries<In>, work: Work<In, Out>, { concurrency, order, signal }: ParallelOptions<In>): Entries<Out> {
  const iterator = source[Symbol.asyncIterator]();
  const bell = createBell();
  const slots = createSlots(work, order, bell.ring);
  let isAsked = false;
  let end: { readonly error?: unknown } | undefined;

  function take(result: IteratorResult<Entry<In>>): void {
    isAsked = false;
    if (result.done === true) end = {};
    else slots.begin(result.value);
    bell.ring();
    fill();
  }

  /** Reads on as long as there is room, whether or not anybody waits for a result. */
  function fill(): void {
    if (isAsked || end || slots.inUse() >= concurrency) return;
    isAsked = true;
    iterator
      .next()
      .then(take)
      .catch((error: unknown) => {
        isAsked = false;
        end = { error };
        bell.ring();
      });
  }

  signal.addEventListener("abort", bell.ring, { once: true });
  try {
    for (;;) {
      signal.throwIfAborted();
      const slot = slots.take();
      fill();
      if (slot?.failure) throw slot.failure.error;
      if (slot?.result) yield slot.result;
      if (slot) continue;
      if (end && slots.inUse() === 0) {
        if ("error" in end) throw end.error;
        return;
      }
      await bell.wait();
    }
  } finally {
    end ??= {};
    slots.leave();
    signal.removeEventListener("abort", bell.ring);
    await leave(iterator, isAsked);
  }
}
