import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { createPipeline } from "../pipeline.ts";
import { failing, scenario } from "../scenario.ts";
import { createVirtualClock } from "../virtual-clock.ts";
import { withBackoff } from "./with-backoff.ts";

test("law: the waits are min(base·multiplier^n, cap) less jitter inside it, one fewer than the tries, none behind the last", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 0, max: 500 }),
      fc.double({ min: 1, max: 5, noNaN: true }),
      fc.integer({ min: 0, max: 5_000 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      async (attempts, baseMs, multiplier, capMs, jitter, random) => {
        const clock = createVirtualClock({ eager: true });
        const backoff = withBackoff("backoff", failing("fail"), { attempts, baseMs, multiplier, capMs, jitter });
        await assert.rejects(async () => createPipeline(backoff, { clock, random: () => random }).process(0), { path: ["backoff", "fail"], attempt: attempts });
        assert.equal(clock.waits.length, attempts - 1);
        for (const [index, wait] of clock.waits.entries()) {
          const full = Math.min(baseMs * multiplier ** index, capMs);
          assert.ok(wait <= full && wait >= full * (1 - jitter) - 1e-9, `${wait} of ${full}`);
        }
      },
    ),
    { numRuns: 1_000, verbose: 1 },
  );
});

test("tells each wait with its length, and the end", async () => {
  const { clock, pipeline, told } = scenario(withBackoff("backoff", failing("fail"), { baseMs: 20, jitter: 0, attempts: 4 }));
  const refused = assert.rejects(async () => pipeline.process(0), { durationMs: 140 });
  await clock.advance(140);
  await refused;
  assert.deepEqual(
    (await told()).map(({ signal, data, at }) => [signal, (data as { delayMs?: number }).delayMs, at]),
    [
      ["backoff.waiting", 20, 0],
      ["backoff.waiting", 40, 20],
      ["backoff.waiting", 80, 60],
      ["backoff.exhausted", undefined, 140],
    ],
  );
});

test("an abort ends the wait at once", async () => {
  const stop = new AbortController();
  const { clock, pipeline } = scenario(withBackoff("backoff", failing("fail"), { baseMs: 1_000 }));
  const outcome = pipeline.process(0, { signal: stop.signal });
  await clock.advance(10);
  stop.abort(new Error("enough"));
  await assert.rejects(async () => outcome, { path: ["backoff"], aborted: true });
  assert.equal(clock.pending, 0);
});
