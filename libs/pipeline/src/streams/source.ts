import { AppError } from "@rivergen/contracts";
import { leave } from "./entry.ts";
import type { Entry } from "./entry.ts";
import { createTracker } from "./position.ts";
import type { Position } from "./position.ts";

/** A value with the mark of its place in its source: plain JSON from which the source can go on behind it. */
export interface Sourced<T> {
  readonly value: T;
  readonly cursor: unknown;
}

export interface ReadOptions {
  /** Mark of the last item that is not wanted any more; absent: from the beginning. */
  readonly after: unknown;
  /** Aborts when nobody reads on. */
  readonly signal: AbortSignal;
}

/** Where items come from. Read twice from one mark it gives the same items, as far as what it reads has not changed. */
export interface Source<T> {
  /** Key of its position; unique within a stream. */
  readonly name: string;
  read(options: ReadOptions): AsyncIterable<Sourced<T>> | Iterable<Sourced<T>>;
}

/** Anything that can be iterated over. */
export type AnyIterable<T> = AsyncIterable<T> | Iterable<T>;

/** A source over anything that can be iterated; a function makes a fresh one for every read. Its marks count items. */
export function fromIterable<T>(items: AnyIterable<T> | (() => AnyIterable<T>), name = "items"): Source<T> {
  return {
    name,
    async *read({ after }) {
      const skipped = typeof after === "number" ? after : 0;
      let cursor = 0;
      for await (const value of typeof items === "function" ? items() : items) {
        cursor += 1;
        if (cursor > skipped) yield { value, cursor };
      }
    },
  };
}

/** The one place of a stream where items come in: everything that holds a stream up or ends it acts here. */
export interface Gate<T> extends AsyncIterable<Entry<T>> {
  readonly name: string;
  pause(): void;
  resume(): void;
  /** Takes nothing more; what was taken goes on. */
  drain(): void;
  position(): Position;
}

/** After so long without a pause for timers and sockets one is made, ms: sources and pipes that never wait would starve them. */
const TURN_MS = 10;
const ITEMS_PER_LOOK = 64;

export function openGate<T>(
  source: Source<T>,
  options: { readonly from: Position | undefined; readonly signal: AbortSignal; readonly now: () => number },
): Gate<T> {
  const { from, signal, now } = options;
  const tracker = createTracker(from);
  const ahead = new Set(from?.ahead);
  let iterator: AsyncIterator<Sourced<T>> | Iterator<Sourced<T>> | undefined;
  let isDraining = false;
  let isPaused = false;
  let isAsked = false;
  let news: { readonly result: IteratorResult<Sourced<T>> } | { readonly error: unknown } | undefined;
  let taken = 0;
  let turnAt = performance.now();
  /** Wakes whoever waits for the source or for the end of a pause. */
  let wake: (() => void) | undefined;
  const stir = () => {
    const waiting = wake;
    wake = undefined;
    waiting?.();
  };
  signal.addEventListener("abort", stir, { once: true });

  function open(): AsyncIterator<Sourced<T>> | Iterator<Sourced<T>> {
    const items = source.read({ after: from?.after, signal });
    return Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]();
  }

  /** Asks the source for its next item unless it still owes one; the answer becomes news. */
  function ask(): void {
    if (isAsked) return;
    isAsked = true;
    iterator ??= open();
    Promise.resolve(iterator.next()).then(
      (result) => {
        news = { result };
        stir();
      },
      (error: unknown) => {
        news = { error };
        stir();
      },
    );
  }

  async function takeTurn(): Promise<void> {
    if (taken % ITEMS_PER_LOOK !== 0 || performance.now() - turnAt < TURN_MS) return;
    await new Promise(setImmediate);
    turnAt = performance.now();
  }

  async function finish(): Promise<IteratorReturnResult<undefined>> {
    if (iterator) await leave(iterator as AsyncIterator<unknown>, isAsked);
    return { done: true, value: undefined };
  }

  /** Waits until the source has answered, and as long as the gate is shut; a drain or a cancel ends the wait. */
  async function wait(): Promise<void> {
    while (!signal.aborted && !isDraining && (isPaused || news === undefined)) {
      if (!isPaused) ask();
      await new Promise<void>((resolve) => (wake = resolve));
    }
  }

  async function next(): Promise<IteratorResult<Entry<T>>> {
    for (;;) {
      await takeTurn();
      await wait();
      if (signal.aborted) {
        await finish();
        throw signal.reason;
      }
      if (isDraining || news === undefined) return finish();
      const answer = news;
      news = undefined;
      isAsked = false;
      if ("error" in answer) throw answer.error;
      if (answer.result.done === true) return { done: true, value: undefined };
      const { value, cursor } = answer.result.value;
      taken += 1;
      if (!ahead.has(taken - 1)) return { done: false, value: { value, origin: tracker.follow(cursor, now()) } };
      tracker.pass(cursor);
    }
  }

  return {
    name: source.name,
    [Symbol.asyncIterator]: () => ({ next, return: finish }),
    pause() {
      isPaused = true;
    },
    resume() {
      isPaused = false;
      stir();
    },
    drain() {
      isDraining = true;
      stir();
    },
    position: () => tracker.position(),
  };
}

/** @throws INVALID_REQUEST when two sources of a stream have one name: their positions could not be told apart */
export function checkNames(gates: readonly { readonly name: string }[]): void {
  const twice = gates.find(({ name }, index) => gates.findIndex((other) => other.name === name) !== index);
  if (twice) throw new AppError("INVALID_REQUEST", { detail: `Two sources of this stream are called "${twice.name}"` });
}
