import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { DuckDBInstance } from "@duckdb/node-api";
import type { DuckDBConnection, DuckDBValue } from "@duckdb/node-api";
import fc from "fast-check";
import { createChecking } from "../check.ts";
import { printExpression } from "../duckdb/expression.ts";
import { parseExpression } from "../parser.ts";
import type { Scope } from "../scope.ts";
import type { Typed } from "../typed.ts";
import type { DataType } from "../types.ts";
import { printType, types } from "../types.ts";
import { compileExpression } from "./evaluate.ts";
import { printText } from "./print-text.ts";
import type { Value } from "./value.ts";

const now = "2024-03-01T23:30:00.000Z";
const columns = { i: types.integer, j: types.integer, d: types.decimal(9, 2), e: types.decimal(38, 10), f: types.double, s: types.string, w: types.string, b: types.boolean, dt: types.date, ts: types.timestamp, tm: types.time } as const; // prettier-ignore
type Name = keyof typeof columns;
const names = Object.keys(columns) as Name[];
let connection: DuckDBConnection;

before(async () => {
  connection = await (await DuckDBInstance.create(":memory:", { threads: "1" })).connect();
  await connection.run("SET TimeZone = 'UTC'");
});
after(() => connection.closeSync());

/** Literals of each column, null now and then. */
const values: Readonly<Record<Name, readonly string[]>> = {
  i: ["0", "1", "-7", "42", "9223372036854775807", "-9223372036854775807", "3000000000"],
  j: ["0", "2", "-3", "10", "1000003"],
  d: ["0", "1.50", "-7.25", "0.05", "1234567.89", "-0.01"],
  e: ["0", "0.0000000001", "-12345678901234567890.5", "3.1415926535"],
  f: ["0e0", "2.5e0", "-0.5e0", "1e300", "1e-7", "123456.789e0", "3e0", "1e16"],
  s: ["''", "'river'", "'Né é'", "'a%b_c'", "'😀x～'", "' pad '", "'ABCabc'", "'x,y,,z'"],
  w: ["'12'", "' 7 '", "'1.5'", "'-3e2'", "'x'", "''", "'2024-02-29'", "'2024-02-29 10:11:12.5'", "'true'", "'r'", "'%e%'", "','"],
  b: ["true", "false"],
  dt: ["date '2024-02-29'", "date '1969-12-31'", "date '2000-01-01'", "date '1899-06-15'"],
  ts: ["timestamp '2024-02-29 23:59:59.999999'", "timestamp '1969-12-31 00:00:00.5'", "timestamp '2021-01-03 12:30:00'"],
  tm: ["time '00:00:00'", "time '13:14:15.5'"],
};

const leaf = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom<string>(...names) },
  { weight: 2, arbitrary: fc.constantFrom("1", "2.5", "3e0", "'a'", "'12'", "true", "null", "-4", "0.125", "date '2024-05-06'", "timestamp '2024-05-06 07:08:09'", "'%r%'", "'_i%'", "$p", "today()") },
  { weight: 1, arbitrary: fc.constantFrom("interval '2 days'", "interval '1 month'", "interval '3 hours'", "interval '-1 year'") },
); // prettier-ignore

/** `?` is a part of its own. */
const shapes = [
  "(? + ?)", "(? - ?)", "(? * ?)", "(? / ?)", "(? % ?)", "(? div ?)", "(-?)", "(? = ?)", "(? <> ?)", "(? < ?)", "(? >= ?)", "(? || ?)", "(? and ?)", "(? or ?)", "(not ?)", "(? is null)", "(? is not null)", "(? is true)", "(? is not false)",
  "(? in (?, ?))", "(? not in (?, ?))", "(? between ? and ?)", "(? not between ? and ?)", "(? is distinct from ?)", "(? is not distinct from ?)", "(? like ?)", "(? not ilike ?)", "coalesce(?, ?)", "nullif(?, ?)", "if(?, ?, ?)", "greatest(?, ?)", "least(?, ?)",
  "case when ? then ? else ? end", "case ? when ? then ? when ? then ? end", "abs(?)", "sign(?)", "round(?)", "round(?, 1)", "round(?, -1)", "ceil(?)", "floor(?)", "trunc(?)", "sqrt(?)", "exp(?)", "ln(?)", "power(?, ?)", "lower(?)", "upper(?)", "trim(?)", "trim(?, ?)", "ltrim(?)", "rtrim(?)",
  "length(?)", "substr(?, abs(?))", "substr(?, abs(?), abs(?))", "left(?, ?)", "right(?, ?)", "replace(?, ?, ?)", "split_part(?, ?, ?)", "starts_with(?, ?)", "ends_with(?, ?)", "contains(?, ?)", "position(?, ?)", "lpad(?, 4, ?)", "rpad(?, 9, ?)", "concat(?, ?)",
  "date_trunc('month', ?)", "date_trunc('week', ?)", "date_trunc('hour', ?)", "date_trunc('quarter', ?)", "date_diff('day', ?, ?)", "date_diff('month', ?, ?)", "date_diff('week', ?, ?)", "date_diff('hour', ?, ?)", "date_diff('quarter', ?, ?)", "date_diff('year', ?, ?)",
  "year(?)", "quarter(?)", "month(?)", "week(?)", "day(?)", "weekday(?)", "hour(?)", "minute(?)", "second(?)", "extract(isoyear from ?)", "extract(dow from ?)", "extract(doy from ?)", "extract(millisecond from ?)", "extract(epoch from ?)", "monthname(?)", "dayname(?)", "last_day(?)", "make_date(?, ?, ?)",
  "cast(? as integer)", "cast(? as double)", "cast(? as string)", "cast(? as decimal(12,3))", "cast(? as decimal(30,1))", "cast(? as date)", "cast(? as timestamp)", "cast(? as boolean)", "try_cast(? as integer)", "try_cast(? as double)", "try_cast(? as decimal(8,2))", "try_cast(? as date)", "try_cast(? as timestamp)", "try_cast(? as boolean)", "try_cast(? as time)",
]; // prettier-ignore

const expressions = fc.letrec<{ tree: string }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 3, depthSize: "small" },
    leaf,
    fc.constantFrom(...shapes).chain((shape) => fc.tuple(...Array.from({ length: shape.split("?").length - 1 }, () => tie("tree"))).map((parts) => { let at = 0; return shape.replaceAll("?", () => parts[at++] ?? ""); })),
  ),
})).tree; // prettier-ignore

const rows = fc.array(fc.tuple(...names.map((name) => fc.option(fc.constantFrom(...values[name]), { freq: 6 }))), { minLength: 4, maxLength: 4 });

const scope: Scope = {
  columns: names.map((name) => ({ side: "input", name, type: columns[name], nullable: true })),
  parameters: new Map<string, DataType>([["p", types.decimal(9, 2)]]),
  place: "scalar",
};
const parameters = new Map([["p", "12.25"]]);

function check(text: string, report: () => void): Typed | undefined {
  const parsed = parseExpression(text);
  return parsed.ok ? createChecking(scope, report).check(parsed.value) : undefined;
}

/** Compiles an expression; undefined where it has no meaning or is not computed here. */
function compile(text: string) {
  let isRefused = false;
  const refuse = (): void => {
    isRefused = true;
  };
  const typed = check(text, refuse);
  if (!typed || isRefused || ["null", "interval", "unknown"].includes(typed.type.kind)) return undefined;
  const evaluate = compileExpression(typed, { positionOf: (name) => names.indexOf(name as Name), parameters, now, report: refuse });
  return isRefused ? undefined : { typed, evaluate };
}

/** Most random expressions have no type: only those that have one say anything. */
const meaningful = expressions.filter((text) => compile(text) !== undefined);

const printOf = (typed: Typed): string => printExpression({ parameters, now, seed: "", place: "", lenient: false }, typed);

/** A literal as a value of a column's type. */
const cellOf = (name: Name, cell: string | null): string => `cast(${cell ?? "null"} as ${printType(columns[name])})`;

const rowOf = (cells: readonly (string | null)[]): Value[] => names.map((name, index) => compile(cellOf(name, cells[index] ?? null))?.evaluate([]) ?? null);

function engineRow(cells: readonly (string | null)[]): string {
  const given = names.map((name, index) => {
    const typed = check(cellOf(name, cells[index] ?? null), () => undefined);
    return `${typed ? printOf(typed) : "NULL"} AS ${name}`;
  });
  return `SELECT ${given.join(", ")}`;
}

function isSame(type: DataType, ours: Value, engines: DuckDBValue): boolean {
  if (ours === null || engines === null) return ours === engines;
  if (type.kind === "double") {
    const [a, b] = [ours as number, engines as number];
    return Object.is(a, b) || a === b || Math.abs(a - b) <= 1e-12 * Math.max(Math.abs(a), Math.abs(b));
  }
  return printText(type, ours) === String(engines);
}

type Ending = { readonly value: unknown } | { readonly error: unknown };

function attempt(work: () => Value): Ending {
  try {
    return { value: work() };
  } catch (error) {
    return { error };
  }
}

async function attemptEngine(sql: string): Promise<Ending> {
  try {
    return { value: (await connection.runAndReadAll(sql)).getRows()[0]?.[0] ?? null };
  } catch (error) {
    return { error };
  }
}

/** How the two differ; undefined where they do not. */
function differenceOf(type: DataType, engine: Ending, ours: Ending): string | undefined {
  const told = (ending: Ending): string => ("error" in ending ? `fails (${String(ending.error).slice(0, 120)})` : `gives ${String(ending.value)}`);
  if ("error" in engine || "error" in ours) {
    return "error" in engine && "error" in ours ? undefined : `the engine ${told(engine)}, here it ${told(ours)}`;
  }
  return isSame(type, ours.value as Value, engine.value as DuckDBValue) ? undefined : `the engine ${told(engine)}, here it ${told(ours)}`;
}

test("expressions give what the engine gives, for random expressions over random rows", async () => {
  let compared = 0;
  const property = fc.asyncProperty(fc.array(meaningful, { minLength: 10, maxLength: 10 }), rows, async (texts, cells) => {
    for (const text of texts) {
      const found = compile(text);
      if (!found) continue;
      for (const row of cells) {
        const engine = await attemptEngine(`SELECT ${printOf(found.typed)} AS x FROM (${engineRow(row)}) AS t`);
        const ours = attempt(() => found.evaluate(rowOf(row)));
        // Of the two ends of a range the engine computes one only where that decides already, and it chooses which.
        if ("error" in ours && !("error" in engine) && text.includes(" between ")) continue;
        const difference = differenceOf(found.typed.type, engine, ours);
        assert.equal(difference, undefined, `${text} (${printType(found.typed.type)}) over ${JSON.stringify(row)}: ${difference}`);
        compared += 1;
      }
    }
  });
  await fc.assert(property, { numRuns: 60 });
  assert.ok(compared > 2_000, `only ${compared} comparisons`);
});
