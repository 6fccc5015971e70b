import assert from "node:assert/strict";
import { test } from "node:test";
import { digestRiver, renderRiverYaml } from "./canonical.ts";
import { parseDuration } from "./duration.ts";
import type { RiverContentType } from "./text.ts";
import { parseRiverText } from "./text.ts";

const yaml = "application/yaml" as const;
const json = "application/json" as const;

test("JSON and YAML give the same value, with places", () => {
  const text = "apiVersion: rivergen.dev/v1\nsources:\n  orders: { dataset: orders }\nsteps:\n  clean:\n    from: orders\n    do:\n      - filter: 'a > 1'\n";
  const read = parseRiverText(text, yaml);
  assert.deepEqual(read.errors, []);
  assert.deepEqual(read.positions("/steps/clean/do/0/filter"), { line: 8, column: 9, isExact: false });
  assert.deepEqual(read.positions("/steps/clean/do/0/filter", "value"), { line: 8, column: 18, isExact: true });
  const asJson = parseRiverText(JSON.stringify(read.value, null, 1), json);
  assert.deepEqual(asJson.value, read.value);
  assert.equal(asJson.positions("/steps/clean/from")?.line, 10);
});

const faulty: readonly (readonly [name: string, type: RiverContentType, text: string, code: string])[] = [
  ["a repeated key in YAML", yaml, "a: 1\nb: 2\na: 3", "DUPLICATE_KEY"],
  ["a repeated key in JSON", json, '{"a": {"b": 1, "b": 2}}', "DUPLICATE_KEY"],
  ["broken YAML", yaml, "a: [1, 2", "TEXT_NOT_PARSEABLE"],
  ["two documents", yaml, "a: 1\n---\nb: 2", "TEXT_NOT_PARSEABLE"],
  ["broken JSON", json, '{"a": 1,}', "TEXT_NOT_PARSEABLE"],
  ["a tag", yaml, "a: !!binary aGVsbG8=", "INVALID_VALUE"],
  ["infinity", yaml, "a: .inf", "INVALID_VALUE"],
  ["a number that JavaScript would round", yaml, "a: 12345678901234567890", "NUMBER_TOO_LARGE"],
  ["a number that JSON.parse would round", json, '{"a": 12345678901234567890}', "NUMBER_TOO_LARGE"],
  ["a key that is a list", yaml, "? [1, 2]\n: 3", "INVALID_KEY"],
  ["HOCON", "application/hocon", "a = 1", "NOT_AVAILABLE"],
  ["JSON 100,000 deep", json, "[".repeat(100_000), "DOCUMENT_TOO_DEEP"],
  ["JSON maps 100,000 deep", json, '{"a":'.repeat(50_000), "DOCUMENT_TOO_DEEP"],
  ["YAML lists 100,000 deep", yaml, "[".repeat(100_000), "DOCUMENT_TOO_DEEP"],
  ["YAML dashes", yaml, "- ".repeat(100_000), "DOCUMENT_TOO_DEEP"],
  ["YAML indentation", yaml, Array.from({ length: 500 }, (_, index) => `${" ".repeat(index)}a:`).join("\n"), "DOCUMENT_TOO_DEEP"],
  ["a long text", yaml, "x".repeat(10_000_000), "DOCUMENT_TOO_LARGE"],
  ["an alias of itself", yaml, "a: &a [*a]", "DOCUMENT_TOO_DEEP"],
  ["a billion laughs", yaml, `a: &a [x,x,x,x,x,x,x,x,x]\n${"bcdefghi".split("").map((letter, index) => `${letter}: &${letter} [${Array(9).fill(`*${"abcdefghi"[index]}`).join(",")}]`).join("\n")}`, "DOCUMENT_TOO_LARGE"],
]; // prettier-ignore

for (const [name, type, text, code] of faulty) {
  test(`${name} is refused, soon`, () => {
    const start = performance.now();
    const read = parseRiverText(text, type);
    assert.equal(read.errors[0]?.code, code);
    assert.ok((read.errors[0]?.line ?? 0) >= 1 && (read.errors[0]?.column ?? 0) >= 1);
    assert.ok(performance.now() - start < 3_000);
  });
}

test("keys of prototypes are plain keys", () => {
  for (const [text, type] of [
    ['{"__proto__": {"polluted": 1}, "constructor": 2}', json],
    ["__proto__: { polluted: 1 }\nconstructor: 2", yaml],
  ] as const) {
    const read = parseRiverText(text, type);
    assert.deepEqual(read.errors, []);
    assert.deepEqual(Object.keys(read.value as object), ["__proto__", "constructor"]);
    assert.equal(({} as { polluted?: number }).polluted, undefined);
  }
});

test("the digest sees meaning, not spelling", () => {
  const one = {
    river: "a",
    sources: { x: { dataset: "x", version: 1 }, y: { dataset: "y" } },
    steps: { s: { from: "x", select: { a: "1", b: "2" } } },
    outputs: { o: { from: "s" } },
  };
  const same = {
    outputs: { o: { from: "s" } },
    steps: { s: { select: { a: "1", b: "2" }, from: "x" } },
    sources: { y: { dataset: "y" }, x: { version: 1, dataset: "x" } },
    river: "a",
  };
  assert.equal(digestRiver(one), digestRiver(same));
  assert.match(digestRiver(one), /^[0-9a-f]{64}$/);
  const columnsTurned = { ...one, steps: { s: { from: "x", select: { b: "2", a: "1" } } } };
  assert.notEqual(digestRiver(one), digestRiver(columnsTurned));
  const { value } = parseRiverText(renderRiverYaml(same), yaml);
  assert.equal(digestRiver(value), digestRiver(one));
  assert.match(renderRiverYaml(same), /^river: a\nsources:/);
});

test("durations", () => {
  assert.deepEqual(["250ms", "1s", "10m", "24h"].map(parseDuration), [250, 1_000, 600_000, 86_400_000]);
  assert.deepEqual(["0s", "-1s", "1", "1d", "1.5s", " 1s", ""].map(parseDuration), Array(7).fill(undefined));
});
