import assert from "node:assert/strict";
import { test } from "node:test";
import { createPipeline } from "../pipeline.ts";
import { transform } from "../processors/index.ts";
import { failing, scenario } from "../scenario.ts";
import { compose } from "./compose.ts";
import { filter } from "./filter.ts";
import { sequence } from "./sequence.ts";

const isPositive = (value: number) => value > 0;
const double = transform("double", (value: number) => value * 2);
const text = transform("text", String);

test("then, else, and on as it is", async () => {
  const without = createPipeline(filter("f", isPositive, double));
  assert.deepEqual([without.process(4), without.process(-4)], [8, -4]);
  const both = createPipeline(filter("f", isPositive, double, text));
  assert.deepEqual([both.process(4), both.process(-4)], [8, "-4"]);
  assert.equal(await createPipeline(filter("f", async (value: number) => value > 0, double)).process(4), 8);
  // @ts-expect-error with an else that gives a text, `double` cannot follow
  compose("c", filter("f", isPositive, double, text), double);
});

test("an error keeps its whole path, with and without an else", () => {
  const inner = sequence<number>("s", [failing("fail")]);
  assert.throws(() => createPipeline(filter("f", isPositive, inner, double)).process(1), { path: ["f", "s", "fail"] });
  assert.throws(() => createPipeline(filter("f", isPositive, double, inner)).process(-1), { path: ["f", "s", "fail"] });
  const broken = (): boolean => {
    throw new TypeError("kaput");
  };
  assert.throws(() => createPipeline(filter("f", broken, double)).process(1), { path: ["f"], panic: true });
});

test("tells what it found, and shows both branches", async () => {
  const both = filter("f", isPositive, double, text);
  const { pipeline, told } = scenario(both);
  pipeline.process(1);
  assert.deepEqual((await told())[0]?.data, { name: "f", passed: true });
  assert.deepEqual(both.children(), [double, text]);
});
