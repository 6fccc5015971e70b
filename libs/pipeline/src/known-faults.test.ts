// What the systems this engine follows get wrong, each a test that it does not.
import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError } from "@rivergen/contracts";
import { createBreaker } from "./breaker.ts";
import {
  concurrent,
  fallback,
  filter,
  race,
  scaffold,
  sequence,
  switchOn,
  withBreaker,
  withHandler,
  withRateLimit,
  withRetry,
  workerPool,
} from "./connectors/index.ts";
import { createPipeline } from "./pipeline.ts";
import type { PipelineError } from "./pipeline-error.ts";
import { apply, transform } from "./processors/index.ts";
import { backoffDelay } from "./retry.ts";
import { deaf, failing, scenario } from "./scenario.ts";
import { createSignals } from "./signals.ts";
import { createVirtualClock } from "./virtual-clock.ts";
import type { PipelineSignals } from "./signal-catalog.ts";

const add = (by: number) => transform("add", (value: number) => value + by);
const run = <In, Out>(root: Parameters<typeof createPipeline<In, Out>>[0], input: In) => createPipeline(root).process(input);

test("concurrent hides the errors of its children", () => {
  assert.throws(() => run(concurrent("c", [add(1), failing("fail")]), 7), { path: ["c", "fail"] });
});

test("children of one name overwrite each other before a reducer", () => {
  const count = concurrent("c", [sequence("sequence", [add(1)]), sequence("sequence", [add(2)])], { reduce: (_, outcomes) => outcomes.length });
  assert.equal(run(count, 1), 2);
});

test("a cancelled race or concurrent gives its input without an error", async () => {
  for (const root of [race<number, number>("p", [deaf("deaf")]), concurrent<number>("p", [deaf("deaf")])]) {
    const stop = new AbortController();
    const outcome = createPipeline(root).process(1, { signal: stop.signal });
    stop.abort();
    await assert.rejects(async () => outcome, { aborted: true, path: ["p"] });
  }
});

test("the default of a switch is no default", () => {
  assert.equal(
    run(
      switchOn("s", () => "unknown", { a: add(1) }, add(100)),
      1,
    ),
    101,
  );
});

test("a handler cannot recover", () => {
  assert.equal(
    run(
      withHandler<number, number>("h", failing("fail"), () => ({ value: 5 })),
      1,
    ),
    5,
  );
});

test("a scaffold loses errors and takes its copy too late", async () => {
  const seen: unknown[] = [];
  const look = apply<{ n: number }, void>("look", ({ n }) => void seen.push(n));
  const { pipeline } = scenario(scaffold("s", [look, failing("fail")], { observe: (error) => seen.push(error.path) }));
  const input = { n: 1 };
  pipeline.process(input);
  input.n = 2;
  await pipeline.close();
  assert.deepEqual(seen, [1, ["s", "fail"]]);
});

test("a worker pool throws its results away, and the inner names of an error", () => {
  assert.deepEqual(run(workerPool("w", [add(1), add(2)]), 1), [2, 3]);
  assert.throws(() => run(workerPool("w", [sequence<number>("s", [failing("fail")])]), 1), { path: ["w", "s", "fail"] });
});

test("a filter with else hides its branches and the inner names of an error", () => {
  const both = filter("f", () => false, add(1), sequence<number>("s", [failing("fail")]));
  assert.throws(() => run(both, 1), { path: ["f", "s", "fail"] });
  assert.equal(both.children().length, 2);
});

test("what the primary of a fallback, or an earlier try, wrote leaks into the next", () => {
  const write = apply<{ n: number }, { n: number }>("write", (input) => {
    input.n += 1;
    if (input.n < 99) throw new AppError("STORE_UNAVAILABLE");
    return input;
  });
  const same = transform("same", (input: { n: number }) => input.n);
  assert.equal(run(fallback<{ n: number }, unknown>("f", [write, same]), { n: 0 }), 0);
  assert.equal(run(fallback<{ n: number }, unknown>("f", [withRetry("r", write), same]), { n: 0 }), 0);
});

test("delays of retries grow without a cap", () => {
  assert.equal(backoffDelay(1_000, { capMs: 500, jitter: 0 }), 500);
});

test("the same processor cannot stand twice in a flow", () => {
  const twice = add(1);
  assert.equal(run(sequence("s", [twice, add(10), twice]), 0), 12);
});

test("half-open lets any number of calls through, and reloading closes an open breaker", async () => {
  const clock = createVirtualClock();
  const opened = createBreaker({ clock, failures: 1, openMs: 10 });
  const wait = apply<number, number>("wait", async (value) => {
    if (value < 0) throw new AppError("STORE_UNAVAILABLE");
    await clock.sleep(5);
    return value;
  });
  const before = createPipeline(withBreaker("b", wait, opened), { clock });
  await assert.rejects(async () => before.process(-1));
  const after = createPipeline(withBreaker("b", wait, createBreaker({ clock, failures: 1, openMs: 10, initial: opened.snapshot() })), { clock });
  assert.throws(() => after.process(1), { code: "CIRCUIT_OPEN" });
  await clock.advance(10);
  const trial = after.process(1);
  assert.throws(() => after.process(2), { code: "CIRCUIT_OPEN" });
  await clock.advance(5);
  assert.equal(await trial, 1);
});

test("a breaker under whose trials one was aborted can never close", async () => {
  const clock = createVirtualClock();
  const breaker = createBreaker({ clock, failures: 1, openMs: 10, initial: { state: "open", count: 0, openForMs: 10 } });
  breaker.end(breaker.admit(), "none");
  assert.equal(breaker.state, "half-open");
  breaker.end(breaker.admit(), "success");
  assert.equal(breaker.state, "closed");
});

test("a rate of 0 cannot mean that nothing passes", () => {
  assert.throws(() => run(withRateLimit("l", add(1), { perSecond: 0, burst: 9, mode: "drop" }), 1), { code: "RATE_LIMITED" });
});

test("errors carry the input", () => {
  assert.throws(
    () => run(sequence<{ secret: string }>("s", [failing("fail")]), { secret: "hunter2" }),
    (error: PipelineError) => !JSON.stringify([error, Object.getOwnPropertyNames(error).map((key) => (error as never)[key])]).includes("hunter2"),
  );
});

test("a slow listener slows every pipeline that tells it something", async () => {
  const signals = createSignals<PipelineSignals>();
  signals.on("sequence.completed", () => new Promise(() => {}), { capacity: 16 });
  const pipeline = createPipeline(sequence("s", [add(1)]), { signals });
  for (let index = 0; index < 100; index += 1) assert.equal(pipeline.process(index), index + 1);
  await new Promise(setImmediate);
  assert.ok((signals.stats().listeners[0]?.dropped ?? 0) >= 80);
});
