import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { PastStage, PriceTable } from "@rivergen/contracts";
import { quoteOf, type QuoteBasis } from "./quote.ts";

const prices: PriceTable = {
  currency: "EUR",
  meters: { "compute.cpu": { unit: "s", price: "0.5" }, "data.scanned": { unit: "GiB", price: "0.25" } },
};
const gibibyte = 2 ** 30;
const basis: QuoteBasis = { estimatedRows: 7, inputRows: 1_000, inputBytes: gibibyte, stages: 1, history: [], digest: "this", prices };
const past = (over: Partial<PastStage> = {}): PastStage => ({
  digest: "this",
  inputRows: 1_000,
  inputBytes: gibibyte,
  outputRows: 10,
  cpuMs: 2_000,
  durationMs: 1_000,
  ...over,
});
const times = (count: number, over: Partial<PastStage> = {}): PastStage[] => Array.from({ length: count }, () => past(over));
const unknown = { low: null, likely: null, high: null };

describe("without evidence", () => {
  test("time and price are unknown; only reading the inputs has its price", () => {
    const quote = quoteOf(basis);
    assert.deepEqual(quote.durationMs, unknown);
    assert.deepEqual(quote.price, { low: 0.25, likely: null, high: null, currency: "EUR" });
    assert.deepEqual(quote.rows, { low: null, likely: 7, high: null });
    assert.match(quote.basis, /^no past runs/);
  });

  test("two own runs and two others say too little", () => {
    assert.deepEqual(quoteOf({ ...basis, history: [...times(2), ...times(2, { digest: "other" })] }).durationMs, unknown);
  });

  test("own runs over inputs of another size are none", () => {
    assert.deepEqual(quoteOf({ ...basis, history: times(4, { inputBytes: 2 * gibibyte }) }).durationMs, unknown);
  });

  test("nothing is known of a river that reads nothing", () => {
    const quote = quoteOf({ ...basis, inputBytes: 0, history: times(3, { inputBytes: 0 }) });
    assert.deepEqual([quote.durationMs, quote.price.low], [unknown, 0]);
  });
});

describe("from past runs of the same river", () => {
  const spread = Array.from({ length: 11 }, (_, i) => past({ durationMs: 100 * i, cpuMs: 1_000 * i, outputRows: i }));

  test("the interval holds the middle 80 %", () => {
    const quote = quoteOf({ ...basis, history: spread.toReversed() });
    assert.deepEqual(quote.durationMs, { low: 100, likely: 500, high: 900 });
    assert.deepEqual(quote.rows, { low: 1, likely: 5, high: 9 });
    assert.deepEqual(quote.price, { low: 0.75, likely: 2.75, high: 4.75, currency: "EUR" });
    assert.match(quote.basis, /11 past runs of this river/);
  });

  test("bounds lie between neighbours where the share does", () => {
    const quote = quoteOf({ ...basis, history: [100, 200, 400].map((durationMs) => past({ durationMs })) });
    assert.deepEqual(quote.durationMs, { low: 120, likely: 200, high: 360 });
  });

  test("others do not count beside them", () => {
    const quote = quoteOf({ ...basis, history: [...times(3), ...times(50, { digest: "other", durationMs: 90_000 })] });
    assert.deepEqual(quote.durationMs, { low: 1_000, likely: 1_000, high: 1_000 });
  });

  test("every stage takes its time and reads its inputs", () => {
    const quote = quoteOf({ ...basis, stages: 3, history: times(3) });
    assert.deepEqual([quote.durationMs.likely, quote.price.likely], [3_000, 3.75]);
  });
});

describe("from past stages of other rivers", () => {
  const others = (over: Partial<PastStage> = {}) => times(5, { digest: "other", ...over });

  test("time grows with the bytes read", () => {
    const quote = quoteOf({ ...basis, inputBytes: 4 * gibibyte, history: others() });
    assert.deepEqual(quote.durationMs, { low: 4_000, likely: 4_000, high: 4_000 });
    assert.match(quote.basis, /scaled by the size/);
  });

  test("but never shrinks to nothing", () => {
    assert.equal(quoteOf({ ...basis, inputBytes: 1, history: others() }).durationMs.likely, 200);
  });

  test("rows stay what the plan can tell, for other rivers say nothing of them", () => {
    assert.deepEqual(quoteOf({ ...basis, history: others() }).rows, { low: null, likely: 7, high: null });
    assert.deepEqual(quoteOf({ ...basis, estimatedRows: null, history: others() }).rows, unknown);
  });
});
