import assert from "node:assert/strict";
import { test } from "node:test";
import { type Condition, isComplete, nextSort, selectRows, toFilter, toLiteral, toSort } from "./conditions.ts";

const columns = [
  { name: "n", type: "integer" },
  { name: 'the "text"', type: "string" },
  { name: "day", type: "date" },
  { name: "at", type: "timestamptz" },
  { name: "flag", type: "boolean" },
];
const condition = (column: string, operator: Condition["operator"], ...values: string[]): Condition => ({ column, operator, values });

test("conditions become an expression; names and texts cannot break out of it", () => {
  const filter = toFilter(
    [condition('the "text"', "contains", "it's"), condition("n", "between", "1", "2.5"), condition("day", "from", "2024-01-31")],
    columns,
  );
  assert.equal(filter, `contains(lower("the ""text"""), lower('it''s')) and "n" between 1 and 2.5 and "day" >= date '2024-01-31'`);
  assert.equal(toFilter([], columns), undefined);
  assert.equal(toFilter([condition('the "text"', "empty")], columns), `coalesce("the ""text""", '') = ''`);
  assert.equal(toFilter([condition("flag", "true"), condition("flag", "filled")], columns), `"flag" = true and "flag" is not null`);
});

test("typed values become literals, what is none becomes nothing", () => {
  const cases = [
    ["number", " -.5 ", "-0.5"],
    ["number", "5.", "5"],
    ["number", "1e3", "1e3"],
    ["number", "1,5", undefined],
    ["number", "1 or 1=1", undefined],
    ["date", "2024-05-31", "date '2024-05-31'"],
    ["date", "31.5.2024", undefined],
    ["time", "14:30", "time '14:30:00'"],
    ["timestamp", "2024-05-31 14:30", "timestamp '2024-05-31 14:30:00'"],
    ["timestamptz", "2024-05-31", "timestamptz '2024-05-31 00:00:00+00'"],
  ] as const;
  for (const [kind, text, expected] of cases) assert.equal(toLiteral(kind, text), expected, text);
  assert.equal(isComplete(condition("n", "between", "1", ""), "number"), false);
  assert.equal(isComplete(condition("n", "empty"), "number"), true);
});

test("a head goes from ascending to descending to unsorted, alone or as one of several", () => {
  const up = nextSort([], "n", false);
  const down = nextSort(up, "n", false);
  assert.deepEqual([toSort(up), toSort(down), toSort(nextSort(down, "n", false))], [`"n"`, `-"n"`, undefined]);
  assert.equal(toSort(nextSort(nextSort(up, "day", true), "n", true)), `-"n","day"`);
  assert.equal(toSort(nextSort(up, "day", false)), `"day"`);
});

test("rows that are here are chosen and ordered as the platform would", () => {
  const rows = [
    { n: 2, 'the "text"': "Beta", day: "2024-02-01", at: "2024-02-01T10:00:00Z", flag: true },
    { n: null, 'the "text"': "", day: null, at: null, flag: null },
    { n: "9007199254740993", 'the "text"': "alphabet", day: "2024-01-01", at: "2024-01-01T09:00:00Z", flag: false },
    { n: 10, 'the "text"': null, day: "2023-12-31", at: "2023-12-31T23:59:59Z", flag: true },
  ];
  const found = (conditions: Condition[], ...keys: { column: string; descending: boolean }[]): number[] =>
    selectRows(rows, columns, conditions, keys).map((row) => rows.indexOf(row as (typeof rows)[number]));
  assert.deepEqual(found([], { column: "n", descending: false }), [0, 3, 2, 1]);
  assert.deepEqual(found([], { column: "n", descending: true }), [2, 3, 0, 1]);
  assert.deepEqual(found([condition('the "text"', "contains", "BET")]), [0, 2]);
  assert.deepEqual(found([condition('the "text"', "lacks", "bet")]), [1, 3]);
  assert.deepEqual(found([condition('the "text"', "empty")]), [1, 3]);
  assert.deepEqual(found([condition("n", "above", "9")]), [2, 3]);
  assert.deepEqual(found([condition("day", "between", "2024-01-01", "2024-02-01")]), [0, 2]);
  assert.deepEqual(found([condition("at", "below", "2024-01-01")]), [3]);
  assert.deepEqual(found([condition("flag", "false")]), [2]);
  assert.deepEqual(found([condition("n", "differs", "2")]), [1, 2, 3]);
});
