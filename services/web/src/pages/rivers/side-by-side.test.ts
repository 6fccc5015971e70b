import assert from "node:assert/strict";
import { test } from "node:test";
import { compareTexts, stackRows } from "./side-by-side.ts";

const numbered = (count: number): string => Array.from({ length: count }, (_, index) => `line ${index + 1}\n`).join("");

test("changed lines stand against each other, unchanged ones around them, the rest is counted", () => {
  const rows = compareTexts(numbered(12), numbered(12).replace("line 9\n", "line nine\nand more\n"));
  assert.deepEqual(
    rows.map((row) =>
      row.kind === "gap" ? `${row.count} more` : `${row.left?.number ?? "-"}:${row.left?.text ?? ""} | ${row.right?.number ?? "-"}:${row.right?.text ?? ""}`,
    ),
    [
      "5 more",
      "6:line 6 | 6:line 6",
      "7:line 7 | 7:line 7",
      "8:line 8 | 8:line 8",
      "9:line 9 | 9:line nine",
      "-: | 10:and more",
      "10:line 10 | 11:line 10",
      "11:line 11 | 12:line 11",
      "12:line 12 | 13:line 12",
    ],
  );
});

test("as one text, what was removed stands above what came in its place", () => {
  const rows = stackRows(compareTexts(numbered(9), numbered(9).replace("line 4\nline 5\n", "line four\nline five\n")));
  assert.deepEqual(
    rows.map((row) => (row.kind === "gap" ? `${row.count} more` : `${row.kind} ${row.line.number} ${row.line.text}`)),
    [
      "same 1 line 1",
      "same 2 line 2",
      "same 3 line 3",
      "removed 4 line 4",
      "removed 5 line 5",
      "added 4 line four",
      "added 5 line five",
      "same 6 line 6",
      "same 7 line 7",
      "same 8 line 8",
      "1 more",
    ],
  );
});

test("texts that are the same have no changes", () => {
  assert.deepEqual(compareTexts(numbered(4), numbered(4)), [{ kind: "gap", count: 4 }]);
  assert.deepEqual(
    compareTexts("a\n", "").map(({ kind }) => kind),
    ["changed"],
  );
});
