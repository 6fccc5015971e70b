import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { AppError } from "@rivergen/contracts";
import { createVirtualClock } from "../virtual-clock.ts";
import { later } from "./laws.fixture.ts";
import { pipe } from "./pipe.ts";
import { intoArray, intoFunction } from "./sink.ts";
import { stream } from "./stream.ts";

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);
/** A source that counts what was taken from it. */
function counted(count: number) {
  const taken = { count: 0, isClosed: false };
  const source = async function* () {
    try {
      for (let item = 0; item < count; item += 1) {
        taken.count += 1;
        yield item;
      }
    } finally {
      taken.isClosed = true;
    }
  };
  return { taken, source };
}

/** A sink that takes an item only when told. */
function stepwise() {
  const seen: number[] = [];
  const gates: (() => void)[] = [];
  const sink = intoFunction(async (item: number, { signal }) => {
    await new Promise<void>((resolve, reject) => {
      gates.push(resolve);
      signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
    });
    seen.push(item);
  });
  const settled = () => new Promise(setImmediate);
  return {
    seen,
    sink,
    settled,
    async step(count = 1) {
      for (let done = 0; done < count; done += 1) {
        await settled();
        gates.shift()?.();
      }
      await settled();
    },
  };
}

describe("buffers", () => {
  test("without one, a source is never more than one item ahead", async () => {
    const { taken, source } = counted(100);
    const slow = stepwise();
    const running = stream(source).run(slow.sink);
    await slow.step(3);
    assert.equal(taken.count, 4);
    await running.cancel();
  });

  test("block: the source waits when it is full, and nothing is lost", async () => {
    const { taken, source } = counted(100);
    const slow = stepwise();
    const running = stream(source).buffer({ capacity: 5 }).run(slow.sink);
    await slow.settled();
    assert.equal(taken.count, 6);
    assert.equal(running.metrics().gauges["buffer.depth"], 5);
    await slow.step(100);
    await running.done;
    assert.deepEqual(slow.seen, numbers(100));
  });

  test("drop-oldest keeps the newest, drop-newest the oldest, and both count what they gave up", async () => {
    for (const [policy, kept] of [
      ["drop-oldest", [0, 8, 9]],
      ["drop-newest", [0, 1, 2]],
    ] as const) {
      const slow = stepwise();
      const running = stream(numbers(10)).buffer({ capacity: 2, policy }).run(slow.sink);
      await slow.step(10);
      await running.done;
      assert.deepEqual(slow.seen, kept, policy);
      assert.equal(running.metrics().gauges["buffer.dropped"], 7);
    }
  });

  test("error: a full one fails the stream", async () => {
    const slow = stepwise();
    const running = stream(numbers(10)).buffer({ capacity: 2, policy: "error" }).run(slow.sink);
    await slow.step(3);
    await assert.rejects(running.done, { code: "OVERLOADED" });
    assert.deepEqual(slow.seen, [0, 1, 2]);
  });
});

describe("batches", () => {
  test("by count, with the rest at the end", async () => {
    assert.deepEqual(await stream(numbers(10)).batch({ count: 4 }).toArray(), [
      [0, 1, 2, 3],
      [4, 5, 6, 7],
      [8, 9],
    ]);
    assert.deepEqual(await stream([]).batch({ count: 4 }).toArray(), []);
  });

  test("by bytes; what is larger stands alone", async () => {
    const texts = ["aa", "b", "ccc", "dddddd", "e"];
    assert.deepEqual(await stream(texts).batch({ bytes: 4 }).toArray(), [["aa", "b"], ["ccc"], ["dddddd"], ["e"]]);
  });

  test("by time: a slow source holds no batch back", async () => {
    const clock = createVirtualClock();
    const seen: number[][] = [];
    const source = async function* () {
      yield* [1, 2];
      await clock.sleep(500);
      yield 3;
    };
    const running = stream(source).batch({ count: 10, waitMs: 100 }).run(intoArray(seen), { clock });
    await clock.advance(90);
    assert.deepEqual(seen, []);
    await clock.advance(10);
    assert.deepEqual(seen, [[1, 2]]);
    await clock.advance(1_000);
    await running.done;
    assert.deepEqual(seen, [[1, 2], [3]]);
  });

  test("without a bound they are refused", () => {
    assert.throws(() => stream([1]).batch({}), { code: "INVALID_REQUEST" });
    assert.throws(() => stream([1]).batch({ count: 0 }), { code: "INVALID_REQUEST" });
  });
});

describe("joining and forking", () => {
  test("merge gives the items of all, as they arrive", async () => {
    const slow = async function* () {
      await later(200);
      yield "slow";
    };
    assert.deepEqual(
      await stream(slow, "slow")
        .merge(stream([1, 2], "quick"))
        .toArray(),
      [1, 2, "slow"],
    );
  });

  test("zip ends with the shorter one", async () => {
    assert.deepEqual(
      await stream([1, 2, 3], "left")
        .zip(stream(["a", "b"], "right"))
        .toArray(),
      [
        [1, "a"],
        [2, "b"],
      ],
    );
  });

  test("broadcast gives every branch every item, and the slowest holds up the source", async () => {
    const { taken, source } = counted(50);
    const [one, two] = stream(source).broadcast(2, { capacity: 4 });
    assert.ok(one && two);
    const slow = stepwise();
    const quick: number[] = [];
    const runs = [one.run(intoArray(quick)), two.run(slow.sink)];
    await slow.settled();
    assert.ok(taken.count <= 6, `${taken.count} taken`);
    await slow.step(50);
    await Promise.all(runs.map(({ done }) => done));
    assert.deepEqual(quick, numbers(50));
    assert.deepEqual(slow.seen, numbers(50));
    assert.deepEqual(runs[0]?.positions(), { items: { after: 50, ahead: [] } });
    await assert.rejects(one.toArray(), { code: "INVALID_REQUEST" });
  });

  test("a branch that fails or leaves holds nobody up", async () => {
    const { taken, source } = counted(50);
    const [one, two] = stream(source).broadcast(2, { capacity: 2 });
    assert.ok(one && two);
    const failing = one.through(pipe("failing", () => assert.fail("boom"))).toArray();
    const [failed, all] = await Promise.allSettled([failing, two.toArray()]);
    assert.equal(failed.status, "rejected");
    assert.deepEqual(all, { status: "fulfilled", value: numbers(50) });
    assert.ok(taken.isClosed);
  });

  test("split sends every item one way; a way that does not exist fails it", async () => {
    const { even, odd } = stream(numbers(6)).split(["even", "odd"], (item) => (item % 2 === 0 ? "even" : "odd"));
    assert.deepEqual(await Promise.all([even.toArray(), odd.toArray()]), [
      [0, 2, 4],
      [1, 3, 5],
    ]);
    const { left } = stream(numbers(2)).split(["left"], () => "right" as "left");
    await assert.rejects(left.toArray(), { code: "INVALID_REQUEST" });
  });
});

describe("a run", () => {
  test("pause takes nothing more, resume goes on, drain ends after what was taken, cancel breaks off", async () => {
    const { taken, source } = counted(1_000);
    const slow = stepwise();
    const running = stream(source).buffer({ capacity: 3 }).run(slow.sink);
    await slow.settled();
    running.pause();
    assert.equal(running.state, "paused");
    await slow.step(10);
    assert.ok(slow.seen.length <= 6 && taken.count <= 6, `${slow.seen.length} of ${taken.count}`);
    running.resume();
    await slow.step(2);
    const before = taken.count;
    const drained = running.drain();
    await slow.step(20);
    const outcome = await drained;
    assert.equal(outcome.status, "drained");
    assert.ok(taken.count <= before + 1);
    assert.deepEqual(slow.seen, numbers(outcome.items));
    assert.deepEqual(outcome.positions, { items: { after: outcome.items, ahead: [] } });
    assert.ok(taken.isClosed);
  });

  test("a source that never answers can be drained and cancelled", async () => {
    const never = async function* () {
      await new Promise(() => {});
      yield 1;
    };
    assert.equal((await stream(never).run(intoArray([])).drain()).status, "drained");
    assert.equal((await stream(never).batch({ count: 2 }).run(intoArray([])).cancel()).status, "cancelled");
    assert.equal((await stream(never).run(intoArray([]), { signal: AbortSignal.abort() }).done).status, "cancelled");
  });

  test("cancel reaches pipes that wait, and does not wait for those that do not listen", async () => {
    const deaf = pipe("deaf", () => new Promise<number>(() => {}));
    for (const concurrency of [1, 3]) {
      const running = stream(numbers(5)).through(deaf, { concurrency }).run(intoArray([]));
      await later(20);
      assert.equal((await running.cancel()).status, "cancelled");
    }
  });

  test("an endless synchronous source leaves room for timers", async () => {
    const running = stream(function* () {
      for (;;) yield 1;
    }).run(intoFunction(() => {}));
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal((await running.cancel()).status, "cancelled");
  });

  test("the sink is closed once, however the run ends", async () => {
    for (const end of ["completed", "failed", "cancelled"]) {
      let closed = 0;
      const sink = { name: "sink", write: () => (end === "failed" ? assert.fail("boom") : later(1)), close: () => (closed += 1) };
      const running = stream(numbers(3)).run(sink);
      if (end === "cancelled") void running.cancel();
      await running.done.catch(() => undefined);
      assert.equal(closed, 1, end);
    }
  });

  test("sinks of dead letters are closed with the run, also where branches share them; a failure is told before that of closing", async () => {
    let closed = 0;
    const deadLetters = { name: "dead", write: () => {}, close: () => (closed += 1) };
    const failing = pipe("failing", (item: number) => (item === 1 ? assert.fail("boom") : item));
    assert.deepEqual(await stream(numbers(3)).through(failing, { deadLetters }).toArray(), [0, 2]);
    assert.equal(closed, 1);
    for await (const _ of stream(numbers(3)).through(failing, { deadLetters })) break;
    assert.equal(closed, 2);
    const branches = stream(numbers(3)).through(failing, { deadLetters }).broadcast(2);
    await Promise.all(branches.map((branch) => branch.toArray()));
    assert.equal(closed, 3);
    const stuck = { name: "stuck", write: () => {}, close: () => assert.fail("cannot be closed") };
    await assert.rejects(stream([1]).through(failing).run(stuck).done, /boom/);
    await assert.rejects(stream([0]).through(failing).run(stuck).done, /cannot be closed/);
  });

  test("who stops reading closes the source", async () => {
    const { taken, source } = counted(10);
    for await (const item of stream(source)) if (item === 2) break;
    assert.ok(taken.isClosed);
    assert.equal(taken.count, 3);
  });
});

describe("a pipe on items", () => {
  test("tries again, waits longer each time, and gives the item up to the dead letters", async () => {
    const clock = createVirtualClock({ eager: true });
    const dead: unknown[] = [];
    const work = pipe("work", (item: number, { attempt }) => {
      if (item === 1 && attempt < 3) throw new AppError("STORE_UNAVAILABLE");
      if (item === 2) throw new AppError("STORE_UNAVAILABLE");
      if (item === 3) throw new TypeError("a bug");
      return item;
    });
    const given = await stream([0, 1, 2, 3, 4])
      .through(work, {
        retry: { attempts: 3, baseMs: 10, multiplier: 3, jitter: 0 },
        deadLetters: intoFunction(({ value, attempts, error }) => dead.push([value, attempts, error.path, error.code])),
      })
      .toArray({ clock });
    assert.deepEqual(given, [0, 1, 4]);
    assert.deepEqual(dead, [
      [2, 3, ["work"], "STORE_UNAVAILABLE"],
      [3, 1, ["work"], "INTERNAL"],
    ]);
    assert.deepEqual(clock.waits, [10, 30, 10, 30]);
  });

  test("is given up after its time", async () => {
    const clock = createVirtualClock();
    const deaf = pipe("deaf", () => new Promise<number>(() => {}));
    const given = stream([1]).through(deaf, { timeoutMs: 50 }).toArray({ clock });
    const failed = assert.rejects(given, { name: "PipelineError", timedOut: true, path: ["deaf"] });
    await clock.advance(50);
    await failed;
  });

  test("rates, latencies, errors and depths are read while it runs", async () => {
    const clock = createVirtualClock({ eager: true });
    const work = pipe("work", async (item: number) => {
      await clock.sleep(10);
      if (item === 3) throw new AppError("STEP_FAILED");
      return item;
    });
    const running = stream(numbers(4))
      .through(work, { deadLetters: intoArray([]) })
      .run(intoArray([]), { clock });
    await running.done;
    const { whole, stages } = running.metrics();
    assert.equal(whole?.total, 3);
    assert.equal(stages["work"]?.errorRate, 0.25);
    assert.equal(stages["work"]?.latencyMs?.max, 10);
    assert.equal(stages["work"]?.rate, 100);
    assert.equal(whole.activeMs, 40);
    assert.deepEqual(running.metrics().gauges, {});
  });
});

test("whatever can be iterated is a source: lists, lists of promises, generators of both kinds, also from the middle", async () => {
  const list = [1, 2, 3, 4];
  const sources = [
    () => list,
    () => list.map((value) => Promise.resolve(value)),
    function* () {
      yield* list;
    },
    async function* () {
      yield* list;
    },
  ];
  for (const source of sources) {
    assert.deepEqual(await stream<number>(source as () => Iterable<number>).toArray(), list);
    assert.deepEqual(await stream<number>(source as () => Iterable<number>).toArray({ resume: { items: { after: 2, ahead: [1] } } }), [3]);
  }
});

test("a source that never waits is called off, and ended", async () => {
  let isEnded = false;
  const endless = function* () {
    try {
      for (let value = 0; ; value += 1) yield value;
    } finally {
      isEnded = true;
    }
  };
  const running = stream(endless).run(intoFunction(() => {}));
  const timer = setTimeout(() => void running.drain(), 5);
  assert.equal((await running.done).status, "drained");
  clearTimeout(timer);
  assert.equal(isEnded, true);
  const broken = stream(() => [1, Promise.reject(new Error("not there"))] as unknown as number[]);
  await assert.rejects(broken.toArray(), /not there/);
});
