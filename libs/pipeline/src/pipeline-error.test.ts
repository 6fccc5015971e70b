import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import { AppError } from "@rivergen/contracts";
import { compose, sequence, withRetry } from "./connectors/index.ts";
import { PipelineError } from "./pipeline-error.ts";
import { createPipeline } from "./pipeline.ts";
import { apply, transform } from "./processors/index.ts";
import { failing, scenario } from "./scenario.ts";

const secret = { password: "hunter2" };

function thrown(work: () => unknown): PipelineError {
  try {
    work();
  } catch (error) {
    assert.ok(error instanceof PipelineError);
    return error;
  }
  return assert.fail("nothing was thrown");
}

test("carries the names outer to inner, cause, try and code, and never the input", () => {
  const cause = new AppError("DATASET_NOT_FOUND", { detail: "no such dataset" });
  const inner = sequence<unknown>("inner", [
    apply("step", () => {
      throw cause;
    }),
  ]);
  const error = thrown(() => createPipeline(compose("outer", inner)).process(secret));
  assert.deepEqual(error.path, ["outer", "inner", "step"]);
  assert.equal(error.cause, cause);
  assert.equal(error.code, "DATASET_NOT_FOUND");
  assert.equal(error.retryable, false);
  assert.deepEqual([error.attempt, error.timedOut, error.aborted, error.panic], [1, false, false, false]);
  assert.match(error.summary, /^outer -> inner -> step failed after \d+ ms: no such dataset$/);
  assert.doesNotMatch(inspect(error, { depth: 9, showHidden: true }), /hunter2/);
});

test("says how long the run took and which try failed", async () => {
  const slow = apply<number, number>("slow", async (_, { clock }) => {
    await clock.sleep(30);
    throw new AppError("STORE_UNAVAILABLE");
  });
  const { clock, pipeline } = scenario(withRetry("retry", slow, { attempts: 2 }));
  const refused = assert.rejects(async () => pipeline.process(1), { durationMs: 60, attempt: 2, path: ["retry", "slow"] });
  await clock.advance(100);
  await refused;
});

test("what is no AppError is a panic: its text is cleaned for people, and the cause keeps the whole", () => {
  const panicking = (text: string) =>
    thrown(() =>
      createPipeline(
        sequence("s", [
          transform("bad", () => {
            throw new TypeError(text);
          }),
        ]),
      ).process(secret),
    );
  const plain = panicking("kaput");
  assert.deepEqual([plain.panic, plain.message, plain.code, plain.path], [true, "kaput", "INTERNAL", ["s", "bad"]]);
  assert.equal(panicking("at 0xDEADbeef12").message, "at 0x***");
  assert.doesNotMatch(panicking("cannot read /etc/shadow").message, /shadow/);
  assert.equal(panicking("x".repeat(500)).message.length, 201);
  assert.ok(plain.cause instanceof TypeError);
});

test("a whole pipeline inside a processor: the names go on behind the processor's own", () => {
  const inner = createPipeline(sequence("inner", [failing("deep")]));
  const outer = createPipeline(sequence("outer", [apply("call", (input) => inner.process(input))]));
  assert.deepEqual(thrown(() => outer.process(1)).path, ["outer", "call", "inner", "deep"]);
});

test("an error for several callers is copied, so that each adds its own names", () => {
  const error = thrown(() => createPipeline(failing("step")).process(1));
  const copy = error.copy().within("elsewhere");
  assert.deepEqual([error.path, copy.path], [["step"], ["elsewhere", "step"]]);
  assert.equal(copy.cause, error.cause);
});

test("an abort and a passed deadline are told apart, and neither is a panic", async () => {
  const waiting = apply<number, void>("waiting", (_, { clock, signal }) => clock.sleep(100, signal));
  for (const [reason, flags] of [
    [new Error("enough"), { aborted: true, timedOut: false, panic: false, code: "ABORTED" }],
    [new DOMException("late", "TimeoutError"), { aborted: false, timedOut: true, panic: false, code: "DEADLINE_EXCEEDED" }],
    [new AppError("RUN_CANCELLED"), { aborted: true, timedOut: false, panic: false, code: "RUN_CANCELLED" }],
  ] as const) {
    const stop = new AbortController();
    const outcome = createPipeline(sequence("s", [waiting as never])).process(1 as never, { signal: stop.signal });
    stop.abort(reason);
    await assert.rejects(async () => outcome, { ...flags, path: ["s", "waiting"] });
  }
});
