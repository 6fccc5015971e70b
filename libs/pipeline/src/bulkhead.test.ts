import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { createBulkhead, createMutex } from "./bulkhead.ts";

test("law: never more at once than allowed, in order, none lost, whatever fails", async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), fc.integer({ min: 1, max: 4 }), fc.array(fc.boolean(), { maxLength: 30 }), async (scheduler, concurrency, fails) => {
      const bulkhead = createBulkhead({ concurrency });
      const started: number[] = [];
      let running = 0;
      const works = fails.map((isFailing, index) =>
        bulkhead.run(async () => {
          started.push(index);
          running += 1;
          assert.ok(running <= concurrency);
          await scheduler.schedule(Promise.resolve());
          running -= 1;
          if (isFailing) throw new Error("failed");
        }),
      );
      const outcomes = Promise.allSettled(works);
      await scheduler.waitIdle();
      assert.deepEqual(
        (await outcomes).map(({ status }) => status === "rejected"),
        fails,
      );
      assert.deepEqual(
        started,
        fails.map((_, index) => index),
      );
      assert.deepEqual([bulkhead.running, bulkhead.waiting], [0, 0]);
    }),
    { numRuns: 1_000, verbose: 1 },
  );
});

test("refuses at once what finds no place to wait", async () => {
  const bulkhead = createBulkhead({ concurrency: 1, queue: 1 });
  let finish = () => {};
  const first = bulkhead.run(() => new Promise<void>((resolve) => (finish = resolve)));
  const second = bulkhead.run(async () => 2);
  await assert.rejects(
    bulkhead.run(async () => 3),
    { code: "OVERLOADED" },
  );
  finish();
  assert.deepEqual(await Promise.all([first, second]), [undefined, 2]);
});

test("who is aborted while waiting leaves the line", async () => {
  const mutex = createMutex();
  const stop = new AbortController();
  let finish = () => {};
  const first = mutex.run(() => new Promise<void>((resolve) => (finish = resolve)));
  const second = mutex.run(async () => assert.fail("not called"), { signal: stop.signal });
  stop.abort(new Error("enough"));
  await assert.rejects(second, /enough/);
  finish();
  await first;
  assert.equal(await mutex.run(async () => 3), 3);
});
