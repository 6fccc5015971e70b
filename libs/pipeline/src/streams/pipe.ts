import { AppError } from "@rivergen/contracts";
import { z } from "zod";
import { systemClock } from "../clock.ts";
import type { Clock } from "../clock.ts";
import { runStages } from "../connectors/run-stages.ts";
import type { Stage } from "../connectors/run-stages.ts";
import { createPipeline } from "../pipeline.ts";
import type { ProcessOptions } from "../pipeline.ts";
import { defineProcessor, isThenable } from "../processor.ts";
import type { Context, MaybePromise, Processor } from "../processor.ts";
import { createMonitor } from "./monitor.ts";
import type { Monitor, MonitorReading } from "./monitor.ts";
import { parseOptions } from "./options.ts";

/** How a pipe fares, by the errors of the last minute: `failing` from half of all calls, `degraded` from one in twenty. */
export interface PipeHealth {
  readonly status: "idle" | "healthy" | "degraded" | "failing" | "closed";
  /** 0–1; absent while idle. */
  readonly errorRate: number | undefined;
  /** Calls under way. */
  readonly running: number;
}

/** A processor that knows how it fares, and that can be put in front of another. */
export interface Pipe<in In, out Out> extends Processor<In, Out>, AsyncDisposable {
  /** The pipes it is made of, in order; itself when it is not composed. A composed pipe on the right of `to` stays one. */
  readonly pipes: readonly Pipe<never, unknown>[];
  /** This one, then the next: neither is changed. */
  to<Next>(next: Processor<Out, Next>): Pipe<In, Next>;
  /** The same with a function. */
  to<Next>(name: string, work: (input: Out, context: Context) => MaybePromise<Next>, options?: PipeOptions<Out, Next>): Pipe<In, Next>;
  /** The same under another name. */
  named(name: string): Pipe<In, Out>;
  /** Runs only for inputs that fulfil a condition; others come out as they went in. */
  when<Given extends In>(condition: (input: Given) => boolean): Pipe<Given, Given | Out>;
  /** One run. Its result is there at once when no stage had to be waited for. @throws PipelineError; SERVICE_UNAVAILABLE once closed */
  process(input: In, options?: ProcessOptions): MaybePromise<Out>;
  health(): PipeHealth;
  metrics(): MonitorReading;
  /** What came out last, oldest first: at most as many as `keep` says. */
  outputs(): readonly Out[];
}

export interface PipeOptions<In, Out> {
  /** What it takes; anything else is refused with INVALID_REQUEST that names the pipe. Default: not checked. */
  readonly input?: z.ZodType<In>;
  /** What it gives, checked likewise. */
  readonly output?: z.ZodType<Out>;
  /** Outputs kept for `outputs()`. Default 0. */
  readonly keep?: number;
  /** Lets go of what it holds; called once, at close, also after failures. */
  readonly close?: () => MaybePromise<void>;
  readonly clock?: Clock;
}

const pipeNumbers = z.object({ keep: z.int().nonnegative().default(0) });

/** A pipe of a processor, or of a name and a function. */
export function pipe<In, Out>(processor: Processor<In, Out>, options?: PipeOptions<In, Out>): Pipe<In, Out>;
export function pipe<In, Out>(name: string, work: (input: In, context: Context) => MaybePromise<Out>, options?: PipeOptions<In, Out>): Pipe<In, Out>;
export function pipe<In, Out>(
  what: string | Processor<In, Out>,
  workOrOptions?: ((input: In, context: Context) => MaybePromise<Out>) | PipeOptions<In, Out>,
  more: PipeOptions<In, Out> = {},
): Pipe<In, Out> {
  const isNamed = typeof what === "string";
  const options = typeof workOrOptions === "function" ? more : (workOrOptions ?? {});
  const inner =
    isNamed && typeof workOrOptions === "function"
      ? defineProcessor<In, Out>({ name: what, kind: "apply", run: workOrOptions, ...(options.close && { close: options.close }) })
      : (what as Processor<In, Out>);
  return createPipe(checked(inner, options), undefined, options);
}

/** A value of the declared type. @throws INVALID_REQUEST that names the pipe and every fault */
function checkValue<T>(schema: z.ZodType<T>, value: unknown, pipe: string, side: string): T {
  return parseOptions(schema, value, `${side} of pipe ${pipe}`);
}

function checked<In, Out>(inner: Processor<In, Out>, { input, output }: PipeOptions<In, Out>): Processor<In, Out> {
  if (!input && !output) return inner;
  const give = (value: Out): Out => (output ? checkValue(output, value, inner.name, "Output") : value);
  return {
    ...inner,
    run(value, context) {
      const result = inner.run(input ? checkValue(input, value, inner.name, "Input") : value, context);
      return isThenable(result) ? result.then(give) : give(result);
    },
  };
}

function healthOf(monitor: Monitor, running: number, isClosed: boolean): PipeHealth {
  const { errorRate } = monitor.read();
  if (isClosed) return { status: "closed", errorRate, running };
  if (errorRate === undefined) return { status: "idle", errorRate, running };
  return { status: errorRate >= 0.5 ? "failing" : errorRate >= 0.05 ? "degraded" : "healthy", errorRate, running };
}

/** Counts and times what a processor does. */
function measure<In, Out>(inner: Processor<In, Out>, monitor: Monitor, keepOutput: ((output: Out) => void) | undefined) {
  let running = 0;
  function settle(startedAt: number, context: Context, isFailed: boolean): void {
    running -= 1;
    monitor.record(context.clock.now() - startedAt, isFailed);
  }
  async function finish(pending: PromiseLike<Out>, startedAt: number, context: Context): Promise<Out> {
    let isFailed = true;
    try {
      const output = await pending;
      isFailed = false;
      keepOutput?.(output);
      return output;
    } finally {
      settle(startedAt, context, isFailed);
    }
  }
  return {
    running: () => running,
    run(input: In, context: Context): MaybePromise<Out> {
      const startedAt = context.clock.now();
      running += 1;
      let pending: MaybePromise<Out>;
      try {
        pending = inner.run(input, context);
      } catch (error) {
        settle(startedAt, context, true);
        throw error;
      }
      if (isThenable(pending)) return finish(pending, startedAt, context);
      settle(startedAt, context, false);
      keepOutput?.(pending);
      return pending;
    },
  };
}

function createPipe<In, Out>(
  inner: Processor<In, Out>,
  parts: readonly Pipe<never, unknown>[] | undefined,
  options: Pick<PipeOptions<In, Out>, "keep" | "clock">,
): Pipe<In, Out> {
  const { keep } = parseOptions(pipeNumbers, { keep: options.keep }, inner.name);
  const clock = options.clock ?? systemClock;
  const monitor = createMonitor({ clock });
  const kept: Out[] = [];
  const keepOutput = (output: Out) => {
    kept.push(output);
    if (kept.length > keep) kept.shift();
  };
  const measured = measure(inner, monitor, keep > 0 ? keepOutput : undefined);
  let isClosed = false;
  const self: Pipe<In, Out> = {
    ...inner,
    run(input, context) {
      if (isClosed) throw new AppError("SERVICE_UNAVAILABLE", { detail: "This pipe was closed" });
      return measured.run(input, context);
    },
    get pipes() {
      return parts ?? [self];
    },
    to<Next>(next: Processor<Out, Next> | string, work?: (input: Out, context: Context) => MaybePromise<Next>, more?: PipeOptions<Out, Next>): Pipe<In, Next> {
      const made = typeof next !== "string" ? next : work && pipe(next, work, { clock, ...more });
      if (!made) throw new AppError("INVALID_REQUEST", { detail: "A pipe needs a function" });
      return chain([...self.pipes, isPipe(made) ? made : pipe(made, { clock })], { clock });
    },
    named: (name) => (parts ? chain<In, Out>(parts, { name, clock }) : createPipe({ ...inner, name }, undefined, options)),
    when: <Given extends In>(condition: (input: Given) => boolean) => {
      const run = (input: Given, context: Context): MaybePromise<Given | Out> => (condition(input) ? self.run(input, context) : input);
      return createPipe<Given, Given | Out>({ ...self, run }, undefined, { clock });
    },
    process: (input, settings) => alone.process(input, settings),
    health: () => healthOf(monitor, measured.running(), isClosed),
    metrics: monitor.read,
    outputs: () => [...kept],
    close() {
      isClosed = true;
      return alone.close();
    },
    [Symbol.asyncDispose]: () => self.close(),
  };
  const alone = createPipeline({ ...self, close: inner.close }, { clock });
  return self;
}

const isPipe = (processor: Processor<never, unknown>): processor is Pipe<never, unknown> => "pipes" in processor;

/**
 * Pipes one after the other under one name, for code that does not know them beforehand; `to` checks their types.
 * @throws INVALID_REQUEST without a pipe
 */
export function chain<In, Out>(
  pipes: readonly Pipe<never, unknown>[],
  { name, clock }: { readonly name?: string | undefined; readonly clock?: Clock } = {},
): Pipe<In, Out> {
  if (pipes.length === 0) throw new AppError("INVALID_REQUEST", { detail: "A pipeline needs at least one pipe" });
  const own = name ?? pipes.map((part) => part.name).join(" → ");
  const stages = pipes as unknown as readonly Stage[];
  const run = (input: In, context: Context) => runStages(own, stages, input, context) as MaybePromise<Out>;
  const inner = defineProcessor<In, Out>({ name: own, kind: "sequence", isLeaf: false, run, children: () => pipes });
  return createPipe(inner, pipes, clock ? { clock } : {});
}

export interface PipeDefinition<Config extends z.ZodType, In, Out> extends Omit<PipeOptions<In, Out>, "close"> {
  readonly name: string;
  /** One sentence. */
  readonly description: string;
  /** What can be configured. Its object should be strict, so that unknown keys are refused. */
  readonly config: Config;
  /** Makes the work for one configuration. */
  readonly create: (config: z.infer<Config>) => { readonly run: (input: In, context: Context) => MaybePromise<Out>; readonly close?: () => MaybePromise<void> };
}

/** A kind of pipe that is configured. The function that is given makes one; it throws INVALID_REQUEST with every fault of the configuration. */
export function definePipe<Config extends z.ZodType, In, Out>(
  definition: PipeDefinition<Config, In, Out>,
): (config: z.input<Config>, name?: string) => Pipe<In, Out> {
  const { name: kind, config: schema, create, description: _, ...options } = definition;
  return (given, name = kind) => {
    const { run, close } = create(parseOptions(schema, given, kind));
    return pipe(name, run, { ...options, ...(close && { close }) });
  };
}
