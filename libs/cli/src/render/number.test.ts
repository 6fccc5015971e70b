import assert from "node:assert/strict";
import { test } from "node:test";
import { formatAmount, formatBytes, formatCount, formatDecimal, formatDuration, formatDurations, formatInterval, formatSmall } from "./number.ts";

test("counts and sizes", () => {
  assert.equal(formatCount(3_000_000), "3,000,000");
  assert.equal(formatAmount(1, "row"), "1 row");
  assert.equal(formatAmount(0, "column"), "0 columns");
  assert.deepEqual([0, 640, 1_500, 13_493_022, 999_950, 2 ** 41].map(formatBytes), ["0 B", "640 B", "1.5 kB", "13.5 MB", "1 MB", "2.2 TB"]);
});

test("durations keep two digits that mean something", () => {
  assert.deepEqual([0, 4.2, 41, 412, 4_120, 41_200, 125_000, 3_720_000].map(formatDuration), [
    "0 s",
    "0.0042 s",
    "0.041 s",
    "0.41 s",
    "4.1 s",
    "41 s",
    "2 min 5 s",
    "1 h 2 min",
  ]);
  assert.equal(formatDuration(59_700), "1 min 0 s");
});

test("prices are never written in exponents, exact ones stay exact", () => {
  assert.equal(formatSmall(0.000213), "0.00021");
  assert.equal(formatSmall(0), "0");
  assert.equal(formatSmall(12.3456), "12");
  assert.equal(formatDecimal("0.000312500"), "0.0003125");
  assert.equal(formatDecimal("100"), "100");
  assert.equal(formatDecimal("1.00"), "1");
});

test("an interval says which bound is missing", () => {
  assert.equal(formatInterval({ low: 0.0002, high: 0.0004 }, "EUR", formatSmall), "0.0002–0.0004 EUR");
  assert.equal(formatInterval({ low: null, high: 0.0004 }, "EUR", formatSmall), "at most 0.0004 EUR");
  assert.equal(formatInterval({ low: 0.0002, high: null }, "EUR", formatSmall), "at least 0.0002 EUR");
  assert.equal(formatDurations({ low: 300, high: 600 }), "0.3–0.6 s");
  assert.equal(formatDurations({ low: 30_000, high: 90_000 }), "30 s–1 min 30 s");
  assert.equal(formatDurations({ low: null, high: null }), "duration unknown");
});
