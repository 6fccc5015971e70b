import assert from "node:assert/strict";
import { test } from "node:test";
import { findQueries, mostKept, type PastQuery, readHistory, remember, writeHistory } from "./history.ts";

const query = (text: string): PastQuery => ({ text, at: "2024-01-01T00:00:00Z", rowCount: 1, durationMs: 2 });

function openStore(limit = Number.POSITIVE_INFINITY) {
  const kept = new Map<string, string>();
  return {
    kept,
    getItem: (key: string) => kept.get(key) ?? null,
    removeItem: (key: string) => void kept.delete(key),
    setItem(key: string, value: string) {
      if (value.length > limit) throw new Error("full");
      kept.set(key, value);
    },
  };
}

test("the newest stands first, each text once, and no more than are kept", () => {
  let past: readonly PastQuery[] = [];
  for (let index = 0; index < mostKept + 20; index += 1) past = remember(past, query(`select ${index}`));
  past = remember(past, query("select 60"));
  assert.equal(past.length, mostKept);
  assert.deepEqual([past[0]?.text, past.filter(({ text }) => text === "select 60").length], ["select 60", 1]);
  assert.deepEqual(
    findQueries(past, " SELECT 119 ").map(({ text }) => text),
    ["select 119"],
  );
});

test("workspaces keep their own; what is no history is none", () => {
  const store = openStore();
  writeHistory(store, "a", [query("select 1")]);
  assert.deepEqual([readHistory(store, "a").length, readHistory(store, "b").length], [1, 0]);
  for (const bad of ["{", "{}", '[{"text":1}]', '[{"text":"x","at":"never","durationMs":1}]', "[null]"]) {
    store.kept.set("rivergen.sql.a", bad);
    assert.deepEqual(readHistory(store, "a"), [], bad);
  }
});

test("a full store keeps the newest", () => {
  const store = openStore(400);
  writeHistory(
    store,
    "a",
    Array.from({ length: 40 }, (_, index) => query(`select ${index}`)),
  );
  const kept = readHistory(store, "a");
  assert.ok(kept.length > 0 && kept.length < 40 && kept[0]?.text === "select 0");
});
