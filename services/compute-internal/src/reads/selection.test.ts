import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError } from "@rivergen/contracts";
import { readSelection } from "./selection.ts";

const columns = ["a", "b c", "-d", 'q"', "x,y"].map((name) => ({ name, type: "integer" }));

test("columns are sorted by in the order they stand, each in its direction", () => {
  assert.deepEqual(readSelection(columns, { sort: '-a,b c,-"-d","q""","x,y",a' }).orderBy, [
    { column: "a", descending: true },
    { column: "b c", descending: false },
    { column: "-d", descending: true },
    { column: 'q"', descending: false },
    { column: "x,y", descending: false },
  ]);
  assert.deepEqual(readSelection(columns, {}), {});
});

test("spaces that belong to a name are kept", () => {
  const spaced = [" a b ", "a b", "c", " "].map((name) => ({ name, type: "integer" }));
  const sorted = (sort: string) => readSelection(spaced, { sort }).orderBy?.map(({ column, descending }) => [column, descending]);
  assert.deepEqual(sorted('-" a b ",a b, c ," "'), [[" a b ", true], ["a b", false], ["c", false], [" ", false]]); // prettier-ignore
  assert.deepEqual(sorted("- a b , a b ,- "), [[" a b ", true], [" ", true]]); // prettier-ignore
});

test("what cannot be read is refused with its place", () => {
  const cases = [
    [{ sort: "a,z" }, "query/sort", "UNKNOWN_COLUMN", 3],
    [{ sort: "a," }, "query/sort", "INVALID_FORMAT", undefined],
    [{ sort: '"a' }, "query/sort", "INVALID_FORMAT", undefined],
    [{ filter: "a > 1 and z" }, "query/filter", "UNKNOWN_COLUMN", 11],
  ] as const;
  for (const [given, path, code, column] of cases) {
    assert.throws(
      () => readSelection(columns, given),
      (error: unknown) => {
        assert.ok(error instanceof AppError && error.code === "INVALID_REQUEST");
        const [fault] = error.details.errors ?? [];
        assert.deepEqual([fault?.path, fault?.code, fault?.column], [path, code, column]);
        return true;
      },
    );
  }
});
