import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { createSignals } from "./signals.ts";
import type { Signals } from "./signals.ts";
import { createPipeline } from "./pipeline.ts";
import { filter } from "./connectors/index.ts";
import { transform } from "./processors/index.ts";
import type { PipelineSignals } from "./signal-catalog.ts";

interface Catalog {
  a: { n: number };
  b: { text: string };
}

/** The shortest wait there is. */
const turn = () => Promise.resolve();
const tick = () => new Promise<void>((resolve) => setImmediate(resolve));

test("a listener gets its signal with its data, later and in order; nobody listening costs nothing", async () => {
  const signals = createSignals<Catalog>();
  assert.equal(signals.has("a"), false);
  assert.equal(signals.emit("a", { n: 0 }), undefined);
  const seen: number[] = [];
  const subscription = signals.on("a", ({ data }) => seen.push(data.n));
  // @ts-expect-error a text is no data of `a`
  void signals.emit("a", { text: "" });
  seen.length = 0;
  for (let n = 1; n <= 5; n += 1) void signals.emit("a", { n });
  void signals.emit("b", { text: "not heard" });
  assert.deepEqual(seen, [], "never inside the act");
  await signals.flush();
  assert.deepEqual(seen.slice(-5), [1, 2, 3, 4, 5]);
  subscription.close();
  subscription.close();
  assert.equal(signals.has("a"), false);
});

test("a slow listener holds up neither its emitter nor another listener", async () => {
  const signals = createSignals<Catalog>();
  let release = () => {};
  signals.on("a", () => new Promise<void>((resolve) => (release = resolve)), { capacity: 4, name: "slow" });
  const seen: string[] = [];
  signals.on("b", ({ data }) => seen.push(data.text));
  for (let n = 0; n < 10; n += 1) assert.equal(signals.emit("a", { n }), undefined);
  void signals.emit("b", { text: "quick" });
  await tick();
  assert.deepEqual(seen, ["quick"]);
  const slow = signals.stats().listeners.find(({ name }) => name === "slow");
  assert.deepEqual(slow, { name: "slow", queued: 3, delivered: 0, dropped: 6, failed: 0 });
  release();
});

for (const [whenFull, kept] of [
  ["drop-oldest", [4, 5]],
  ["drop-newest", [0, 1]],
] as const) {
  test(`${whenFull} keeps ${kept.join(" and ")} of six in a queue of two`, async () => {
    const signals = createSignals<Catalog>();
    const seen: number[] = [];
    const { stats } = signals.on("a", ({ data }) => void seen.push(data.n), { capacity: 2, whenFull, name: "small" });
    assert.equal(stats.queued, 0);
    for (let n = 0; n < 6; n += 1) void signals.emit("a", { n });
    await signals.flush();
    assert.deepEqual(seen, kept);
    assert.deepEqual(signals.stats().listeners, [{ name: "small", queued: 0, delivered: 2, dropped: 4, failed: 0 }]);
  });
}

test("block makes the emitter wait for room, and gives up when its run is aborted", async () => {
  const signals = createSignals<Catalog>();
  const seen: number[] = [];
  let release = () => {};
  signals.on(
    "a",
    async ({ data }) => {
      seen.push(data.n);
      await new Promise<void>((resolve) => (release = resolve));
    },
    { capacity: 1, whenFull: "block" },
  );
  void signals.emit("a", { n: 0 });
  await tick();
  assert.equal(signals.emit("a", { n: 1 }), undefined);
  const stop = new AbortController();
  const aborted = signals.emit("a", { n: 2 }, { executionId: "x", signal: stop.signal });
  const waiting = signals.emit("a", { n: 3 });
  assert.ok(aborted && waiting);
  stop.abort();
  await aborted;
  release();
  await waiting;
  for (let index = 0; index < 3; index += 1) {
    release();
    await tick();
  }
  await signals.flush();
  assert.deepEqual(seen, [0, 1, 3]);
});

test("a blocking listener slows the pipeline and loses nothing", async () => {
  const signals = createSignals<PipelineSignals>();
  const seen: boolean[] = [];
  signals.on(
    "filter.evaluated",
    async ({ data }) => {
      await tick();
      seen.push(data.passed);
    },
    { capacity: 1, whenFull: "block" },
  );
  const pipeline = createPipeline(
    filter(
      "f",
      (value: number) => value > 0,
      transform("t", (value: number) => value),
    ),
    { signals },
  );
  for (let index = 0; index < 50; index += 1) await pipeline.process(index);
  await signals.shutdown();
  assert.equal(seen.length, 50);
});

test("a listener that throws harms neither the others nor itself", async () => {
  const reported: unknown[] = [];
  const signals = createSignals<Catalog>({ onListenerError: (error) => reported.push((error as Error).message) });
  const seen: number[] = [];
  signals.on("a", () => {
    throw new Error("sync");
  });
  signals.on("a", async () => Promise.reject(new Error("async")));
  signals.tap(() => {
    throw new Error("tap");
  });
  signals.on("a", ({ data }) => seen.push(data.n));
  void signals.emit("a", { n: 1 });
  void signals.emit("a", { n: 2 });
  await signals.flush();
  assert.deepEqual(seen, [1, 2]);
  assert.deepEqual(
    reported.toSorted((one, other) => String(one).localeCompare(String(other))),
    ["async", "async", "sync", "sync", "tap", "tap"],
  );
});

test("an observer hears all, or those it names, in the order of all", async () => {
  const signals = createSignals<Catalog>();
  const all: string[] = [];
  const some: string[] = [];
  signals.observe(({ signal }) => all.push(signal));
  signals.observe((event) => some.push(event.signal === "b" ? event.data.text : ""), { only: ["b"] });
  void signals.emit("a", { n: 1 });
  void signals.emit("b", { text: "x" });
  void signals.emit("a", { n: 2 });
  await signals.flush();
  assert.deepEqual([all, some], [["a", "b", "a"], ["x"]]);
  assert.deepEqual(signals.stats().emitted, { a: 2, b: 1 });
});

test("shutdown delivers what is queued and takes nothing more", async () => {
  const signals = createSignals<Catalog>();
  const seen: number[] = [];
  signals.on("a", async ({ data }) => {
    await tick();
    seen.push(data.n);
  });
  for (let n = 0; n < 10; n += 1) void signals.emit("a", { n });
  const ended = signals.shutdown();
  void signals.emit("a", { n: 99 });
  await ended;
  assert.deepEqual(seen, [...Array(10).keys()]);
});

test("a hub of a larger catalogue serves the engine", () => {
  const signals: Signals<PipelineSignals & Catalog> = createSignals<PipelineSignals & Catalog>();
  assert.equal(
    createPipeline(
      transform("t", (value: number) => value),
      { signals },
    ).process(1),
    1,
  );
});

test("law: under every policy each event is delivered once or counted as dropped, in order", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 5 }),
      fc.constantFrom("block" as const, "drop-oldest" as const, "drop-newest" as const),
      fc.array(fc.constantFrom("emit", "turn", "fail"), { maxLength: 40 }),
      async (capacity, whenFull, happenings) => {
        const signals = createSignals<Catalog>();
        const seen: number[] = [];
        let fails = false;
        signals.on(
          "a",
          async ({ data }) => {
            seen.push(data.n);
            await turn();
            if (fails) throw new Error("failed");
          },
          { capacity, whenFull },
        );
        let emitted = 0;
        for (const what of happenings) {
          if (what === "emit") {
            const held = signals.emit("a", { n: emitted });
            emitted += 1;
            if (held) await held;
          } else if (what === "fail") fails = !fails;
          else await turn();
        }
        await signals.shutdown();
        assert.deepEqual(
          seen,
          seen.toSorted((a, b) => a - b),
        );
        assert.equal(new Set(seen).size, seen.length);
        if (whenFull === "block") assert.equal(seen.length, emitted);
        else assert.ok(seen.length >= Math.min(emitted, capacity));
      },
    ),
    { numRuns: 1_000, verbose: 1 },
  );
});
