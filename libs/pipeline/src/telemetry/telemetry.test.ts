import assert from "node:assert/strict";
import { subscribe } from "node:diagnostics_channel";
import { after, before, test } from "node:test";
import { context, metrics, SpanStatusCode, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { AggregationTemporality, InMemoryMetricExporter, MeterProvider, PeriodicExportingMetricReader } from "@opentelemetry/sdk-metrics";
import { TracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from "@opentelemetry/sdk-trace";
import { compose, sequence, switchOn, withHandler } from "../connectors/index.ts";
import { createPipeline } from "../pipeline.ts";
import { apply, transform } from "../processors/index.ts";
import { failing } from "../scenario.ts";
import type { PipelineSignals } from "../signal-catalog.ts";
import { createSignals } from "../signals.ts";
import { bridgeToDiagnosticsChannel, bridgeToOpenTelemetry, withSpan } from "./index.ts";

const spans = new InMemorySpanExporter();
const counts = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
const tracers = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter: spans })] });
const reader = new PeriodicExportingMetricReader({ exporter: counts, exportIntervalMillis: 2 ** 30 });
const meters = new MeterProvider({ readers: [reader] });

before(() => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
});
after(async () => {
  context.disable();
  await meters.shutdown();
});

const route = switchOn("route", (value: number) => (value > 0 ? "up" : "down"), { up: transform("same", (value: number) => value) });

test("node:diagnostics_channel hears every signal inside the act, until the bridge ends", () => {
  const signals = createSignals<PipelineSignals>();
  const heard: unknown[] = [];
  subscribe("rivergen.pipeline.switch.routed", (event) => heard.push((event as { data: unknown }).data));
  const end = bridgeToDiagnosticsChannel(signals);
  const pipeline = createPipeline(route, { signals });
  pipeline.process(1);
  assert.deepEqual(heard, [{ name: "route", route: "up", matched: true }]);
  end();
  pipeline.process(1);
  assert.equal(heard.length, 1);
});

test("OpenTelemetry counts signals and finds them in the active span; spans nest and say how they failed", async () => {
  const signals = createSignals<PipelineSignals>();
  const tracer = tracers.getTracer("test");
  bridgeToOpenTelemetry(signals, { meter: meters.getMeter("test") });
  const inner = withSpan(sequence<number>("inner", [apply("wait", async (value) => value), withHandler("handled", failing("deep"), () => undefined)]), {
    tracer,
  });
  const root = withSpan(compose("outer", route, inner), { tracer });
  await assert.rejects(async () => createPipeline(root, { signals }).process(1), { path: ["outer", "inner", "handled", "deep"] });

  const [child, parent] = spans.getFinishedSpans();
  assert.deepEqual([child?.name, parent?.name], ["inner", "outer"]);
  assert.equal(child?.parentSpanContext?.spanId, parent?.spanContext().spanId);
  assert.equal(child?.status.code, SpanStatusCode.ERROR);
  assert.equal(child?.attributes["error.type"], "STORE_UNAVAILABLE");
  assert.deepEqual(
    parent?.events.map(({ name, attributes }) => [name, attributes]),
    [["switch.routed", { name: "route", route: "up", matched: true }]],
  );
  assert.deepEqual(
    child?.events.map(({ name, attributes }) => [name, attributes?.["error"]]),
    [["handle.error-handled", "boom"]],
  );
  await reader.forceFlush();
  const points = counts.getMetrics().at(-1)?.scopeMetrics[0]?.metrics[0]?.dataPoints ?? [];
  assert.deepEqual(
    points.map(({ value, attributes }) => [attributes["signal"], attributes["processor"], value]),
    [
      ["switch.routed", "route", 1],
      ["handle.error-handled", "handled", 1],
    ],
  );
});

test("the bridge works without any provider", () => {
  const signals = createSignals<PipelineSignals>();
  bridgeToOpenTelemetry(signals, { meter: metrics.getMeter("none") });
  assert.equal(createPipeline(route, { signals }).process(3), 3);
  assert.equal(trace.getActiveSpan(), undefined);
});
