import assert from "node:assert/strict";
import { test } from "node:test";
import type { RiverDocument } from "@rivergen/contracts";
import { readLimit, readParameters } from "./values.ts";

const document: RiverDocument = {
  apiVersion: "rivergen.dev/v1",
  river: "x",
  parameters: { since: { type: "date" }, top: { type: "integer" }, share: { type: "double" }, all: { type: "boolean" }, price: { type: "decimal(18,2)" } },
  sources: {},
  outputs: {},
};

test("parameters become what the document declares", () => {
  assert.deepEqual(readParameters(["since=2024-01-01", "top=5", "share=0.5", "all=true", "price=1.10"], document), {
    since: "2024-01-01",
    top: 5,
    share: 0.5,
    all: true,
    price: "1.10",
  });
  assert.deepEqual(readParameters(["top=9007199254740993"], document), { top: "9007199254740993" });
  assert.deepEqual(readParameters(["since=a=b"], document), { since: "a=b" });
});

test("what cannot be meant is refused with what could", () => {
  assert.throws(() => readParameters(["other=1"], document), /x takes since, top, share, all, price/);
  assert.throws(() => readParameters(["top=many"], document), /give a number/);
  assert.throws(() => readParameters(["all=yes"], document), /true or false/);
  assert.throws(() => readParameters(["since"], document), /name=value/);
  assert.throws(() => readLimit("10001"), /1 to 10000/);
  assert.equal(readLimit("50"), 50);
});
