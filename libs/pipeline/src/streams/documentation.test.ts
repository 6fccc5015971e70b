import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileSink, fileSource, itemsSource } from "./built-in-plugins.ts";
import { describePlugins } from "./plugin-docs.ts";
import { createPluginRegistry } from "./plugins.ts";

const root = join(import.meta.dirname, "../../../..");
const page = readFileSync(join(root, "docs/streams.md"), "utf8");

test("the examples of docs/streams.md run, one after the other in one program", () => {
  const program = [...page.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code]) => code).join("\n");
  assert.ok(program.split("\n").length > 60);
  const { status, stderr } = spawnSync(process.execPath, ["--input-type=module-typescript", "--eval", program], {
    cwd: root,
    encoding: "utf8",
    timeout: 60_000,
  });
  assert.equal(status, 0, stderr);
});

test("what docs/streams.md says of built-in plugins is what their schemas say", () => {
  assert.ok(page.includes(describePlugins(createPluginRegistry([itemsSource, fileSource, fileSink]))));
});
