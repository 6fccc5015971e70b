import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError } from "@rivergen/contracts";
import fc from "fast-check";
import { later, law } from "./laws.fixture.ts";
import { pipe } from "./pipe.ts";
import type { Positions } from "./position.ts";
import { intoFunction } from "./sink.ts";
import { stream } from "./stream.ts";
import type { Stream } from "./stream.ts";

interface Plan {
  readonly turns: readonly number[];
  readonly concurrency: number;
  readonly order: "input" | "none" | "key";
  readonly buffer: number | undefined;
  readonly batch: number | undefined;
  /** Items that always fail and go to the dead letters. */
  readonly poison: ReadonlySet<number>;
  /** After how many arrivals each run is broken off, and whether by a cancel, a failing pipe or a failing sink. */
  readonly breaks: readonly { readonly after: number; readonly how: "cancel" | "pipe" | "sink" | "drain" }[];
}

const plans: fc.Arbitrary<Plan> = fc.record({
  turns: fc.array(fc.integer({ min: 0, max: 8 }), { maxLength: 30 }),
  concurrency: fc.integer({ min: 1, max: 6 }),
  order: fc.constantFrom("input", "none", "key"),
  buffer: fc.option(fc.integer({ min: 1, max: 5 }), { nil: undefined }),
  batch: fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined }),
  poison: fc.uniqueArray(fc.integer({ min: 0, max: 29 }), { maxLength: 3 }).map((list) => new Set(list)),
  breaks: fc.array(fc.record({ after: fc.integer({ min: 0, max: 12 }), how: fc.constantFrom("cancel", "pipe", "sink", "drain") }), { maxLength: 4 }),
});

/** One run from a position, broken off as planned; gives the position it got to. */
async function runOnce(plan: Plan, broken: Plan["breaks"][number] | undefined, resume: Positions, arrived: number[], dead: number[]) {
  let arrivals = 0;
  let begun = 0;
  const isDue = (how: string, count: number) => broken?.how === how && count > broken.after;
  const work = pipe("work", async (id: number) => {
    begun += 1;
    const isLast = isDue("pipe", begun);
    await later(plan.turns[id] ?? 0);
    if (plan.poison.has(id)) throw new AppError("STEP_FAILED");
    if (isLast) throw new TypeError("the machine broke");
    return id;
  });
  const deadLetters = intoFunction(({ value, error }: { readonly value: number; readonly error: AppError }) => {
    if (error.code !== "STEP_FAILED") throw error;
    dead.push(value);
  });
  let items: Stream<number> = stream(async function* () {
    for (const [id, turns] of plan.turns.entries()) {
      await later(turns % 3);
      yield id;
    }
  }, "numbers");
  if (plan.buffer !== undefined) items = items.buffer({ capacity: plan.buffer });
  const options = { concurrency: plan.concurrency, deadLetters };
  const worked =
    plan.order === "key" ? items.keyBy((id) => id % 2).through(work, options) : items.through(work, { ...options, ordered: plan.order === "input" });
  const lists: Stream<number | number[]> = plan.batch === undefined ? worked : worked.batch({ count: plan.batch });
  const running = lists.run(
    intoFunction(async (list: number | number[]) => {
      arrivals += 1;
      if (isDue("sink", arrivals)) throw new Error("the sink broke");
      if (isDue("cancel", arrivals)) void running.cancel();
      if (isDue("drain", arrivals)) void running.drain();
      await later(1);
      arrived.push(...[list].flat());
    }),
    { resume },
  );
  const status = await running.done.then(
    (outcome) => outcome.status,
    () => "failed",
  );
  return { status, positions: JSON.parse(JSON.stringify(running.positions())) as Positions };
}

test("law: no item is lost or doubled, however often a stream is cancelled, drained or fails and goes on from its position", async (t) => {
  await fc.assert(
    fc.asyncProperty(plans, async (plan) => {
      const arrived: number[] = [];
      const dead: number[] = [];
      let resume: Positions = {};
      for (const broken of plan.breaks) ({ positions: resume } = await runOnce(plan, broken, resume, arrived, dead));
      const last = await runOnce(plan, undefined, resume, arrived, dead);
      assert.equal(last.status, "completed");
      const all = [...plan.turns.keys()];
      const sorted = (list: readonly number[]) => list.toSorted((a, b) => a - b);
      assert.deepEqual(
        sorted(dead),
        all.filter((id) => plan.poison.has(id)),
      );
      assert.deepEqual(
        sorted(arrived),
        all.filter((id) => !plan.poison.has(id)),
      );
    }),
    law(t),
  );
});

test("a position names what is done ahead of it, so that going on repeats none of it", async () => {
  const stuck = Promise.withResolvers<void>();
  const work = pipe("work", async (id: number) => {
    if (id === 0) await stuck.promise;
    return id;
  });
  const arrived: number[] = [];
  const items = stream(() => [0, 1, 2, 3], "numbers").through(work, { concurrency: 4, ordered: false });
  const all = Promise.withResolvers<void>();
  const running = items.run(intoFunction((id) => arrived.push(id) === 3 && all.resolve()));
  await all.promise;
  await later(5);
  const positions = running.positions();
  assert.deepEqual(positions, { numbers: { ahead: [1, 2, 3] } });
  await running.cancel();
  stuck.resolve();
  assert.deepEqual(await items.toArray({ resume: positions }), [0]);
});

test("two sources of one name are refused, for their positions could not be told apart", async () => {
  await assert.rejects(
    stream([1], "same")
      .merge(stream([2], "same"))
      .toArray(),
    { code: "INVALID_REQUEST" },
  );
  assert.deepEqual(
    await stream([1], "one")
      .merge(stream([2], "two"))
      .toArray(),
    [1, 2],
  );
});
