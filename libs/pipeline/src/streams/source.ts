import { AppError } from "@rivergen/contracts";
import { isThenable } from "../processor.ts";
import type { MaybePromise } from "../processor.ts";
import { createBell } from "./bell.ts";
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
    read: ({ after }) => markItems(typeof items === "function" ? items() : items, typeof after === "number" ? after : 0),
  };
}

/**
 * Items with their numbers, behind the first ones. No generator: it would let every item wait a few times more; what is
 * there at once is given at once, as `Promise.resolve` of the reader takes it.
 */
function markItems<T>(items: AnyIterable<T>, skipped: number): AsyncIterable<Sourced<T>> {
  const iterator = Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]();
  let cursor = 0;
  const mark = (value: T): IteratorResult<Sourced<T>> => ({ done: false, value: { value, cursor } });

  /** From an answer that has to be waited for on, or from a list of promises. */
  async function waitFor(given: MaybePromise<IteratorResult<T>>): Promise<IteratorResult<Sourced<T>>> {
    for (let answer = given; ; answer = iterator.next()) {
      const result = await answer;
      if (result.done === true) return result as IteratorReturnResult<undefined>;
      cursor += 1;
      const value = await result.value;
      if (cursor > skipped) return mark(value);
    }
  }

  function next(): MaybePromise<IteratorResult<Sourced<T>>> {
    for (;;) {
      const given = iterator.next();
      if (isThenable(given)) return waitFor(given);
      if (given.done === true) return given as IteratorReturnResult<undefined>;
      if (isThenable(given.value)) return waitFor(given);
      cursor += 1;
      if (cursor > skipped) return mark(given.value);
    }
  }

  const end = (): MaybePromise<IteratorResult<T>> => iterator.return?.() ?? { done: true, value: undefined };
  return { [Symbol.asyncIterator]: () => ({ next, return: end }) as unknown as AsyncIterator<Sourced<T>> };
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

/** Makes room for timers and sockets now and then. */
function createTurns(): () => Promise<void> | undefined {
  let looks = 0;
  let turnAt = performance.now();
  const take = async () => {
    await new Promise(setImmediate);
    turnAt = performance.now();
  };
  return () => {
    looks += 1;
    return looks % ITEMS_PER_LOOK === 0 && performance.now() - turnAt >= TURN_MS ? take() : undefined;
  };
}

type Answer<T> = { readonly result: IteratorResult<Sourced<T>> } | { readonly error: unknown };

/** Reads a source in such a way that whoever waits for it can be called away: the answer is kept until somebody takes it. */
function createReader<T>(open: () => AsyncIterable<Sourced<T>> | Iterable<Sourced<T>>, stir: () => void) {
  let iterator: AsyncIterator<Sourced<T>> | Iterator<Sourced<T>> | undefined;
  let isAsked = false;
  let answer: Answer<T> | undefined;
  const begin = () => {
    const items = open();
    return Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]();
  };
  const succeed = (result: IteratorResult<Sourced<T>>): void => {
    answer = { result };
    stir();
  };
  const fail = (error: unknown): void => {
    answer = { error };
    stir();
  };
  return {
    hasAnswer: () => answer !== undefined,
    /** Asks for the next item unless the source still owes one. */
    ask(): void {
      if (isAsked) return;
      isAsked = true;
      try {
        iterator ??= begin();
        const given = iterator.next() as MaybePromise<IteratorResult<Sourced<T>>>;
        if (isThenable(given)) given.then(succeed, fail);
        else answer = { result: given };
      } catch (error) {
        answer = { error };
      }
    },
    /** The answer, once. */
    take(): IteratorResult<Sourced<T>> {
      const taken = answer;
      answer = undefined;
      isAsked = false;
      if (taken === undefined) return { done: true, value: undefined };
      if ("error" in taken) throw taken.error;
      return taken.result;
    },
    async leave(): Promise<void> {
      if (iterator) await leave(iterator as AsyncIterator<unknown>, isAsked && answer === undefined);
    },
  };
}

/** Opens a source behind a position. Aborting the signal makes the gate throw its reason. */
export function openGate<T>(
  source: Source<T>,
  options: { readonly from: Position | undefined; readonly signal: AbortSignal; readonly now: () => number },
): Gate<T> {
  const { from, signal, now } = options;
  const tracker = createTracker(from);
  const ahead = new Set(from?.ahead);
  const takeTurn = createTurns();
  const state = { isDraining: false, isPaused: false };
  let taken = 0;
  const bell = createBell();
  const reader = createReader(() => source.read({ after: from?.after, signal }), bell.ring);
  signal.addEventListener("abort", bell.ring, { once: true });

  function set(change: Partial<typeof state>): void {
    Object.assign(state, change);
    bell.ring();
  }

  async function finish(): Promise<IteratorReturnResult<undefined>> {
    signal.removeEventListener("abort", bell.ring);
    await reader.leave();
    return { done: true, value: undefined };
  }

  /** Whether the source has answered, if it is asked at all; a drain or a cancel needs no answer. */
  function isReady(): boolean {
    if (signal.aborted || state.isDraining) return true;
    if (state.isPaused) return false;
    reader.ask();
    return reader.hasAnswer();
  }

  async function next(): Promise<IteratorResult<Entry<T>>> {
    for (;;) {
      const turn = takeTurn();
      if (turn) await turn;
      while (!isReady()) await bell.wait();
      if (signal.aborted) {
        await finish();
        throw signal.reason;
      }
      if (state.isDraining) return finish();
      const result = reader.take();
      if (result.done === true) return { done: true, value: undefined };
      const { value, cursor } = result.value;
      taken += 1;
      if (!ahead.has(taken - 1)) return { done: false, value: { value, origin: tracker.follow(cursor, now()) } };
      tracker.pass(cursor);
    }
  }

  return {
    name: source.name,
    [Symbol.asyncIterator]: () => ({ next, return: finish }),
    pause: () => set({ isPaused: true }),
    resume: () => set({ isPaused: false }),
    drain: () => set({ isDraining: true }),
    position: () => tracker.position(),
  };
}

/** @throws INVALID_REQUEST when two sources of a stream have one name: their positions could not be told apart */
export function checkNames(gates: readonly { readonly name: string }[]): void {
  const twice = gates.find(({ name }, index) => gates.findIndex((other) => other.name === name) !== index);
  if (twice) throw new AppError("INVALID_REQUEST", { detail: `Two sources of this stream are called "${twice.name}"` });
}
