import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { AppError } from "@rivergen/contracts";
import {
  apply,
  compose,
  concurrent,
  createBreaker,
  createPipeline,
  createSignals,
  createVirtualClock,
  fallback,
  PipelineError,
  sequence,
  switchOn,
  transform,
  withBackoff,
  withBreaker,
  withHandler,
  withTimeout,
} from "@rivergen/pipeline";
import type { PipelineSignals } from "@rivergen/pipeline";

test("first", async () => {
  // <first>
  const parse = transform("parse", (text: string) => Number(text));
  const check = apply("check", (value: number) => {
    if (Number.isNaN(value)) throw new AppError("INVALID_REQUEST", { detail: "not a number" });
    return value;
  });
  const double = transform("double", (value: number) => value * 2);

  const pipeline = createPipeline(compose("doubled", parse, check, double));
  assert.equal(pipeline.process("21"), 42);
  assert.throws(() => pipeline.process("x"), { path: ["doubled", "check"], code: "INVALID_REQUEST" });
  await pipeline.close();
  // </first>
});

test("edited", () => {
  // <edited>
  const steps = sequence<string>("steps", [transform("trim", (text) => text.trim())]);
  const pipeline = createPipeline(steps);
  steps.after(
    "trim",
    transform("lower", (text) => text.toLowerCase()),
  );
  assert.equal(pipeline.process("  Ann "), "ann");
  // </edited>
});

test("protected", async () => {
  // <protected>
  const clock = createVirtualClock();
  let calls = 0;
  const price = apply<string, number>("price", async () => {
    calls += 1;
    throw new AppError("SERVICE_UNAVAILABLE");
  });
  const remembered = transform("remembered", () => 9.5);
  const breaker = createBreaker({ failures: 2, openMs: 30_000, clock });

  const guarded = withBackoff("tries", withBreaker("breaker", withTimeout("in time", price, 1_000), breaker), { attempts: 5, baseMs: 100 });
  const pipeline = createPipeline(fallback("price or last", [guarded, remembered]), { clock });
  const outcome = pipeline.process("sku-1");
  await clock.advance(10_000);
  assert.equal(await outcome, 9.5);
  assert.equal(calls, 2, "then the breaker let nothing through");
  assert.equal(breaker.snapshot().state, "open");
  // </protected>
});

test("parallel", () => {
  // <parallel>
  const net = transform("net", (order: { net: number; tax: number }) => order.net);
  const tax = transform("tax", (order: { net: number; tax: number }) => order.tax);
  const total = concurrent("both", [net, tax], {
    reduce: (_, outcomes) => outcomes.reduce((sum, outcome) => sum + (outcome.ok ? outcome.value : 0), 0),
  });
  assert.equal(createPipeline(total).process({ net: 100, tax: 19 }), 119);
  // </parallel>
});

test("routes", () => {
  // <routes>
  const route = switchOn(
    "by country",
    (order: { country: string }) => order.country,
    { de: transform("german", () => "19 %"), fr: transform("french", () => "20 %") },
    transform("everyone else", () => "0 %"),
  );
  const pipeline = createPipeline(route);
  assert.deepEqual([pipeline.process({ country: "de" }), pipeline.process({ country: "jp" })], ["19 %", "0 %"]);
  // </routes>
});

test("recovered", () => {
  // <recovered>
  const strict = apply<string, unknown>("strict", (text) => JSON.parse(text));
  const lenient = withHandler("lenient", strict, (error) => (error.panic ? { value: undefined } : undefined));
  assert.equal(createPipeline(lenient).process("{"), undefined);
  // </recovered>
});

test("errors", () => {
  // <errors>
  const broken = transform("broken", (): number => {
    throw new TypeError("x is not a function");
  });
  try {
    createPipeline(sequence("outer", [broken])).process(1);
    assert.fail();
  } catch (error) {
    assert.ok(error instanceof PipelineError);
    assert.deepEqual([error.path, error.panic, error.retryable], [["outer", "broken"], true, false]);
    assert.match(error.summary, /^outer -> broken failed after \d+ ms: x is not a function$/);
  }
  // </errors>
});

test("signals", async () => {
  // <signals>
  const signals = createSignals<PipelineSignals>();
  const routes: string[] = [];
  signals.on("switch.routed", ({ data }) => void routes.push(data.route), { capacity: 100, whenFull: "drop-oldest" });

  const pipeline = createPipeline(
    switchOn("sign", (value: number) => (value < 0 ? "negative" : "other"), { negative: transform("negate", (value: number) => -value) }),
    { signals },
  );
  pipeline.process(-1);
  await signals.shutdown();
  assert.deepEqual(routes, ["negative"]);
  // </signals>
});

test("docs/pipelines.md shows exactly these examples", () => {
  const source = readFileSync(new URL(import.meta.url), "utf8");
  const page = readFileSync(new URL("../../../docs/pipelines.md", import.meta.url), "utf8");
  const shown = [...page.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => code?.trim());
  const examples = [...source.matchAll(/ {2}\/\/ <(\w+)>\n([\s\S]*?) {2}\/\/ <\/\1>/g)].map(([, , code]) => (code ?? "").replaceAll(/^ {2}/gm, "").trim());
  assert.deepEqual(shown, examples);
});
