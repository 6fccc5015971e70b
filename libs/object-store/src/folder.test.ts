import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { after, test } from "node:test";
import { describeObjectStoreConformance } from "./conformance.ts";
import { createFolderStore } from "./folder.ts";

const folders: string[] = [];
after(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))));

async function createHere(options: { now?: () => number; baseUrl?: string } = {}) {
  const folder = await mkdtemp(join(tmpdir(), "objects-"));
  folders.push(folder);
  return { folder, store: await createFolderStore({ folder, secret: "secret", ...options }), destroy: async () => {} };
}

describeObjectStoreConformance("folder", createHere);

const invalid = { code: "LINK_INVALID" };

test("a signed link opens one object in one way for a while", async () => {
  let time = 1_000_000;
  const { store } = await createHere({ now: () => time, baseUrl: "http://127.0.0.1:8080/v1/objects" });
  const link = store.signUrl("wsp_1/fil_1", { method: "GET", expiresInMs: 60_000 });
  const path = link.slice("http://127.0.0.1:8080".length);
  assert.deepEqual(store.verify(path, "GET"), { key: "wsp_1/fil_1", method: "GET" });
  assert.deepEqual(store.verify(link, "GET"), { key: "wsp_1/fil_1", method: "GET" });

  const wrong = [
    path.replace("fil_1", "fil_2"),
    path.replace(/expires=\d+/, "expires=9999999999999"),
    path.replace("method=GET", "method=PUT"),
    `${path}&expires=9999999999999`,
    path.replace(/signature=.*/, ""),
    path.replace(/signature=.*/, "signature="),
    path.replace("/v1/objects", "/v2/objects"),
    "http://[",
  ];
  for (const url of wrong) assert.throws(() => store.verify(url, "GET"), invalid, url);
  assert.throws(() => store.verify(path, "PUT"), invalid);
  assert.throws(() => store.verify(path, "get"), invalid);

  time += 60_000;
  assert.throws(() => store.verify(path, "GET"), invalid, "expired");
});

test("a link of another secret is refused", async () => {
  const { folder } = await createHere();
  const other = await createFolderStore({ folder, secret: "other" });
  const mine = await createFolderStore({ folder, secret: "mine" });
  assert.throws(() => mine.verify(other.signUrl("a", { method: "GET", expiresInMs: 1_000 }), "GET"), invalid);
});

test("what dead writes left goes after an hour, what living ones write stays", async () => {
  const { folder, store } = await createHere();
  const temporary = join(folder, ".temporary");
  await writeFile(join(temporary, "dead"), "x");
  await writeFile(join(temporary, "living"), "x");
  const old = new Date(Date.now() - 3_600_001);
  await utimes(join(temporary, "dead"), old, old);
  await createFolderStore({ folder, secret: "secret" });
  assert.deepEqual(await readdir(temporary), ["living"]);
  assert.equal(await store.sweep(0), 1);
  assert.deepEqual(await readdir(temporary), []);
});

test("failed writes and deleted objects leave no files and no folders", async () => {
  const { folder, store } = await createHere();
  const broken = new Readable({
    read() {
      this.destroy(new Error("gone"));
    },
  });
  await assert.rejects(store.put("a/b/c", broken), /gone/);
  await store.put("a/b/c", Buffer.from("x"));
  await store.put("a/d", Buffer.from("x"));
  await store.delete("a/b/c");
  assert.deepEqual((await readdir(folder, { recursive: true })).toSorted(), [".temporary", "a", "a/d"]);
});

test("writers and deleters of one folder do not trip over each other", async () => {
  const { store } = await createHere();
  const work = Array.from({ length: 40 }, async (_, index) => {
    for (let round = 0; round < 10; round += 1) {
      await store.put(`shared/deep/fil_${index}`, Buffer.from("x"));
      await store.delete(`shared/deep/fil_${index}`);
    }
  });
  await Promise.all(work);
  assert.deepEqual((await store.list("")).items, []);
});

test("no object lies under another one", async () => {
  const { store } = await createHere();
  await store.put("a", Buffer.from("x"));
  await assert.rejects(store.put("a/b", Buffer.from("x")), { code: "INVALID_OBJECT_KEY" });
  await store.put("c/d", Buffer.from("x"));
  await assert.rejects(store.put("c", Buffer.from("x")), { code: "INVALID_OBJECT_KEY" });
  assert.equal(await store.head("a/b"), undefined);
  assert.equal(await store.head("c"), undefined);
  await assert.rejects(store.get("c"), { code: "OBJECT_NOT_FOUND" });
});

test("an object lies where localPath says", async () => {
  const { store } = await createHere();
  await store.put("wsp_1/fil_1", Buffer.from("x"));
  const path = store.localPath("wsp_1/fil_1") ?? "";
  assert.equal(await readFile(path, "utf8"), "x");
  assert.equal((await stat(path)).mode & 0o777, 0o444, "a hard link to it can be read only");
});

test("memory stays flat while a large object goes in and out", async () => {
  const { store } = await createHere();
  const chunk = Buffer.alloc(1024 * 1024, "x");
  const many = async function* () {
    for (let index = 0; index < 256; index += 1) yield chunk;
  };
  globalThis.gc?.();
  const before = process.memoryUsage().rss;
  await store.put("large/fil_1", Readable.from(many()));
  let read = 0;
  for await (const part of (await store.get("large/fil_1")).stream) read += (part as Buffer).length;
  assert.equal(read, 256 * chunk.length);
  const grownMiB = (process.memoryUsage().rss - before) / 1024 / 1024;
  assert.ok(grownMiB < 100, `memory grew by ${grownMiB.toFixed(0)} MiB`);
});
