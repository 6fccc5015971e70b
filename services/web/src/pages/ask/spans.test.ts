import assert from "node:assert/strict";
import { test } from "node:test";
import type { RiverDocument } from "@rivergen/contracts";
import { areRelated, cutQuestion, differingParts, groupSpans, makesColumn, placesOfColumn } from "./spans.ts";

const text = "delay by state in july";
const span = (start: number, end: number, pointer: string) => ({ start, end, meaning: pointer, pointer });

test("a question is cut where spans begin and end, and nothing of it is lost", () => {
  const spans = [span(0, 5, "/a"), span(9, 14, "/b"), span(15, 22, "/c"), span(18, 22, "/d"), span(20, 99, "/out")];
  const pieces = cutQuestion(text, spans);
  assert.equal(pieces.map((piece) => piece.text).join(""), text);
  assert.deepEqual(
    pieces.map((piece) => [piece.text, piece.spans.map(({ pointer }) => pointer).join()]),
    [
      ["delay", "/a"],
      [" by ", ""],
      ["state", "/b"],
      [" ", ""],
      ["in ", "/c"],
      ["july", "/c,/d"],
    ],
  );
  assert.deepEqual(cutQuestion("", []), []);
});

test("words that caused several things are told once", () => {
  assert.deepEqual(
    groupSpans(text, [span(15, 22, "/filter"), span(0, 5, "/value"), span(15, 22, "/join")]).map(({ words, spans }) => [words, spans.length]),
    [
      ["delay", 1],
      ["in july", 2],
    ],
  );
});

test("a column leads to the places that make it, and they lead to it", () => {
  const document: RiverDocument = {
    apiVersion: "rivergen.dev/v1",
    river: "x",
    sources: { state: { dataset: "state" } },
    steps: {
      state: { from: "state", join: { to: "y", columns: { state: "y.state" } } },
      sum: { from: "state", aggregate: { by: { state: "state" }, values: { n: "count(*)" } } },
    },
    outputs: { x: { from: "sum" } },
  };
  assert.deepEqual(placesOfColumn(document, "state"), ["/steps/state/join/columns/state", "/steps/sum/aggregate/by/state"]);
  assert.ok(makesColumn("/steps/sum/aggregate/by/state", "state"));
  assert.ok(!makesColumn("/steps/state", "state"));
  assert.ok(areRelated("/steps/sum", "/steps/sum/aggregate") && !areRelated("/steps/sum", "/steps/summer"));
});

test("another reading shows what it says otherwise", () => {
  assert.deepEqual(differingParts("a → x   b → z", "a → x   b → y"), ["b → z"]);
  assert.deepEqual(differingParts("a → x", "a → x   b → y"), ["a → x"]);
});
