import assert from "node:assert/strict";
import { test } from "node:test";
import { columnsBetween, fitColumns, startsOf } from "./column-widths.ts";

test("the columns that a view touches are found, whatever their widths", () => {
  const starts = startsOf([100, 50, 200, 80]);
  assert.deepEqual(starts, [0, 100, 150, 350, 430]);
  assert.deepEqual(columnsBetween(starts, -50, 10), { first: 0, end: 1 });
  assert.deepEqual(columnsBetween(starts, 100, 350), { first: 1, end: 3 });
  assert.deepEqual(columnsBetween(starts, 149, 351), { first: 1, end: 4 });
  assert.deepEqual(columnsBetween(starts, 900, 1_000), { first: 4, end: 4 });
});

test("a column is as wide as its name and values need, within bounds", () => {
  const columns = [
    { name: "n", type: "integer" },
    { name: "text", type: "string" },
  ];
  const [number = 0, text = 0] = fitColumns(columns, [{ n: 1, text: "x".repeat(1_000) }]);
  assert.ok(number >= 72 && number < 100 && text === 320);
  assert.equal(fitColumns(columns, [{ n: 1, text: "x".repeat(1_000) }], 190)[1], 190);
});
