import assert from "node:assert/strict";
import { test } from "node:test";
import type { Dataset } from "@rivergen/contracts";
import { renderDatasets, renderKeys, renderUploads } from "./dataset.ts";
import { type Canvas, createStyle } from "./style.ts";

const wide: Canvas = { style: createStyle(false), width: 120 };
const column = (name: string, labels: string[] = []) => ({ name, type: "string", nullable: true, labels, description: "" });
const dataset = (name: string, changes: Partial<Dataset> = {}): Dataset => ({
  id: `dst_${name}`,
  name,
  title: name,
  description: "",
  version: 1,
  status: "ready",
  source: { kind: "file", path: `${name}.csv` },
  rowCount: 3_376,
  sizeBytes: 210_365,
  columns: [column("iata"), column("city")],
  createdAt: "2026-01-01T00:00:00Z",
  updatedAt: "2026-01-01T00:00:00Z",
  ...changes,
});
const plainText = {
  format: "csv",
  compression: null,
  encoding: "utf-8",
  delimiter: ",",
  quote: '"',
  escape: "doubled",
  newline: "\\n",
  decimal: ".",
  thousands: null,
  header: true,
  skipLines: 0,
  dateOrder: null,
  quotedEmpty: null,
  notes: [],
};
const upload = (made: Dataset | null, path = "x") => ({ file: { path, sizeBytes: 1_500 }, dataset: made });

test("each upload has a line, with all that was left out or guessed", () => {
  const dirty = dataset("people", {
    version: 2,
    rowCount: 9,
    columns: [column("mail", ["pii.email"]), { ...column("age"), note: "1 of 10 values is no number" }],
    rejected: { count: 7, sample: [{ line: 4, column: "age", reason: "too few columns", text: "a;\u001b[2J" }] },
    dialect: { ...plainText, encoding: "windows-1252", notes: ["read as Windows-1252"] },
  });
  assert.deepEqual(renderUploads([upload(dataset("airports")), upload(dirty), upload(null, "notes.pdf")], wide), [
    "airports    3,376 rows   2 columns",
    "people      9 rows   2 columns   version 2   7 rows rejected",
    "  rejected line 4, age   too few columns   a;\\x1b[2J",
    "           and 6 more: river datasets people",
    "  labels   mail: pii.email",
    "  note     age: 1 of 10 values is no number",
    "  note     read as Windows-1252",
    "notes.pdf   stored, 1.5 kB; no table",
  ]);
});

test("a rejected file says why", () => {
  const rejected = dataset("broken", { version: 0, status: "rejected", rowCount: null, columns: [], reason: "The file is no table." });
  assert.deepEqual(renderUploads([upload(rejected)], wide), ["broken   rejected", "  reason   The file is no table."]);
});

test("keys that lead to one column stand together", () => {
  const key = (name: string, coverage = 1) => ({ column: name, to: { dataset: "airports", column: "iata" }, coverage });
  assert.deepEqual(renderKeys([dataset("flights", { keys: [key("origin"), key("destination", 0.98765)] })], wide), [
    "key found  flights.origin, flights.destination (98.7 %) → airports.iata",
  ]);
  assert.deepEqual(renderKeys([dataset("airports")], wide), []);
});

test("the list of datasets", () => {
  assert.deepEqual(renderDatasets([], wide), ["no datasets yet: river upload <file>"]);
  assert.equal(renderDatasets([dataset("airports")], wide)[1], "airports   ready          1   3,376         2   210 kB            2026-01-01 00:00");
});
