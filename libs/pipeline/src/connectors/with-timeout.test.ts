import assert from "node:assert/strict";
import { test } from "node:test";
import { createPipeline } from "../pipeline.ts";
import { apply, transform } from "../processors/index.ts";
import { deaf, failing, scenario, sleeping } from "../scenario.ts";
import { sequence } from "./sequence.ts";
import { withTimeout } from "./with-timeout.ts";

test("what is over at once needs no promise and no timer", () => {
  const { clock, pipeline } = scenario(
    withTimeout(
      "t",
      transform("now", (value: number) => value + 1),
      10,
    ),
  );
  assert.equal(pipeline.process(1), 2);
  assert.equal(clock.pending, 0);
});

test("at the deadline a deaf child is not waited for, and what it gives later is ignored", async () => {
  let finish = (_: number) => {};
  const late = apply<number, number>("late", () => new Promise((resolve) => (finish = resolve)));
  const { clock, pipeline, told } = scenario(withTimeout("t", late, 30));
  const refused = assert.rejects(async () => pipeline.process(1), { path: ["t"], timedOut: true, aborted: false, code: "DEADLINE_EXCEEDED", durationMs: 30 });
  await clock.advance(30);
  await refused;
  finish(9);
  assert.deepEqual(
    (await told()).map(({ data }) => data),
    [{ name: "t", timeoutMs: 30 }],
  );
});

test("the child is aborted at the deadline", async () => {
  const slow = sleeping<number>("slow", 400);
  const { clock, pipeline } = scenario(withTimeout("outer", withTimeout("inner", slow, 50), 3_000));
  const refused = assert.rejects(async () => pipeline.process(1), { path: ["outer", "inner"], timedOut: true });
  await clock.advance(50);
  await refused;
  assert.deepEqual(slow.ends, { finished: 0, aborted: 1 });
  assert.equal(clock.pending, 0);
});

test("in time: the result, or the child's error with its whole path; nothing is told", async () => {
  const inTime = scenario(withTimeout("t", sleeping<number>("slow", 20), 50));
  const outcome = inTime.pipeline.process(7);
  await inTime.clock.advance(20);
  assert.equal(await outcome, 7);
  assert.equal(inTime.clock.pending, 0);
  assert.deepEqual(await inTime.toldNames(), []);
  assert.throws(() => createPipeline(withTimeout("t", sequence("s", [failing("fail")]), 50)).process(1), { path: ["t", "s", "fail"], timedOut: false });
});

test("an abort from outside comes through at once as an abort", async () => {
  const stop = new AbortController();
  const { clock, pipeline } = scenario(withTimeout("t", deaf("deaf"), 50));
  const outcome = pipeline.process(1, { signal: stop.signal });
  stop.abort(new Error("enough"));
  await assert.rejects(async () => outcome, { path: ["t"], aborted: true, timedOut: false });
  assert.equal(clock.pending, 0);
});
