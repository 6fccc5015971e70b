import assert from "node:assert/strict";
import { test } from "node:test";
import { rateOf, tookMs, writtenBy } from "./step-facts.ts";

const step = (name: string, rowsIn: number | null, durationMs: number | null) => ({ name, rowsIn, durationMs });

test("a rate is the rows that went into a statement by its time, and nothing where either is unknown", () => {
  const steps = [
    step("read", 50, 10),
    step("joined", 3_000, null),
    step("filtered", null, null),
    step("ordered", 6, 500),
    step("late", 9, 0),
    step("last", null, 5),
  ];
  assert.equal(rateOf("read", steps), 5_000);
  assert.equal(rateOf("joined", steps), null);
  assert.equal(rateOf("ordered", steps), 6_000);
  assert.equal(rateOf("late", steps), null);
  assert.equal(rateOf("last", steps), null);
  assert.equal(rateOf("gone", steps), null);
});

test("a run takes the time from its start to its end, or to now", () => {
  const startedAt = "2026-01-01T00:00:00Z";
  const now = new Date("2026-01-01T00:00:03Z").getTime();
  assert.equal(tookMs({ startedAt, finishedAt: "2026-01-01T00:00:01Z" }, now), 1_000);
  assert.equal(tookMs({ startedAt, finishedAt: null }, now), 3_000);
  assert.equal(tookMs({ startedAt: null, finishedAt: null }, now), null);
});

test("what a run wrote comes before what its flows set aside, of which a part may be kept", () => {
  const base = { kind: "flow", status: "succeeded" as const, attempts: 1, rowsIn: 9, rowsOut: 4, durationMs: 1 };
  const steps = [
    { ...base, name: "read" },
    { ...base, name: "tidied", setAside: { rows: 5, kept: 3, output: "tidied.set_aside" } },
  ];
  const aside = { name: "tidied.set_aside", rowCount: 3, aside: { step: "tidied", rows: 5 } };
  assert.deepEqual(writtenBy({ outputs: [], steps }), [aside]);
  assert.deepEqual(writtenBy({ outputs: [{ name: "out", dataset: null, rowCount: 0 }], steps }), [{ name: "out", rowCount: 0 }, aside]);
});
