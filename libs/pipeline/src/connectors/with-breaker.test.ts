import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError } from "@rivergen/contracts";
import { createBreaker } from "../breaker.ts";
import { createPipeline } from "../pipeline.ts";
import { apply } from "../processors/index.ts";
import { scenario } from "../scenario.ts";
import { createVirtualClock } from "../virtual-clock.ts";
import { withBreaker } from "./with-breaker.ts";
import { withRetry } from "./with-retry.ts";

const failNegative = apply<number, number>("failNegative", (value) => {
  if (value < 0) throw new AppError("STORE_UNAVAILABLE");
  return value;
});

test("opens, refuses without a call, tries again after the time, closes; each change is told once", async () => {
  const clock = createVirtualClock();
  const { pipeline, toldNames, told } = scenario(withBreaker("b", failNegative, { failures: 2, openMs: 100, clock }));
  for (let index = 0; index < 2; index += 1) assert.throws(() => pipeline.process(-1), { path: ["b", "failNegative"] });
  assert.throws(() => pipeline.process(1), { path: ["b"], code: "CIRCUIT_OPEN", panic: false });
  await clock.advance(100);
  assert.equal(pipeline.process(1), 1);
  assert.equal(pipeline.process(2), 2);
  assert.deepEqual(await toldNames(), ["circuit-breaker.opened", "circuit-breaker.rejected", "circuit-breaker.half-open", "circuit-breaker.closed"]);
  assert.deepEqual((await told())[0]?.data, { name: "b", failures: 2 });
});

test("an open breaker inside a retry stops the calls", () => {
  const child = withBreaker("b", failNegative, { failures: 2 });
  assert.throws(() => createPipeline(withRetry("r", child, { attempts: 4 })).process(-1), { path: ["r", "b"], code: "CIRCUIT_OPEN" });
});

test("its state outlives a rebuild, by the breaker itself or by a snapshot", () => {
  const first = withBreaker("b", failNegative, { failures: 1 });
  assert.throws(() => createPipeline(first).process(-1));
  for (const again of [withBreaker("b", failNegative, first.breaker), withBreaker("b", failNegative, createBreaker({ initial: first.breaker.snapshot() }))])
    assert.throws(() => createPipeline(again).process(1), { code: "CIRCUIT_OPEN" });
  first.breaker.reset();
  assert.equal(createPipeline(first).process(1), 1);
});

test("a call that was aborted gives its trial back and counts neither way", async () => {
  const clock = createVirtualClock();
  const waiting = apply<number, number>("waiting", async (value, { signal }) => {
    if (value < 0) throw new AppError("STORE_UNAVAILABLE");
    if (value > 0) return value;
    return new Promise((_, reject) => signal?.addEventListener("abort", () => reject(signal.reason as Error)));
  });
  const child = withBreaker("b", waiting, { failures: 1, openMs: 10, clock });
  const pipeline = createPipeline(child, { clock });
  await assert.rejects(async () => pipeline.process(-1));
  await clock.advance(10);
  const stop = new AbortController();
  const trial = pipeline.process(0, { signal: stop.signal });
  assert.throws(() => pipeline.process(1), { code: "CIRCUIT_OPEN" }, "the only trial is taken");
  stop.abort(new Error("enough"));
  await assert.rejects(async () => trial, { aborted: true });
  assert.equal(child.breaker.state, "half-open");
  assert.equal(await pipeline.process(1), 1);
  assert.equal(child.breaker.state, "closed");
});
