import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError } from "@rivergen/contracts";
import fc from "fast-check";
import { createBreaker } from "./breaker.ts";
import type { Breaker } from "./breaker.ts";
import { createVirtualClock } from "./virtual-clock.ts";

const succeed = async () => "done";
const fail = async () => Promise.reject(new AppError("STORE_UNAVAILABLE"));
const refused = { code: "CIRCUIT_OPEN" };

async function failTimes(breaker: Breaker, times: number): Promise<void> {
  for (let index = 0; index < times; index += 1) await assert.rejects(breaker.run(fail), { code: "STORE_UNAVAILABLE" });
}

test("opens at the fifth failure in a row, for 60 s, and one success closes it", async () => {
  const clock = createVirtualClock();
  const breaker = createBreaker({ clock });
  await failTimes(breaker, 4);
  await breaker.run(succeed);
  await failTimes(breaker, 4);
  assert.equal(breaker.snapshot().state, "closed");
  await failTimes(breaker, 1);
  await clock.advance(59_999);
  await assert.rejects(breaker.run(succeed), (error: AppError) => error.code === "CIRCUIT_OPEN" && error.details.retryAfterSeconds === 1);
  await clock.advance(1);
  assert.equal(await breaker.run(succeed), "done");
  assert.equal(breaker.snapshot().state, "closed");
});

test("a failed trial opens it again for the whole time", async () => {
  const clock = createVirtualClock();
  const breaker = createBreaker({ clock, failures: 1 });
  await failTimes(breaker, 1);
  await clock.advance(60_000);
  await failTimes(breaker, 1);
  await clock.advance(59_999);
  await assert.rejects(breaker.run(succeed), refused);
});

test("trial calls are limited and given back, however they end, so that it can always close", async () => {
  const clock = createVirtualClock();
  const breaker = createBreaker({ clock, failures: 1, successes: 3, trials: 1 });
  await failTimes(breaker, 1);
  await clock.advance(60_000);

  const stop = new AbortController();
  const aborted = breaker.run(() => new Promise((_, reject) => stop.signal.addEventListener("abort", () => reject(new Error("left")))), {
    signal: stop.signal,
  });
  await assert.rejects(breaker.run(succeed), refused, "the only trial is taken");
  stop.abort();
  await assert.rejects(aborted, /left/);
  assert.deepEqual(breaker.snapshot(), { state: "half-open", count: 0, openForMs: 0 });
  for (let index = 0; index < 3; index += 1) await breaker.run(succeed);
  assert.equal(breaker.snapshot().state, "closed");
});

test("an error that is an answer does not count against the thing called", async () => {
  const breaker = createBreaker({ failures: 1 });
  await assert.rejects(
    breaker.run(async () => Promise.reject(new AppError("DATASET_NOT_FOUND"))),
    { code: "DATASET_NOT_FOUND" },
  );
  assert.equal(breaker.snapshot().state, "closed");
});

test("a late answer of an earlier state changes nothing", async () => {
  const clock = createVirtualClock();
  const breaker = createBreaker({ clock, failures: 1 });
  let finish = () => {};
  const late = breaker.run(() => new Promise<void>((resolve) => (finish = resolve)));
  await failTimes(breaker, 1);
  finish();
  await late;
  assert.equal(breaker.snapshot().state, "open");
});

test("survives a reload in every state", async () => {
  const clock = createVirtualClock();
  const breaker = createBreaker({ clock });
  await failTimes(breaker, 3);
  const reloaded = createBreaker({ clock, initial: breaker.snapshot() });
  await failTimes(reloaded, 2);
  await clock.advance(20_000);
  const open = createBreaker({ clock, initial: reloaded.snapshot() });
  await clock.advance(39_999);
  await assert.rejects(open.run(succeed), refused);
  await clock.advance(1);
  assert.equal(await open.run(succeed), "done");
});

test("law: whatever happened, after the open time enough successes close it", async () => {
  const happening = fc.constantFrom("succeed", "fail", "wait");
  await fc.assert(
    fc.asyncProperty(
      fc.array(happening, { maxLength: 60 }),
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 1, max: 3 }),
      async (happenings, successes, trials) => {
        const clock = createVirtualClock();
        const breaker = createBreaker({ clock, failures: 3, openMs: 100, successes, trials });
        for (const what of happenings) {
          if (what === "wait") await clock.advance(60);
          else await breaker.run(what === "fail" ? fail : succeed).catch(() => {});
        }
        await clock.advance(100);
        for (let index = 0; index < successes; index += 1) await breaker.run(succeed);
        assert.equal(breaker.snapshot().state, "closed");
      },
    ),
    { verbose: 1, numRuns: 50 },
  );
});
