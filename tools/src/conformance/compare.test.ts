import assert from "node:assert/strict";
import { test } from "node:test";
import { fits, fitsUnit, isInTime } from "./compare.ts";

const failed = { error: { pipe: "outer", message: "Error in pipe outer: deep", cause: { pipe: "inner", message: "deep" } } };

test("objects are compared by subset, lists element by element", () => {
  assert.ok(fits({ a: 1 }, { a: 1, b: 2 }, "flow"));
  assert.ok(!fits({ a: 1, b: 2 }, { a: 1 }, "flow"));
  assert.ok(!fits({ a: null }, {}, "flow"));
  assert.ok(fits([{ a: 1 }], [{ a: 1, b: 2 }], "flow"));
  assert.ok(!fits([1, 2], [1, 2, 3], "flow"));
  assert.ok(!fits({ a: [1] }, { a: 1 }, "flow"));
  assert.ok(fits(null, null, "flow") && !fits(null, 0, "flow"));
});

test("what is for people is not compared, and differs from suite to suite", () => {
  assert.ok(fits({ originalMessage: "x", a: 1 }, { a: 1 }, "flow"));
  assert.ok(fits({ type: "x", a: 1 }, { a: 1 }, "streams"));
  assert.ok(!fits({ type: "x", a: 1 }, { a: 1 }, "flow"));
  assert.ok(fits({ errors: { count: 1 } }, {}, "runner") && !fits({ errors: 0 }, {}, "runner"));
});

const cases: readonly [key: string, expected: object, right: object, wrong: object, suite?: string][] = [
  ["invalid", { invalid: [{ pointer: "/a", kind: "k" }] }, { invalid: [{ pointer: "/a", kind: "k", line: 1 }] }, { invalid: [] }],
  ["errorAny", { errorAny: true }, { error: {} }, {}],
  ["errorOrInvalid", { errorOrInvalid: true }, { invalid: [] }, {}],
  ["invalidAnyOf", { invalidAnyOf: ["a", "b"] }, { invalid: [{ kind: "b" }] }, { invalid: [{ kind: "c" }] }],
  ["messageContains", { messageContains: "oo" }, { message: "boom" }, { message: "bang" }],
  ["messageContains of causes", { messageContains: "deep" }, failed, { error: { message: "flat" } }, "streams"],
  ["messageLacks", { messageLacks: ["secret"] }, { message: "boom" }, { message: "a secret" }],
  ["messageAnyOf", { messageAnyOf: ["a", "b"] }, { message: "b" }, { message: "c" }],
  ["pathFirst", { pathFirst: "a" }, { path: ["a", "b"] }, { path: ["b"] }],
  ["namesPipe", { namesPipe: "inner" }, failed, { error: { pipe: "outer" } }],
  ["pipe beside errorAny", { errorAny: true, pipe: "inner" }, failed, { error: { pipe: "outer" } }],
  ["timeout beside errorAny", { errorAny: true, timeout: true }, { error: {} }, {}],
  ["statusAnyOf", { statusAnyOf: ["a", "b"] }, { status: "a" }, { status: "c" }],
  ["failure_or_partial", { status: "failure_or_partial" }, { status: "partial_success" }, { status: "success" }],
  ["highWaterAtMost", { highWaterAtMost: 2 }, { highWater: 2 }, { highWater: 3 }],
  ["minAtLeast", { minAtLeast: 2, minObserved: 9 }, { minObserved: 2 }, { minObserved: 1 }],
  ["maxAtMost", { maxAtMost: 2, maxObserved: 1 }, { maxObserved: 2 }, {}],
  ["firedAtMost", { firedAtMost: 1 }, { ticks: [{ fired: ["a"] }, { fired: [] }] }, { ticks: [{ fired: ["a", "b"] }] }],
  ["signalsInclude", { signalsInclude: ["a"] }, { signals: ["b", "a"] }, { signals: ["b"] }],
  ["connectorTypesInclude", { connectorTypesInclude: ["a"] }, { connectors: { a: {} } }, { connectorTypes: ["b"] }],
  ["resultsInclude", { resultsInclude: [[1]] }, { results: [2, [1]] }, { results: [1] }],
  ["sentCount", { sentCount: 1 }, { sent: ["a"] }, { sent: [] }],
  ["emittedAtMs", { emittedAtMs: [{ min: 5, max: 9 }, 3] }, { emittedAtMs: [7, 3] }, { emittedAtMs: [4, 3] }],
  ["resolvedAt", { resolvedAt: { "/a/b": [1] } }, { resolved: { a: { b: [1] } } }, { resolved: { a: 1 } }],
];
for (const [key, expected, right, wrong, suite = "flow"] of cases) {
  test(`special key: ${key}`, () => {
    assert.ok(fits(expected, right, suite));
    assert.ok(!fits(expected, wrong, suite));
  });
}

test("one of several right answers is enough", () => {
  assert.ok(fitsUnit({ expectAny: [{ a: 1 }, { a: 2 }] }, { a: 2 }, "flow"));
  assert.ok(!fitsUnit({ expectAny: [{ a: 1 }, { a: 2 }] }, { a: 3 }, "flow"));
});

test("slack widens the upper bound of a time and never the lower one", () => {
  const unit = { elapsedMs: { min: 100, max: 200 } };
  assert.ok(isInTime(unit, 350, 2));
  assert.ok(!isInTime(unit, 450, 2) && !isInTime(unit, 99, 2));
  assert.ok(isInTime({}, 1e6, 1));
});
