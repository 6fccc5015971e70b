import assert from "node:assert/strict";
import { test } from "node:test";
import { createPipeline } from "../pipeline.ts";
import { apply, transform } from "../processors/index.ts";
import { failing, scenario, sleeping } from "../scenario.ts";
import { contest } from "./contest.ts";

const after = (name: string, ms: number, result: number) =>
  apply<number, number>(name, async (_, { clock, signal }) => {
    await clock.sleep(ms, signal);
    return result;
  });
const isBig = (value: number) => value > 100;

test("the first result that is good enough wins, and the others are aborted", async () => {
  const slow = sleeping<number>("slow", 400);
  const { clock, pipeline, told } = scenario(contest("contest", isBig, [after("fast", 10, 1), after("good", 20, 500), slow]));
  const outcome = pipeline.process(1);
  await clock.advance(20);
  assert.equal(await outcome, 500);
  assert.equal(slow.ends.aborted, 1);
  assert.deepEqual((await told())[0]?.data, { name: "contest", winner: "good" });
});

test("says whether no result was good enough or none was there", async () => {
  const small = transform("small", (value: number) => value);
  assert.throws(() => createPipeline(contest("c", isBig, [failing("fail"), small])).process(1), { code: "CONTEST_UNDECIDED", path: ["c"], panic: false });
  assert.throws(() => createPipeline(contest("c", isBig, [failing("fail"), failing("fail2")])).process(1), {
    code: "CONTEST_FAILED",
    message: "all processors failed: 2 errors",
  });
  const later = contest("c", async () => false, [small, after("later", 5, 500)]);
  const { clock, pipeline } = scenario(later);
  const refused = assert.rejects(async () => pipeline.process(1), { code: "CONTEST_UNDECIDED" });
  await clock.advance(5);
  await refused;
});

test("a condition that throws fails the run, at once or later", async () => {
  const broken = () => {
    throw new TypeError("condition kaput");
  };
  const now = transform("now", (value: number) => value);
  assert.throws(() => createPipeline(contest("c", broken, [now])).process(1), { path: ["c"], panic: true });
  const { clock, pipeline } = scenario(contest("c", broken, [after("a", 5, 1), after("b", 50, 1)]));
  const refused = assert.rejects(async () => pipeline.process(1), { path: ["c"], panic: true });
  await clock.advance(5);
  await refused;
  assert.equal(clock.pending, 0);
});
