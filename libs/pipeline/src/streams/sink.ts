import type { MaybePromise } from "../processor.ts";

/** Where items go. */
export interface Sink<T> {
  readonly name: string;
  /** Takes one item; once it has resolved the item counts as arrived. The signal aborts when the run is cancelled. */
  write(item: T, options: { readonly signal: AbortSignal }): MaybePromise<unknown>;
  /** Called once at the end of a run, also after a failure or a cancel. */
  close?(): MaybePromise<unknown>;
}

/** A sink that keeps what it gets in a list, in order. */
export function intoArray<T>(items: T[], name = "array"): Sink<T> {
  return { name, write: (item) => items.push(item) };
}

/** A sink that calls a function. */
export function intoFunction<T>(write: Sink<T>["write"], name = "function"): Sink<T> {
  return { name, write };
}
