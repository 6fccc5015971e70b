import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { after, before, describe, test } from "node:test";
import type { ObjectStore } from "./object-store.ts";

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
const code = (expected: string) => (error: unknown) => (error as { code?: string }).code === expected;

export interface ObjectStoreUnderTest {
  readonly store: ObjectStore;
  destroy(): Promise<void>;
}

/** What every engine of the object store must do. */
export function describeObjectStoreConformance(name: string, create: () => Promise<ObjectStoreUnderTest>): void {
  describe(`object store: ${name}`, () => {
    let store: ObjectStore;
    let destroy: () => Promise<void>;
    let folder: string;
    before(async () => {
      ({ store, destroy } = await create());
      folder = await mkdtemp(join(tmpdir(), "objects-conformance-"));
    });
    after(async () => {
      await destroy();
      await rm(folder, { recursive: true });
    });
    const read = async (key: string, range = {}) => buffer((await store.get(key, range)).stream);

    test("gives back what was put, with its size and digest", async () => {
      const bytes = randomBytes(3_000_000);
      const put = await store.put("whole/fil_1", Readable.from([bytes.subarray(0, 7), bytes.subarray(7, 2_000_000), bytes.subarray(2_000_000)]));
      assert.deepEqual([put.sizeBytes, put.sha256], [bytes.length, sha256(bytes)]);
      assert.ok(bytes.equals(await read("whole/fil_1")));
      const head = await store.head("whole/fil_1");
      assert.deepEqual([head?.key, head?.sizeBytes, head?.etag], ["whole/fil_1", bytes.length, put.etag]);
    });

    test("takes empty objects", async () => {
      assert.equal((await store.put("empty/fil_1", new Uint8Array())).sha256, sha256(Buffer.alloc(0)));
      assert.equal((await read("empty/fil_1")).length, 0);
      await assert.rejects(store.get("empty/fil_1", { start: 0, end: 0 }), code("RANGE_NOT_SATISFIABLE"));
    });

    test("gives ranges", async () => {
      await store.put("range/fil_1", Buffer.from("0123456789"));
      const cases: [object, string][] = [
        [{ start: 3 }, "3456789"],
        [{ start: 3, end: 5 }, "345"],
        [{ start: 0, end: 0 }, "0"],
        [{ start: 8, end: 99 }, "89"],
        [{ start: -3 }, "789"],
        [{ start: -99 }, "0123456789"],
      ];
      for (const [range, expected] of cases) assert.equal((await read("range/fil_1", range)).toString(), expected);
      const part = await store.get("range/fil_1", { start: 3, end: 5 });
      part.stream.destroy();
      assert.deepEqual([part.start, part.end, part.sizeBytes], [3, 5, 10]);
      for (const range of [{ start: 10 }, { start: 5, end: 4 }]) await assert.rejects(store.get("range/fil_1", range), code("RANGE_NOT_SATISFIABLE"));
    });

    test("replaces whole objects; a reader keeps what it opened", async () => {
      const first = await store.put("replace/fil_1", Buffer.alloc(2_000_000, "a"));
      const { stream } = await store.get("replace/fil_1");
      const second = await store.put("replace/fil_1", Buffer.from("b"));
      assert.notEqual(first.etag, second.etag);
      assert.equal((await read("replace/fil_1")).toString(), "b");
      assert.ok((await buffer(stream)).equals(Buffer.alloc(2_000_000, "a")));
    });

    test("concurrent writers leave one whole object", async () => {
      const contents = Array.from({ length: 8 }, (_, index) => Buffer.alloc(300_000, String(index)));
      await Promise.all(contents.map((bytes) => store.put("race/fil_1", Readable.from([bytes]))));
      const bytes = await read("race/fil_1");
      assert.ok(contents.some((content) => content.equals(bytes)));
    });

    test("a write that fails leaves what was there", async () => {
      await store.put("failed/fil_1", Buffer.from("old"));
      const broken = Readable.from(
        (async function* () {
          yield Buffer.from("new");
          throw new Error("the client went away");
        })(),
      );
      await assert.rejects(store.put("failed/fil_1", broken), /the client went away/);
      await assert.rejects(store.put("failed/fil_1", Buffer.from("new"), { expectedSha256: "0".repeat(64) }), code("DIGEST_MISMATCH"));
      await assert.rejects(store.put("failed/fil_1", Buffer.from("new"), { maxBytes: 2 }), code("BODY_TOO_LARGE"));
      const stuck = new AbortController();
      const writing = store.put("failed/fil_1", new Readable({ read() {} }), { signal: stuck.signal });
      stuck.abort(new Error("stopped"));
      await assert.rejects(writing, /stopped/);
      assert.equal((await read("failed/fil_1")).toString(), "old");
      assert.equal((await store.put("failed/fil_1", Buffer.from("new"), { expectedSha256: sha256(Buffer.from("new")), maxBytes: 3 })).sizeBytes, 3);
    });

    test("adopts a local file, and refuses links", async () => {
      const path = join(folder, "result.parquet");
      await writeFile(path, "result");
      assert.equal((await store.adopt(path, "adopted/out_1")).sha256, sha256(Buffer.from("result")));
      assert.equal((await read("adopted/out_1")).toString(), "result");
      await assert.rejects(store.adopt(path, "adopted/out_2"));
      await symlink("/etc/hostname", path);
      await assert.rejects(store.adopt(path, "adopted/out_2"), code("INVALID_OBJECT_KEY"));
      assert.equal(await store.head("adopted/out_2"), undefined);
    });

    test("deletes, also what is absent", async () => {
      await store.put("deleted/deep/fil_1", Buffer.from("x"));
      await store.delete("deleted/deep/fil_1");
      await store.delete("deleted/deep/fil_1");
      assert.equal(await store.head("deleted/deep/fil_1"), undefined);
      await assert.rejects(store.get("deleted/deep/fil_1"), code("OBJECT_NOT_FOUND"));
    });

    test("lists by prefix in the order of keys, page by page", async () => {
      const keys = ["list/a-1", "list/a/1", "list/a/2", "list/a.b", "list/a0", "list/b/c/d/1", "list/b/c/d/2", "list/b_1", "listed"];
      for (const key of keys) await store.put(key, Buffer.from(key));
      const sorted = keys.toSorted();
      for (const limit of [1, 2, 3, 100]) {
        const found: string[] = [];
        let cursor: string | null = null;
        do {
          const page: Awaited<ReturnType<ObjectStore["list"]>> = await store.list("list", { cursor, limit });
          found.push(...page.items.map(({ key }) => key));
          cursor = page.nextCursor;
        } while (cursor !== null);
        assert.deepEqual(found, sorted, `limit ${limit}`);
      }
      const under = await store.list("list/b");
      assert.deepEqual(
        under.items.map(({ key }) => key),
        ["list/b/c/d/1", "list/b/c/d/2", "list/b_1"],
      );
      assert.deepEqual(await store.list("list/nothing"), { items: [], nextCursor: null });
    });

    test("refuses every key that is not made of generated ids", async () => {
      const keys = [
        "",
        "/",
        "/etc/passwd",
        "../x",
        "a/../b",
        "a/./b",
        "a//b",
        "a/",
        ".hidden",
        "a/.b",
        "a\0b",
        "a\\b",
        "a b",
        "ä",
        "%2e%2e/x",
        "a?b",
        "a/" + "x".repeat(201),
        "x/".repeat(500) + "x",
      ];
      for (const key of keys) {
        await assert.rejects(async () => store.put(key, Buffer.from("x")), code("INVALID_OBJECT_KEY"), JSON.stringify(key));
        await assert.rejects(async () => store.get(key), code("INVALID_OBJECT_KEY"), JSON.stringify(key));
        assert.throws(() => store.signUrl(key, { method: "GET", expiresInMs: 1_000 }), code("INVALID_OBJECT_KEY"), JSON.stringify(key));
      }
    });

    test("answers a ping", () => store.ping());
  });
}
