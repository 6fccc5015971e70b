import assert from "node:assert/strict";
import { test } from "node:test";
import { functionCatalogue } from "./catalogue/index.ts";

test("every function is documented once", () => {
  const names = functionCatalogue.map((entry) => entry.name);
  assert.equal(new Set(names).size, names.length);
  for (const entry of functionCatalogue) assert.ok(entry.doc.endsWith(".") && entry.overloads.length > 0, entry.name);
});
