import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { later, law } from "./laws.fixture.ts";
import { pipe } from "./pipe.ts";
import { stream } from "./stream.ts";

const delays = fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 20 });
const bound = fc.integer({ min: 1, max: 8 });

/** A pipe that takes as long as its item says, with the most items it had at once. */
function createDelay() {
  const seen = { running: 0, highWater: 0 };
  const delay = pipe("delay", async (item: { readonly id: number; readonly turns: number }) => {
    seen.running += 1;
    seen.highWater = Math.max(seen.highWater, seen.running);
    await later(item.turns);
    seen.running -= 1;
    return item.id;
  });
  return { delay, seen };
}

const numbered = (turns: readonly number[]) => turns.map((turn, id) => ({ id, turns: turn }));

test("law: an ordered parallel map keeps the order and the bound, whatever finishes first", async (t) => {
  await fc.assert(
    fc.asyncProperty(delays, bound, async (turns, concurrency) => {
      const { delay, seen } = createDelay();
      const given = await stream(numbered(turns)).through(delay, { concurrency }).toArray();
      assert.deepEqual(given, [...turns.keys()]);
      assert.ok(seen.highWater <= concurrency, `${seen.highWater} of ${concurrency}`);
    }),
    law(t),
  );
});

test("law: an unordered one gives every item once", async (t) => {
  await fc.assert(
    fc.asyncProperty(delays, bound, async (turns, concurrency) => {
      const { delay, seen } = createDelay();
      const given = await stream(numbered(turns)).through(delay, { concurrency, ordered: false }).toArray();
      assert.deepEqual(
        given.toSorted((a, b) => a - b),
        [...turns.keys()],
      );
      assert.ok(seen.highWater <= concurrency);
    }),
    law(t),
  );
});

test("law: by key, items of one key never run at once and stay in order", async (t) => {
  await fc.assert(
    fc.asyncProperty(delays, bound, async (turns, concurrency) => {
      const running = new Set<number>();
      const work = pipe("work", async (item: { readonly id: number; readonly turns: number }) => {
        const key = item.id % 3;
        assert.ok(!running.has(key));
        running.add(key);
        await later(item.turns);
        running.delete(key);
        return item.id;
      });
      const given = await stream(numbered(turns))
        .keyBy(({ id }) => id % 3)
        .through(work, { concurrency })
        .toArray();
      for (const key of [0, 1, 2])
        assert.deepEqual(
          given.filter((id) => id % 3 === key),
          [...turns.keys()].filter((id) => id % 3 === key),
        );
    }),
    law(t),
  );
});

test("different keys do run at once", async () => {
  const { delay, seen } = createDelay();
  await stream(numbered([100, 100, 100, 100]))
    .keyBy(({ id }) => id)
    .through(delay, { concurrency: 4 })
    .toArray();
  assert.equal(seen.highWater, 4);
});

test("results before a failing item are given, then its error; the rest is aborted", async () => {
  const aborted: number[] = [];
  const work = pipe("work", async (item: number, { signal }) => {
    if (item === 2) {
      await later(100);
      throw new Error("boom");
    }
    if (item < 2) return item;
    await new Promise((resolve) => signal?.addEventListener("abort", resolve, { once: true }));
    aborted.push(item);
    return item;
  });
  const given: number[] = [];
  const running = stream([0, 1, 2, 3, 4]).through(work, { concurrency: 5 });
  await assert.rejects(running.run({ name: "given", write: (item) => given.push(item) }).done, { name: "PipelineError", path: ["work"], message: "boom" });
  assert.deepEqual(given, [0, 1]);
  await later(3);
  assert.deepEqual(aborted, [3, 4]);
});

test("nonsense is refused when the stage is added", () => {
  const work = pipe("work", (item: number) => item);
  for (const options of [{ concurrency: 0 }, { concurrency: 1.5 }, { timeoutMs: 0 }, { retry: { attempts: 0 } }, { retry: { attempts: 2, baseMs: -1 } }])
    assert.throws(() => stream([1]).through(work, options), { code: "INVALID_REQUEST" }, JSON.stringify(options));
});
