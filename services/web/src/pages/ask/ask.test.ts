import assert from "node:assert/strict";
import { test } from "node:test";
import type { Dataset } from "@rivergen/contracts";
import { exampleQuestions } from "./examples.ts";
import { suggestWords, wordAt } from "./suggest.ts";

const column = (name: string, type: string, synonyms: string[] = []): Dataset["columns"][number] => ({
  name,
  type,
  nullable: true,
  labels: [],
  description: "",
  synonyms,
});
const tables = [
  {
    name: "airports",
    source: { kind: "file" as const },
    title: "airports",
    rowCount: 3_000,
    columns: [column("iata", "string"), column("latitude", "double"), column("name", "string")],
  },
  {
    name: "flights_3m",
    source: { kind: "file" as const },
    title: "flights-3m",
    rowCount: 3_000_000,
    columns: [column("date", "timestamp"), column("delay", "integer", ["lateness"]), column("origin", "string"), column("arrival_delay", "integer")],
  },
];
const words = {
  count: (table: string) => `how many ${table}`,
  countBy: (table: string, by: string) => `number of ${table} by ${by}`,
  average: (measure: string, by: string) => `average ${measure} by ${by}`,
  best: (measure: string, by: string) => `total ${measure} by ${by}`,
  month: (measure: string) => `average ${measure} by month`,
};

test("what is written is finished with words of the tables", () => {
  const offered = (beginning: string): string[] => suggestWords(beginning, tables).map(({ text, kind }) => `${kind} ${text}`);
  assert.deepEqual(offered("de"), ["column delay", "column arrival delay"]);
  assert.deepEqual(offered("lat"), ["column latitude", "synonym lateness"]);
  assert.deepEqual(offered("fli"), ["table flights 3m"]);
  assert.deepEqual(offered("d"), []);
  assert.deepEqual(offered("delay"), ["column arrival delay"]);
  assert.deepEqual(wordAt("average del by", 11), { word: "del", from: 8 });
});

test("examples ask for what is there: no sum of places or keys, no group of names", () => {
  assert.deepEqual(exampleQuestions(tables, words), [
    "average delay by origin",
    "number of airports by iata",
    "number of flights 3m by origin",
    "how many airports",
    "total arrival delay by origin",
  ]);
  assert.deepEqual(exampleQuestions([], words), []);
  const written = { name: "answers", columns: [], rowCount: 9, source: { kind: "river" as const } };
  assert.deepEqual(exampleQuestions([...tables, written], words), exampleQuestions(tables, words));
  assert.equal(exampleQuestions([written], words).at(-1), "how many answers");
});
