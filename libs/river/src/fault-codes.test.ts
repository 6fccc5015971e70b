import assert from "node:assert/strict";
import { glob, readFile } from "node:fs/promises";
import { test } from "node:test";
import { riverFaultCodes } from "./fault-codes.ts";

const root = new URL("../../../", import.meta.url).pathname;

test("docs/rivers.md shows every code as it is", async () => {
  const page = await readFile(`${root}docs/rivers.md`, "utf8");
  for (const [code, meaning] of Object.entries(riverFaultCodes)) assert.ok(page.includes(`| \`${code}\` | ${meaning} |`), code);
});

test("every code that is reported is in the table", async () => {
  const reported = new Set<string>();
  for await (const file of glob(`${root}libs/{relational,river}/src/**/*.ts`)) {
    if (file.endsWith(".test.ts")) continue;
    const text = await readFile(file, "utf8");
    for (const [, code = ""] of text.matchAll(/(?:report|refuse|warn|Refusal|add)\([^;\n]*?"([A-Z]+(?:_[A-Z]+)+)"/g)) reported.add(code);
    for (const [, code = ""] of text.matchAll(/code: "([A-Z_]+)"/g)) reported.add(code);
  }
  for (const code of reported) assert.ok(Object.hasOwn(riverFaultCodes, code), code);
  assert.ok(reported.size > 40, String(reported.size));
});
