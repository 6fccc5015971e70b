import assert from "node:assert/strict";
import { test } from "node:test";
import { displayWidth, fit, flow, pad, safeLines, safeText, wrap } from "./text.ts";

const esc = "\u001b";

test("what could rewrite a terminal or deceive a reader is shown as its escape", () => {
  assert.equal(safeText(`red ${esc}[31m`), "red \\x1b[31m");
  assert.equal(safeText("a\nb\tc\r\u0000\u007f\u009b"), "a\\nb\\tc\\r\\x00\\x7f\\x9b");
  assert.equal(safeText("user\u202egnp.exe"), "user\\u202egnp.exe");
  assert.equal(safeText("\u200bzero\u2028\ufeff"), "\\u200bzero\\u2028\\ufeff");
  assert.equal(safeText("half \ud83d end"), "half \\ud83d end");
  assert.equal(safeText("tag \u{e0041}"), "tag \\u{e0041}");
  assert.equal(safeText("Zürich 東京 👩‍🔬 a\\b"), "Zürich 東京 👩‍🔬 a\\b");
  assert.deepEqual(safeLines(`one\r\ntwo\n${esc}]0;x`), ["one", "two", "\\x1b]0;x"]);
});

test("widths are those of a terminal", () => {
  assert.equal(displayWidth("plain"), 5);
  assert.equal(displayWidth("Zu\u0308rich"), 6);
  assert.equal(displayWidth("東京"), 4);
  assert.equal(displayWidth("👩‍🔬!"), 3);
  assert.equal(displayWidth("⋈ → ✓ –"), 7);
  assert.equal(displayWidth(`${esc}[1mbold${esc}[22m`), 4);
});

test("texts are cut and filled by width", () => {
  assert.equal(fit("abcdef", 6), "abcdef");
  assert.equal(fit("abcdef", 4), "abc…");
  assert.equal(fit("東京都", 4), "東…");
  assert.equal(fit("abc", 0), "");
  assert.equal(pad("東京", 6), "東京  ");
  assert.equal(pad("12", 5, "right"), "   12");
});

test("pieces and words are broken into lines", () => {
  assert.deepEqual(flow(["aaaa", "bbbb", "cc"], 11), ["aaaa   bbbb", "cc"]);
  assert.deepEqual(flow(["a".repeat(20), "b"], 10), ["a".repeat(20), "b"]);
  assert.deepEqual(wrap("one two  three", 7), ["one two", "three"]);
  assert.deepEqual(wrap("", 7), [""]);
});
