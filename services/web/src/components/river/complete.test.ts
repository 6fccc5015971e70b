import assert from "node:assert/strict";
import { test } from "node:test";
import { completeAt, type Schema, type Vocabulary } from "./complete.ts";

const text: Schema = {};
const operators = {
  filter: text,
  limit: text,
  join: { properties: { to: text, type: { enum: ["inner", "left"] }, using: { items: text } } },
  aggregate: { properties: { by: text, values: { additionalProperties: text } } },
};
const vocabulary: Vocabulary = {
  schema: {
    properties: {
      river: text,
      sources: { additionalProperties: { properties: { dataset: text, version: text } } },
      steps: { additionalProperties: { properties: { from: text, do: { items: { properties: operators } }, ...operators } } },
      outputs: { additionalProperties: { properties: { from: text } } },
    },
  },
  tables: [
    {
      name: "flights",
      columns: [
        { name: "delay", type: "integer" },
        { name: "air line", type: "string" },
      ],
    },
    { name: "airports", columns: [{ name: "iata", type: "string" }] },
  ],
};
/** Labels offered at the bar. */
function at(marked: string): string[] {
  const position = marked.indexOf("|");
  return completeAt(marked.replace("|", ""), position, vocabulary)?.options.map(({ label }) => label) ?? [];
}

const head = "sources:\n  flights: { dataset: flights }\nsteps:\n  few:\n    from: flights\n";

test("keys are those of their place", () => {
  assert.deepEqual(at("ri|"), ["river", "sources", "steps", "outputs"]);
  assert.deepEqual(at("sources:\n  flights:\n    |"), ["dataset", "version"]);
  assert.deepEqual(at(`${head}    |`), ["from", "do", "filter", "limit", "join", "aggregate"]);
  assert.deepEqual(at(`${head}    do:\n      - fi|`), ["filter", "limit", "join", "aggregate"]);
  assert.deepEqual(at(`${head}    do:\n      - join:\n          |`), ["to", "type", "using"]);
  assert.deepEqual(at(`${head}    join:\n      |`), ["to", "type", "using"]);
});

test("values are tables, steps, choices or columns", () => {
  assert.deepEqual(at("sources:\n  f:\n    dataset: |"), ["flights", "airports"]);
  assert.deepEqual(at("sources:\n  f: { dataset: fl|"), ["flights", "airports"]);
  assert.deepEqual(at(`${head}outputs:\n  x:\n    from: |`), ["flights", "few"]);
  assert.deepEqual(at(`${head}    join:\n      type: |`), ["inner", "left"]);
  assert.deepEqual(at(`${head}    filter: de|`), ["delay", "air line"]);
  assert.deepEqual(at(`${head}    do:\n      - filter: de|`), ["delay", "air line"]);
});

test("a name that is no word is written in quotes", () => {
  const found = completeAt(`${head}    filter: `, `${head}    filter: `.length, vocabulary);
  assert.equal(found?.options.find(({ label }) => label === "air line")?.apply, '"air line"');
});
