import { systemClock } from "./clock.ts";
import type { Clock, Moment } from "./clock.ts";
import type { PipelineSignals } from "./signal-catalog.ts";
import type { SignalSink } from "./signals.ts";

/** A value that is there, or a promise of it. Code that gets one awaits only thenables, so that what is synchronous stays so. */
export type MaybePromise<T> = T | PromiseLike<T>;

/** What all runs of a pipeline have in common. */
export interface Environment {
  readonly clock: Clock;
  /** 0 ≤ x < 1. */
  readonly random: () => number;
  /** Where observable acts are told; absent: nobody listens. */
  readonly signals: SignalSink<PipelineSignals> | undefined;
  /** Stable over all runs of one pipeline. */
  readonly pipelineId: string;
}

/** What a processor knows of the run it works in. */
export interface Context extends Environment {
  /** Aborts when nobody waits for the result any more; absent when nothing can abort this run. */
  readonly signal: AbortSignal | undefined;
  /** Which try this is, from 1, counted by the nearest retry around. */
  readonly attempt: number;
  /** When the whole run began, on `clock`. */
  readonly startedAt: number;
  /** One per run, the same in all its processors. */
  readonly executionId: string;
}

/** The unit of work: typed in and out, with a name that errors and signals carry. Made by `defineProcessor` or one of the connectors. */
export interface Processor<in In, out Out> {
  readonly name: string;
  /** What it is: `transform`, `sequence`, `retry` …. */
  readonly kind: string;
  /** Whether its errors still lack its own name: true for processors, false for connectors, which name themselves. */
  readonly isLeaf: boolean;
  /** Never gives a promise: then nobody looks whether it did. */
  readonly isSync: boolean;
  /** @throws at once or by rejection; a connector throws `PipelineError` only */
  run(input: In, context: Context): MaybePromise<Out>;
  /** Lets go of what it holds, children in reverse order; the same promise however often it is called. @throws AggregateError of all that failed */
  close(): Promise<void>;
  /** What it is made of at the moment, in order. */
  children(): readonly AnyProcessor[];
}

/** A processor of whatever type, for code that only names, closes or describes it. */
export type AnyProcessor = Processor<never, unknown>;

/** What comes out of a processor. */
export type OutputOf<P> = P extends Processor<never, infer Out> ? Out : never;

/** What goes into a processor. */
export type InputOf<P> = P extends Processor<infer In, unknown> ? In : never;

export interface ProcessorDefinition<In, Out> {
  readonly name: string;
  readonly kind: string;
  readonly run: (input: In, context: Context) => MaybePromise<Out>;
  /** Default true. A connector says false and throws errors that already carry its name (`failure`). */
  readonly isLeaf?: boolean;
  /** Default false. Looking for `then` in every result costs as much as a small stage; who says true must never give a promise. */
  readonly isSync?: boolean;
  readonly children?: () => readonly AnyProcessor[];
  /** Called once, before the children are closed: waits for work that nobody else waits for. */
  readonly drain?: () => MaybePromise<void>;
  /** Called once, after the children were closed. */
  readonly close?: () => MaybePromise<void>;
}

/** Makes a processor; all have one shape, which is what keeps calling them cheap. */
export function defineProcessor<In, Out>(definition: ProcessorDefinition<In, Out>): Processor<In, Out> {
  const { name, kind, run, isLeaf = true, isSync = false, children = none, drain, close } = definition;
  let closed: Promise<void> | undefined;
  const end = async () => {
    await drain?.();
    await closeAll(children(), close);
  };
  return { name, kind, isLeaf, isSync, run, children, close: () => (closed ??= end()) };
}

const none = (): readonly AnyProcessor[] => [];

/** Closes some processors in reverse order and then runs `last`, whatever fails on the way. @throws AggregateError of all that failed */
export async function closeAll(processors: readonly Pick<AnyProcessor, "close">[], last?: () => MaybePromise<void>): Promise<void> {
  const errors: unknown[] = [];
  const steps = processors.toReversed().map((processor) => () => processor.close());
  for (const step of last ? [...steps, last] : steps) {
    try {
      await step();
    } catch (error) {
      if (error instanceof AggregateError) errors.push(...(error.errors as unknown[]));
      else errors.push(error);
    }
  }
  if (errors.length > 0) throw new AggregateError(errors, `${errors.length} failed to close`);
}

/** Whether something must be awaited. */
export function isThenable<T>(value: MaybePromise<T>): value is PromiseLike<T> {
  if (typeof value !== "object" || value === null) return false;
  return value instanceof Promise || typeof (value as { then?: unknown }).then === "function";
}

/** Goes on with a value, at once when it is there. */
export function andThen<T, U>(value: MaybePromise<T>, next: (value: T) => MaybePromise<U>): MaybePromise<U> {
  return isThenable(value) ? value.then(next) : next(value);
}

export interface ContextOptions extends Partial<Environment> {
  readonly signal?: AbortSignal | undefined;
}

/** The environment of a pipeline; defaults: the machine's clock and randomness, nobody listening, a fresh id. */
export function createEnvironment({ clock = systemClock, random = Math.random, signals, pipelineId }: Partial<Environment> = {}): Environment {
  return { clock, random, signals, pipelineId: pipelineId ?? crypto.randomUUID() };
}

/** The context of one run, beginning now. */
export function createContext({ signal, ...environment }: ContextOptions = {}): Context {
  return startRun(createEnvironment(environment), signal);
}

/** The context of one run in a given environment, beginning now. */
export function startRun(environment: Environment, signal: AbortSignal | undefined): Context {
  return new Run(environment, signal);
}

/** The same run with another signal or another number of the try. */
export function deriveContext(context: Context, signal: AbortSignal | undefined, attempt: number = context.attempt): Context {
  return new Part(context, signal, attempt);
}

class Run implements Context {
  readonly signal: AbortSignal | undefined;
  /** A number with a fraction would be an allocation of its own; this one is shared. */
  readonly moment: Moment;
  readonly environment: Environment;
  id: string | undefined;

  constructor(environment: Environment, signal: AbortSignal | undefined) {
    this.signal = signal;
    this.moment = environment.clock.turn();
    this.environment = environment;
    this.id = undefined;
  }

  get attempt(): number {
    return 1;
  }

  get startedAt(): number {
    return this.moment.ms;
  }

  get clock(): Clock {
    return this.environment.clock;
  }

  get random(): () => number {
    return this.environment.random;
  }

  get signals(): SignalSink<PipelineSignals> | undefined {
    return this.environment.signals;
  }

  get pipelineId(): string {
    return this.environment.pipelineId;
  }

  /** Made when somebody asks for it: most runs never do. */
  get executionId(): string {
    return (this.id ??= crypto.randomUUID());
  }
}

/** Part of a run: what it does not say itself, the run says. */
class Part implements Context {
  readonly signal: AbortSignal | undefined;
  readonly attempt: number;
  readonly whole: Context;

  constructor(whole: Context, signal: AbortSignal | undefined, attempt: number) {
    this.signal = signal;
    this.attempt = attempt;
    this.whole = whole;
  }

  get startedAt(): number {
    return this.whole.startedAt;
  }

  get clock(): Clock {
    return this.whole.clock;
  }

  get random(): () => number {
    return this.whole.random;
  }

  get signals(): SignalSink<PipelineSignals> | undefined {
    return this.whole.signals;
  }

  get pipelineId(): string {
    return this.whole.pipelineId;
  }

  get executionId(): string {
    return this.whole.executionId;
  }
}
