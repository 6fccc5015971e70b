import assert from "node:assert/strict";
import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { createFlowBench, waitUntil } from "../testing/index.ts";
import { fileSource, objectSource } from "./watch.ts";
import type { ObjectReader } from "./watch.ts";

/** A store of one object, kept in memory. */
function createMemoryStore(): ObjectReader & { text: string | undefined } {
  let writes = 0;
  let text: string | undefined;
  return {
    get text() {
      return text;
    },
    set text(next) {
      text = next;
      writes += 1;
    },
    head: async () => await Promise.resolve(text === undefined ? undefined : { etag: String(writes) }),
    get: async () =>
      await Promise.resolve({
        stream: (async function* () {
          for (const part of (text ?? "").match(/.{1,3}/gs) ?? []) yield await Promise.resolve(Buffer.from(part));
        })(),
      }),
  };
}

describe("watching", () => {
  test("a file is taken over when it changes, and only then", async () => {
    const { flows, mock, clock, told } = createFlowBench();
    mock("a");
    mock("b", { returns: () => "b" });
    const folder = await mkdtemp(join(tmpdir(), "flow-watch-"));
    const path = join(folder, "s.json");
    try {
      await writeFile(path, '{"ref":"a"}');
      const watch = await flows.watch("s", fileSource(path), { everyMs: 50 });
      const binding = flows.bind("x", "s");
      await writeFile(path, '{"ref":"b" }');
      await waitUntil(async () => (await clock.advance(50), binding.revision === 2), { what: "the change" });
      assert.equal(binding.process(1), "b");
      await writeFile(path, '{"ref":"nobody"}');
      await waitUntil(async () => (await clock.advance(50), told.some(({ signal }) => signal === "flow.schema.update-failed")));
      assert.deepEqual([binding.revision, await watch.check()], [2, false]);
      watch.close();
      await flows.close();
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test("a file that never ends is refused as soon as it is longer than a flow can be", async () => {
    const { flows } = createFlowBench();
    const folder = await mkdtemp(join(tmpdir(), "flow-endless-"));
    const path = join(folder, "endless.json");
    try {
      await symlink("/dev/zero", path);
      await assert.rejects(flows.watch("s", fileSource(path)), { code: "FLOW_FILE_UNREADABLE", message: /larger/ });
      await assert.rejects(flows.buildFile(path), { code: "FLOW_FILE_UNREADABLE", message: /larger/ });
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test("an object is taken over when it changes; the same text again changes nothing", async () => {
    const { flows, mock } = createFlowBench();
    mock("a");
    const store = createMemoryStore();
    await assert.rejects(flows.watch("s", objectSource(store, "flows/s.yaml")), { code: "FLOW_FILE_UNREADABLE" });
    store.text = "ref: a\n";
    const watch = await flows.watch("s", objectSource(store, "flows/s.yaml"));
    store.text = "ref: a\n";
    assert.equal(await watch.check(), false);
    store.text = "ref: a\nname: again\n";
    assert.equal(await watch.check(), true);
    assert.equal(flows.get("s")?.revision, 2);
    await flows.close();
  });

  test("what has faults at the beginning is refused", async () => {
    const { flows } = createFlowBench();
    const store = createMemoryStore();
    store.text = "ref: nobody\n";
    await assert.rejects(flows.watch("s", objectSource(store, "s", "yaml")), { code: "FLOW_INVALID" });
    assert.deepEqual(flows.list(), []);
    assert.throws(() => objectSource(store, "s"), { code: "FLOW_FORMAT_UNSUPPORTED" });
  });
});
