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

/** Works on one item after the other: no promise of its own for work that is synchronous. */
async function* inTurn<In, Out>(source: Entries<In>, work: Work<In, Out>): Entries<Out> {
  for await (const entry of source) {
    const pending = work(entry);
    const result = isThenable(pending) ? await pending : pending;
    if (result) yield result;
  }
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

async function* atOnce<In, Out>(source: Entries<In>, work: Work<In, Out>, { concurrency, order, signal }: ParallelOptions<In>): Entries<Out> {
  const iterator = source[Symbol.asyncIterator]();
  const bell = createBell();
  const enterLane = createLanes();
  /** In the order in which they are to be given: of the items, or of getting ready. */
  const queue: Slot<Out>[] = [];
  let inUse = 0;
  let isAsked = false;
  let isLeft = false;
  let end: { readonly error?: unknown } | undefined;

  async function run(entry: Entry<In>, slot: Slot<Out>): Promise<void> {
    try {
      if (!isLeft) slot.result = await work(entry);
    } catch (error) {
      slot.failure = { error };
    }
    slot.isDone = true;
    if (order !== "input") queue.push(slot);
    bell.ring();
  }

  function begin(entry: Entry<In>): void {
    const slot: Slot<Out> = { isDone: false };
    inUse += 1;
    if (order === "input") queue.push(slot);
    if (typeof order === "function") enterLane(order(entry.value), () => run(entry, slot));
    else void run(entry, slot);
  }

  function fill(): void {
    if (isAsked || isLeft || end || inUse >= concurrency) return;
    isAsked = true;
    iterator.next().then(
      (result) => {
        isAsked = false;
        if (result.done === true) end = {};
        else if (!isLeft) take(result.value);
        bell.ring();
        fill();
      },
      (error: unknown) => {
        isAsked = false;
        end = { error };
        bell.ring();
      },
    );
  }

  function take(entry: Entry<In>): void {
    try {
      begin(entry);
    } catch (error) {
      end = { error };
    }
  }

  signal.addEventListener("abort", bell.ring, { once: true });
  try {
    for (;;) {
      signal.throwIfAborted();
      fill();
      const slot = queue[0]?.isDone ? queue.shift() : undefined;
      if (slot) {
        inUse -= 1;
        if (slot.failure) throw slot.failure.error;
        fill();
        if (slot.result) yield slot.result;
      } else if (end && inUse === 0) {
        if ("error" in end) throw end.error;
        return;
      } else await bell.wait();
    }
  } finally {
    isLeft = true;
    signal.removeEventListener("abort", bell.ring);
    await leave(iterator, isAsked);
  }
}
