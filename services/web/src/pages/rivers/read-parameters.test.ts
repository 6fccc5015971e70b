import assert from "node:assert/strict";
import { test } from "node:test";
import { readParameters } from "./read-parameters.ts";

test("parameters are read by their type; empty ones are left out, wrong ones left to the platform", () => {
  const declared = Object.fromEntries(["integer", "double", "decimal(18,2)", "boolean", "date", "string"].map((type) => [type, { type }]));
  assert.deepEqual(readParameters(declared, { integer: "7", double: "1.5", "decimal(18,2)": "0.10", boolean: "false", date: "2026-01-02", string: " " }), {
    integer: 7,
    double: 1.5,
    "decimal(18,2)": "0.10",
    boolean: false,
    date: "2026-01-02",
  });
  assert.deepEqual(readParameters(declared, { integer: "9007199254740993", double: "many", other: "x" }), { integer: "9007199254740993", double: "many" });
});
