import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import { test } from "node:test";
import { defaultPrices, priceOf, type PriceTable, pricesVariable, sumAmounts } from "./prices.ts";

const table = (price: string): PriceTable => ({ currency: "EUR", meters: { cpu: { unit: "s", price } } });

test("amounts are exact where binary fractions are not", () => {
  assert.equal(priceOf(table("0.1"), "cpu", 3), "0.3");
  assert.equal(priceOf(table("0.00004"), "cpu", 0.41), "0.0000164");
  assert.equal(priceOf(table("0.000000001"), "cpu", 0.000001), "0.000000000000001");
  assert.equal(priceOf(table("2"), "cpu", 1.5), "3");
  assert.equal(priceOf(table("999999999.999999999"), "cpu", 1), "999999999.999999999");
  assert.equal(sumAmounts(["0.1", "0.2"]), "0.3");
  assert.equal(sumAmounts(["1", "-0.000000000000001"]), "0.999999999999999");
  assert.equal(sumAmounts(["0.25", "-1"]), "-0.75");
  assert.equal(sumAmounts([]), "0");
});

test("what has no price costs nothing", () => {
  assert.equal(priceOf(table("5"), "other", 7), "0");
  assert.equal(priceOf(table("5"), "cpu", 0), "0");
});

test("amounts and sums agree with integers counted in the smallest unit", () => {
  const seed = randomInt(2 ** 31);
  let state = seed;
  const next = (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state % below;
  };
  for (let round = 0; round < 500; round++) {
    const amounts: string[] = [];
    let expected = 0n;
    for (let line = 0; line <= next(5); line++) {
      const digits = 1 + next(9);
      const [whole, fraction, millionths] = [next(100_000), next(10 ** digits), next(2_000_000_000)];
      const price = `${whole}.${String(fraction).padStart(digits, "0")}`;
      amounts.push(priceOf(table(price), "cpu", millionths / 1e6));
      expected += (BigInt(whole) * 10n ** 9n + BigInt(fraction) * 10n ** BigInt(9 - digits)) * BigInt(millionths);
    }
    const [whole = "", fraction = ""] = sumAmounts(amounts).split(".");
    assert.equal(BigInt(whole + fraction.padEnd(15, "0")), expected, `seed ${seed}, round ${round}: ${amounts.join(" + ")}`);
  }
});

test("the variable is a table as JSON; its default is the platform's own", () => {
  assert.deepEqual(pricesVariable.parse(undefined), defaultPrices);
  assert.deepEqual(pricesVariable.parse(JSON.stringify(table("0.5"))), table("0.5"));
  for (const wrong of ["{", "[]", JSON.stringify(table("-1")), JSON.stringify(table("1e3")), JSON.stringify({ ...table("1"), currency: "euro" })])
    assert.equal(pricesVariable.safeParse(wrong).success, false, wrong);
});
