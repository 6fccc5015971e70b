import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Cache } from "./cache.ts";

/** What a suite needs of an engine. */
export interface CacheUnderTest {
  readonly cache: Cache;
  /** Lets at least so many ms pass. */
  pass(ms: number): Promise<void> | void;
}

/** What every engine of the cache must do. */
export function describeCacheConformance(name: string, create: () => Promise<CacheUnderTest> | CacheUnderTest): void {
  describe(`cache: ${name}`, () => {
    let cache: Cache;
    let pass: CacheUnderTest["pass"];
    before(async () => {
      ({ cache, pass } = await create());
    });
    after(() => cache.close());

    test("gives back what was set, as plain JSON", async () => {
      const value = { text: "ü\u0000\ud83d\ude00", list: [1, null, { deep: true }], number: -0.5 };
      await cache.set("conformance:value", value);
      assert.deepEqual(await cache.get("conformance:value"), value);
      assert.equal(await cache.get("conformance:absent"), undefined);
      await cache.set("conformance:null", null);
      assert.equal(await cache.get("conformance:null"), null);
    });

    test("readers and the writer share no object", async () => {
      const value = { list: [1] };
      await cache.set("conformance:own", value);
      value.list.push(2);
      const read = await cache.get<typeof value>("conformance:own");
      read?.list.push(3);
      assert.deepEqual(await cache.get("conformance:own"), { list: [1] });
    });

    test("forgets on delete and says whether there was something", async () => {
      await cache.set("conformance:delete", 1);
      assert.equal(await cache.delete("conformance:delete"), true);
      assert.equal(await cache.delete("conformance:delete"), false);
      assert.equal(await cache.get("conformance:delete"), undefined);
    });

    test("forgets when the life of an entry is over, and setting again begins a new one", async () => {
      await cache.set("conformance:ttl", 1, { ttlMs: 40 });
      assert.equal(await cache.get("conformance:ttl"), 1);
      await pass(60);
      assert.equal(await cache.get("conformance:ttl"), undefined);
      assert.equal(await cache.delete("conformance:ttl"), false);
      await cache.set("conformance:ttl", 1, { ttlMs: 40 });
      await cache.set("conformance:ttl", 2);
      await pass(60);
      assert.equal(await cache.get("conformance:ttl"), 2);
    });

    test("counts, also side by side", async () => {
      const counts = await Promise.all(Array.from({ length: 50 }, () => cache.increment("conformance:count")));
      assert.deepEqual(new Set(counts), new Set(Array.from({ length: 50 }, (_, index) => index + 1)));
      assert.equal(await cache.increment("conformance:count", { by: -50 }), 0);
    });

    test("a count lives as long as its first increment said", async () => {
      await cache.increment("conformance:window", { ttlMs: 80 });
      await pass(50);
      assert.equal(await cache.increment("conformance:window", { ttlMs: 80 }), 2);
      await pass(50);
      assert.equal(await cache.increment("conformance:window", { ttlMs: 80 }), 1);
    });

    test("answers a ping", () => cache.ping());
  });
}
