import assert from "node:assert/strict";
import { test } from "node:test";
import { move, rangeOf, type Selection, toTsv } from "./selection.ts";

const bounds = { rows: 1_000, columns: 4, page: 20 };
const key = (name: string, held: Partial<Record<"ctrlKey" | "shiftKey", boolean>> = {}) => ({
  key: name,
  ctrlKey: false,
  metaKey: false,
  shiftKey: false,
  ...held,
});
const at = (row: number, column: number): Selection => ({ anchor: { row, column }, focus: { row, column } });

test("keys move inside the grid and into its head", () => {
  const cases = [
    [at(0, 0), key("ArrowUp"), { row: -1, column: 0 }],
    [at(-1, 2), key("ArrowDown"), { row: 0, column: 2 }],
    [at(3, 3), key("ArrowRight"), { row: 3, column: 3 }],
    [at(3, 1), key("Home"), { row: 3, column: 0 }],
    [at(3, 1), key("End", { ctrlKey: true }), { row: 999, column: 3 }],
    [at(30, 1), key("PageUp"), { row: 10, column: 1 }],
    [at(990, 1), key("PageDown"), { row: 999, column: 1 }],
  ] as const;
  for (const [from, pressed, to] of cases) assert.deepEqual(move(from, pressed, bounds)?.focus, to, pressed.key);
  assert.equal(move(at(0, 0), key("x"), bounds), undefined);
});

test("Shift keeps where the selection began, and stays out of the head", () => {
  const selection = move(move(at(1, 1), key("ArrowRight", { shiftKey: true }), bounds) ?? at(0, 0), key("ArrowDown", { shiftKey: true }), bounds);
  assert.deepEqual(selection && rangeOf(selection), { firstRow: 1, lastRow: 2, firstColumn: 1, lastColumn: 2 });
  assert.deepEqual(move(at(0, 0), key("ArrowUp", { shiftKey: true }), bounds)?.focus, { row: 0, column: 0 });
  assert.deepEqual(move(at(5, 1), key("a", { ctrlKey: true }), bounds)?.focus, { row: 999, column: 3 });
});

test("copied cells keep their shape in a spreadsheet", () => {
  const columns = [
    { name: "a", type: "string" },
    { name: "b", type: "list<integer>" },
  ];
  const rows = [
    { a: 'two\nlines "said"', b: [1, 2] },
    { a: null, b: null },
  ];
  assert.equal(toTsv(rows, columns), 'a\tb\n"two\nlines ""said"""\t[1,2]\n\t');
  assert.equal(toTsv([{ a: "x\ty" }], columns.slice(0, 1)), "x\ty");
});
