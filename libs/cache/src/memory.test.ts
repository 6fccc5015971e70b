import assert from "node:assert/strict";
import { test } from "node:test";
import { describeCacheConformance } from "./conformance.ts";
import { createMemoryCache } from "./memory.ts";

function createClocked(options: { maxEntries?: number; maxBytes?: number } = {}) {
  let time = 0;
  return { cache: createMemoryCache({ ...options, now: () => time }), pass: (ms: number) => void (time += ms) };
}

describeCacheConformance("memory", createClocked);

test("keeps at most its entries, and the least recently used go first", async () => {
  const { cache } = createClocked({ maxEntries: 3 });
  for (const key of ["a", "b", "c"]) await cache.set(key, key);
  await cache.get("a");
  await cache.set("d", "d");
  assert.deepEqual(await Promise.all(["a", "b", "c", "d"].map((key) => cache.get(key))), ["a", undefined, "c", "d"]);
  assert.equal(cache.size, 3);
});

test("keeps at most its bytes, and counts them right through every kind of change", async () => {
  const { cache, pass } = createClocked({ maxBytes: 10_000 });
  for (let round = 0; round < 500; round += 1) {
    await cache.set(`key${round % 37}`, "x".repeat((round * 131) % 1_500), round % 3 === 0 ? { ttlMs: 5 } : {});
    if (round % 5 === 0) await cache.delete(`key${(round * 7) % 37}`);
    if (round % 11 === 0) await cache.increment(`count${round % 4}`);
    pass(1);
    assert.ok(cache.bytes <= 10_000, `${cache.bytes} bytes after round ${round}`);
  }
  for (let index = 0; index < 37; index += 1) await cache.delete(`key${index}`);
  for (let index = 0; index < 4; index += 1) await cache.delete(`count${index}`);
  assert.deepEqual([cache.size, cache.bytes], [0, 0]);
});

test("a value too large to be kept leaves nothing stale behind", async () => {
  const { cache } = createClocked({ maxBytes: 1_000 });
  await cache.set("big", "small");
  await cache.set("big", "x".repeat(10_000));
  assert.equal(await cache.get("big"), undefined);
});
