import assert from "node:assert/strict";
import { test } from "node:test";
import type { Event } from "@rivergen/contracts";
import { createEventOrder } from "./event-order.ts";

const event = (seq: number, prevSeq?: number | null): Event => ({
  seq,
  id: `evt_${seq}`,
  type: "run.queued",
  source: "test",
  subject: "run_a",
  time: "2026-01-01T00:00:00Z",
  data: {},
  ...(prevSeq === undefined ? {} : { prevSeq }),
});

async function drain(order: ReturnType<typeof createEventOrder>): Promise<number[]> {
  const seqs: number[] = [];
  for (let next = await order.next(); next; next = await order.next()) seqs.push(next.seq);
  return seqs;
}

/** A log that is read in pages of three. */
function createLog(items: readonly Event[]) {
  const reads: number[] = [];
  return {
    reads,
    readLog: async (after: number) => {
      reads.push(after);
      const page = items.filter(({ seq }) => seq > after).slice(0, 3);
      return { items: page, lastSeq: page.at(-1)?.seq ?? after };
    },
  };
}

test("repeats are dropped, order is kept, the log is not read without need", async () => {
  const log = createLog([]);
  const order = createEventOrder({ gapFree: true, after: 4, readLog: log.readLog, limit: 100 });
  for (const seq of [5, 6, 5, 6, 7, 4]) order.push(event(seq));
  assert.deepEqual(await drain(order), [5, 6, 7]);
  assert.deepEqual(log.reads, []);
  assert.equal(order.last, 7);
});

test("a gap is filled from the log, over several pages", async () => {
  const log = createLog(Array.from({ length: 20 }, (_, i) => event(i + 1)));
  const order = createEventOrder({ gapFree: true, after: 2, readLog: log.readLog, limit: 100 });
  for (const seq of [3, 12, 13]) order.push(event(seq));
  assert.deepEqual(await drain(order), [3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20]);
});

test("on a narrow channel only prevSeq tells of a gap", async () => {
  const items = [event(3, null), event(9, 3), event(20, 9), event(31, 20)];
  const log = createLog(items);
  const order = createEventOrder({ gapFree: false, after: 0, readLog: log.readLog, limit: 100 });
  order.push(event(3, null));
  order.push(event(9, 3));
  assert.deepEqual(await drain(order), [3, 9]);
  assert.deepEqual(log.reads, []);
  order.push(event(31, 20));
  assert.deepEqual(await drain(order), [20, 31]);
});

test("an event whose gap the log cannot explain is delivered once the log was asked", async () => {
  const log = createLog([]);
  const order = createEventOrder({ gapFree: true, after: 1, readLog: log.readLog, limit: 100 });
  order.push(event(5));
  assert.deepEqual(await drain(order), [5]);
  assert.deepEqual(log.reads, [1]);
});

test("nothing is delivered before it is known where the subscription begins", async () => {
  const log = createLog([]);
  const order = createEventOrder({ gapFree: true, after: undefined, readLog: log.readLog, limit: 100 });
  order.push(event(8));
  order.push(event(9));
  assert.equal(await order.next(), undefined);
  order.begin(8);
  assert.deepEqual(await drain(order), [9]);
});

test("a slow reader holds a bounded number of events and still gets all of them", async () => {
  const items = Array.from({ length: 50 }, (_, i) => event(i + 1));
  const log = createLog(items);
  const order = createEventOrder({ gapFree: true, after: 0, readLog: log.readLog, limit: 10 });
  for (const item of items) order.push(item);
  assert.deepEqual(
    await drain(order),
    items.map(({ seq }) => seq),
  );
});

test("any mixture of losses and repeats ends in the log's own order", async () => {
  for (let seed = 1; seed <= 200; seed++) {
    let state = seed;
    const random = (): number => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
    const items = Array.from({ length: 30 }, (_, i) => event(i + 1));
    const log = createLog(items);
    const order = createEventOrder({ gapFree: true, after: 0, readLog: log.readLog, limit: 5 });
    const seqs: number[] = [];
    for (const item of items) {
      if (random() < 0.7) order.push(item);
      if (random() < 0.2) order.push(items[Math.floor(random() * item.seq)] as Event);
      if (random() < 0.3) seqs.push(...(await drain(order)));
    }
    order.push(items.at(-1) as Event);
    seqs.push(...(await drain(order)));
    assert.deepEqual(
      seqs,
      items.map(({ seq }) => seq),
      `seed ${seed}`,
    );
  }
});
