import assert from "node:assert/strict";
import { test } from "node:test";
import { createPipeline } from "../pipeline.ts";
import { transform } from "../processors/index.ts";
import { failing, scenario } from "../scenario.ts";
import { switchOn } from "./switch-on.ts";

const sign = (value: number) => (value > 0 ? "positive" : value < 0 ? "negative" : "zero");
const routes = { positive: transform("double", (value: number) => value * 2), negative: transform("negate", (value: number) => -value) };

test("the route of the answer, and the default for every other answer", async () => {
  const caught = createPipeline(
    switchOn(
      "s",
      sign,
      routes,
      transform("other", () => 99),
    ),
  );
  assert.deepEqual([caught.process(4), caught.process(-4), caught.process(0)], [8, 4, 99]);
  const without = createPipeline(switchOn("s", async (value: number) => sign(value), routes));
  assert.deepEqual([await without.process(4), await without.process(0)], [8, 0]);
});

test("a route may be called default, and names of every object are no routes", () => {
  assert.equal(createPipeline(switchOn("s", () => "default", { default: routes.positive })).process(5), 10);
  for (const name of ["constructor", "__proto__", "toString"]) assert.equal(createPipeline(switchOn("s", () => name, routes)).process(5), 5);
});

test("errors carry the names, and what it chose is told", async () => {
  assert.throws(() => createPipeline(switchOn("s", sign, { positive: failing("fail") })).process(1), { path: ["s", "fail"] });
  const broken = (): string => {
    throw new TypeError("kaput");
  };
  assert.throws(() => createPipeline(switchOn("s", broken, routes)).process(1), { path: ["s"], panic: true });
  const { pipeline, told } = scenario(
    switchOn(
      "s",
      sign,
      routes,
      transform("other", () => 99),
    ),
  );
  pipeline.process(1);
  pipeline.process(0);
  assert.deepEqual(
    (await told()).map(({ data }) => data),
    [
      { name: "s", route: "positive", matched: true },
      { name: "s", route: "zero", matched: false },
    ],
  );
});
