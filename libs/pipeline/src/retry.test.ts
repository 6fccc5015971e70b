import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError } from "@rivergen/contracts";
import fc from "fast-check";
import { backoffDelay, retry } from "./retry.ts";
import { createVirtualClock } from "./virtual-clock.ts";

const unavailable = () => new AppError("STORE_UNAVAILABLE");
const fraction = fc.double({ min: 0, max: 0.999_999, noNaN: true });
const policy = fc.record({
  baseMs: fc.integer({ min: 0, max: 10_000 }),
  multiplier: fc.double({ min: 1, max: 10, noNaN: true }),
  capMs: fc.integer({ min: 0, max: 60_000 }),
  jitter: fc.double({ min: 0, max: 1, noNaN: true }),
});

test("law: a wait is min(base·multiplier^n, cap), less at most the share of it that is jitter", () => {
  fc.assert(
    fc.property(policy, fc.integer({ min: 0, max: 2_000 }), fraction, (given, failures, random) => {
      const full = given.baseMs === 0 ? 0 : Math.min(given.baseMs * given.multiplier ** failures, given.capMs);
      const delay = backoffDelay(failures, given, () => random);
      assert.ok(delay <= full && delay >= full * (1 - given.jitter) && delay <= given.capMs, `${delay} of ${full}`);
      assert.equal(backoffDelay(failures, { ...given, jitter: 0 }), Number.isNaN(full) ? 0 : full);
    }),
    { numRuns: 1_000, verbose: 1 },
  );
});

test("law: attempts are total tries, with one wait fewer, and the last error is thrown", async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 0, max: 15 }), async (attempts, failures) => {
      const clock = createVirtualClock({ eager: true });
      const tries: number[] = [];
      const work = async (attempt: number) => {
        tries.push(attempt);
        if (attempt <= failures) throw new AppError("STORE_UNAVAILABLE", { attempt });
        return attempt;
      };
      const outcome = retry(work, { attempts, clock });
      if (failures < attempts) assert.equal(await outcome, failures + 1);
      else await assert.rejects(outcome, (error: AppError) => error.details["attempt"] === attempts);
      assert.deepEqual(
        tries,
        Array.from({ length: Math.min(attempts, failures + 1) }, (_, index) => index + 1),
      );
      assert.equal(clock.waits.length, tries.length - 1);
    }),
    { numRuns: 1_000, verbose: 1 },
  );
});

test("what says that retrying is useless, or says nothing, is tried once", async () => {
  for (const error of [new AppError("FORBIDDEN"), new TypeError("a bug"), "text"]) {
    let tries = 0;
    const work = async () => {
      tries += 1;
      throw error as Error;
    };
    await assert.rejects(retry(work, { attempts: 5, clock: createVirtualClock({ eager: true }) }), (thrown) => thrown === error);
    assert.equal(tries, 1);
  }
});

test("an own filter decides instead of the error", async () => {
  let tries = 0;
  const work = async () => {
    tries += 1;
    throw new TypeError("a bug");
  };
  await assert.rejects(retry(work, { attempts: 4, isRetryable: () => true, clock: createVirtualClock({ eager: true }) }), TypeError);
  assert.equal(tries, 4);
});

test("an abort ends a wait at once with its own reason", async () => {
  const stop = new AbortController();
  const clock = createVirtualClock();
  let tries = 0;
  const outcome = retry(
    async () => {
      tries += 1;
      throw unavailable();
    },
    { attempts: 5, signal: stop.signal, clock },
  );
  await clock.advance(0);
  stop.abort(new Error("enough"));
  await assert.rejects(outcome, /enough/);
  assert.equal(tries, 1);
  await assert.rejects(
    retry(async () => assert.fail("not called"), { signal: stop.signal }),
    /enough/,
  );
});
