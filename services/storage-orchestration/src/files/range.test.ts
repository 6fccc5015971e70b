import assert from "node:assert/strict";
import { test } from "node:test";
import { readRange } from "./range.ts";

const cases: [string | undefined, ReturnType<typeof readRange>][] = [
  [undefined, "whole"],
  ["bytes=0-0", { start: 0, end: 0 }],
  ["bytes=2-5", { start: 2, end: 5 }],
  ["bytes=5-", { start: 5, end: 9 }],
  ["bytes=5-1000", { start: 5, end: 9 }],
  ["bytes=-3", { start: 7, end: 9 }],
  ["bytes=-1000", { start: 0, end: 9 }],
  ["Bytes = 1-2", { start: 1, end: 2 }],
  ["bytes=-0", "unsatisfiable"],
  ["bytes=10-", "unsatisfiable"],
  ["bytes=10-12", "unsatisfiable"],
  ["bytes=5-2", "whole"],
  ["bytes=-", "whole"],
  ["bytes=0-1,3-4", "whole"],
  ["bytes=a-b", "whole"],
  ["bytes=0x1-2", "whole"],
  ["rows=1-2", "whole"],
  [`bytes=${"9".repeat(30)}-`, "whole"],
];
for (const [header, expected] of cases) {
  test(`${header} of ten bytes`, () => assert.deepEqual(readRange(header, 10), expected));
}

test("nothing of an empty file can be had in part", () => {
  assert.equal(readRange("bytes=0-", 0), "unsatisfiable");
  assert.equal(readRange("bytes=-5", 0), "unsatisfiable");
});
