import assert from "node:assert/strict";
import { test } from "node:test";
import { readInterval } from "./interval.ts";

const words = {
  unknown: "unknown",
  about: (value: string) => `about ${value}`,
  atLeast: (value: string) => `at least ${value}`,
  atMost: (value: string) => `at most ${value}`,
  between: (low: string, high: string) => `${low} to ${high}`,
};
const read = (low: number | null, likely: number | null, high: number | null) => readInterval({ low, likely, high }, String, words);

test("an interval says what is known and nothing more", () => {
  assert.deepEqual(read(1, 2, 3), { likely: "about 2", range: "1 to 3" });
  assert.deepEqual(read(null, 2, null), { likely: "about 2", range: "" });
  assert.deepEqual(read(1, null, null), { likely: "at least 1", range: "" });
  assert.deepEqual(read(null, null, 3), { likely: "at most 3", range: "" });
  assert.deepEqual(read(0, 0, 0), { likely: "about 0", range: "0" });
  assert.deepEqual(read(null, null, null), { likely: "unknown", range: "" });
});
