import type { Context, MaybePromise, Outcome, PipelineError, Recovery } from "@rivergen/pipeline";
import type { z } from "zod";

/** What every registered thing says of itself. */
export interface Described {
  /** Without `@` and white space; unique within its kind and version. */
  readonly name: string;
  /** Default `1`. Documents name the newest one, or `name@version`. */
  readonly version?: string;
  readonly description?: string;
  readonly tags?: readonly string[];
}

/** What takes an item and the parameters of a node. */
interface Parametrised<Config> extends Described {
  /** What it takes; neighbours are checked against it when a flow is validated. Default: anything. */
  readonly input?: z.ZodType;
  /** Checks what a node says under `config`. Default: a node cannot say anything. */
  readonly config?: z.ZodType<Config>;
}

export interface ProcessorEntry<In = unknown, Out = unknown, Config = unknown> extends Parametrised<Config> {
  /** What it gives. Default: anything. */
  readonly output?: z.ZodType;
  /** Works on one item, at once or by a promise. An `AppError` is a failure it declares, anything else thrown counts as a panic. */
  run(item: In, context: Context, config: Config): MaybePromise<Out>;
}

export interface PredicateEntry<In = unknown, Config = unknown> extends Parametrised<Config> {
  test(item: In, context: Context, config: Config): MaybePromise<boolean>;
}

export interface ConditionEntry<In = unknown, Config = unknown> extends Parametrised<Config> {
  /** Every key it can answer; routes are checked against it. Default: any. */
  readonly values?: readonly string[];
  choose(item: In, context: Context, config: Config): MaybePromise<string>;
}

export interface ReducerEntry<In = unknown, Out = unknown, Config = unknown> extends Parametrised<Config> {
  readonly output?: z.ZodType;
  /** Makes one item of the input and how each child ended, in the order of the children; two may have the same name. */
  reduce(input: In, outcomes: readonly Outcome<unknown>[], config: Config): Out;
}

export interface ErrorHandlerEntry<In = unknown, Out = unknown, Config = unknown> extends Parametrised<Config> {
  /** Gets the error with its whole path and the item that went in. Answering `{ value }` ends the error with that item; answering nothing throws it on. */
  handle(error: PipelineError, item: In, context: Context, config: Config): MaybePromise<Recovery<Out> | void>;
}

/** Where items of a stream node go. */
export interface ChannelEntry<In = unknown> extends Described {
  readonly input?: z.ZodType;
  /** Resolves when the item is taken. Rejects with the signal's reason when it aborts while there is no room. */
  send(item: In, signal?: AbortSignal): MaybePromise<void>;
}

/** What can be registered, by the name of its registry. */
export interface Entries {
  readonly processors: ProcessorEntry;
  readonly predicates: PredicateEntry;
  readonly conditions: ConditionEntry;
  readonly reducers: ReducerEntry;
  readonly errorHandlers: ErrorHandlerEntry;
  readonly channels: ChannelEntry;
}
export type EntryKind = keyof Entries;
