import assert from "node:assert/strict";
import { test } from "node:test";
import { DuckDBInstance } from "@duckdb/node-api";
import { toEngineType } from "./engine-type.ts";
import { toRiverType } from "./river-type.ts";

const spellings = [
  "boolean",
  "integer",
  "decimal(18,2)",
  "double",
  "string",
  "date",
  "time",
  "timestamp",
  "timestamptz",
  "interval",
  "json",
  "binary",
  "list<integer>",
  "list<list<string>>",
  'struct<a: integer, "b c": list<struct<d: decimal(4,1)>>, "e""f": string>',
];

test("every type goes to the engine and back", async () => {
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  for (const spelling of spellings) {
    const statement = await connection.prepare(`SELECT CAST(NULL AS ${toEngineType(spelling)})`);
    assert.equal(toRiverType(statement.columnType(0)), spelling);
  }
});

test("types of the engine without a like have one meaning", async () => {
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  const expected = {
    SMALLINT: "integer",
    UBIGINT: "decimal(20,0)",
    HUGEINT: "decimal(38,0)",
    FLOAT: "double",
    UUID: "string",
    "ENUM('a')": "string",
    TIMESTAMP_NS: "timestamp",
    "INTEGER[3]": "list<integer>",
    "MAP(VARCHAR, INTEGER)": "list<struct<key: string, value: integer>>",
    "UNION(a INTEGER)": "json",
  };
  for (const [type, spelling] of Object.entries(expected)) {
    const statement = await connection.prepare(`SELECT CAST(NULL AS ${type})`);
    assert.equal(toRiverType(statement.columnType(0)), spelling, type);
  }
});

test("text that is no type is refused", () => {
  for (const text of ["", "int", "list<integer", "struct<>", "struct<a integer>", "decimal(3)", "integer)); drop", "list<integer>>"]) {
    assert.throws(() => toEngineType(text), RangeError, text);
  }
});
