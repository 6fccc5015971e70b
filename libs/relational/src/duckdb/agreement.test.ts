import assert from "node:assert/strict";
import { test } from "node:test";
import { DuckDBInstance } from "@duckdb/node-api";
import { applyOperator } from "../plan/operators.ts";
import { scan } from "../plan/relation.ts";
import type { DataType } from "../types.ts";
import { types } from "../types.ts";
import { printDuckdbType } from "./names.ts";
import { printStatement } from "./plan.ts";

const columns: Readonly<Record<string, DataType>> = {
  i: types.integer,
  s: types.string,
  d: types.decimal(18, 2),
  f: types.double,
  dt: types.date,
  ts: types.timestamp,
  b: types.boolean,
  tz: types.timestamptz,
  l: types.list(types.integer),
};

const leaves = [...Object.keys(columns), "1", "2.5", "3e0", "'x'", "'12'", "true", "null", "date '2024-05-06'", "timestamp '2024-05-06 07:08:09'", "interval '2 days'", "interval '3 hours'", "[1, 2]", "0.125"]; // prettier-ignore

/** `?` is a part of its own. */
const shapes = [
  "(? + ?)", "(? - ?)", "(? * ?)", "(? / ?)", "(? % ?)", "(? = ?)", "(? < ?)", "(? || ?)", "(? in (?, ?))", "(? between ? and ?)", "(? is distinct from ?)", "(? like ?)", "(-?)", "(not ?)", "[?, ?][1]",
  "coalesce(?, ?)", "case when ? then ? else ? end", "greatest(?, ?)", "nullif(?, ?)", "if(?, ?, ?)", "round(?, 1)", "round(?)", "ceil(?)", "trunc(?)", "abs(?)", "sign(?)", "div(?, ?)", "length(?)", "lower(?)",
  "substr(?, ?)", "concat(?, ?)", "list_contains(?, ?)", "date_trunc('month', ?)", "date_diff('day', ?, ?)", "date_diff('week', ?, ?)", "extract(year from ?)", "extract(epoch from ?)", "month(?)",
  "(? at time zone 'Europe/Paris')", "try_cast(? as integer)", "try_cast(? as string)", "try_cast(? as decimal(10,3))", "try_cast(? as date)",
]; // prettier-ignore

test("what the checker accepts, the engine runs, with the type and the nulls that were promised", async () => {
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  await connection.run("SET TimeZone = 'UTC'");
  await connection.run(`CREATE TABLE rows AS SELECT * FROM (VALUES
    (1::BIGINT, 'a', 1.5::DECIMAL(18, 2), 2.5::DOUBLE, DATE '2024-01-31', TIMESTAMP '2024-02-03 04:05:06', true, TIMESTAMPTZ '2024-02-03 04:05:06+00', [1::BIGINT, 2]),
    (-3, 'Bé', -7.25, 0, DATE '1999-12-31', TIMESTAMP '2000-01-01 00:00:00', false, TIMESTAMPTZ '2000-02-03 04:05:06+00', []),
    (NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)) r(${Object.keys(columns).join(", ")})`);
  const rows = scan("rows", "rows", Object.entries(columns).map(([name, type]) => ({ name, type, nullable: true, labels: [] }))); // prettier-ignore
  const seed = Number(process.hrtime.bigint() % 1_000_000n);
  let state = seed;
  const next = (limit: number): number => {
    state = (state * 1_103_515_245 + 12_345) & 0x7fffffff;
    return (state >> 8) % limit;
  };
  const grow = (depth: number): string =>
    depth <= 0 ? (leaves[next(leaves.length)] ?? "") : (shapes[next(shapes.length)] ?? "").replaceAll("?", () => grow(depth - 1 - next(2)));
  for (let accepted = 0, tried = 0; accepted < 300 && tried < 20_000; tried += 1) {
    const text = grow(1 + next(3));
    const where = `seed ${seed}: ${text}`;
    let isRefused = false;
    const report = (): void => {
      isRefused = true;
    };
    const relation = applyOperator(
      { path: "", step: "s", parameters: new Map(), report, warn: () => undefined, input: () => undefined },
      { derive: { result: text } },
      { relation: rows, from: "rows", others: [] },
    );
    const column = relation?.columns.at(-1);
    if (isRefused || !relation || !column) continue;
    accepted += 1;
    const { sql } = printStatement(relation, { parameters: new Map(), now: "2024-03-01T00:00:00Z", seed: "1", lenient: false });
    try {
      const reader = await connection.runAndReadAll(sql);
      assert.equal(String(reader.columnTypes().at(-1)), printDuckdbType(column.type).replaceAll(", ", ","), where);
      if (!column.nullable) assert.ok(!reader.getRowObjectsJson().some((row) => row["result"] === null), where);
    } catch (error) {
      assert.match(String(error), /overflow|out of range/i, where);
    }
  }
  connection.closeSync();
});
