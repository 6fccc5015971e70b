import assert from "node:assert/strict";
import { test } from "node:test";
import type { Dataset } from "@rivergen/contracts";
import { describeDialect } from "./dataset/describe-dialect.ts";
import { toGraph } from "./dataset/lineage-graph.ts";
import { findDatasets, nextSort, readSort } from "./list-datasets.ts";
import { isDatasetName, suggestName } from "./uploads/suggest-name.ts";

const table = (name: string, rowCount: number | null, ...columns: string[]): Dataset => ({
  id: `dst_${name}`,
  name,
  title: name,
  description: "",
  version: 1,
  status: "ready",
  source: { kind: "file" },
  rowCount,
  sizeBytes: 1,
  columns: columns.map((column) => ({
    name: column,
    type: "string",
    nullable: true,
    labels: [],
    description: "",
    synonyms: column === "iata" ? ["airport code"] : [],
  })),
  createdAt: "2024-01-01T00:00:00Z",
  updatedAt: "2024-01-01T00:00:00Z",
});
const tables = [table("flights", 3_000_000, "origin", "delay"), table("airports", 3_376, "iata", "city"), table("notes", null, "text")];
const names = (text: string, sort?: string): string[] => findDatasets(tables, text, readSort(sort)).map(({ dataset }) => dataset.name);

test("tables are found by their names, their columns and what those are called", () => {
  assert.deepEqual(names(""), ["airports", "flights", "notes"]);
  assert.deepEqual(names("FLIGHT delay"), ["flights"]);
  assert.deepEqual(names("airport code"), ["airports"]);
  assert.deepEqual(findDatasets(tables, "delay", readSort(undefined))[0]?.columns, ["delay"]);
  assert.deepEqual(names("nobody"), []);
});

test("the order stands in the address", () => {
  assert.deepEqual(names("", "-rows"), ["flights", "airports", "notes"]);
  assert.deepEqual(readSort("-nobody"), { by: "name", descending: false });
  assert.deepEqual([nextSort(readSort("name"), "name"), nextSort(readSort("name"), "rows"), nextSort(readSort("-rows"), "rows")], ["-name", "-rows", "rows"]);
});

test("another name for a table is one that the platform takes", () => {
  for (const path of ["stocks.csv", "2024/Über Sales.csv.gz", "__.csv", `${"x".repeat(200)}.csv`, "a/b/c.csv"])
    assert.ok(isDatasetName(suggestName(path)), path);
  assert.deepEqual([suggestName("stocks.csv"), suggestName("b/stocks.csv")], ["stocks_2", "b_stocks"]);
});

test("what was guessed is said in words, what a format has not is left out", () => {
  const none = { compression: null, escape: null, newline: null, decimal: null, thousands: null, skipLines: 0, dateOrder: null, quotedEmpty: null, notes: [] };
  const facts = describeDialect({ ...none, format: "csv", encoding: "utf-8", delimiter: "\t", quote: "", header: false });
  assert.deepEqual(
    facts.map(({ value }) => value),
    ["csv", "utf-8", "tab", "none", "is a row already"],
  );
});

test("edges between columns become edges between the things that hold them", () => {
  const { nodes, edges } = toGraph({
    nodes: [
      { id: "a", kind: "dataset", name: "a" },
      { id: "a/x", kind: "column", name: "x", parent: "a" },
      { id: "b", kind: "dataset", name: "b" },
      { id: "b/x", kind: "column", name: "x", parent: "b" },
      { id: "b/y", kind: "column", name: "y", parent: "b" },
    ],
    edges: [
      { from: "a/x", to: "b/x", influence: "value" },
      { from: "a/x", to: "b/y", influence: "filter" },
    ],
  });
  assert.deepEqual(
    nodes.map(({ id, lines }) => [id, lines?.length]),
    [
      ["a", 1],
      ["b", 2],
    ],
  );
  assert.deepEqual(edges, [{ from: "a", to: "b" }]);
});
