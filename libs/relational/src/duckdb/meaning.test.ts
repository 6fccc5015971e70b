import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { DuckDBConnection } from "@duckdb/node-api";
import { DuckDBInstance } from "@duckdb/node-api";
import type { Operator } from "@rivergen/contracts";
import { functionCatalogue } from "../catalogue/index.ts";
import { applyOperator } from "../plan/operators.ts";
import type { Relation } from "../plan/relation.ts";
import { scan } from "../plan/relation.ts";
import { printType, types } from "../types.ts";
import { printDuckdbType } from "./names.ts";
import { printStatement } from "./plan.ts";

const now = "2024-03-01T23:30:00Z";
let connection: DuckDBConnection;

before(async () => {
  connection = await (await DuckDBInstance.create(":memory:")).connect();
  await connection.run("SET TimeZone = 'UTC'");
  await connection.run("CREATE TABLE rows AS SELECT * FROM (VALUES (1::BIGINT, 'a', 1::BIGINT), (2, 'b', 1), (3, 'b', 3), (4, NULL, NULL)) r(n, s, t)");
});
after(() => connection.closeSync());

const column = (name: string, type = types.integer): { name: string; type: typeof type; nullable: boolean; labels: readonly string[] } => ({
  name,
  type,
  nullable: true,
  labels: [],
});
const rows = scan("rows", "rows", [column("n"), column("s", types.string), column("t")]);

function build(operator: Operator): { relation: Relation; faults: string[] } {
  const faults: string[] = [];
  const report = (_path: string, code: string, message: string): number => faults.push(`${code}: ${message}`);
  const context = { path: "", step: "s", parameters: new Map(), report, warn: () => undefined, input: () => rows };
  const relation = applyOperator(context, operator, { relation: rows, from: "rows", others: [] });
  assert.ok(relation);
  return { relation, faults };
}

async function run(operator: Operator, seed = "seed"): Promise<{ values: unknown[]; type: string; printed: string; nullable: boolean }> {
  const { relation, faults } = build(operator);
  assert.deepEqual(faults, []);
  const { sql } = printStatement(relation, { parameters: new Map(), now, seed, lenient: false });
  const reader = await connection.runAndReadAll(sql);
  const last = relation.columns.at(-1);
  assert.ok(last);
  const type = String(reader.columnTypes().at(-1));
  return { values: reader.getRowObjectsJson().map((row) => row[last.name]), type, printed: printType(last.type), nullable: last.nullable };
}

const valueOf = async (expression: string): Promise<unknown> => (await run({ derive: { x: expression } })).values[0];

describe("every function of the catalogue", () => {
  for (const entry of functionCatalogue) {
    test(`${entry.name}: its example runs, with the type it promises`, async () => {
      const values = { x: entry.example };
      const operator: Operator =
        entry.kind === "scalar" ? { derive: values } : entry.kind === "aggregate" ? { aggregate: { values } } : { window: { orderBy: ["n"], values } };
      const { type, values: found, nullable } = await run(operator);
      const promised = build(operator).relation.columns.at(-1)?.type ?? types.unknown;
      const expected = promised.kind === "json" ? "VARCHAR" : printDuckdbType(promised).replaceAll(", ", ",");
      assert.equal(type, expected);
      if (!nullable) assert.ok(!found.includes(null));
      if (entry.kind !== "aggregate") return;
      await run({ window: { by: ["s"], orderBy: ["n"], frame: "rows between 1 preceding and current row", values } });
    });
  }
});

const meanings: readonly (readonly [expression: string, value: unknown])[] = [
  ["1 / 2", 0.5], ["1 / 0", null], ["1.5 / 0.0", null], ["1e0 / 0", null], ["-7 div 2", "-3"], ["7 div 0", null], ["-7 % 3", "-1"], ["7 mod 0", null],
  ["cast(2.5 as integer)", "3"], ["cast(-2.5 as integer)", "-3"], ["cast(2.5e0 as integer)", "3"], ["cast(0.5e0 as integer)", "1"], ["round(2.5e0)", 3],
  ["1.5 + 1", "2.5"], ["0.1 + 0.2", "0.3"], ["1.25 * 1.25", "1.5625"], ["2 + 3 * 4", "14"], ["(2 + 3) * 4", "20"], ["-2 - -3", "1"], ["- (2)", "-2"],
  ["99999999999.99 * 99999999999.99", "9999999999998000000000.0001"],
  ["1 = 1.0", true], ["1 < 1.5e0", true], ["not 1 = 2 and true", true], ["null is null", true], ["1 is distinct from null", true], ["null is not distinct from null", true],
  ["null and false", false], ["null or true", true], ["null and true", null], ["(1 > 0) is true", true], ["2 between 1 and 2", true], ["2 not in (1, 3)", true],
  ["'a' < 'B'", false], ["'Z' < 'a'", true], ["'é' > 'z'", true], ["'abc' like 'a%'", true], ["'ABC' ilike 'a_c'", true], ["'a%' like 'a!%' escape '!'", true],
  ["'a' || null", null], ["concat('a', null)", "a"], ["length('👍é')", "2"], ["substr('river', 1, 2)", "ri"], ["split('a.b', '.')", ["a", "b"]], ["'it''s'", "it's"],
  ["date '2024-01-31' + interval '1 month'", "2024-02-29"], ["date '2024-01-31' + interval '3 days'", "2024-02-03"], ["date '2024-01-31' + interval '1 hour'", "2024-01-31 01:00:00"],
  ["date '2024-03-01' - date '2024-02-01'", "29"], ["date_trunc('week', date '2024-01-07')", "2024-01-01"], ["week(date '2024-12-30')", "1"], ["extract(isoyear from date '2024-12-30')", "2025"],
  ["date_diff('week', date '2024-01-07', date '2024-01-08')", "1"], ["date_diff('week', date '2024-01-01', date '2024-01-07')", "0"], ["date_diff('year', date '2023-12-31', date '2024-01-01')", "1"],
  ["date_diff('month', timestamp '2024-01-31 23:00:00', timestamp '2024-02-01 00:00:00')", "1"], ["date_diff('day', date '2024-01-02', date '2024-01-01')", "-1"],
  ["timestamp '2024-07-01 10:00:00' at time zone 'Europe/Paris'", "2024-07-01 08:00:00+00"], ["timestamptz '2024-07-01 10:00:00Z' at time zone 'Europe/Paris'", "2024-07-01 12:00:00"],
  ["now()", "2024-03-01 23:30:00+00"], ["today()", "2024-03-01"], ["cast(now() as string)", "2024-03-01 23:30:00.000000+00"], ["today() - interval '1 day'", "2024-02-29"],
  ["case when null then 1 else 2 end", "2"], ["case 2 when 1 then 'a' when 2.0 then 'b' end", "b"], ["try_cast('x' as integer)", null], ["coalesce(null, 1, 2.5)", "1.0"],
  ["[1, 2.5][1]", "1.0"], ["[1, 2][3]", null], ["if(1 > 2, 'a', null)", null], ["true and not false", true], ["9223372036854775807", "9223372036854775807"], ["-9223372036854775808", "-9223372036854775808"],
  ["date_diff('week', timestamptz '1969-12-28 12:00:00+00', timestamptz '1969-12-29 12:00:00+00')", "1"], ["7.5 % 2", 1.5], ["mod(7.5, 2)", 1.5], ["1.5 mod 0", null],
  ["cast(json '2.5' as integer)", "3"], ["cast(json '9223372036854775807' as integer)", "9223372036854775807"], ["cast(json 'null' as integer)", null], ["cast(json '\"12\"' as integer)", "12"],
  ["cast('2024-01-31T10:00:00Z' as timestamp)", "2024-01-31 10:00:00"], ["try_cast('2024-01-31T10:00:00+02:00' as timestamp)", null], ["try_cast('2024-01-31 10:00:00-0200' as timestamp)", null],
  ["cast(0.5 as string)", "0.5"], ["cast(-0.25 as string)", "-0.25"], ["round(125, -1)", "130"], ["round(-125, -1)", "-130"], ["round(9007199254740993, 2)", "9007199254740993"], ["round(5, -30)", "0"],
  ["[1, 2][-1]", "2"], ["json_value(json '{\"a\": [1, 2]}', '$.a[*]')", "[1, 2]"], ["json_text(json '{\"a\": [1, 2]}', '$.a[*]')", "[1, 2]"],
  ["json_text(json '{\"a\": {\"b\": \"x\"}}', '$.a.b')", "x"], ["date '2024-01-01' < timestamp '2024-01-01 00:00:01'", true], ["interval '1 day' * 2 + date '2024-01-01'", "2024-01-03"],
]; // prettier-ignore

test("what expressions mean", async () => {
  for (const [expression, value] of meanings) assert.deepEqual(await valueOf(expression), value, expression);
});

test("integers and decimals overflow as errors and never wrap", async () => {
  for (const expression of [
    "n + 9223372036854775807",
    "n * 9223372036854775807 * 2",
    "-9223372036854775807 - n - n",
    "cast(1e30 as integer)",
    "abs(-9223372036854775808)",
    "cast('x' as integer)",
    "round(9223372036854775807, -1)",
    "cast(n * 1000 as decimal(3,0))",
    "99999999999999999999999999999999999999. + n",
  ]) {
    await assert.rejects(run({ derive: { x: `${expression}` } }), /verflow|range|onvert|cast/i, expression);
  }
  await assert.rejects(run({ aggregate: { values: { x: "sum(n + 9223372036854775800)" } } }), /range|verflow/i);
});

test("aggregates", async () => {
  const aggregates: readonly (readonly [string, unknown, string])[] = [
    ["sum(n)", "10", "integer"], ["sum(n * 1.5)", "15.0", "decimal(38,1)"], ["avg(n)", 2.5, "double"], ["count(*)", "4", "integer"], ["count(s)", "3", "integer"],
    ["count(distinct s)", "2", "integer"], ["count(*) filter (where n > 1)", "3", "integer"], ["sum(n) filter (where n > 99)", null, "integer"], ["median(n)", 2.5, "double"],
    ["min_by(s, t)", "a", "string"], ["max_by(n, t)", "3", "integer"], ["max_by(s, n)", null, "string"], ["first(n order by s desc)", "2", "integer"], ["last(n order by n)", "4", "integer"],
    ["list(s order by n desc)", [null, "b", "b", "a"], "list<string>"], ["string_agg(s, '+' order by n)", "a+b+b", "string"], ["sum(n) / count(*)", 2.5, "double"], ["max(s)", "b", "string"],
    ["quantile(n, 0.5)", 2.5, "double"], ["sum(distinct t)", "4", "integer"], ["bool_or(n = 4)", true, "boolean"],
  ]; // prettier-ignore
  for (const [expression, value, type] of aggregates) {
    const found = await run({ aggregate: { values: { x: expression } } });
    assert.deepEqual([found.values, found.printed], [[value], type], expression);
  }
});

test("windows break ties of calls that could see them, and keep those of rank", async () => {
  const windows: readonly (readonly [string, readonly unknown[]])[] = [
    ["row_number()", ["1", "2", "3", "4"]], ["rank()", ["1", "1", "3", "4"]], ["dense_rank()", ["1", "1", "2", "3"]], ["lag(n)", [null, "1", "2", "3"]], ["lead(n, 2, 0)", ["3", "4", "0", "0"]],
    ["first_value(s)", ["a", "a", "a", "a"]], ["sum(n)", ["3", "3", "6", "10"]], ["ntile(2)", ["1", "1", "2", "2"]], ["n / sum(n) over ()", [0.1, 0.2, 0.3, 0.4]], ["first(n order by n desc)", ["2", "2", "3", "4"]],
  ]; // prettier-ignore
  for (const [expression, values] of windows)
    assert.deepEqual((await run({ window: { orderBy: ["t"], values: { x: expression } } })).values, values, expression);
  const moving = await run({ window: { orderBy: ["t"], frame: "rows between 1 preceding and current row", values: { x: "sum(n)" } } });
  assert.deepEqual(moving.values, ["1", "3", "5", "7"]);
  const unordered = await run({ window: { frame: "rows between 1 preceding and current row", values: { x: "list(t order by n)" } } });
  assert.deepEqual(unordered.values, [["1"], ["1", "1"], ["1", "3"], ["3", null]]);
  const { relation } = build({ window: { frame: "rows between 1 preceding and current row", values: { x: "sum(n)" } } });
  assert.match(printStatement(relation, { parameters: new Map(), now, seed: "", lenient: false }).sql, /OVER \(ORDER BY t\."n" ASC/);
});

test("what is said never to be null is not", async () => {
  const operators: readonly Operator[] = [
    { join: { to: "rows", using: ["t"], type: "anti" } },
    { filter: "4 in (t, n)" },
    { derive: { t: "cast(json 'null' as integer)" } },
  ];
  for (const operator of operators) {
    const { relation, faults } = build(operator);
    assert.deepEqual(faults, []);
    assert.equal(relation.columns.find(({ name }) => name === "t")?.nullable, true, JSON.stringify(operator));
  }
});

test("random numbers come from the seed", async () => {
  const first = await run({ derive: { x: "random()" } });
  assert.deepEqual((await run({ derive: { x: "random()" } })).values, first.values);
  assert.notDeepEqual((await run({ derive: { x: "random()" } }, "other")).values, first.values);
  assert.equal(new Set(first.values).size, 4);
  assert.ok(first.values.every((value) => typeof value === "number" && value >= 0 && value < 1));
  await run({ filter: "random() < 0.5" });
  await run({ orderBy: ["random()"] });
});

test("texts and names that hold quotes, backslashes and comments stay what they are", async () => {
  const nasty = ["'", "\"", "\\", "'; DROP TABLE rows; --", "/* x */", "$1", "#1 #* #random", "a\nb", "👍", "%_", "\\'", "''", "{}"]; // prettier-ignore
  for (const text of nasty) {
    assert.equal(await valueOf(`'${text.replaceAll("'", "''")}'`), text);
    if (text.includes("\n")) continue;
    const { values } = await run({ derive: { [text]: "n" } });
    assert.deepEqual(values, ["1", "2", "3", "4"], text);
    const { relation } = build({ derive: { [text]: "n" } });
    assert.equal(relation.columns.at(-1)?.name, text);
  }
});

test("what is null before it runs keeps its type", async () => {
  for (const [text, expected] of [
    ["null || '12'", "VARCHAR"],
    ["abs(try_cast(null as decimal(10,3)))", "DECIMAL(10,3)"],
    ["upper(s || null)", "VARCHAR"],
  ] as const) {
    const { type, values } = await run({ derive: { x: text } });
    assert.deepEqual([type, values[0]], [expected, null], text);
  }
});
