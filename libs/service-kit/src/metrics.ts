import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";

/** Meters that every process has; services add theirs to the registry. Names follow OpenTelemetry's HTTP conventions. */
export interface Metrics {
  readonly registry: Registry;
  readonly requests: Histogram<"operation" | "status">;
  readonly inFlight: Gauge;
  /** A counter of a service's own; its name ends in its unit and `_total`. */
  counter(name: string, help: string): (by: number) => void;
}

export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return {
    registry,
    requests: new Histogram({
      name: "http_server_request_duration_seconds",
      help: "Time from the first byte of a request to the last of its answer",
      labelNames: ["operation", "status"],
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
      registers: [registry],
    }),
    inFlight: new Gauge({ name: "http_server_active_requests", help: "Requests being answered", registers: [registry] }),
    counter(name, help) {
      const counter = new Counter({ name, help, registers: [registry] });
      return (by) => counter.inc(by);
    },
  };
}
