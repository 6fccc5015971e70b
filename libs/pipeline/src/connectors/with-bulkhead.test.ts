import assert from "node:assert/strict";
import { test } from "node:test";
import { createPipeline } from "../pipeline.ts";
import { transform } from "../processors/index.ts";
import { failing, scenario, sleeping } from "../scenario.ts";
import { withBulkhead } from "./with-bulkhead.ts";

test("so many at once, so many waiting, more are refused; who is aborted leaves the line", async () => {
  const slow = sleeping<number>("slow", 10);
  const child = withBulkhead("b", slow, { concurrency: 1, queue: 2 });
  const { clock, pipeline, toldNames } = scenario(child);
  const stop = new AbortController();
  const first = pipeline.process(1);
  const second = pipeline.process(2, { signal: stop.signal });
  const third = pipeline.process(3);
  assert.throws(() => pipeline.process(4), { code: "OVERLOADED", path: ["b"] });
  stop.abort(new Error("enough"));
  await assert.rejects(async () => second, { path: ["b"], aborted: true });
  await clock.advance(20);
  assert.deepEqual([await first, await third], [1, 3]);
  assert.deepEqual([child.bulkhead.running, child.bulkhead.waiting], [0, 0]);
  assert.deepEqual(await toldNames(), ["bulkhead.queued", "bulkhead.queued", "bulkhead.rejected"]);
});

test("what is over at once gives its place back at once, also by failing", () => {
  const quick = withBulkhead(
    "b",
    transform("now", (value: number) => value),
    { concurrency: 1, queue: 0 },
  );
  const bad = withBulkhead("b", failing("fail"), { concurrency: 1, queue: 0 });
  for (let index = 0; index < 3; index += 1) {
    assert.equal(createPipeline(quick).process(index), index);
    assert.throws(() => createPipeline(bad).process(index), { path: ["b", "fail"] });
  }
});
