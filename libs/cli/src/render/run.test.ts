import assert from "node:assert/strict";
import { test } from "node:test";
import type { Run } from "@rivergen/contracts";
import { applyEvent, describeChange, judgeQuote, renderBar, renderEnd, renderLive, renderMetered, type RunView, toView } from "./run.ts";
import { type Canvas, createStyle } from "./style.ts";
import { displayWidth } from "./text.ts";

const wide: Canvas = { style: createStyle(false), width: 120 };
const step = (name: string) => ({ name, kind: "filter", status: "pending" as const, attempts: 0, rowsIn: null, rowsOut: null, durationMs: null });
const bounds = (low: number | null, high: number | null) => ({ low, likely: null, high });

const run: Run = {
  id: "run_1",
  river: { id: "riv_1", name: "delays", version: 1 },
  status: "queued",
  inputs: [],
  progress: { fraction: null, rowsDone: null, rowsExpected: null },
  attempt: 1,
  steps: [step("joined"), step("top")],
  outputs: [],
  error: null,
  usage: [],
  quote: { rows: bounds(1, 9), durationMs: bounds(300, 600), price: { ...bounds(0.0002, 0.0004), currency: "EUR" }, basis: "12 past runs" },
  metered: { durationMs: 410, price: "0.000300", currency: "EUR" },
  parameters: {},
  createdAt: "2026-01-01T00:00:00Z",
  startedAt: "2026-01-01T00:00:01.000Z",
  finishedAt: "2026-01-01T00:00:01.400Z",
};

const happen = (view: RunView, type: string, data: Record<string, unknown> = {}): RunView =>
  applyEvent(view, { type: type as "run.started", data: { attempt: 1, ...data } });

test("events lead a view from queued to done", () => {
  let view = toView(run);
  view = happen(view, "run.started");
  view = happen(view, "run.step.started", { step: "joined" });
  view = happen(view, "run.step.progressed", { step: "joined", fraction: 0.52, rowsDone: 1_560_000, rowsExpected: 3_000_000 });
  assert.deepEqual(renderLive(view, 1_234, wide), [
    "running   ███████████████▋░░░░░░░░░░░░░░   52 %   1,560,000 of 3,000,000 rows   1.2 s",
    "▸ joined   · top",
  ]);
  view = happen(view, "run.step.succeeded", { step: "joined", rowsOut: 3_000_000, durationMs: 300 });
  view = happen(view, "run.step.failed", { step: "top", code: "X", detail: "d" });
  view = happen(view, "run.failed");
  assert.equal(view.status, "failed");
  assert.deepEqual(renderLive(view, 0, wide)[1], "✓ joined 3,000,000   ✗ top");
});

test("progress that is not known is not invented", () => {
  const view = happen(toView(run), "run.step.progressed", { step: "joined", fraction: null, rowsDone: 5, rowsExpected: null });
  assert.deepEqual(renderLive(view, 0, wide)[0], "queued   5 rows   0 s");
});

test("another attempt is told, and events of other kinds change nothing", () => {
  const view = happen(toView(run), "run.started", { attempt: 2 });
  assert.match(renderLive(view, 0, wide)[0] ?? "", /^running, attempt 2/);
  assert.equal(happen(view, "usage.recorded", { attempt: 2 }), view);
});

test("a pipe gets one line per change and per tenth", () => {
  const start = toView(run);
  assert.deepEqual(describeChange(start, happen(start, "run.step.started", { step: "joined" })), []);
  const done = happen(start, "run.step.succeeded", { step: "joined", rowsOut: 1, durationMs: 300 });
  assert.deepEqual(describeChange(start, done), ["✓ joined  1 row  0.3 s"]);
  const at = (fraction: number): RunView => happen(start, "run.step.progressed", { step: "joined", fraction, rowsDone: null, rowsExpected: null });
  assert.deepEqual(describeChange(at(0.11), at(0.19)), []);
  assert.deepEqual(describeChange(at(0.19), at(0.2)), ["20 %"]);
});

test("a bar is always as wide as it should be", () => {
  for (let i = 0; i <= 100; i++) assert.equal(displayWidth(renderBar(i / 100, 17)), 17, String(i));
  assert.equal(renderBar(1, 3), "███");
  assert.equal(renderBar(7, 3), "███");
});

test("the end says which step failed, why, and what to do", () => {
  const failed: Run = {
    ...run,
    status: "failed",
    steps: [
      { ...step("joined"), status: "failed" },
      { ...step("top"), status: "skipped" },
    ],
    error: { code: "STEP_FAILED", title: "A step failed", detail: "'abc\u001b' is no integer", step: "joined", column: "n", advice: "Use try_cast." },
  };
  assert.deepEqual(renderEnd(failed, wide), ["✗ joined   – top   0.4 s", "✗ step joined, column n: 'abc\\x1b' is no integer  STEP_FAILED", "  Use try_cast."]);
  assert.deepEqual(renderMetered({ ...failed, metered: null }, wide), ["metered    nothing"]);
});

test("the end says what flows set aside, how much of it is kept, and how to read it", () => {
  const aside = (rows: number, kept: number) => ({
    ...step("tidy"),
    status: "succeeded" as const,
    rowsOut: 7,
    setAside: { rows, kept, output: "tidy.set_aside" },
  });
  const read = "river output run_1 tidy.set_aside";
  assert.deepEqual(renderEnd({ ...run, status: "succeeded", steps: [step("top"), aside(1, 1)] }, wide), [
    "· top   ✓ tidy 7   0.4 s",
    `⚠ tidy  1 row set aside: ${read}`,
  ]);
  assert.equal(renderEnd({ ...run, steps: [aside(250_000, 100_000)] }, wide)[1], `⚠ tidy  250,000 rows set aside, the first 100,000 of them kept: ${read}`);
});

test("what was metered stands beside what was quoted", () => {
  assert.deepEqual(renderMetered({ ...run, status: "succeeded" }, wide), ["metered    0.41 s   0.0003 EUR, inside the quote"]);
  assert.deepEqual(renderMetered({ ...run, status: "cancelled" }, wide), ["metered    0.41 s   0.0003 EUR"]);
  const judge = (durationMs: number, price: string): string => judgeQuote({ durationMs, price, currency: "EUR" }, run.quote);
  assert.equal(judge(700, "0.0003"), "outside the quote (time above)");
  assert.equal(judge(100, "0.0005"), "outside the quote (time below, price above)");
  assert.equal(judgeQuote({ durationMs: 1, price: "0", currency: "EUR" }, null), "there was no quote");
  const open = { rows: bounds(null, null), durationMs: bounds(null, null), price: { ...bounds(null, null), currency: "EUR" }, basis: "" };
  assert.equal(judgeQuote({ durationMs: 1, price: "0", currency: "EUR" }, open), "the quote knew no figures");
});
