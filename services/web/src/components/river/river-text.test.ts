import assert from "node:assert/strict";
import { test } from "node:test";
import { rangesOf, readRiver, renameRiver } from "./river-text.ts";

const text = `# kept
apiVersion: rivergen.dev/v1
river: old
sources: { flights: { dataset: flights } }
steps:
  few:
    from: flights
    do:
      - filter: delay > 3
      - limit: 5
outputs: { few: { from: few } }
`;

test("places of a document are found in its text, key and value", () => {
  const [limit, filter] = rangesOf(text, ["/steps/few/do/1/limit", "/steps/few/do/0/filter", "/steps/gone"]);
  assert.equal(text.slice(limit?.from, limit?.to), "limit: 5");
  assert.equal(text.slice(filter?.from, filter?.to), "filter: delay > 3");
});

test("a river gets another name and keeps its comments", () => {
  const renamed = renameRiver(text, "fresh");
  assert.match(renamed, /^# kept\n/);
  assert.equal(readRiver(renamed)?.river, "fresh");
});

test("half-written texts are not drawn", () => {
  assert.ok(readRiver(text));
  for (const broken of [
    "",
    "steps: [",
    "42",
    text.replace("filter: delay > 3", "filter:"),
    text.replace("limit: 5", "join: x"),
    text.replace("from: flights", "fr: flights"),
    text.replace("limit: 5", "aggregate: { by: }"),
  ])
    assert.equal(readRiver(broken), undefined, broken);
});
