import assert from "node:assert/strict";
import { test } from "node:test";
import { type Canvas, createStyle } from "./style.ts";
import { renderTable } from "./table.ts";
import { displayWidth } from "./text.ts";

const pipe: Canvas = { style: createStyle(false), width: Number.POSITIVE_INFINITY };
const narrow = (width: number): Canvas => ({ style: createStyle(false), width });

test("columns are aligned, numbers stand right, doubles share their decimals", () => {
  const columns = [
    { name: "state", type: "string" },
    { name: "avg_delay", type: "double" },
    { name: "n", type: "integer" },
  ];
  const rows = [
    ["IL", 12.5, 3],
    ["N\tY", 7.123456, 1204],
    [null, null, 0],
  ];
  assert.deepEqual(renderTable(columns, rows, pipe), [
    "STATE   AVG_DELAY      N",
    "IL        12.5000      3",
    "N\\tY       7.1235   1204",
    "null         null      0",
  ]);
});

test("names with capitals or other characters stay exactly as they are", () => {
  assert.deepEqual(renderTable([{ name: "Ship Mode" }, { name: "userId" }], [["a", "b"]], pipe)[0], "Ship Mode   userId");
});

test("no line is wider than the terminal, and hidden columns are told", () => {
  const columns = Array.from({ length: 30 }, (_, i) => ({ name: `column_${i}` }));
  const rows = [columns.map(() => "東京 and more text than fits")];
  for (const width of [20, 40, 80, 200]) {
    const lines = renderTable(columns, rows, narrow(width));
    for (const line of lines.slice(0, 2)) assert.ok(displayWidth(line) <= width, `${displayWidth(line)} > ${width}: ${line}`);
  }
  assert.match(renderTable(columns, rows, narrow(40)).at(-1) ?? "", /^… \d+ more columns/);
});

test("integers beyond 2^53, decimals, nested values and very small doubles stay what they are", () => {
  const [, line] = renderTable(
    [
      { name: "a", type: "integer" },
      { name: "b", type: "decimal(18,2)" },
      { name: "c", type: "json" },
      { name: "d", type: "double" },
    ],
    [["9007199254740993", "10.50", { k: ["\u001b"] }, 1.5e-9]],
    pipe,
  );
  assert.equal(line, '9007199254740993   10.50   {"k":["\\u001b"]}   1.5e-9');
});

test("a limit cuts rows, no columns give no lines", () => {
  assert.equal(renderTable([{ name: "a" }], [["1"], ["2"], ["3"]], pipe, { limit: 2 }).length, 3);
  assert.deepEqual(renderTable([], [], pipe), []);
});
