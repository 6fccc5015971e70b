import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError } from "@rivergen/contracts";
import { createPipeline } from "../pipeline.ts";
import { apply, transform } from "../processors/index.ts";
import { deaf, failing, scenario, sleeping } from "../scenario.ts";
import { concurrent } from "./concurrent.ts";
import type { Outcome } from "./outcome.ts";
import { sequence } from "./sequence.ts";

const add = (by: number) => transform(`add${by}`, (value: number) => value + by);
const sum = (_: number, outcomes: readonly Outcome<number>[]) => outcomes.reduce((total, one) => total + (one.ok ? one.value : 0), 0);

test("without waiting the result is there at once; without a reducer the input goes on", () => {
  assert.equal(createPipeline(concurrent("c", [add(1), add(2)])).process(5), 5);
  assert.equal(createPipeline(concurrent("c", [add(1), add(2)], { reduce: sum })).process(5), 13);
});

test("takes as long as the slowest child", async () => {
  const { clock, pipeline } = scenario(concurrent("c", [sleeping("a", 30), sleeping("b", 50)]));
  const outcome = pipeline.process("in") as Promise<string>;
  await clock.advance(50);
  assert.equal(await outcome, "in");
});

test("reports the error that came first, after waiting for all", async () => {
  const late = apply<number, number>("late", async (_, { clock }) => {
    await clock.sleep(20);
    throw new AppError("STORE_UNAVAILABLE", { detail: "late" });
  });
  const slow = sleeping<number>("slow", 50);
  const { clock, pipeline, told } = scenario(concurrent("c", [late, failing("early"), slow]));
  const refused = assert.rejects(async () => pipeline.process(1), { path: ["c", "early"], message: "boom" });
  await clock.advance(50);
  await refused;
  assert.equal(slow.ends.finished, 1);
  assert.deepEqual((await told()).at(-1)?.data, { name: "c", children: 3, errors: 2 });
});

test("a reducer sees every child in order, errors and children of the same name included", () => {
  const names = (_: number, outcomes: readonly Outcome<number>[]) => outcomes.map(({ name, ok }) => `${name}:${ok}`);
  const children = [sequence("sequence", [add(1)]), failing("fail"), sequence("sequence", [add(2)])];
  assert.deepEqual(createPipeline(concurrent("c", children, { reduce: names })).process(1), ["sequence:true", "fail:false", "sequence:true"]);
});

test("children share nothing that can be written to, with each other or with the caller", () => {
  const scribble = apply<{ tags: string[] }, string>("scribble", (input) => {
    input.tags[0] = "scribbled";
    return input.tags[0];
  });
  const read = apply<{ tags: string[] }, string>("read", (input) => input.tags[0] ?? "");
  const input = { tags: ["kept"] };
  const seen = concurrent("c", [scribble, read], { reduce: (_, outcomes) => outcomes.map((one) => one.ok && one.value) });
  assert.deepEqual(createPipeline(seen).process(input), ["scribbled", "kept"]);
  assert.deepEqual(input, { tags: ["kept"] });
});

test("an abort is an error, at once, though children are deaf", async () => {
  const stop = new AbortController();
  const slow = sleeping<number>("slow", 50);
  const outcome = createPipeline(concurrent("c", [deaf("deaf"), slow])).process(1, { signal: stop.signal });
  stop.abort(new Error("enough"));
  await assert.rejects(async () => outcome, { path: ["c"], aborted: true });
  assert.equal(slow.ends.aborted, 1);
  assert.throws(() => createPipeline(concurrent("c", [add(1)])).process(1, { signal: stop.signal }), { path: ["c"], aborted: true });
});

test("a reducer that throws fails under the name of the connector", () => {
  const broken = concurrent("c", [add(1)], {
    reduce: () => {
      throw new TypeError("no reduction");
    },
  });
  assert.throws(() => createPipeline(broken).process(1), { path: ["c"], panic: true });
});
