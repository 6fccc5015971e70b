import assert from "node:assert/strict";
import { test } from "node:test";
import { clip, formatOf, toPlainText } from "./format-cell.ts";

const show = (name: string, type: string, value: unknown): string => formatOf({ name, type })(value);
const parts = (text: string): string => text.replaceAll(/\D+/g, " ").trim();

test("numbers keep their digits, and those that name things no separator", () => {
  assert.equal(parts(show("price", "decimal(38,4)", "12345678901234567890.1200")), "12 345 678 901 234 567 890 1200");
  assert.equal(parts(show("n", "integer", "9007199254740993")), "9 007 199 254 740 993");
  assert.deepEqual([show("year", "integer", 2_024), show("customerId", "integer", 123_456), show("zip_code", "integer", 12_345)], ["2024", "123456", "12345"]);
  assert.deepEqual([show("x", "double", "NaN"), parts(show("x", "double", 0.1 + 0.2))], ["NaN", "0 3"]);
});

test("days and wall clocks are not moved by the reader's zone", () => {
  assert.match(show("d", "date", "2024-01-01"), /2024/);
  assert.match(show("d", "date", "2024-01-01"), /\b1\b|01/);
  assert.match(show("t", "timestamp", "2024-01-01T23:59:58.123456"), /59.58/);
  assert.equal(show("d", "date", "infinity"), "infinity");
});

test("what has no format of its own is shown as it is", () => {
  assert.equal(show("l", "list<integer>", [1, null]), "[1,null]");
  assert.equal(toPlainText(null), "");
  assert.equal(clip("x".repeat(600)).length, 501);
});
