import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { createVirtualClock } from "../virtual-clock.ts";
import { createCountWindows } from "./count-window.ts";
import { createOrigin } from "./entry.ts";
import type { Entry } from "./entry.ts";
import { law } from "./laws.fixture.ts";
import type { Machine } from "./machine.ts";
import { stream } from "./stream.ts";
import type { WindowOptions } from "./stages.ts";
import { createTimeWindows } from "./time-window.ts";
import { windowOptions } from "./window-options.ts";
import type { TimeWindowOptions, Window } from "./window-options.ts";

interface Item {
  readonly id: number;
  readonly at: number;
  readonly key: string;
}

const keyOf = ({ key }: Item) => key;
const timeOf = ({ at }: Item) => at;

/** Feeds a machine and finishes every window; also says which items nothing holds any more. */
function feed<Out>(machine: Machine<Item, Out>, arrivals: readonly { readonly item: Item; readonly now: number }[]): { given: Out[]; released: number[] } {
  const released: number[] = [];
  const given: Out[] = [];
  const take = (entries: readonly Entry<Out>[]) => {
    for (const { value, origin } of entries) {
      given.push(value);
      origin.release();
    }
  };
  let now = 0;
  for (const arrival of arrivals) {
    now = arrival.now;
    take(machine.elapse(now));
    take(machine.add({ value: arrival.item, origin: createOrigin(now, () => released.push(arrival.item.id)) }, now));
  }
  take(machine.end(now));
  return { given, released };
}

const ids = (windows: readonly Window<Item, string>[]) => windows.map(({ key, items, revision }) => ({ key, ids: items.map(({ id }) => id), revision }));
const items = fc
  .array(fc.record({ at: fc.integer({ min: 0, max: 200 }), key: fc.constantFrom("a", "b") }), { maxLength: 40 })
  .map((list) => list.map((item, id): Item => ({ id, ...item })));
const arriving = (list: readonly Item[]) => list.map((item) => ({ item, now: item.at }));
const inOrder = (list: readonly Item[]) => arriving(list.toSorted((a, b) => a.at - b.at));
const assertAllReleasedOnce = (list: readonly Item[], released: readonly number[]) => {
  assert.deepEqual(
    released.toSorted((a, b) => a - b),
    list.map(({ id }) => id).toSorted((a, b) => a - b),
  );
};
const time = (given: WindowOptions) => windowOptions.parse(given) as TimeWindowOptions;

describe("law: windows hold what the reference says, and let go of every item once", () => {
  test("by count, with any step", (t) => {
    fc.assert(
      fc.property(items, fc.integer({ min: 1, max: 6 }), fc.option(fc.integer({ min: 1, max: 8 }), { nil: undefined }), (list, size, every) => {
        const options = { kind: "count" as const, size, capacity: 1_000, ...(every === undefined ? {} : { every }) };
        const { given, released } = feed(createCountWindows<Item, string>(options, { key: keyOf }), arriving(list));
        const expected = ["a", "b"].flatMap((key) => {
          const own = list.filter((item) => item.key === key).map(({ id }) => id);
          const step = every ?? size;
          const starts = Array.from({ length: Math.ceil(own.length / step) }, (_, index) => index * step);
          return starts.map((start) => own.slice(start, start + size)).filter((window) => every === undefined || window.length === size);
        });
        const sorted = (lists: readonly number[][]) => lists.toSorted((a, b) => (a[0] ?? 0) - (b[0] ?? 0));
        assert.deepEqual(sorted(given.map((window) => window.items.map(({ id }) => id))), sorted(expected));
        assertAllReleasedOnce(list, released);
      }),
      law(t),
    );
  });

  test("tumbling and sliding in event time, with late items", (t) => {
    const numbers = fc.record({
      size: fc.integer({ min: 1, max: 60 }),
      every: fc.integer({ min: 1, max: 80 }),
      outOfOrderMs: fc.integer({ min: 0, max: 50 }),
      allowedLatenessMs: fc.integer({ min: 0, max: 50 }),
    });
    fc.assert(
      fc.property(items, numbers, fc.boolean(), (list, { size, every, outOfOrderMs, allowedLatenessMs }, isSliding) => {
        const eventTime = { outOfOrderMs, allowedLatenessMs };
        const options = time(isSliding ? { kind: "sliding", sizeMs: size, everyMs: every, eventTime } : { kind: "tumbling", sizeMs: size, eventTime });
        const late: number[] = [];
        const machine = createTimeWindows<Item, string>(options, { key: keyOf, timeOf, onLate: ({ id }) => late.push(id) });
        const { given, released } = feed(machine, arriving(list));

        const step = isSliding ? every : size;
        const expected = new Map<string, number[]>();
        const expectedLate: number[] = [];
        let mark = Number.NEGATIVE_INFINITY;
        for (const { id, at, key } of list) {
          const starts = Array.from({ length: 300 }, (_, index) => (index - 61) * step).filter((start) => start <= at && at < start + size);
          const inTime = starts.filter((start) => start + size + allowedLatenessMs > mark);
          for (const start of inTime) expected.set(`${key}${start}`, [...(expected.get(`${key}${start}`) ?? []), id]);
          if (starts.length > 0 && inTime.length === 0) expectedLate.push(id);
          mark = Math.max(mark, at - outOfOrderMs);
        }
        const last = new Map(given.map((window) => [`${window.key}${window.start}`, window.items.map(({ id }) => id)]));
        assert.deepEqual(last, expected);
        assert.deepEqual(late, expectedLate);
        assertAllReleasedOnce(list, released);
        for (const [index, window] of given.entries())
          assert.equal(window.revision, given.slice(0, index).filter(({ key, start }) => key === window.key && start === window.start).length);
      }),
      law(t),
    );
  });

  test("sessions in event time, in any order of arrival", (t) => {
    fc.assert(
      fc.property(items, fc.integer({ min: 1, max: 40 }), (list, gapMs) => {
        const options = time({ kind: "session", gapMs, eventTime: { outOfOrderMs: 1_000 } });
        const { given, released } = feed(createTimeWindows<Item, string>(options, { key: keyOf, timeOf }), arriving(list));
        const expected = ["a", "b"].flatMap((key) => {
          const own = list.filter((item) => item.key === key).toSorted((a, b) => a.at - b.at);
          const sessions: Item[][] = [];
          for (const item of own) {
            const open = sessions.at(-1);
            if (open && item.at - (open.at(-1)?.at ?? 0) < gapMs) open.push(item);
            else sessions.push([item]);
          }
          return sessions.map((session) => ({
            key,
            start: session[0]?.at,
            end: (session.at(-1)?.at ?? 0) + gapMs,
            ids: session.map(({ id }) => id).toSorted((a, b) => a - b),
          }));
        });
        const seen = given.map(({ key, start, end, items: held }) => ({ key, start, end, ids: held.map(({ id }) => id).toSorted((a, b) => a - b) }));
        const sorted = <T extends { key: string; start: number | undefined }>(all: readonly T[]) =>
          all.toSorted((a, b) => a.key.localeCompare(b.key) || (a.start ?? 0) - (b.start ?? 0));
        assert.deepEqual(sorted(seen), sorted(expected));
        assertAllReleasedOnce(list, released);
      }),
      law(t),
    );
  });

  test("tumbling in time of arrival: a window begins with the first item that none holds", (t) => {
    fc.assert(
      fc.property(items, fc.integer({ min: 1, max: 60 }), (list, sizeMs) => {
        const { given, released } = feed(createTimeWindows<Item, string>(time({ kind: "tumbling", sizeMs }), { key: keyOf }), inOrder(list));
        const expected = ["a", "b"].flatMap((key) => {
          const windows: { start: number; ids: number[] }[] = [];
          for (const { item } of inOrder(list.filter((one) => one.key === key))) {
            const open = windows.at(-1);
            if (open && item.at < open.start + sizeMs) open.ids.push(item.id);
            else windows.push({ start: item.at, ids: [item.id] });
          }
          return windows.map((window) => ({ key, ids: window.ids, revision: 0 }));
        });
        const sorted = <T extends { ids: readonly number[] }>(all: readonly T[]) => all.toSorted((a, b) => (a.ids[0] ?? 0) - (b.ids[0] ?? 0));
        assert.deepEqual(sorted(ids(given)), sorted(expected));
        assertAllReleasedOnce(list, released);
      }),
      law(t),
    );
  });
});

describe("windows close by the clock, with no item to push them", () => {
  /** A source that gives some items and then stays silent. */
  async function* silent<T>(...given: readonly T[]): AsyncGenerator<T> {
    yield* given;
    await new Promise(() => {});
  }

  async function closingTimes<T>(options: WindowOptions, given: readonly T[], until: number, hooks: { readonly timeOf?: (item: T) => number } = {}) {
    const clock = createVirtualClock();
    const seen: { at: number; items: readonly T[] }[] = [];
    const running = stream(() => silent(...given))
      .window(options, hooks)
      .run({ name: "seen", write: (window) => seen.push({ at: clock.now(), items: window.items }) }, { clock });
    for (let at = 0; at < until; at += 10) await clock.advance(10);
    await running.cancel();
    return seen;
  }

  test("tumbling, in time of arrival", async () => {
    assert.deepEqual(await closingTimes({ kind: "tumbling", sizeMs: 50 }, [1, 2], 200), [{ at: 50, items: [1, 2] }]);
  });

  test("sliding, in time of arrival", async () => {
    assert.deepEqual(await closingTimes({ kind: "sliding", sizeMs: 40, everyMs: 20 }, [1], 200), [
      { at: 20, items: [1] },
      { at: 40, items: [1] },
    ]);
  });

  test("sessions, in time of arrival", async () => {
    assert.deepEqual(await closingTimes({ kind: "session", gapMs: 30 }, [1, 2], 200), [{ at: 30, items: [1, 2] }]);
  });

  test("event time goes on with the clock once a source is idle", async () => {
    const options = { kind: "tumbling", sizeMs: 100, eventTime: { idleMs: 50 } } as const;
    assert.deepEqual(await closingTimes(options, [10, 60], 200, { timeOf: (item) => item }), [{ at: 90, items: [10, 60] }]);
    const { idleMs: _, ...stays } = options.eventTime;
    assert.deepEqual(await closingTimes({ ...options, eventTime: stays }, [10, 60], 500, { timeOf: (item) => item }), []);
  });
});

test("a late item changes a window that may still change, and is counted where none may", async () => {
  const late: number[] = [];
  const options = { kind: "tumbling", sizeMs: 10, eventTime: { allowedLatenessMs: 10 } } as const;
  const running = stream([1, 12, 2, 31, 3]).window(options, { timeOf: (item) => item, onLate: (item) => late.push(item) });
  const seen: string[] = [];
  const run = running.run({ name: "seen", write: ({ start, items: held, revision }) => seen.push(`${start}: ${held.join()} (${revision})`) });
  await run.done;
  assert.deepEqual(seen, ["0: 1 (0)", "0: 1,2 (1)", "10: 12 (0)", "30: 31 (0)"]);
  assert.deepEqual(late, [3]);
  assert.equal(run.metrics().gauges["window.late"], 1);
});

test("windows hold no more items than they may", async () => {
  const endless = stream(Array.from({ length: 20 }, (_, index) => index)).window({ kind: "session", gapMs: 1_000, capacity: 10 });
  await assert.rejects(endless.toArray(), { code: "OVERLOADED" });
});

test("an item that does not say when it happened ends the stream, not the windows of all others in silence", async () => {
  const broken = stream([10, Number.NaN, 250]).window({ kind: "tumbling", sizeMs: 100, eventTime: {} }, { timeOf: (item) => item });
  await assert.rejects(broken.toArray(), { code: "INVALID_REQUEST" });
});

test("windows that slide in steps too small for the room are refused before any is opened", async () => {
  const tiny = stream([1]).window({ kind: "sliding", sizeMs: 86_400_000, everyMs: 0.01 });
  await assert.rejects(tiny.toArray(), { code: "INVALID_REQUEST" });
});

test("sizes, steps and gaps of nothing and unknown keys are refused at once", () => {
  const source = stream([1]);
  for (const options of [
    { kind: "count", size: 0 },
    { kind: "count", size: 2, every: 0 },
    { kind: "tumbling", sizeMs: 0 },
    { kind: "tumbling", sizeMs: -1 },
    { kind: "sliding", sizeMs: 10, everyMs: 0 },
    { kind: "session", gapMs: Number.NaN },
    { kind: "count", size: 1, sizeMs: 5 },
  ] as WindowOptions[])
    assert.throws(() => source.window(options), { code: "INVALID_REQUEST" }, JSON.stringify(options));
  assert.throws(() => source.window({ kind: "tumbling", sizeMs: 5, eventTime: {} }), /timeOf/);
});
