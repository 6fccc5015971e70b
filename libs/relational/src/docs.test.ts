import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { functionCatalogue } from "./catalogue/index.ts";
import { renderExpressionDocs } from "./docs.ts";

test("docs/expressions.md is what the catalogue says", async () => {
  const written = await readFile(new URL("../../../docs/expressions.md", import.meta.url), "utf8");
  assert.equal(written, renderExpressionDocs());
});

test("every function is documented once", () => {
  const names = functionCatalogue.map((entry) => entry.name);
  assert.equal(new Set(names).size, names.length);
  for (const entry of functionCatalogue) assert.ok(entry.doc.endsWith(".") && entry.overloads.length > 0, entry.name);
});
