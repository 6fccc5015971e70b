import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { createPluginRegistry, describePlugins } from "@rivergen/pipeline/streams";
import { eventSink, eventSource, httpSink, httpSource, objectSink, objectSource } from "./index.ts";

test("what docs/streams.md says of connectors is what their schemas say", () => {
  const page = readFileSync(join(import.meta.dirname, "../../../docs/streams.md"), "utf8");
  // Plugins are described without being opened: what they would stand on is not needed.
  const nothing = undefined as never;
  const registry = createPluginRegistry([
    httpSource(),
    httpSink(),
    objectSource(nothing),
    objectSink(nothing),
    eventSource(nothing),
    eventSink(nothing, { schema: nothing, database: nothing, source: nothing }),
  ]);
  assert.ok(page.includes(describePlugins(registry)));
});
