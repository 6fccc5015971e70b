import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { z } from "zod";
import { AppError } from "@rivergen/contracts";
import { createVirtualClock } from "../virtual-clock.ts";
import { fileSink, fileSource, itemsSource } from "./built-in-plugins.ts";
import { later } from "./laws.fixture.ts";
import { createMessage } from "./message.ts";
import { createMovingStats } from "./moving-stats.ts";
import { pipe } from "./pipe.ts";
import { createPluginRegistry } from "./plugins.ts";
import { intoArray, intoFunction } from "./sink.ts";
import { stream } from "./stream.ts";
import { threadPipe } from "./thread-pipe.ts";

const same = pipe("same", (item: number) => item);
const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);

// Rivusio 0.2.0 promises these in its documentation and does otherwise, or fails at them.
describe("known faults of Rivusio that are none here", () => {
  test("1. types are not checked when it runs: here an error names the pipe and what it expects", () => {
    const typed = pipe("typed", (item: number) => item, { input: z.number() });
    assert.throws(() => typed.process("5" as never), {
      name: "PipelineError",
      code: "INVALID_REQUEST",
      path: ["typed"],
      message: /Input of pipe typed: .*expected number/,
    });
  });

  test("2. outputs of pipes are kept for ever: here at most as many as were asked for", () => {
    const kept = pipe("kept", (item: number) => item, { keep: 3 });
    for (const item of numbers(1_000)) void kept.process(item);
    assert.deepEqual(kept.outputs(), [997, 998, 999]);
    assert.deepEqual(same.outputs(), []);
  });

  test("3. conditions hold for whole pipelines only: here any pipe has one, and streams fork and join", async () => {
    const guarded = same.to(pipe("tenfold", (item: number) => item * 10).when((item: number) => item > 2));
    assert.deepEqual([guarded.process(2), guarded.process(3)], [2, 30]);
    const { small, large } = stream([1, 5, 2, 6]).split(["small", "large"], (item) => (item < 3 ? "small" : "large"));
    const joined = small.merge(large.through(pipe("negative", (item: number) => -item)));
    assert.deepEqual(
      (await joined.toArray()).toSorted((a, b) => a - b),
      [-6, -5, 1, 2],
    );
  });

  test("4. sync and async do not mix: here an async pipe gives its value anywhere, and a blocking one stops nobody", async () => {
    const async = pipe("async", async (item: number) => item * 2);
    assert.equal(await same.to(async).to(same).process(6), 12);
    await using busy = threadPipe<number, number>("busy", new URL("./blocking.fixture.ts", import.meta.url));
    let ticks = 0;
    const ticking = setInterval(() => (ticks += 1), 10);
    assert.equal(await same.to(busy).to(same).process(200), 200);
    clearInterval(ticking);
    assert.ok(ticks >= 5, `${ticks} ticks in 200 ms`);
  });

  test("5. a way to run in parallel that cannot work fails late: here every bound is checked when it is given", () => {
    for (const concurrency of [0, -1, 1.5, Number.NaN]) assert.throws(() => stream([1]).through(same, { concurrency }), { code: "INVALID_REQUEST" });
  });

  test("6. timeouts, buffer sizes and growing waits have no effect: here each has the one it says", async () => {
    const clock = createVirtualClock({ eager: true });
    const failing = pipe("failing", () => assert.fail("boom"));
    const retry = { attempts: 4, baseMs: 100, multiplier: 3, jitter: 0 };
    await assert.rejects(
      stream([1])
        .through(failing, { retry, isRetryable: () => true })
        .toArray({ clock }),
    );
    assert.deepEqual(clock.waits, [100, 300, 900]);

    const slow = pipe("slow", () => new Promise<number>(() => {}));
    const timed = createVirtualClock();
    const late = assert.rejects(stream([1]).through(slow, { timeoutMs: 10 }).toArray({ clock: timed }), { code: "DEADLINE_EXCEEDED" });
    await timed.advance(10);
    await late;

    let taken = 0;
    const stuck = stream(function* () {
      for (;;) yield (taken += 1);
    })
      .buffer({ capacity: 7 })
      .through(slow)
      .run(intoArray([]));
    await later(200);
    assert.equal(taken, 8);
    await stuck.cancel();

    assert.deepEqual(
      await stream([1, null, 2])
        .filter((item) => item !== null)
        .toArray(),
      [1, 2],
    );
  });

  test("7. retries wrap an error twice, and no tries at all fail every item: here once, and no tries are refused", async () => {
    const cause = new Error("boom");
    const failing = pipe("failing", () => {
      throw cause;
    });
    const clock = createVirtualClock({ eager: true });
    const run = stream([1])
      .through(failing, { retry: { attempts: 2 }, isRetryable: () => true })
      .toArray({ clock });
    await assert.rejects(run, { name: "PipelineError", path: ["failing"], message: "boom", cause, attempt: 2 });
    assert.throws(() => stream([1]).through(failing, { retry: { attempts: 0 } }), { code: "INVALID_REQUEST" });
  });

  test("8. a closed stream still drains its source: here it has no items", async () => {
    let taken = 0;
    const items = stream(function* () {
      yield (taken += 1);
    });
    await items.close();
    assert.deepEqual(await items.toArray(), []);
    for await (const _ of items) assert.fail("read");
    assert.equal(taken, 0);
  });

  test("9. one failing item ends everything: here it goes to the dead letters with its error", async () => {
    const guard = pipe("guard", (item: number) => (item === 2 ? assert.fail("poison") : item));
    const dead: unknown[] = [];
    const deadLetters = intoFunction(({ value, error }: { value: number; error: Error }) => dead.push([value, error.message]));
    assert.deepEqual(await stream([1, 2, 3]).through(guard, { deadLetters }).toArray(), [1, 3]);
    assert.deepEqual(dead, [[2, "poison"]]);
  });

  test("10. windows that skip items skip too few: here the step counts from start to start", async () => {
    const windows = await stream([1, 2, 3, 4, 5, 6, 7, 8]).window({ kind: "count", size: 2, every: 3 }).toArray();
    assert.deepEqual(
      windows.map(({ items }) => items),
      [
        [1, 2],
        [4, 5],
        [7, 8],
      ],
    );
  });

  test("11. all messages share one id and one time: here each has its own", () => {
    const times = [new Date(1_000), new Date(2_000)];
    const [one, two] = times.map((time) => createMessage("value", {}, () => time));
    assert.notEqual(one?.metadata.id, two?.metadata.id);
    assert.ok((one?.metadata.time ?? "") < (two?.metadata.time ?? ""));
    assert.ok(Object.isFrozen(one?.metadata));
  });

  test("12. plugins are neither found nor kept apart: here a folder is read, and one that fails stops nothing", async () => {
    const registry = createPluginRegistry([itemsSource]);
    const crashing = { ...itemsSource, name: "crashing", open: () => assert.fail("crashed") };
    registry.register(crashing as never);
    await assert.rejects(registry.openSource("crashing", { items: [] }), /crashed/);
    assert.deepEqual(await stream(await registry.openSource("items", { items: [1] })).toArray(), [1]);
  });

  test("13. no source and no sink is shipped: here files and lists are, others stand in @rivergen/connectors", () => {
    const registry = createPluginRegistry([itemsSource, fileSource, fileSink]);
    assert.deepEqual(
      registry.list().map(({ kind, name }) => `${kind} ${name}`),
      ["sink file", "source file", "source items"],
    );
  });

  test("14. a quiet metric never ages, and streams record nothing: here both do so by themselves", async () => {
    const clock = createVirtualClock();
    const stats = createMovingStats({ clock });
    for (const sample of [1, 0, 0, 0]) stats.add(sample);
    assert.equal(stats.read()?.average, 0.25);
    await clock.advance(5 * 60_000 + 15_000);
    assert.equal(stats.read(), undefined);
    const running = stream(numbers(3)).through(same).run(intoArray([]));
    await running.done;
    assert.equal(running.metrics().stages["same"]?.total, 3);
  });
});

describe("more that was seen when Rivusio was run, and is not so here", () => {
  test("cleanup is called, once, also after a failure", async () => {
    for (const isFailing of [false, true]) {
      const closed: string[] = [];
      const part = (name: string) => pipe(name, (item: number) => (isFailing ? assert.fail("boom") : item), { close: () => void closed.push(name) });
      await (async () => {
        await using whole = part("one").to(part("two"));
        await whole.process(1);
      })().catch(() => undefined);
      assert.deepEqual(closed, ["two", "one"]);
    }
  });

  test("sizes, steps, waits and times of nothing or less are refused", () => {
    const items = stream([1]);
    assert.throws(() => items.batch({ count: -1 }), { code: "INVALID_REQUEST" });
    assert.throws(() => items.batch({ waitMs: 0 }), { code: "INVALID_REQUEST" });
    assert.throws(() => items.buffer({ capacity: 0 }), { code: "INVALID_REQUEST" });
    assert.throws(() => items.window({ kind: "count", size: 1, every: 0 }), { code: "INVALID_REQUEST" });
    assert.throws(() => items.through(same, { timeoutMs: -1 }), { code: "INVALID_REQUEST" });
    assert.throws(() => items.through(same, { retry: { attempts: 2, baseMs: -1 } }), { code: "INVALID_REQUEST" });
  });

  test("batches are tried again and their errors name the pipe", async () => {
    let calls = 0;
    const sum = pipe("sum", (list: readonly number[]) => {
      calls += 1;
      if (calls === 1) throw new AppError("STORE_UNAVAILABLE");
      if (list.includes(9)) throw new TypeError("nine");
      return list.reduce((all, item) => all + item, 0);
    });
    const clock = createVirtualClock({ eager: true });
    const retry = { attempts: 2 };
    assert.deepEqual(await stream(numbers(5)).batch({ count: 2 }).through(sum, { retry }).toArray({ clock }), [1, 5, 4]);
    await assert.rejects(stream([9]).batch({ count: 2 }).through(sum, { retry }).toArray({ clock }), { name: "PipelineError", path: ["sum"] });
  });

  test("the bound on parallel work holds", async () => {
    let running = 0;
    let highWater = 0;
    const work = pipe("work", async (item: number) => {
      highWater = Math.max(highWater, (running += 1));
      await later(50);
      running -= 1;
      return item;
    });
    await stream(numbers(20)).through(work, { concurrency: 3 }).toArray();
    assert.equal(highWater, 3);
  });
});
