import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError } from "@rivergen/contracts";
import fc from "fast-check";
import { createPipeline } from "../pipeline.ts";
import type { Processor } from "../processor.ts";
import { apply } from "../processors/index.ts";
import { failing, scenario, sleeping } from "../scenario.ts";
import { sequence } from "./sequence.ts";
import { withRetry } from "./with-retry.ts";

/** Fails so often, then gives the number of the try. */
function flaky(failures: number, waits = false): Processor<unknown, number> & { readonly tries: number[] } {
  const tries: number[] = [];
  const processor = apply<unknown, number>("flaky", (_, { attempt }) => {
    tries.push(attempt);
    const fails = tries.length <= failures;
    if (waits) return fails ? Promise.reject(new AppError("STORE_UNAVAILABLE")) : Promise.resolve(attempt);
    if (fails) throw new AppError("STORE_UNAVAILABLE");
    return attempt;
  });
  return { ...processor, tries };
}

test("law: attempts are total tries, each knows its number, at once or waiting", async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 0, max: 10 }), fc.boolean(), async (attempts, failures, waits) => {
      const child = flaky(failures, waits);
      const run = async () => createPipeline(withRetry("retry", child, { attempts })).process(0);
      if (failures < attempts) assert.equal(await run(), failures + 1);
      else await assert.rejects(run, { path: ["retry", "flaky"], attempt: attempts });
      assert.deepEqual(
        child.tries,
        Array.from({ length: Math.min(attempts, failures + 1) }, (_, index) => index + 1),
      );
    }),
    { numRuns: 1_000, verbose: 1 },
  );
});

test("success without waiting costs no promise, however many tries it took", () => {
  assert.equal(createPipeline(withRetry("retry", flaky(2))).process(0), 3);
});

test("an error that says trying again is useless is thrown at once, unless the filter says otherwise", () => {
  let tries = 0;
  const panicking = apply("bad", () => {
    tries += 1;
    throw new TypeError("a bug");
  });
  assert.throws(() => createPipeline(withRetry("retry", panicking)).process(0), { panic: true });
  assert.equal(tries, 1);
  assert.throws(() => createPipeline(withRetry("retry", panicking, { isRetryable: () => true })).process(0), { panic: true });
  assert.equal(tries, 4);
});

test("nested retries multiply", () => {
  const child = flaky(99);
  assert.throws(() => createPipeline(withRetry("o", withRetry("i", child, { attempts: 4 }), { attempts: 3 })).process(0), { path: ["o", "i", "flaky"] });
  assert.equal(child.tries.length, 12);
});

test("every try finds the input as it came", () => {
  const write = apply<{ tags: string[] }, { tags: string[] }>("write", (input, { attempt }) => {
    input.tags.push(`${attempt}`);
    if (attempt < 3) throw new AppError("STORE_UNAVAILABLE");
    return input;
  });
  assert.deepEqual(createPipeline(withRetry("retry", write)).process({ tags: [] }), { tags: ["3"] });
});

test("an abort during a try ends it under the name of the connector, and no try follows", async () => {
  const stop = new AbortController();
  const slow = sleeping<number>("slow", 100);
  const { clock, pipeline } = scenario(withRetry("retry", sequence<unknown>("s", [slow, failing("fail")]), { attempts: 50 }));
  const outcome = pipeline.process(1, { signal: stop.signal });
  await clock.advance(150);
  stop.abort(new Error("enough"));
  await assert.rejects(async () => outcome, { path: ["retry"], aborted: true });
  assert.deepEqual(slow.ends, { finished: 1, aborted: 1 });
});

test("tells each try, each failure, and the end", async () => {
  const good = scenario(withRetry("retry", flaky(1)));
  good.pipeline.process(0);
  assert.deepEqual(await good.toldNames(), ["retry.attempt-start", "retry.attempt-fail", "retry.attempt-start"]);
  const bad = scenario(withRetry("retry", failing("fail"), { attempts: 2 }));
  assert.throws(() => bad.pipeline.process(0));
  assert.deepEqual(await bad.toldNames(), ["retry.attempt-start", "retry.attempt-fail", "retry.attempt-start", "retry.exhausted"]);
});
