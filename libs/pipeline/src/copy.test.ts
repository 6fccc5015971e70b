import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { copyOf } from "./copy.ts";

/** Every object that can be written to, however deep. */
function parts(value: unknown, found = new Set<object>()): Set<object> {
  if (typeof value !== "object" || value === null || found.has(value)) return found;
  found.add(value);
  const inside =
    value instanceof Map ? [...value.keys(), ...value.values()] : value instanceof Set ? [...value] : ArrayBuffer.isView(value) ? [] : Object.values(value);
  for (const one of inside) parts(one, found);
  return found;
}

test("law: a copy is equal, and nothing of it can be written to through the original", () => {
  const data = fc.anything({
    withDate: true,
    withMap: true,
    withSet: true,
    withTypedArray: true,
    withSparseArray: true,
    withNullPrototype: true,
    withBigInt: true,
  });
  fc.assert(
    fc.property(data, (value) => {
      const copy = copyOf(value);
      assert.deepStrictEqual(copy, value);
      const originals = parts(value);
      assert.deepEqual(
        [...parts(copy)].filter((part) => originals.has(part)),
        [],
      );
    }),
    { numRuns: 2_000, verbose: 1 },
  );
});

test("cycles stay what they are", () => {
  const shared = { n: 1 };
  const value: { self?: unknown; list: unknown[]; map: Map<string, unknown> } = { list: [shared, shared], map: new Map([["shared", shared]]) };
  value.self = value;
  value.list.push(value.list);
  const copy = copyOf(value);
  assert.equal(copy.self, copy);
  assert.equal(copy.list[2], copy.list);
  assert.deepEqual(copy.map.get("shared"), shared);
  assert.notEqual(copy.list[0], shared);
});

test("what can copy itself does; a class that cannot is shared; names of prototypes are names like any other", () => {
  class Money {
    readonly cents: number[];
    constructor(cents: number[]) {
      this.cents = cents;
    }
    clone(): Money {
      return new Money([...this.cents]);
    }
  }
  class Handle {}
  const value = { price: new Money([1]), handle: new Handle(), read: () => 1 };
  const copy = copyOf(value);
  assert.ok(copy.price instanceof Money && copy.price !== value.price && copy.price.cents !== value.price.cents);
  assert.equal(copy.handle, value.handle);
  assert.equal(copy.read, value.read);
  const hostile = JSON.parse('{"__proto__": {"admin": true}, "a": 1}') as object;
  assert.deepEqual(Object.keys(copyOf(hostile)), ["__proto__", "a"]);
  assert.equal((copyOf(hostile) as { admin?: boolean }).admin, undefined);
});
