import assert from "node:assert/strict";
import { test } from "node:test";
import { readNumber, readOrdinal } from "./numbers.ts";
import { tokenize } from "./tokenize.ts";

const words = (text: string) => tokenize(text).map((token) => token.lower);

test("splits words, numbers, quoted texts and joined names", () => {
  assert.deepEqual(words("top-10 'Big Ben' cargo_kind >= 2.5"), ["top", "10", "big ben", "cargo", "kind", ">=", "2.5"]);
  assert.deepEqual(words("what's the ship's name"), ["what", "is", "the", "ship", "'s", "name"]);
});

test("places of tokens point into the text", () => {
  const text = "ships of 'Old Line' in 2020";
  for (const token of tokenize(text)) assert.equal(text.slice(token.start, token.end).replaceAll("'", ""), token.text);
});

test("reads numbers with scales, suffixes and in words", () => {
  for (const [text, value] of [
    ["1,250", 1250],
    ["20m", 20e6],
    ["3 thousand", 3000],
    ["two hundred and five", 205],
    ["twenty one", 21],
    ["-4", -4],
  ] as const) {
    assert.equal(readNumber(tokenize(text), 0)?.value, value, text);
  }
  assert.equal(readNumber(tokenize("50 percent"), 0)?.percent, true);
  assert.equal(readNumber(tokenize(", and"), 0), undefined);
});

test("reads ordinals", () => {
  assert.equal(readOrdinal(tokenize("third")[0]!), 3);
  assert.equal(readOrdinal(tokenize("22nd")[0]!), 22);
});
