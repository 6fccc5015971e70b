import assert from "node:assert/strict";
import { test } from "node:test";
import { compare, median } from "./compare.ts";

test("the median of an even count is the mean of the two in the middle", () => {
  assert.equal(median([4, 1, 3]), 3);
  assert.equal(median([4, 1, 3, 2]), 2.5);
});

test("both sides are measured in turn and the ratio is the median of the rounds' ratios", async () => {
  const order: string[] = [];
  const costs = { ours: [10, 40, 12], peer: [10, 20, 10] };
  const side = (name: "ours" | "peer") => async (): Promise<number> => {
    order.push(name);
    return costs[name].shift() ?? 0;
  };
  const result = await compare({ name: "x", unit: "ms", peerName: "peer", rounds: 3, versions: { duckdb: "1" }, ours: side("ours"), peer: side("peer") });
  assert.deepEqual(order, ["ours", "peer", "ours", "peer", "ours", "peer"]);
  assert.deepEqual([result.ours, result.peer, result.ratio, result.ratioMin, result.ratioMax], [12, 10, 1.2, 1, 2]);
  assert.equal(result.versions["duckdb"], "1");
});
