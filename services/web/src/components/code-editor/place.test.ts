import assert from "node:assert/strict";
import { test } from "node:test";
import { Text } from "@codemirror/state";
import { placeOf } from "./place.ts";

const text = Text.of(["steps:", "  a:", "    filter: nope > 3"]);

test("a fault is marked at its word, its line, or everywhere", () => {
  assert.deepEqual(placeOf(text, 3, 13), { from: 24, to: 28 });
  assert.deepEqual(placeOf(text, 2, undefined), { from: 9, to: 11 });
  assert.deepEqual(placeOf(text, 3, 400), { from: 16, to: 32 });
  assert.deepEqual(placeOf(text, 0, undefined), { from: 0, to: 32 });
  assert.deepEqual(placeOf(text, 9, 1), { from: 0, to: 32 });
});
