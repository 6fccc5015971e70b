import { AppError } from "@rivergen/contracts";
import type { z } from "zod";
import type { Processor } from "../processor.ts";
import { batchOptions, createBatches } from "./batch.ts";
import type { BatchOptions } from "./batch.ts";
import { bufferOptions, createBuffer } from "./buffer.ts";
import type { BufferOptions } from "./buffer.ts";
import { createCountWindows } from "./count-window.ts";
import type { Entries } from "./entry.ts";
import { createFan } from "./fan.ts";
import { drive } from "./machine.ts";
import { parseOptions } from "./options.ts";
import { inTurn, mapParallel } from "./parallel.ts";
import type { RunContext } from "./run-context.ts";
import { createTimeWindows } from "./time-window.ts";
import { windowOptions } from "./window-options.ts";
import type { Window, WindowFunctions } from "./window-options.ts";
import { createWork, throughOptions } from "./work.ts";
import type { ThroughOptions } from "./work.ts";

/** A stream as far as it is described: gives its items within a run. */
export type Opener<T> = (context: RunContext) => Entries<T>;

export type WindowOptions = z.input<typeof windowOptions>;
export type WindowHooks<T> = Partial<Pick<WindowFunctions<T, unknown>, "timeOf" | "onLate">>;

/** Lets items go through a processor; with a key, those of one key go one after the other. */
export function throughStage<T, Out>(open: Opener<T>, processor: Processor<T, Out>, given: ThroughOptions<T>, key?: (item: T) => unknown): Opener<Out> {
  const { deadLetters, isRetryable, ...plain } = given;
  const options = parseOptions(throughOptions, plain, processor.name);
  const order = key ?? (options.ordered ? "input" : "none");
  const functions = { ...(deadLetters && { deadLetters }), ...(isRetryable && { isRetryable }) };
  return (context) => {
    if (deadLetters) context.closeAtEnd(deadLetters);
    const work = createWork(processor, { ...options, ...functions }, context, context.watch(processor.name));
    return mapParallel(open(context), work, { concurrency: options.concurrency, order, signal: context.signal });
  };
}

export function filterStage<T>(open: Opener<T>, condition: (item: T) => boolean): Opener<T> {
  return (context) =>
    inTurn(open(context), (entry) => {
      if (condition(entry.value)) return entry;
      entry.origin.release();
      return undefined;
    });
}

export function bufferStage<T>(open: Opener<T>, given: BufferOptions): Opener<T> {
  const options = parseOptions(bufferOptions, given, "buffer");
  return (context) =>
    createBuffer(open(context), options, ({ depth, dropped }) => {
      context.gauge("buffer.depth", depth);
      context.gauge("buffer.dropped", dropped);
    });
}

export function batchStage<T>(open: Opener<T>, given: BatchOptions): Opener<T[]> {
  const options = parseOptions(batchOptions, given, "batch");
  return (context) => drive(open(context), createBatches<T>(options), context.environment.clock);
}

export function windowStage<T, K>(open: Opener<T>, given: WindowOptions, hooks: WindowHooks<T>, key: (item: T) => K): Opener<Window<T, K>> {
  const options = parseOptions(windowOptions, given, "window");
  if (options.kind === "count") return (context) => drive(open(context), createCountWindows(options, { key }), context.environment.clock);
  if (options.eventTime && !hooks.timeOf) throw new AppError("INVALID_REQUEST", { detail: "window: event time needs timeOf" });
  return (context) => {
    let late = 0;
    context.gauge("window.late", () => late);
    const onLate = (item: T) => {
      late += 1;
      hooks.onLate?.(item);
    };
    return drive(open(context), createTimeWindows(options, { timeOf: hooks.timeOf, onLate, key }), context.environment.clock);
  };
}

/** So many streams of one; the first that is read opens what they share. */
export function fanStage<T>(open: Opener<T>, branches: number, route: (item: T) => readonly number[], capacity = 16): Opener<T>[] {
  const stop = new AbortController();
  let shared: RunContext | undefined;
  const openShared = () => {
    if (!shared) throw new AppError("INTERNAL", { detail: "A branch was read before it was opened" });
    return open(shared);
  };
  const close = async () => {
    stop.abort(new AppError("ABORTED"));
    await shared?.end();
  };
  const fan = createFan<T>({ branches, capacity, route, open: openShared, close });
  return Array.from({ length: branches }, (_, index) => (context: RunContext) => {
    shared ??= context.share(stop.signal);
    context.adopt(shared);
    return fan.branch(index, context.signal);
  });
}
