import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { createFolderStore } from "@rivergen/object-store";
import type { ObjectStore } from "@rivergen/object-store";
import { createPluginRegistry, stream } from "@rivergen/pipeline/streams";
import { objectSink, objectSource } from "./objects.ts";

let folder: string;
let store: ObjectStore;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "connectors-"));
  store = await createFolderStore({ folder, secret: "secret" });
});
after(() => rm(folder, { recursive: true }));

test("lists become objects, lines come back, and a position goes on in the middle of one", async () => {
  const registry = createPluginRegistry([objectSource(store), objectSink(store)]);
  const rows = Array.from({ length: 1_000 }, (_, id) => ({ id, text: "ü".repeat(id % 30) }));
  const sink = () => registry.openSink("objects", { prefix: "rows/part-" });
  await stream(rows.slice(0, 700))
    .batch({ count: 250 })
    .run(await sink()).done;
  await stream(rows.slice(700))
    .batch({ count: 250 })
    .run(await sink()).done;
  assert.deepEqual(
    (await store.list("rows/")).items.map(({ key }) => key),
    [1, 2, 3, 4, 5].map((number) => `rows/part-${String(number).padStart(12, "0")}`),
  );
  const source = await registry.openSource("objects", { prefix: "rows/part-" });
  assert.deepEqual(await stream(source).toArray(), rows);
  let count = 0;
  const running = stream(source).run({ name: "some", write: () => ((count += 1) === 333 ? void running.drain() : undefined) });
  const { positions } = await running.done;
  assert.deepEqual(await stream(source).toArray({ resume: positions }), rows.slice(count));
});

test("who stops reading leaves nothing open", async () => {
  const registry = createPluginRegistry([objectSource(store)]);
  await store.put("texts/a", Buffer.from("one\r\ntwo\n\nfour"));
  const source = await registry.openSource("objects", { prefix: "texts/", format: "text" });
  for await (const line of stream(source)) {
    assert.equal(line, "one");
    break;
  }
  assert.deepEqual(await stream(source).toArray(), ["one", "two", "", "four"]);
});

test("an object without line ends is refused before it is held whole", async () => {
  const registry = createPluginRegistry([objectSource(store)]);
  await store.put("long/a", Buffer.alloc(34_000_000, "x"));
  const source = await registry.openSource("objects", { prefix: "long/", format: "text" });
  await assert.rejects(stream(source).toArray(), { code: "BODY_TOO_LARGE" });
});
