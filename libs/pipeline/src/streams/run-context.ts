import type { Environment } from "../processor.ts";
import { createMonitor } from "./monitor.ts";
import type { Monitor, MonitorReading } from "./monitor.ts";
import type { Positions } from "./position.ts";
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

export function createRunContext(options: RunContextOptions): RunContext {
  const { environment, signal, resume, isMeasured } = options;
  const gates: Gate<unknown>[] = [];
  const adopted = new Set<RunContext>();
  const monitors = new Map<string, Monitor>();
  const gauges = new Map<string, () => number>();
  /** Stages of one name are told apart by their number. */
  const freeName = (taken: ReadonlyMap<string, unknown>, name: string): string => {
    let free = name;
    for (let count = 2; taken.has(free); count += 1) free = `${name}#${count}`;
    return free;
  };
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
      monitors.set(freeName(monitors, name), monitor);
      return monitor;
    },
    gauge(name, read) {
      gauges.set(freeName(gauges, name), read);
    },
    readings() {
      const others = [...adopted].map((other) => other.readings());
      return {
        stages: Object.assign(
          {},
          ...others.map(({ stages }) => stages),
          Object.fromEntries([...monitors].map(([name, monitor]) => [name, monitor.read()])),
        ) as Record<string, MonitorReading>,
        gauges: Object.assign({}, ...others.map((other) => other.gauges), Object.fromEntries([...gauges].map(([name, read]) => [name, read()]))) as Record<
          string,
          number
        >,
      };
    },
    share: (own) => createRunContext({ ...options, signal: own }),
    adopt(other) {
      adopted.add(other);
    },
  };
}
