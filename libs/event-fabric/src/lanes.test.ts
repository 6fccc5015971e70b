import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { createLanes } from "./lanes.ts";

test("law: each key in order and one at a time, other keys beside it, and all come to an end", async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 40 }), async (scheduler, keys) => {
      const lanes = createLanes();
      const running = new Set<string>();
      const order = new Map<string, number[]>();
      keys.forEach((number, index) => {
        const key = `key-${number}`;
        lanes.add(key, async () => {
          assert.equal(running.has(key), false);
          running.add(key);
          order.set(key, [...(order.get(key) ?? []), index]);
          await scheduler.schedule(Promise.resolve());
          running.delete(key);
        });
      });
      const drained = lanes.below(1);
      await scheduler.waitIdle();
      await drained;
      assert.equal(lanes.size, 0);
      for (const indexes of order.values())
        assert.deepEqual(
          indexes,
          indexes.toSorted((a, b) => a - b),
        );
      assert.equal([...order.values()].flat().length, keys.length);
    }),
    { verbose: 1 },
  );
});
