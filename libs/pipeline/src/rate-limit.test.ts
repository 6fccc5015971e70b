import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { createRateLimit } from "./rate-limit.ts";
import { createVirtualClock } from "./virtual-clock.ts";

test("law: over any stretch of time a key gets at most burst + rate·time", async () => {
  const step = fc.record({ waitMs: fc.integer({ min: 0, max: 5_000 }), cost: fc.integer({ min: 1, max: 5 }) });
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 600 }), fc.integer({ min: 1, max: 50 }), fc.array(step, { maxLength: 80 }), async (perMinute, burst, steps) => {
      const clock = createVirtualClock({ eager: true });
      const limit = createRateLimit({ perMinute, burst, clock });
      const taken: { at: number; cost: number }[] = [];
      for (const { waitMs, cost } of steps) {
        await clock.sleep(waitMs);
        if (limit.take("key", cost).allowed) taken.push({ at: clock.now(), cost });
      }
      for (let first = 0; first < taken.length; first += 1) {
        let sum = 0;
        for (const { at, cost } of taken.slice(first)) {
          sum += cost;
          const most = burst + ((at - (taken[first]?.at ?? 0)) * perMinute) / 60_000;
          assert.ok(sum <= most + 1e-6, `${sum} taken, ${most} allowed`);
        }
      }
    }),
    { numRuns: 1_000, verbose: 1 },
  );
});

test("law: a refused call is allowed after exactly the wait it was told, and its refusal cost nothing", async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 6_000 }), fc.integer({ min: 1, max: 20 }), async (perMinute, burst) => {
      const clock = createVirtualClock({ eager: true });
      const limit = createRateLimit({ perMinute, burst, clock });
      while (limit.take("key").allowed);
      const { retryAfterMs } = limit.take("key");
      await clock.sleep(retryAfterMs);
      assert.equal(limit.take("key").allowed, true);
    }),
    { numRuns: 1_000, verbose: 1 },
  );
});

test("says what its headers need", () => {
  const limit = createRateLimit({ perMinute: 60, burst: 3, clock: createVirtualClock() });
  assert.deepEqual(limit.take("key"), { allowed: true, limit: 3, remaining: 2, retryAfterMs: 0, resetMs: 1_000 });
  assert.deepEqual(limit.take("key", 3), { allowed: false, limit: 3, remaining: 2, retryAfterMs: 1_000, resetMs: 1_000 });
  assert.equal(limit.take("key", 4).retryAfterMs, Infinity);
  assert.equal(limit.take("another").allowed, true);
});

test("remembers a bounded number of keys, and no flood of keys frees one that is used up", async () => {
  const clock = createVirtualClock();
  const limit = createRateLimit({ perMinute: 60, burst: 2, maxKeys: 100, clock });
  limit.take("victim", 2);
  let allowed = 0;
  for (let index = 0; index < 10_000; index += 1) if (limit.take(`flood${index}`).allowed) allowed += 1;
  assert.ok(limit.size <= 101, `${limit.size} keys`);
  assert.equal(allowed, 99 + 2, "own buckets, then one shared");
  assert.equal(limit.take("victim").allowed, false);
  await clock.advance(60_000);
  assert.equal(limit.take("later").allowed, true, "full buckets make room");
});
