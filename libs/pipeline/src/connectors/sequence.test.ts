import assert from "node:assert/strict";
import { test } from "node:test";
import { createPipeline } from "../pipeline.ts";
import type { Processor } from "../processor.ts";
import { apply, transform } from "../processors/index.ts";
import { scenario, sleeping } from "../scenario.ts";
import { sequence } from "./sequence.ts";

const tag = (name: string): Processor<string, string> => transform(name, (text: string) => text + name);

test("every way to change it, for the next run", () => {
  const stages = sequence("s", [tag("b")]);
  const pipeline = createPipeline(stages);
  stages.push(tag("c"), tag("d"));
  stages.unshift(tag("a"));
  assert.equal(pipeline.process(""), "abcd");
  assert.equal(stages.before("c", tag("1"), tag("2")), true);
  assert.equal(stages.after("c", tag("3")), true);
  assert.equal(pipeline.process(""), "ab12c3d");
  assert.equal(stages.replace("b", tag("B"))?.name, "b");
  assert.equal(stages.remove("1")?.name, "1");
  assert.equal(pipeline.process(""), "aB2c3d");
  assert.equal(stages.pop()?.name, "d");
  assert.equal(stages.shift()?.name, "a");
  assert.equal(pipeline.process(""), "B2c3");
  assert.deepEqual(
    [stages.before("x", tag("y")), stages.after("x", tag("y")), stages.replace("x", tag("y")), stages.remove("x")],
    [false, false, undefined, undefined],
  );
  stages.clear();
  assert.equal(stages.pop(), undefined);
  assert.equal(pipeline.process("as it came"), "as it came");
});

test("a run under way keeps the stages it began with", async () => {
  const stages = sequence<string>("s", [sleeping("wait", 10), tag("old")]);
  const { clock, pipeline } = scenario(stages);
  const running = pipeline.process("");
  stages.replace("old", tag("new"));
  await clock.advance(10);
  assert.equal(await running, "old");
  const next = pipeline.process("");
  await clock.advance(10);
  assert.equal(await next, "new");
});

test("the same processor may stand in it twice", () => {
  const trim = tag("t");
  assert.equal(createPipeline(sequence("s", [trim, tag("u"), trim])).process(""), "tut");
});

test("an abort is seen before each stage, and no stage runs after it", async () => {
  const stop = new AbortController();
  const ran: string[] = [];
  const note = (name: string, act = () => {}) => apply<number, number>(name, (value) => (ran.push(name), act(), value));
  const stages = sequence("s", [note("a", () => stop.abort(new Error("enough"))), note("b")]);
  assert.throws(() => createPipeline(stages).process(1, { signal: stop.signal }), { path: ["s"], aborted: true, panic: false });
  assert.deepEqual(ran, ["a"]);
  assert.throws(() => createPipeline(stages).process(1, { signal: stop.signal }), { aborted: true });
  assert.deepEqual(ran, ["a"]);
});

test("tells that it is over", async () => {
  const { pipeline, told } = scenario(sequence("s", [tag("a"), tag("b")]));
  pipeline.process("");
  const [event] = await told();
  assert.deepEqual([event?.signal, event?.data], ["sequence.completed", { name: "s", stages: 2 }]);
  assert.equal(typeof event?.executionId, "string");
});
