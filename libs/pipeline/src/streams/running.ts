import { AppError } from "@rivergen/contracts";
import { createEnvironment, isThenable } from "../processor.ts";
import type { Environment } from "../processor.ts";
import type { Entries } from "./entry.ts";
import type { MonitorReading } from "./monitor.ts";
import type { Positions } from "./position.ts";
import { createRunContext } from "./run-context.ts";
import type { RunContext } from "./run-context.ts";
import type { Sink } from "./sink.ts";

export interface RunOptions extends Partial<Environment> {
  /** Cancels the run. */
  readonly signal?: AbortSignal;
  /** Where each source goes on: what `position()` of an earlier run gave. Default: from the beginning. */
  readonly resume?: Positions;
  /** Whether rates, latencies and errors are measured. Default true. */
  readonly isMeasured?: boolean;
}

/** How a run ended: the source did, or somebody let it run dry, or somebody broke it off. */
export interface Outcome {
  readonly status: "completed" | "drained" | "cancelled";
  /** Items that arrived in the sink. */
  readonly items: number;
  readonly positions: Positions;
}

export interface RunMetrics {
  /** From the source to the sink. */
  readonly whole: MonitorReading | undefined;
  /** Per pipe. */
  readonly stages: Readonly<Record<string, MonitorReading>>;
  /** Items held by each buffer (`<name>.depth`), given up by it (`<name>.dropped`), and too late for a window (`<name>.late`). */
  readonly gauges: Readonly<Record<string, number>>;
}

/** A stream on its way into a sink. */
export interface Running {
  /** The end. @throws PipelineError of the pipe that failed, or what source or sink threw */
  readonly done: Promise<Outcome>;
  readonly state: "running" | "paused" | "draining" | "ended";
  /** Takes nothing more from the sources; what was taken goes on. */
  pause(): void;
  resume(): void;
  /** Takes nothing more, waits until everything taken has arrived, and ends. */
  drain(): Promise<Outcome>;
  /** Breaks off: what has not arrived stays behind the position. A write under way is told and waited for. Default reason: ABORTED. */
  cancel(reason?: unknown): Promise<Outcome>;
  /** From where another run would lose nothing and repeat nothing that has arrived. Plain JSON. */
  positions(): Positions;
  metrics(): RunMetrics;
}

/** Reads items without a sink: one has arrived when the next is asked for. Ends quietly when `closing` aborts. */
export async function* readItems<T>(open: (context: RunContext) => Entries<T>, closing: AbortSignal, options: RunOptions): AsyncGenerator<T, void, undefined> {
  const { signal: outer, resume = {}, isMeasured = true, ...given } = options;
  const left = new AbortController();
  const signal = AbortSignal.any([closing, left.signal, ...(outer ? [outer] : [])]);
  const context = createRunContext({ environment: createEnvironment(given), signal, resume, isMeasured });
  try {
    for await (const { value, origin } of open(context)) {
      yield value;
      origin.release();
      if (closing.aborted) return;
    }
  } catch (error) {
    if (!closing.aborted) throw error;
  } finally {
    left.abort(new AppError("ABORTED"));
    await context.end();
  }
}

/** Starts to carry items into a sink. */
export function startRunning<T>(open: (context: RunContext) => Entries<T>, sink: Sink<T>, options: RunOptions): Running {
  const { signal: outer, resume = {}, isMeasured = true, ...given } = options;
  const stop = new AbortController();
  const signal = outer ? AbortSignal.any([outer, stop.signal]) : stop.signal;
  const environment = createEnvironment(given);
  const context = createRunContext({ environment, signal, resume, isMeasured });
  const monitor = context.watch("whole");
  const progress: { items: number; state: Running["state"] } = { items: 0, state: "running" };
  const outcome = (status: Outcome["status"]): Outcome => ({ status, items: progress.items, positions: positionsOf(context) });

  async function carry(): Promise<void> {
    for await (const { value, origin } of open(context)) {
      const pending = sink.write(value, { signal });
      if (isThenable(pending)) await pending;
      progress.items += 1;
      monitor?.record(environment.clock.now() - origin.at);
      origin.release();
    }
  }

  async function finish(): Promise<void> {
    monitor?.stop();
    progress.state = "ended";
    stop.abort(new AppError("ABORTED"));
    await context.end();
  }

  async function run(): Promise<Outcome> {
    monitor?.start();
    context.closeAtEnd(sink);
    try {
      await carry();
    } catch (error) {
      const isCancelled = signal.aborted;
      // A sink that cannot be closed either says nothing that matters more than why the run failed.
      await finish().catch(() => {});
      if (!isCancelled) throw error;
      return outcome("cancelled");
    }
    const isDrained = progress.state === "draining";
    await finish();
    return outcome(isDrained ? "drained" : "completed");
  }

  const done = run();
  done.catch(() => {});
  return control(context, stop, progress, done);
}

const positionsOf = (context: RunContext): Positions => Object.fromEntries(context.gates().map((gate) => [gate.name, gate.position()]));

function control(context: RunContext, stop: AbortController, progress: { state: Running["state"] }, done: Promise<Outcome>): Running {
  return {
    done,
    get state() {
      return progress.state;
    },
    pause() {
      if (progress.state === "running") progress.state = "paused";
      for (const gate of context.gates()) gate.pause();
    },
    resume() {
      if (progress.state === "paused") progress.state = "running";
      for (const gate of context.gates()) gate.resume();
    },
    drain() {
      if (progress.state !== "ended") progress.state = "draining";
      for (const gate of context.gates()) gate.drain();
      return done;
    },
    cancel(reason = new AppError("ABORTED")) {
      stop.abort(reason);
      return done;
    },
    positions: () => positionsOf(context),
    metrics() {
      const { stages, gauges } = context.readings();
      const { whole, ...others } = stages;
      return { whole, stages: others, gauges };
    },
  };
}
