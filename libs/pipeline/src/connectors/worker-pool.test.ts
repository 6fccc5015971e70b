import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { createPipeline } from "../pipeline.ts";
import { apply, transform } from "../processors/index.ts";
import { failing, scenario, sleeping } from "../scenario.ts";
import { workerPool } from "./worker-pool.ts";

test("gives the results in the children's order, at once when nothing waits", () => {
  const children = [1, 2, 3].map((by) => transform(`add${by}`, (value: number) => value + by));
  assert.deepEqual(createPipeline(workerPool("pool", children, { workers: 1 })).process(10), [11, 12, 13]);
  const total = workerPool("pool", children, { reduce: (input, outcomes) => input + outcomes.length });
  assert.equal(createPipeline(total).process(10), 13);
});

test("at most so many children run at once, over all runs together", async () => {
  let running = 0;
  let most = 0;
  const child = apply<number, number>("child", async (value, { clock }) => {
    running += 1;
    most = Math.max(most, running);
    await clock.sleep(50);
    running -= 1;
    return value;
  });
  const { clock, pipeline, toldNames } = scenario(workerPool("pool", [child, child, child, child], { workers: 2 }));
  const both = Promise.all([pipeline.process(1), pipeline.process(2)]);
  await clock.advance(200);
  assert.deepEqual(await both, [
    [1, 1, 1, 1],
    [2, 2, 2, 2],
  ]);
  assert.equal(most, 2);
  const names = await toldNames();
  for (const [name, count] of [
    ["worker-pool.acquired", 8],
    ["worker-pool.released", 8],
    ["worker-pool.saturated", 6],
  ] as const)
    assert.equal(names.filter((one) => one === name).length, count, name);
});

test("an error keeps the whole path and gives its worker back", async () => {
  const { pipeline } = scenario(workerPool("pool", [failing("bad"), failing("worse")], { workers: 1 }));
  for (let round = 0; round < 3; round += 1) assert.throws(() => pipeline.process(1), { path: ["pool", "bad"] });
  assert.throws(() => workerPool("pool", [], { workers: 0 }), RangeError);
});

test("who is aborted leaves the line, and nothing of it runs later", async () => {
  const slow = sleeping<number>("slow", 50);
  const { clock, pipeline } = scenario(workerPool("pool", [slow, slow], { workers: 1 }));
  const stop = new AbortController();
  const outcome = pipeline.process(1, { signal: stop.signal });
  await clock.advance(10);
  stop.abort(new Error("enough"));
  await assert.rejects(async () => outcome, { path: ["pool"], aborted: true });
  const next = pipeline.process(2);
  await clock.advance(100);
  assert.deepEqual(await next, [2, 2]);
  assert.deepEqual(slow.ends, { finished: 2, aborted: 1 });
});

test("law: under random failures and aborts every child ends exactly once, and the places are all given back", async () => {
  const item = fc.record({ ms: fc.integer({ min: 0, max: 9 }), fails: fc.boolean(), abortAt: fc.constantFrom(undefined, 0, 3, 12) });
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 3 }), fc.array(item, { minLength: 1, maxLength: 6 }), async (workers, items) => {
      let begun = 0;
      let ended = 0;
      const child = apply<number, number>("child", async (index, { clock, signal }) => {
        const { ms, fails } = items[index] ?? { ms: 1, fails: false };
        begun += 1;
        assert.ok(begun - ended <= workers);
        await clock.sleep(ms, signal).finally(() => (ended += 1));
        if (fails) throw new Error("failed");
        return index;
      });
      const { clock, pipeline } = scenario(workerPool("pool", [child, child], { workers }));
      const outcomes = Promise.allSettled(
        items.map(async ({ abortAt }, index) => {
          const stop = new AbortController();
          if (abortAt !== undefined) clock.after(abortAt, () => stop.abort(new Error("enough")));
          return pipeline.process(index, { signal: stop.signal });
        }),
      );
      await clock.advance(200);
      for (const [index, outcome] of (await outcomes).entries()) {
        const { fails, abortAt } = items[index] as { fails: boolean; abortAt: number | undefined };
        if (abortAt === undefined) assert.equal(outcome.status, fails ? "rejected" : "fulfilled");
      }
      assert.equal(begun, ended);
      const last = pipeline.process(items.length);
      await clock.advance(2);
      assert.deepEqual(await last, [items.length, items.length]);
    }),
    { numRuns: 1_000, verbose: 1 },
  );
});
