import assert from "node:assert/strict";
import { test } from "node:test";
import type { RiverDocument } from "@rivergen/contracts";
import { stepMetrics } from "./step-metrics.ts";

const document: RiverDocument = {
  apiVersion: "rivergen.dev/v1",
  river: "r",
  sources: { orders: { dataset: "orders" } },
  steps: {
    recent: { from: "orders", filter: "amount > 1" },
    summed: { from: "recent", aggregate: { by: ["customer"], values: { total: "sum(amount)" } } },
    top: { from: "summed", do: [{ orderBy: ["total desc"] }, { limit: 5 }] },
  },
  outputs: { result: { from: "top" } },
};
const operators = [
  { name: "TOP_N", depth: 1, rows: 5 },
  { name: "HASH_GROUP_BY", depth: 2, rows: 40 },
  { name: "PROJECTION", depth: 3, rows: 700 },
  { name: "TABLE_SCAN", depth: 4, rows: 700 },
];
const end = { rowCount: 5, wallMs: 12.34 };
const steps = ["recent", "summed", "top"];

test("rows are told around an aggregation and at both ends", () => {
  assert.deepEqual(stepMetrics({ steps }, steps, document, { rowsScanned: 1000, operators }, end), [
    { name: "recent", rowsIn: 1000, rowsOut: 700, durationMs: null },
    { name: "summed", rowsIn: 700, rowsOut: 40, durationMs: null },
    { name: "top", rowsIn: null, rowsOut: 5, durationMs: 12.3 },
  ]);
});

test("where the plan holds two aggregations nothing is guessed", () => {
  const twice = [...operators, { name: "HASH_GROUP_BY", depth: 5, rows: 3 }];
  const [recent, summed] = stepMetrics({ steps }, steps, document, { rowsScanned: null, operators: twice }, end);
  assert.deepEqual([recent?.rowsOut, summed?.rowsIn, summed?.rowsOut], [null, null, null]);
});
