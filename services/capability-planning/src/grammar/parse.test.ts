import assert from "node:assert/strict";
import { test } from "node:test";
import { harbourCatalog } from "../catalog.testkit.ts";
import { chartOf } from "../plan-question.ts";
import { parseQuestion } from "./parse.ts";

const chart = (text: string) => chartOf({ text, today: "2024-05-15", catalog: harbourCatalog, answers: [] });
const fragments = (text: string) => {
  const own = chart(text);
  return parseQuestion(own, 1)[0]!
    .fragments.filter((fragment) => fragment.type !== "mark" && fragment.type !== "skip")
    .map((fragment) => [
      fragment.type,
      own.tokens
        .slice(fragment.start, fragment.end)
        .map((token) => token.lower)
        .join(" "),
    ]);
};
const columnsOf = (text: string) =>
  chart(text)
    .columns[0]!.find((mention) => mention.end === chart(text).tokens.length)
    ?.candidates.map(({ column }) => column) ?? [];

test("names are found by their words in any order, by synonyms and by abbreviation", () => {
  assert.equal(columnsOf("weight of cargo")[0], "cargo_weight_tons");
  assert.equal(columnsOf("type of cargo")[0], "cargo_kind");
  assert.equal(columnsOf("delay")[0], "lateness_min");
});

test("spelling is repaired against the catalog only", () => {
  assert.deepEqual(chart("voyagse").entities[0]?.[0]?.candidates[0]?.table, "voyages");
  assert.deepEqual(chart("zzyzx").entities[0], []);
});

test("a common word is no part of a name of a person", () => {
  assert.deepEqual(chart("claims over time").values[1], []);
  assert.equal(chart("claims of lindqvist").values[2]?.[0]?.candidates[0]?.column, "assessor");
});

test("every word is used once", () => {
  assert.deepEqual(fragments("average lateness by cargo kind, worst 3"), [
    ["measure", "average lateness"],
    ["group", "by cargo kind"],
    ["superlative", "worst 3"],
  ]);
  assert.deepEqual(fragments("voyages heavier than 200 tons in 2023"), [
    ["entity", "voyages"],
    ["compare", "heavier than 200 tons"],
    ["period", "in 2023"],
  ]);
});

test("a number is either a limit or a bound", () => {
  assert.deepEqual(fragments("cargo kinds with more than 5 voyages"), [
    ["column", "cargo kinds"],
    ["compare", "more than 5 voyages"],
  ]);
  assert.deepEqual(fragments("5 heaviest voyages"), [
    ["superlative", "5 heaviest"],
    ["entity", "voyages"],
  ]);
});
