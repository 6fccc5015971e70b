import type { Context, MaybePromise } from "./processor.ts";
import type { PipelineSignals } from "./signal-catalog.ts";

/** Tells what a processor does, if anybody listens. Gives a promise when a listener makes the run wait. */
export function emit<Signal extends keyof PipelineSignals>(context: Context, signal: Signal, data: () => PipelineSignals[Signal]): Promise<void> | undefined {
  const { signals } = context;
  return signals?.has(signal) ? signals.emit(signal, data(), context) : undefined;
}

/** Goes on as soon as nobody makes the run wait: at once, unless a listener blocks. */
export function afterEmit<T>(held: Promise<void> | undefined, next: () => MaybePromise<T>): MaybePromise<T> {
  return held === undefined ? next() : held.then(next);
}

/** What is already under way, given on as soon as nobody makes the run wait. It may fail meanwhile without being lost. */
export function alongEmit<T>(held: Promise<void> | undefined, pending: Promise<T>): Promise<T> {
  if (held === undefined) return pending;
  pending.catch(() => {});
  return held.then(() => pending);
}
