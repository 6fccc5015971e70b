import assert from "node:assert/strict";
import { test } from "node:test";
import { readPredicate } from "./predicate.ts";
import { types } from "./types.ts";

const columns = [
  { name: "delay", type: types.integer },
  { name: 'odd "name"', type: types.string },
];
const read = (text: string) => readPredicate(text, columns, "2024-05-06T07:08:09Z");

test("a condition is printed over one table, names and texts quoted", () => {
  assert.deepEqual(read(`delay > 3 and "odd ""name""" = 'it''s'`), {
    ok: true,
    sql: `((t."delay" > 3::BIGINT) AND (t."odd ""name""" = 'it''s'))`,
  });
});

test("the clock is the one that is given", () => {
  const result = read("today() > date '2024-01-01'");
  assert.ok(result.ok && result.sql.includes("2024-05-06"), JSON.stringify(result));
});

test("what is wrong is named with its place", () => {
  const cases = [
    ["delay >", "EXPRESSION_SYNTAX"],
    ["dela > 1", "UNKNOWN_COLUMN"],
    ["delay", "TYPE_MISMATCH"],
    ["count(*) > 1", "MISPLACED_CALL"],
    ["random() > 0.5", "INVALID_ARGUMENT"],
    ["delay > $x", "UNKNOWN_PARAMETER"],
  ] as const;
  for (const [text, code] of cases) {
    const result = read(text);
    assert.ok(!result.ok, text);
    assert.equal(result.faults[0]?.code, code, text);
    assert.equal(result.faults[0]?.place.line, 1);
  }
});
