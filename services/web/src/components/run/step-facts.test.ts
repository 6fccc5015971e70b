import assert from "node:assert/strict";
import { test } from "node:test";
import { rateOf, tookMs } from "./step-facts.ts";

test("a rate is rows in by time, and nothing where either is unknown", () => {
  assert.equal(rateOf({ rowsIn: 3_000, rowsOut: 6, durationMs: 500 }), 6_000);
  assert.equal(rateOf({ rowsIn: null, rowsOut: 6, durationMs: 500 }), 12);
  assert.equal(rateOf({ rowsIn: 3_000, rowsOut: 6, durationMs: null }), null);
  assert.equal(rateOf({ rowsIn: 3_000, rowsOut: 6, durationMs: 0 }), null);
});

test("a run takes the time from its start to its end, or to now", () => {
  const startedAt = "2026-01-01T00:00:00Z";
  const now = new Date("2026-01-01T00:00:03Z").getTime();
  assert.equal(tookMs({ startedAt, finishedAt: "2026-01-01T00:00:01Z" }, now), 1_000);
  assert.equal(tookMs({ startedAt, finishedAt: null }, now), 3_000);
  assert.equal(tookMs({ startedAt: null, finishedAt: null }, now), null);
});
