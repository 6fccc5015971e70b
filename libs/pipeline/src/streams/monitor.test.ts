import assert from "node:assert/strict";
import { test } from "node:test";
import { metrics } from "@opentelemetry/api";
import type { BatchObservableCallback, Meter } from "@opentelemetry/api";
import fc from "fast-check";
import { createVirtualClock } from "../virtual-clock.ts";
import { law } from "./laws.fixture.ts";
import { exportMetrics } from "./metrics.ts";
import { createMonitor } from "./monitor.ts";
import { createMovingStats } from "./moving-stats.ts";

test("law: quantiles are at most 6 % too high and never outside the samples", (t) => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0.001, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 200 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (samples, q) => {
        const stats = createMovingStats({ clock: createVirtualClock() });
        for (const sample of samples) stats.add(sample);
        const sorted = samples.toSorted((a, b) => a - b);
        const exact = sorted[Math.max(1, Math.ceil(q * sorted.length)) - 1] ?? 0;
        const read = stats.read();
        const quantile = read?.quantile(q) ?? Number.NaN;
        assert.ok(quantile >= exact * 0.999_999 && quantile <= exact * 1.06, `${quantile} for ${exact}`);
        assert.ok(quantile >= (sorted[0] ?? 0) && quantile <= (sorted.at(-1) ?? 0));
        assert.equal(read?.count, samples.length);
      },
    ),
    law(t),
  );
});

test("a quiet window ages: what is older than the window counts no more", async () => {
  const clock = createVirtualClock();
  const stats = createMovingStats({ windowMs: 1_000, slots: 10, clock });
  stats.add(5);
  await clock.advance(500);
  stats.add(15);
  assert.equal(stats.read()?.average, 10);
  await clock.advance(500);
  assert.equal(stats.read()?.average, 15);
  await clock.advance(600);
  assert.equal(stats.read(), undefined);
});

test("a monitor gives rates and error rates over its window, totals for ever and active time between start and stop", async () => {
  const clock = createVirtualClock();
  const monitor = createMonitor({ windowMs: 10_000, clock });
  assert.deepEqual(monitor.read(), { total: 0, totalErrors: 0, count: 0, rate: 0, errorRate: undefined, latencyMs: undefined, activeMs: 0 });
  monitor.start();
  for (let i = 0; i < 40; i += 1) {
    await clock.advance(50);
    monitor.record(i + 1, i % 4 === 0);
  }
  monitor.stop();
  const { rate, errorRate, latencyMs, activeMs } = monitor.read();
  assert.equal(rate, 20);
  assert.equal(errorRate, 0.25);
  assert.equal(activeMs, 2_000);
  assert.equal(latencyMs?.average, 20.5);
  await clock.advance(20_000);
  assert.equal(monitor.read().total, 40);
  assert.equal(monitor.read().rate, 0);
  assert.equal(monitor.read().errorRate, undefined);
});

test("readings are exported as metrics", () => {
  const observed: unknown[] = [];
  let callback: BatchObservableCallback | undefined;
  // The API alone measures nothing; its own no-op meter is given the one method that a collector would call.
  const meter: Meter = Object.assign(Object.create(metrics.getMeter("test")) as Meter, {
    createObservableCounter: (name: string) => name,
    createObservableGauge: (name: string) => name,
    addBatchObservableCallback: (given: BatchObservableCallback) => (callback = given),
    removeBatchObservableCallback: () => (callback = undefined),
  });
  const monitor = createMonitor({ clock: createVirtualClock() });
  monitor.record(7);
  const end = exportMetrics(meter, "orders", () => ({ whole: monitor.read(), stages: {}, gauges: { "buffer.depth": 3 } }));
  void callback?.({ observe: (metric, value, attributes) => observed.push([metric, value, attributes]) });
  assert.deepEqual(observed.slice(0, 2), [
    ["stream.items", 1, { stream: "orders", stage: "whole" }],
    ["stream.errors", 0, { stream: "orders", stage: "whole" }],
  ]);
  assert.deepEqual(observed.at(-1), ["stream.gauge", 3, { stream: "orders", name: "buffer.depth" }]);
  assert.equal(observed.length, 8);
  end();
  assert.equal(callback, undefined);
});
