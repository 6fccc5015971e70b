import assert from "node:assert/strict";
import { test } from "node:test";
import { types } from "../types.ts";
import { readRowExpression } from "./row-expression.ts";
import type { Value } from "./value.ts";

const columns = [
  { name: "wide", type: types.decimal(38, 10), nullable: true },
  { name: "narrow", type: types.decimal(9, 2), nullable: true },
  { name: "text", type: types.string, nullable: true },
  { name: "list", type: types.list(types.integer), nullable: true },
];
const context = { parameters: { types: new Map([["least", types.integer]]), values: new Map([["least", "3"]]) }, now: "2024-03-01T10:00:00Z" };

function valueOf(text: string, ...row: Value[]): Value {
  const read = readRowExpression(text, columns, context);
  assert.ok(read.ok, JSON.stringify(read));
  return read.evaluate(row);
}

const faultsOf = (text: string, wanted?: typeof types.boolean): string[] => {
  const read = readRowExpression(text, columns, context, wanted);
  return read.ok ? [] : read.faults.map(({ code, place }) => `${code} ${place.line}:${place.column}`);
};

test("a literal beside ends of different digits is compared with all of them", () => {
  const row = [-123_456_789_012_345_678_905_000_000_000n, 100n, null, null];
  assert.equal(valueOf("0 between wide and narrow", ...row), true);
  assert.equal(valueOf("0 in (wide, narrow, 0)", ...row), true);
});

test("parameters and the logical time are known", () => {
  assert.equal(valueOf("$least + 1"), 4n);
  assert.equal(valueOf("cast(today() as string)"), "2024-03-01");
  assert.equal(valueOf("cast(now() as string)"), "2024-03-01 10:00:00.000000+00");
});

test("texts are ordered by code points, not by halves of surrogate pairs", () => {
  assert.equal(valueOf("text > '\u{ff5e}'", null, null, "\u{1f600}", null), true);
  assert.equal(valueOf("length(text)", null, null, "a\u{1f600}", null), 2n);
});

test("a hostile pattern ends soon", () => {
  const start = performance.now();
  assert.equal(valueOf(`text like '${"%a".repeat(60)}b'`, null, null, "a".repeat(5_000), null), false);
  assert.throws(() => valueOf(`text like '${"%a_".repeat(30)}'`, null, null, "a".repeat(5_000), null), /at most three/);
  assert.ok(performance.now() - start < 2_000);
});

test("what the checker refuses and what only an engine computes stands at its place", () => {
  assert.deepEqual(faultsOf("narrow +\n textt"), ["UNKNOWN_COLUMN 2:2"]);
  assert.deepEqual(faultsOf("length(text) + length(list)"), ["NOT_AVAILABLE 1:16"]);
  assert.deepEqual(faultsOf("random()"), ["NOT_AVAILABLE 1:1"]);
  assert.deepEqual(faultsOf("sum(narrow)"), ["MISPLACED_CALL 1:1"]);
  assert.deepEqual(faultsOf("null"), ["UNTYPED_NULL 1:1"]);
  assert.deepEqual(faultsOf("narrow", types.boolean), ["TYPE_MISMATCH 1:1"]);
});

test("a value without a result fails without being told", () => {
  assert.throws(() => valueOf("cast(text as integer)", null, null, "secret", null), { message: "A text cannot be read as integer" });
  assert.throws(() => valueOf("narrow * wide * wide", 10n ** 37n, 10n ** 8n, null, null), /does not fit 38 digits/);
});

test("rounding far before the point, and long spaces, cost nothing", () => {
  const started = performance.now();
  assert.equal(valueOf("round(7, -2000000000)"), 0n);
  assert.equal(valueOf("round(149, -2)"), 100n);
  const spaces = " ".repeat(200_000);
  assert.equal(valueOf("try_cast(text as integer)", null, null, `${spaces}x`, null), null);
  assert.equal(valueOf("try_cast(text as integer)", null, null, `${spaces}7${spaces}`, null), 7n);
  assert.ok(performance.now() - started < 1_000);
});
