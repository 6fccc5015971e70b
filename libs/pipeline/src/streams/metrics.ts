import type { Meter } from "@opentelemetry/api";
import type { MonitorReading } from "./monitor.ts";
import type { RunMetrics } from "./running.ts";

/**
 * Exports what a run or pipe measures: `stream.items` and `stream.errors` (counters), `stream.rate` (1/s), `stream.error_rate` (0–1),
 * `stream.latency` (ms, by `quantile`) per stage, and `stream.gauge` per figure of a stage, all with the attribute `stream`.
 * @returns what ends the export
 */
export function exportMetrics(meter: Meter, stream: string, read: () => RunMetrics): () => void {
  const items = meter.createObservableCounter("stream.items", { description: "Items worked on" });
  const errors = meter.createObservableCounter("stream.errors", { description: "Items that failed" });
  const rate = meter.createObservableGauge("stream.rate", { unit: "1/s", description: "Items per second over the window" });
  const errorRate = meter.createObservableGauge("stream.error_rate", { description: "Share of items that failed over the window" });
  const latency = meter.createObservableGauge("stream.latency", { unit: "ms", description: "Time per item over the window" });
  const gauge = meter.createObservableGauge("stream.gauge", { description: "Items held, given up or late, by stage" });
  const all = [items, errors, rate, errorRate, latency, gauge];

  const observe = (result: Parameters<Parameters<Meter["addBatchObservableCallback"]>[0]>[0]): void => {
    const { whole, stages, gauges } = read();
    const readings: [string, MonitorReading][] = [...(whole ? [["whole", whole] as [string, MonitorReading]] : []), ...Object.entries(stages)];
    for (const [stage, reading] of readings) {
      const attributes = { stream, stage };
      result.observe(items, reading.total, attributes);
      result.observe(errors, reading.totalErrors, attributes);
      result.observe(rate, reading.rate, attributes);
      if (reading.errorRate !== undefined) result.observe(errorRate, reading.errorRate, attributes);
      for (const quantile of ["p50", "p95", "p99"] as const)
        if (reading.latencyMs) result.observe(latency, reading.latencyMs[quantile], { ...attributes, quantile });
    }
    for (const [name, value] of Object.entries(gauges)) result.observe(gauge, value, { stream, name });
  };
  meter.addBatchObservableCallback(observe, all);
  return () => meter.removeBatchObservableCallback(observe, all);
}
