import type { Environment } from "../processor.ts";
import { createMonitor } from "./monitor.ts";
import type { Monitor, MonitorReading } from "./monitor.ts";
import type { Positions } from "./position.ts";
import type { Sink } from "./sink.ts";
import { checkNames, openGate } from "./source.ts";
import type { Gate, Source } from "./source.ts";

/** What all stages of one run of a stream have in common. */
export interface RunContext {
  readonly environment: Environment;
  readonly signal: AbortSignal;
  /** Opens a source behind the position from which the run goes on. @throws INVALID_REQUEST for a name that another source has */
  openSource<T>(source: Source<T>): Gate<T>;
  /** Sources of the run, those of contexts that it shares included. */
  gates(): readonly Gate<unknown>[];
  /** A monitor under a name of its own; nothing when the run is not measured. */
  watch(name: string): Monitor | undefined;
  /** A figure of a stage, read when somebody looks. */
  gauge(name: string, read: () => number): void;
  readings(): { readonly stages: Readonly<Record<string, MonitorReading>>; readonly gauges: Readonly<Record<string, number>> };
  /** Closes a sink of a stage when the run is over, once. */
  closeAtEnd(sink: Pick<Sink<never>, "close">): void;
  /** The run is over. @throws what the first sink that cannot be closed throws */
  end(): Promise<void>;
  /** The same run with a signal of its own, for what several runs share. */
  share(signal: AbortSignal): RunContext;
  /** Counts what another context opened as this run's too. */
  adopt(other: RunContext): void;
}

export interface RunContextOptions {
  readonly environment: Environment;
  readonly signal: AbortSignal;
  readonly resume: Positions;
  readonly isMeasured: boolean;
}

/** Stages of one name are told apart by their number. */
function freeName(taken: ReadonlyMap<string, unknown>, name: string): string {
  let free = name;
  for (let count = 2; taken.has(free); count += 1) free = `${name}#${count}`;
  return free;
}

/** The figures of a map of things that can be read. */
const readAll = <T>(all: ReadonlyMap<string, () => T>): Record<string, T> => Object.fromEntries([...all].map(([name, read]) => [name, read()]));

export function createRunContext(options: RunContextOptions): RunContext {
  const { environment, signal, resume, isMeasured } = options;
  const gates: Gate<unknown>[] = [];
  const adopted = new Set<RunContext>();
  const sinks = new Set<Pick<Sink<never>, "close">>();
  const monitors = new Map<string, () => MonitorReading>();
  const gauges = new Map<string, () => number>();
  return {
    environment,
    signal,
    openSource(source) {
      const from = Object.hasOwn(resume, source.name) ? resume[source.name] : undefined;
      const gate = openGate(source, { from, signal, now: environment.clock.now });
      checkNames([...gates, gate]);
      gates.push(gate);
      return gate;
    },
    gates: () => [...gates, ...[...adopted].flatMap((other) => other.gates())],
    watch(name) {
      if (!isMeasured) return undefined;
      const monitor = createMonitor({ clock: environment.clock });
      monitors.set(freeName(monitors, name), monitor.read);
      return monitor;
    },
    gauge(name, read) {
      gauges.set(freeName(gauges, name), read);
    },
    readings() {
      const all = [...[...adopted].map((other) => other.readings()), { stages: readAll(monitors), gauges: readAll(gauges) }];
      const stages: Record<string, MonitorReading> = Object.assign({}, ...all.map((readings) => readings.stages));
      const figures: Record<string, number> = Object.assign({}, ...all.map((readings) => readings.gauges));
      return { stages, gauges: figures };
    },
    closeAtEnd(sink) {
      sinks.add(sink);
    },
    async end() {
      const closing = [...sinks].map(async (sink) => sink.close?.());
      sinks.clear();
      await Promise.allSettled(closing);
      await Promise.all(closing);
    },
    share: (own) => createRunContext({ ...options, signal: own }),
    adopt(other) {
      adopted.add(other);
    },
  };
}
