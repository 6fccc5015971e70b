import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { PastStage, PriceTable } from "@rivergen/contracts";
import { quoteOf, type QuoteBasis } from "./quote.ts";

const prices: PriceTable = {
  currency: "EUR",
  meters: { "compute.cpu": { unit: "s", price: "0.5" }, "data.scanned": { unit: "GiB", price: "0.25" } },
};
const gibibyte = 2 ** 30;
const basis: QuoteBasis = { estimatedRows: 7, inputBytes: gibibyte, stages: 1, history: [], digest: "this", prices };
const past = (over: Partial<PastStage> = {}): PastStage => ({
  digest: "this",
  run: "run_1",
  stage: "answer",
  inputRows: 1_000,
  inputBytes: gibibyte,
  outputRows: 10,
  cpuMs: 2_000,
  durationMs: 1_000,
  ...over,
});
const times = (count: number, over: Partial<PastStage> = {}): PastStage[] => Array.from({ length: count }, (_, i) => past({ run: `run_${i}`, ...over }));
const unknown = { low: null, likely: null, high: null };
const rounded = ({ low, likely, high }: { low: number | null; likely: number | null; high: number | null }) =>
  [low, likely, high].map((bound) => (bound === null ? null : Math.round(bound)));

describe("without evidence", () => {
  test("time and price are unknown; only reading the inputs has its price", () => {
    const quote = quoteOf(basis);
    assert.deepEqual(quote.durationMs, unknown);
    assert.deepEqual(quote.price, { low: 0.25, likely: null, high: null, currency: "EUR" });
    assert.deepEqual(quote.rows, { low: null, likely: 7, high: null });
    assert.match(quote.basis, /^no past runs/);
  });

  test("without inputs nothing can be scaled", () => {
    const quote = quoteOf({ ...basis, inputBytes: 0, history: times(3, { inputBytes: 0 }) });
    assert.deepEqual([quote.durationMs, quote.price.low], [unknown, 0]);
  });
});

describe("from little evidence", () => {
  test("one run of the same river gives a wide interval around it, and says so", () => {
    const quote = quoteOf({ ...basis, history: times(1) });
    assert.deepEqual(rounded(quote.durationMs), [480, 1_000, 2_085]);
    assert.equal(quote.basis, "1 past run of this river over inputs of this size; wide, since they are few");
    assert.deepEqual(quote.rows, { low: null, likely: 7, high: null });
  });

  test("one stage of another river gives a wider one, brought to the size of the inputs", () => {
    const quote = quoteOf({ ...basis, inputBytes: 2 * gibibyte, history: times(1, { digest: "other" }) });
    assert.deepEqual(rounded(quote.durationMs), [271, 1_985, 14_536]);
    assert.match(quote.basis, /^1 past stage of other rivers, scaled .*; wide/);
  });

  test("the interval narrows with every run", () => {
    const width = (runs: number): number => {
      const { low, high } = quoteOf({ ...basis, history: times(runs, { digest: "other" }) }).durationMs;
      return (high ?? 0) / (low ?? 1);
    };
    assert.deepEqual([width(1) > width(2), width(2) > width(3), width(3) > width(4)], [true, true, true]);
  });

  test("it holds the next run in at least 80 % of cases, where work of one size differs threefold", () => {
    let state = 7;
    const uniform = (): number => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
    const normal = (): number => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
    const draw = (): number => 1_000 * Math.exp(Math.log(3) * normal());
    let held = 0;
    for (let i = 0; i < 2_000; i++) {
      const { low, high } = quoteOf({
        ...basis,
        history: [past({ digest: "other", durationMs: draw() }), past({ digest: "other", durationMs: draw() })],
      }).durationMs;
      const next = draw();
      if (next >= (low ?? 0) && next <= (high ?? 0)) held += 1;
    }
    assert.ok(Math.abs(held / 2_000 - 0.8) < 0.03, `${held / 2_000} of the runs were inside`);
  });
});

describe("from past runs of the same river", () => {
  const spread = Array.from({ length: 11 }, (_, i) => past({ run: `run_${i}`, durationMs: 100 * i, cpuMs: 1_000 * i, outputRows: i }));

  test("the interval holds the middle 80 %", () => {
    const quote = quoteOf({ ...basis, history: spread.toReversed() });
    assert.deepEqual(quote.durationMs, { low: 100, likely: 500, high: 900 });
    assert.deepEqual(quote.rows, { low: 1, likely: 5, high: 9 });
    assert.deepEqual(quote.price, { low: 0.75, likely: 2.75, high: 4.75, currency: "EUR" });
    assert.equal(quote.basis, "11 past runs of this river over inputs of this size");
  });

  test("bounds lie between neighbours where the share does", () => {
    const quote = quoteOf({ ...basis, history: [100, 200, 400].map((durationMs) => past({ run: `run_${durationMs}`, durationMs })) });
    assert.deepEqual(quote.durationMs, { low: 120, likely: 200, high: 360 });
  });

  test("others do not count beside them", () => {
    const quote = quoteOf({ ...basis, history: [...times(3), ...times(50, { digest: "other", durationMs: 90_000 })] });
    assert.deepEqual(quote.durationMs, { low: 1_000, likely: 1_000, high: 1_000 });
  });

  test("runs over inputs of another size are runs of another river", () => {
    assert.match(quoteOf({ ...basis, history: times(4, { inputBytes: 2 * gibibyte }) }).basis, /^4 past stages of other rivers/);
  });

  test("the stages of a run add up, and a run that lacks one does not count", () => {
    const runs = ["a", "b", "c"].flatMap((run) => ["first", "second", "third"].map((stage) => past({ run, stage })));
    const quote = quoteOf({ ...basis, stages: 3, history: [past({ run: "d", stage: "first", durationMs: 9 }), ...runs] });
    assert.deepEqual([quote.durationMs.likely, quote.price.likely, quote.rows.likely], [3_000, 3.75, 30]);
    assert.match(quote.basis, /^3 past runs/);
  });
});

describe("from past stages of other rivers", () => {
  const others = (over: Partial<PastStage> = {}) => times(5, { digest: "other", ...over });

  test("time grows with the bytes read", () => {
    const quote = quoteOf({ ...basis, inputBytes: 4 * gibibyte, history: others() });
    assert.deepEqual(rounded(quote.durationMs), [3_954, 3_954, 3_954]);
    assert.equal(quote.basis, "5 past stages of other rivers, scaled by the size of the inputs");
  });

  test("but not from the fixed part of work on next to nothing", () => {
    const quote = quoteOf({ ...basis, inputBytes: 150_000, history: others({ inputBytes: 300 }) });
    assert.deepEqual(rounded(quote.durationMs), [1_009, 1_009, 1_009]);
  });

  test("but never shrinks to nothing", () => {
    assert.equal(quoteOf({ ...basis, inputBytes: 1, history: others() }).durationMs.likely, 200);
  });

  test("rows stay what the plan can tell, for other rivers say nothing of them", () => {
    assert.deepEqual(quoteOf({ ...basis, history: others() }).rows, { low: null, likely: 7, high: null });
    assert.deepEqual(quoteOf({ ...basis, estimatedRows: null, history: others() }).rows, unknown);
  });
});
