import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError } from "./errors.ts";
import { parseFilePath } from "./file-path.ts";

for (const path of ["a.csv", "sales/2024/jan.csv", "Ünïcode 表.csv", "..a/b..", "content", "…", "a b.csv", `${"a".repeat(1_020)}.csv`]) {
  test(`${path.slice(0, 30)} is a path`, () => assert.equal(parseFilePath(path), path.normalize("NFC")));
}

test("the same name in two spellings of Unicode is one path", () => {
  assert.equal(parseFilePath("cafe\u0301.csv"), parseFilePath("café.csv"));
});

const refused: [string, RegExp][] = [
  ["", /empty/],
  ["/etc/passwd", /relative/],
  ["C:/x.csv", /drive/],
  ["a//b", /empty part/],
  ["a/", /empty part/],
  ["../a", /\.\./],
  ["a/../b", /\.\./],
  ["a/./b", /\. or/],
  ["a\\..\\b", /backslash/],
  ["a\0.csv", /control/],
  ["a\nb", /control/],
  ["a\u202eb/\u2028", /control/],
  ["a/ /b", /spaces/],
  ["a/content", /reserved/],
  ["\ud800.csv", /Unicode/],
  ["é".repeat(513), /1024 bytes/],
  ["fil_01h00000000000000000000000", /id/],
];
for (const [path, reason] of refused) {
  test(`${JSON.stringify(path).slice(0, 30)} is refused`, () => {
    assert.throws(
      () => parseFilePath(path),
      (error) => error instanceof AppError && error.code === "INVALID_FILE_PATH" && reason.test(String(error.details.detail)),
    );
  });
}
