import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { createPipeline } from "../pipeline.ts";
import { apply } from "../processors/index.ts";
import { scenario } from "../scenario.ts";
import { createVirtualClock } from "../virtual-clock.ts";
import { withRateLimit } from "./with-rate-limit.ts";
import type { RateLimiterOptions } from "../rate-limiter.ts";

/** A pipeline behind a limiter, and the times at which the child was called. */
function limited(options: Omit<RateLimiterOptions, "clock">) {
  const clock = createVirtualClock();
  const times: number[] = [];
  const child = withRateLimit(
    "limit",
    apply<number, number>("child", (value) => (times.push(clock.now()), value)),
    { ...options, clock },
  );
  return { clock, times, limiter: child.limiter, pipeline: createPipeline(child, { clock }) };
}

test("a burst at once, then the steady rate, first come first served", async () => {
  const { clock, times, pipeline } = limited({ perSecond: 10, burst: 2 });
  assert.equal(pipeline.process(1), 1);
  assert.equal(pipeline.process(2), 2);
  const rest = Promise.all([3, 4, 5].map(async (value) => pipeline.process(value)));
  await clock.advance(300);
  assert.deepEqual(await rest, [3, 4, 5]);
  assert.deepEqual(times, [0, 0, 100, 200, 300]);
});

test("drop refuses at once and says when to come again", () => {
  const { pipeline } = limited({ perSecond: 2, mode: "drop" });
  pipeline.process(1);
  assert.throws(
    () => pipeline.process(2),
    (error: { code: string; details: { retryAfterSeconds: number }; path: string[] }) =>
      error.code === "RATE_LIMITED" && error.details.retryAfterSeconds === 1 && error.path.join() === "limit",
  );
});

test("rate 0 lets nothing through until it is aborted or changed; an infinite rate everything", async () => {
  const closed = limited({ perSecond: 0, burst: 5 });
  const stop = new AbortController();
  const outcome = closed.pipeline.process(1, { signal: stop.signal });
  const next = closed.pipeline.process(2);
  await closed.clock.advance(10 ** 9);
  assert.deepEqual(closed.times, []);
  stop.abort(new Error("enough"));
  await assert.rejects(async () => outcome, { path: ["limit"], aborted: true });
  closed.limiter.configure({ perSecond: 1_000 });
  await closed.clock.advance(5);
  assert.equal(await next, 2);
  const refusing = limited({ perSecond: 0, mode: "drop" });
  assert.throws(() => refusing.pipeline.process(1), { code: "RATE_LIMITED" });
  const open = limited({ perSecond: Infinity });
  for (let index = 0; index < 1_000; index += 1) assert.equal(open.pipeline.process(index), index);
});

test("the line is bounded, and nonsense is refused", async () => {
  const { clock, pipeline } = limited({ perSecond: 1, queue: 1 });
  pipeline.process(1);
  const waiting = [pipeline.process(2), pipeline.process(3)];
  await assert.rejects(async () => pipeline.process(4), { code: "OVERLOADED", path: ["limit"] });
  await clock.advance(2_000);
  assert.deepEqual(await Promise.all(waiting.map(async (one) => one)), [2, 3]);
  for (const wrong of [{ perSecond: -1 }, { perSecond: Number.NaN }, { perSecond: 1, burst: 0 }]) assert.throws(() => limited(wrong), RangeError);
});

test("law: over any span of time no more than burst + rate · time calls pass, none is lost or doubled, and order is kept", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 50 }),
      fc.integer({ min: 1, max: 5 }),
      fc.array(fc.integer({ min: 0, max: 200 }), { minLength: 1, maxLength: 12 }),
      async (perSecond, burst, gaps) => {
        const clock = createVirtualClock();
        const passed: [number, number][] = [];
        const child = apply<number, number>("child", (value) => (passed.push([value, clock.now()]), value));
        const pipeline = createPipeline(withRateLimit("limit", child, { perSecond, burst, clock }), { clock });
        const outcomes: unknown[] = [];
        for (const [index, gap] of gaps.entries()) {
          outcomes.push(pipeline.process(index));
          await clock.advance(gap);
        }
        await clock.advance(60_000);
        assert.deepEqual(await Promise.all(outcomes), [...gaps.keys()]);
        assert.deepEqual(
          passed.map(([value]) => value),
          [...gaps.keys()],
        );
        for (const [from, [, begin]] of passed.entries())
          for (const [to, [, end]] of passed.entries()) if (to >= from) assert.ok(to - from + 1 <= burst + ((end - begin) * perSecond) / 1_000 + 1e-6);
      },
    ),
    { numRuns: 1_000, verbose: 1 },
  );
});

test("tells what it let through, held up and dropped", async () => {
  const limiter = { perSecond: 1_000, burst: 1 };
  const { clock, pipeline, toldNames } = scenario(
    withRateLimit(
      "limit",
      apply<number, number>("child", (value) => value),
      { ...limiter, clock: createVirtualClock() },
    ),
  );
  pipeline.process(1);
  const held = pipeline.process(2);
  void Promise.resolve(held).catch(() => {});
  await clock.advance(1);
  assert.deepEqual(await toldNames(), ["rate-limiter.allowed", "rate-limiter.throttled"]);
});
