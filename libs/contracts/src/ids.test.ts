import assert from "node:assert/strict";
import { test } from "node:test";
import { createId, deriveId, idFor, type IdKind, idPrefixes, isIdForm } from "./ids.ts";

test("ids tell their kind and have the form of ids", () => {
  for (const [kind, prefix] of Object.entries(idPrefixes) as [IdKind, string][]) {
    for (const id of [createId(kind), deriveId(kind, "key")]) {
      assert.match(id, new RegExp(`^${prefix}_[0-9a-z]{26}$`));
      assert.ok(isIdForm(id), id);
    }
  }
  assert.equal(new Set(Object.values(idPrefixes)).size, Object.keys(idPrefixes).length);
});

test("ids sort by the millisecond of their creation", () => {
  const highest = new Uint8Array(10).fill(255);
  const lowest = new Uint8Array(10);
  for (const now of [0, 31, 32, 1_700_000_000_000, 4_000_000_000_000]) assert.ok(createId("run", now, highest) < createId("run", now + 1, lowest), `${now}`);
});

test("every random bit counts", () => {
  const ids = new Set<string>();
  for (let bit = 0; bit < 80; bit++) {
    const random = new Uint8Array(10);
    random[bit >> 3] = 1 << (bit & 7);
    ids.add(createId("run", 0, random));
  }
  assert.equal(ids.size, 80);
});

test("a derived id is the same again, and another for another kind, key or part", () => {
  const caller = { requestKey: "usr_1/abc" };
  assert.equal(deriveId("run", "a"), deriveId("run", "a"));
  assert.equal(idFor("run", caller), deriveId("run", caller.requestKey));
  const others = [idFor("run", caller), idFor("river", caller), idFor("run", caller, "/2"), idFor("run", { requestKey: "usr_2/abc" })];
  assert.equal(new Set(others.map((id) => id.slice(4))).size, others.length);
  assert.notEqual(idFor("run", {}), idFor("run", {}));
});

test("names are not taken for ids", () => {
  for (const name of ["flights", "run_2024", "usr_short", "sales_by_state_and_month_of_year", `run_${"a".repeat(19)}`, `run_${"i".repeat(26)}`, ""])
    assert.equal(isIdForm(name), false, name);
});
