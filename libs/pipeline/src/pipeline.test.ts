import assert from "node:assert/strict";
import { test } from "node:test";
import { compose, sequence } from "./connectors/index.ts";
import { createPipeline } from "./pipeline.ts";
import { defineProcessor } from "./processor.ts";
import type { Processor } from "./processor.ts";
import { apply } from "./processors/index.ts";
import { scenario, sleeping } from "./scenario.ts";

test("every run has an id of its own, all its parts the same, and the pipeline has one for good", async () => {
  const seen: string[][] = [];
  const look = apply<number, number>("look", (value, { executionId, pipelineId }) => (seen.push([executionId, pipelineId]), value));
  const pipeline = createPipeline(compose("twice", look, look));
  await pipeline.process(1);
  await pipeline.process(2);
  const [a, b, c, d] = seen.map(([execution]) => execution);
  assert.ok(a === b && c === d && a !== c);
  assert.deepEqual(new Set(seen.map(([, id]) => id)), new Set([pipeline.id]));
});

test("closing waits for runs under way, takes no more, and closes once, in reverse, with all errors joined", async () => {
  const closed: string[] = [];
  const part = (name: string, fails = false): Processor<number, number> =>
    defineProcessor({
      name,
      kind: "part",
      run: (value: number) => value,
      close() {
        closed.push(name);
        if (fails) throw new Error(`${name} is stuck`);
      },
    });
  const slow = sleeping<number>("slow", 50);
  const { clock, pipeline } = scenario(sequence("all", [part("first", true), slow, sequence("inner", [part("a"), part("b", true)]), part("last")]));
  const outcome = pipeline.process(7);
  const ending = assert.rejects(pipeline.close(), (error: AggregateError) => {
    assert.deepEqual(
      error.errors.map((one: Error) => one.message),
      ["b is stuck", "first is stuck"],
    );
    return true;
  });
  assert.throws(() => pipeline.process(8), { code: "SERVICE_UNAVAILABLE" });
  assert.deepEqual(closed, []);
  await clock.advance(50);
  assert.equal(await outcome, 7);
  await ending;
  assert.deepEqual(closed, ["last", "b", "a", "first"]);
  await assert.rejects(pipeline.close());
  assert.equal(closed.length, 4, "closed once");
});
