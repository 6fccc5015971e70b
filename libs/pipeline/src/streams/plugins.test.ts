import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import type { AppError } from "@rivergen/contracts";
import { z } from "zod";
import { fileSink, fileSource, itemsSource } from "./built-in-plugins.ts";
import { loadPlugins } from "./load-plugins.ts";
import { describePlugins } from "./plugin-docs.ts";
import { createPluginRegistry, defineSource } from "./plugins.ts";
import type { AnyPlugin } from "./plugins.ts";
import { fromIterable } from "./source.ts";
import { stream } from "./stream.ts";

const numbers = (version: string) =>
  defineSource({
    name: "numbers",
    version,
    description: "Counts.",
    config: z.strictObject({ to: z.int() }),
    open: ({ to }) => fromIterable(Array.from({ length: to }, (_, i) => i)),
  });

describe("registry", () => {
  test("one name may stand for several versions and for a source and a sink; the same again is refused", () => {
    const registry = createPluginRegistry([numbers("1.9.0"), numbers("1.10.0"), fileSource, fileSink]);
    assert.equal(registry.get("source", "numbers").version, "1.10.0");
    assert.equal(registry.get("source", "numbers", "1.9.0").version, "1.9.0");
    assert.throws(() => registry.register(numbers("1.9.0")), { code: "PLUGIN_EXISTS" });
    assert.throws(() => registry.get("sink", "numbers"), { code: "PLUGIN_NOT_FOUND" });
    assert.throws(() => registry.get("source", "numbers", "2.0.0"), { code: "PLUGIN_NOT_FOUND" });
    registry.list().length = 0;
    assert.equal(registry.list().length, 4);
    assert.equal(registry.list("sink").length, 1);
  });

  test("what is no plugin is refused with everything that it lacks", () => {
    const registry = createPluginRegistry();
    assert.throws(
      () => registry.register({ kind: "pump", name: "X", version: "1", description: "", config: {}, open: 1 } as unknown as AnyPlugin),
      (error: AppError) => error.code === "INVALID_REQUEST" && error.details.errors?.length === 6,
    );
  });

  test("a configuration is checked before anything is opened", async () => {
    const registry = createPluginRegistry([numbers("1.0.0")]);
    await assert.rejects(registry.openSource("numbers", { to: "3", form: 1 }), (error: AppError) => error.details.errors?.length === 2);
    assert.deepEqual(await stream(await registry.openSource("numbers", { to: 3 })).toArray(), [0, 1, 2]);
  });

  test("its page is made from the schemas", () => {
    const page = describePlugins(createPluginRegistry([itemsSource, fileSink, numbers("1.0.0")]));
    assert.match(page, /### sink `file` 1\.0\.0\n\nWrites every item/);
    assert.match(page, /\| `path` \| string \| required \| Path of the file\. \|/);
    assert.match(page, /\| `format` \| "text" or "json" \| `"text"` \|/);
    assert.match(page, /### source `numbers` 1\.0\.0/);
  });
});

describe("files", () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "streams-"));
  });
  after(() => rm(folder, { recursive: true }));

  test("lines go out and come back, also from the middle", async () => {
    const registry = createPluginRegistry([fileSource, fileSink]);
    const path = join(folder, "lines.ndjson");
    const rows = Array.from({ length: 1_000 }, (_, id) => ({ id, text: "ü€".repeat(id % 40) }));
    await stream(rows).run(await registry.openSink("file", { path, format: "json" })).done;
    const source = await registry.openSource("file", { path, format: "json" });
    assert.deepEqual(await stream(source).toArray(), rows);
    let count = 0;
    const running = stream(source).run({ name: "some", write: () => ((count += 1) === 400 ? void running.drain() : undefined) });
    const { positions } = await running.done;
    assert.deepEqual(await stream(source).toArray({ resume: positions }), rows.slice(count));
    const sink = await registry.openSink("file", { path, format: "text", mode: "append" });
    await stream(["tail\r"]).run(sink).done;
    assert.equal((await readFile(path, "utf8")).split("\n").at(-2), "tail\r");
  });

  test("a file without line ends is refused before it is held whole", async () => {
    const path = join(folder, "endless");
    await symlink("/dev/zero", path);
    const source = await createPluginRegistry([fileSource]).openSource("file", { path });
    await assert.rejects(stream(source).toArray(), { code: "BODY_TOO_LARGE" });
  });

  test("plugins of a folder are found by themselves; one that fails keeps no other out", async () => {
    const own = `export const plugins = [{ kind: "sink", name: "null", version: "1.0.0", description: "Keeps nothing.", config: globalThis.emptyConfig, open: () => ({ name: "null", write() {} }) }];`;
    Object.assign(globalThis, { emptyConfig: z.strictObject({}) });
    await writeFile(join(folder, "a.plugin.mjs"), "throw new Error('crashes');");
    await writeFile(join(folder, "b.plugin.mjs"), own);
    await writeFile(join(folder, "c.plugin.mjs"), "export const nothing = 1;");
    await writeFile(join(folder, "other.mjs"), "throw new Error('is not asked');");
    const registry = createPluginRegistry();
    const { loaded, failed } = await loadPlugins(registry, folder);
    assert.deepEqual(loaded, ["sink null 1.0.0"]);
    assert.deepEqual(
      failed.map(({ file }) => file),
      ["a.plugin.mjs", "c.plugin.mjs"],
    );
    assert.equal(registry.get("sink", "null").description, "Keeps nothing.");
  });
});
