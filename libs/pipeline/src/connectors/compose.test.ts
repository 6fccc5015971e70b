import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { createPipeline } from "../pipeline.ts";
import { apply, transform } from "../processors/index.ts";
import { compose } from "./compose.ts";
import { sequence } from "./sequence.ts";

const parse = transform("parse", (text: string) => Number(text));
const double = transform("double", (value: number) => value * 2);
const print = transform("print", (value: number) => ({ text: String(value) }));

test("stages of different types, in the right order only", () => {
  assert.deepEqual(createPipeline(compose("all", parse, double, print)).process("21"), { text: "42" });
  // @ts-expect-error `double` takes numbers, not texts
  compose("wrong", double, parse);
  // @ts-expect-error nothing takes what `print` gives
  compose("wrong", parse, print, double);
  // @ts-expect-error what goes in is a text
  createPipeline(compose("right", parse, double)).process(21);
  // @ts-expect-error what comes out is a number
  createPipeline(compose("right", parse, double)).process("21") satisfies string;
});

test("law: any chain, of whatever length and with waiting anywhere, gives what calling one function after the other gives", async () => {
  const stage = fc.record({ factor: fc.integer({ min: -3, max: 3 }), kind: fc.constantFrom("transform", "apply", "wait", "thenable") });
  await fc.assert(
    fc.asyncProperty(fc.array(stage, { maxLength: 40 }), fc.integer(), fc.boolean(), async (plan, input, hasSignal) => {
      const stages = plan.map(({ factor, kind }, index) => {
        const work = (value: number) => value * factor + index;
        if (kind === "transform") return transform(`s${index}`, work);
        if (kind === "apply") return apply(`s${index}`, work);
        if (kind === "wait") return apply(`s${index}`, async (value: number) => work(value));
        return apply(`s${index}`, (value: number) => ({ then: (resolve: (result: number) => void) => resolve(work(value)) }) as unknown as Promise<number>);
      });
      const expected = plan.reduce((value, { factor }, index) => value * factor + index, input);
      const signal = hasSignal ? new AbortController().signal : undefined;
      const outcome = createPipeline(sequence("law", stages)).process(input, { signal });
      assert.equal(
        outcome instanceof Promise,
        plan.some(({ kind }) => kind === "wait" || kind === "thenable"),
      );
      assert.equal(await outcome, expected);
    }),
    { numRuns: 1_000, verbose: 1 },
  );
});

test("law: the stage that fails is named, and none after it runs", async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 30 }), fc.nat(), fc.boolean(), async (length, at, waits) => {
      const failsAt = at % length;
      const ran: number[] = [];
      const stages = Array.from({ length }, (_, index) =>
        apply<number, number>(`s${index}`, (value) => {
          ran.push(index);
          if (index === failsAt) throw new TypeError("here");
          return waits ? Promise.resolve(value) : value;
        }),
      );
      await assert.rejects(async () => createPipeline(sequence("law", stages)).process(0), { path: ["law", `s${failsAt}`], panic: true });
      assert.deepEqual(
        ran,
        Array.from({ length: failsAt + 1 }, (_, index) => index),
      );
    }),
    { numRuns: 1_000, verbose: 1 },
  );
});
