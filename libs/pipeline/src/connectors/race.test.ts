import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError } from "@rivergen/contracts";
import fc from "fast-check";
import { createPipeline } from "../pipeline.ts";
import { apply, transform } from "../processors/index.ts";
import { deaf, failing, scenario, sleeping } from "../scenario.ts";
import { race } from "./race.ts";

test("the first success wins, a fast failure does not, and the losers are aborted", async () => {
  const [fast, slow] = [sleeping<number>("fast", 10), sleeping<number>("slow", 50)];
  const { clock, pipeline, told } = scenario(race("race", [failing("fail"), slow, fast]));
  const outcome = pipeline.process(1);
  await clock.advance(10);
  assert.equal(await outcome, 1);
  assert.deepEqual(slow.ends, { finished: 0, aborted: 1 });
  assert.equal(clock.pending, 0, "no timer of a loser is left");
  assert.deepEqual((await told())[0]?.data, { name: "race", winner: "fast" });
});

test("when all fail, the last error is thrown, with its path", async () => {
  const late = apply<number, number>("late", async () => Promise.reject(new AppError("FORBIDDEN", { detail: "late" })));
  await assert.rejects(async () => createPipeline(race("race", [late, failing("early")])).process(1), { path: ["race", "late"] });
  assert.throws(() => createPipeline(race("race", [failing("a"), failing("b")])).process(1), { path: ["race", "b"] });
});

test("an abort is an error, at once, though children are deaf", async () => {
  const stop = new AbortController();
  const outcome = createPipeline(race<number, number>("race", [deaf("deaf")])).process(1, { signal: stop.signal });
  stop.abort(new Error("enough"));
  await assert.rejects(async () => outcome, { path: ["race"], aborted: true });
});

test("a winner that is there at once makes no promise, and late results are ignored", async () => {
  let finish = (_: number) => {};
  const late = apply<number, number>("late", () => new Promise((resolve) => (finish = resolve)));
  const outcome = createPipeline(race("race", [late, transform("now", (value: number) => value + 1)])).process(1);
  assert.equal(outcome, 2);
  finish(99);
});

test("law: the winner is the first in time of those that succeed, and every loser sees the abort", async () => {
  const child = fc.record({ ms: fc.integer({ min: 1, max: 20 }), fails: fc.boolean() });
  await fc.assert(
    fc.asyncProperty(fc.array(child, { minLength: 1, maxLength: 6 }), async (plan) => {
      let aborted = 0;
      const children = plan.map(({ ms, fails }, index) =>
        apply<number, number>(`c${index}`, async (_, { clock, signal }) => {
          await clock.sleep(ms, signal).catch((error: unknown) => {
            aborted += 1;
            throw error;
          });
          if (fails) throw new AppError("STORE_UNAVAILABLE");
          return index;
        }),
      );
      const { clock, pipeline } = scenario(race("race", children as never));
      const outcome = (pipeline.process(0 as never) as Promise<number>).then(
        (winner) => winner,
        () => undefined,
      );
      await clock.advance(20);
      const first = Math.min(...plan.filter(({ fails }) => !fails).map(({ ms }) => ms));
      const winner = plan.findIndex(({ ms, fails }) => ms === first && !fails);
      assert.equal(await outcome, winner < 0 ? undefined : winner);
      await new Promise(setImmediate);
      if (winner >= 0) assert.ok(aborted <= plan.length - 1 && aborted >= plan.filter(({ ms }) => ms > first).length);
      assert.equal(clock.pending, 0);
    }),
    { numRuns: 1_000, verbose: 1 },
  );
});
