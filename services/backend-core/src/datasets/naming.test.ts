import assert from "node:assert/strict";
import { test } from "node:test";
import { mayBeTable, titleOf, toName } from "./naming.ts";

test("files are expected to be tables by their name or their type", () => {
  for (const path of ["a.csv", "x/A.TSV", "a.json", "a.ndjson.gz", "a.parquet", "a.txt.zst", "a.arrow"])
    assert.ok(mayBeTable(path, "application/octet-stream"), path);
  for (const type of ["text/csv", "text/csv; charset=utf-8", "application/x-ndjson", "application/vnd.apache.parquet"])
    assert.ok(mayBeTable("upload", type), type);
  for (const path of ["a.pdf", "csv", "a.csv.exe", "a.gz", "a.xlsx"]) assert.equal(mayBeTable(path, "application/octet-stream"), false, path);
});

test("a title is the stem of the file", () => {
  assert.deepEqual(["raw/2024/Sales EU.csv", "a.ndjson.gz", "archive.gz", "notes.pdf", ".csv", "v1.2.parquet"].map(titleOf), [
    "Sales EU",
    "a",
    "archive",
    "notes.pdf",
    ".csv",
    "v1.2",
  ]);
});

test("names are what SQL takes without quotes", () => {
  assert.equal(toName("Sales 2024 (EU)"), "sales_2024_eu");
  assert.equal(toName("Übersicht – Zürich"), "ubersicht_zurich");
  assert.equal(toName("2024 sales"), "data_2024_sales");
  assert.equal(toName("売上"), "data");
  assert.equal(toName("__a__"), "a");
  for (const title of ["x".repeat(200), "-".repeat(100), "ß", "a\u0000b", "9".repeat(80), "a".repeat(59) + " b"])
    assert.match(toName(title), /^[a-z][a-z0-9_]{0,64}$/, title);
});

test("names that are parts of addresses are not taken", () => {
  assert.deepEqual([toName("validate"), toName("New"), toName("news")], ["validate_data", "new_data", "news"]);
});
