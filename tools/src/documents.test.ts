import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { Parser } from "@asyncapi/parser";
import { createAsyncApi, eventTypes } from "@rivergen/contracts";
import { root } from "./root.ts";

test("the AsyncAPI document is valid and holds every event", async () => {
  const { document, diagnostics } = await new Parser().parse(
    JSON.stringify(createAsyncApi({ title: "RiverGen", version: "1.0.0", description: "Live events" })),
  );
  // Severity 0 is an error; the rest are wishes such as contact and licence.
  assert.deepEqual(
    diagnostics.filter(({ severity }) => severity === 0).map(({ message, path }) => `${path.join("/")}: ${message}`),
    [],
  );
  const workspace = document?.channels().get("workspace");
  const titles = workspace
    ?.messages()
    .all()
    .map((message) => message.title());
  assert.deepEqual(new Set(titles), new Set(eventTypes));
});

test("generated documents are what the sources say", { timeout: 30_000 }, () => {
  const { status, stderr } = spawnSync(process.execPath, ["tools/src/generate.ts", "--check"], { cwd: root, encoding: "utf8" });
  assert.equal(status, 0, `${stderr}\n${join(root, "docs")}`);
});
