import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { later, law } from "./laws.fixture.ts";
import { intoFunction } from "./sink.ts";
import { stream } from "./stream.ts";

const turns = fc.array(fc.integer({ min: 0, max: 10 }), { maxLength: 25 });
const plans = fc.record({
  turns,
  branches: fc.integer({ min: 1, max: 4 }),
  capacity: fc.integer({ min: 1, max: 5 }),
  slowness: fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 4, maxLength: 4 }),
});

/** Numbers that come after so many turns each. */
const paced = (waits: readonly number[]) =>
  async function* () {
    for (const [id, wait] of waits.entries()) {
      await later(wait);
      yield id;
    }
  };

test("law: every branch of a broadcast gets every item in order, however slow its neighbours are, and the position waits for all", async (t) => {
  await fc.assert(
    fc.asyncProperty(plans, async ({ turns: waits, branches, capacity, slowness }) => {
      const seen: number[][] = Array.from({ length: branches }, () => []);
      const runs = stream(paced(waits))
        .broadcast(branches, { capacity })
        .map((branch, index) =>
          branch.run(
            intoFunction(async (id) => {
              await later(slowness[index] ?? 0);
              seen[index]?.push(id);
              const taken = Math.min(...seen.map((ids) => ids.length));
              assert.ok(((runs[0]?.positions()["items"]?.after ?? 0) as number) <= taken);
            }),
          ),
        );
      await Promise.all(runs.map(({ done }) => done));
      for (const ids of seen) assert.deepEqual(ids, [...waits.keys()]);
      assert.deepEqual(runs[0]?.positions()["items"]?.after, waits.length === 0 ? undefined : waits.length);
    }),
    law(t),
  );
});

test("law: what is split and merged again is all there, once, and in order on each way", async (t) => {
  await fc.assert(
    fc.asyncProperty(plans, async ({ turns: waits, capacity }) => {
      const { even, odd } = stream(paced(waits)).split(["even", "odd"], (id) => (id % 2 === 0 ? "even" : "odd"), { capacity });
      const merged = await even.merge(odd).toArray();
      for (const rest of [0, 1])
        assert.deepEqual(
          merged.filter((id) => id % 2 === rest),
          [...waits.keys()].filter((id) => id % 2 === rest),
        );
      assert.equal(merged.length, waits.length);
    }),
    law(t),
  );
});
