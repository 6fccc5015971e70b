import assert from "node:assert/strict";
import { test } from "node:test";
import { createPipeline } from "../pipeline.ts";
import { apply, transform } from "../processors/index.ts";
import { failing, scenario, sleeping } from "../scenario.ts";
import { fallback } from "./fallback.ts";
import { sequence } from "./sequence.ts";

test("any number of children, in order, until one succeeds", async () => {
  const double = transform("double", (value: number) => value * 2);
  assert.equal(createPipeline(fallback<number, number>("f", [failing("a"), failing("b"), double, failing("never")])).process(5), 10);
  const { pipeline, toldNames } = scenario(fallback("f", [failing("a"), failing("b"), failing("c")]));
  assert.throws(() => pipeline.process(5), { path: ["f", "c"] });
  assert.deepEqual(await toldNames(), ["fallback.attempt", "fallback.attempt", "fallback.attempt", "fallback.failed"]);
  // @ts-expect-error nothing to fall back to
  fallback("f", []);
});

test("what the primary wrote before it failed does not reach the fallback", () => {
  const write = apply<{ tags: string[] }, { tags: string[] }>("write", (input) => {
    input.tags.push("leaked");
    return input;
  });
  const primary = sequence("primary", [write, failing("fail")]);
  const same = transform("same", (input: { tags: string[] }) => input);
  assert.deepEqual(createPipeline(fallback("f", [primary, same])).process({ tags: ["a"] }), { tags: ["a"] });
});

test("an aborted run falls back on nothing", async () => {
  const stop = new AbortController();
  const second = sleeping<number>("second", 1);
  const { clock, pipeline } = scenario(fallback("f", [sleeping<number>("first", 50), second]));
  const outcome = pipeline.process(1, { signal: stop.signal });
  await clock.advance(10);
  stop.abort(new Error("enough"));
  await assert.rejects(async () => outcome, { path: ["f", "first"], aborted: true });
  await clock.advance(50);
  assert.deepEqual(second.ends, { finished: 0, aborted: 0 });
});
