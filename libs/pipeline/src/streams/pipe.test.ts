import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError } from "@rivergen/contracts";
import { z } from "zod";
import { transform } from "../processors/transform.ts";
import { createVirtualClock } from "../virtual-clock.ts";
import { chain, definePipe, pipe } from "./pipe.ts";

const double = pipe("double", (value: number) => value * 2);
const next = pipe(transform("next", (value: number) => value + 1));

test("pipes are put one behind the other, by name, and stay what they were", () => {
  const both = next.to(double);
  assert.equal(both.process(5), 12);
  assert.equal(both.name, "next → double");
  assert.equal(both.named("both").name, "both");
  assert.equal(
    pipe("parse", (text: string) => Number(text))
      .to(next)
      .to("label", (value) => `is ${value}`)
      .process("4"),
    "is 5",
  );
  assert.equal(next.to(double).to(next).pipes.length, 3);
  assert.equal(next.to(double.to(next)).pipes.length, 2);
  assert.equal(next.to(double).to(next).process(1), next.to(double.to(next)).process(1));
  // @ts-expect-error what gives a number is not followed by what takes a text
  next.to(pipe("upper", (text: string) => text.toUpperCase()));
});

test("without a pipe there is no pipeline", () => {
  assert.throws(() => chain([]), { code: "INVALID_REQUEST" });
});

test("a failure names the pipes around it, outer to inner, and keeps its cause", () => {
  const cause = new Error("deep");
  const inner = next.to("fails", () => {
    throw cause;
  });
  const outer = double.to(inner.named("inner")).named("outer");
  assert.throws(() => outer.process(1), { name: "PipelineError", path: ["outer", "inner", "fails"], cause, message: "deep" });
});

test("each pipe counts, times and judges its own calls", async () => {
  const clock = createVirtualClock({ eager: true });
  const options = { clock };
  const slow = pipe(
    "slow",
    async (value: number) => {
      await clock.sleep(30);
      if (value < 0) throw new AppError("STEP_FAILED");
      return value;
    },
    options,
  );
  const whole = slow.to(double);
  assert.deepEqual(whole.health(), { status: "idle", errorRate: undefined, running: 0 });
  const pending = whole.process(1);
  assert.equal(whole.health().running, 1);
  await pending;
  assert.equal(slow.health().status, "healthy");
  await assert.rejects(async () => whole.process(-1));
  assert.deepEqual(slow.health(), { status: "failing", errorRate: 0.5, running: 0 });
  assert.equal(slow.metrics().latencyMs?.average, 30);
  await clock.advance(120_000);
  assert.equal(slow.health().status, "idle");
  await whole.close();
  assert.equal(whole.health().status, "closed");
});

test("a condition decides whether a pipe runs at all", () => {
  let calls = 0;
  const counted = pipe("counted", (value: number) => ((calls += 1), value * 10));
  const input = { value: 5 };
  const large = pipe("large", ({ value }: { value: number }) => counted.process(value)).when<{ value: number }>(({ value }) => value > 30);
  assert.equal(large.process(input), input);
  assert.equal(calls, 0);
  assert.equal(large.process({ value: 40 }), 400);
});

test("a kind of pipe is configured once and for all; every fault of a configuration is told at once", () => {
  const scale = definePipe({
    name: "scale",
    description: "Multiplies.",
    config: z.strictObject({ factor: z.number(), offset: z.number().default(0) }),
    input: z.number(),
    create: ({ factor, offset }) => ({ run: (value: number) => value * factor + offset }),
  });
  assert.equal(scale({ factor: 3 }).process(4), 12);
  assert.equal(scale({ factor: 3, offset: 1 }, "triple").name, "triple");
  assert.throws(
    () => scale({ factor: "3", size: 1 } as never),
    (error: AppError) => error.code === "INVALID_REQUEST" && error.details.errors?.length === 2,
  );
});
