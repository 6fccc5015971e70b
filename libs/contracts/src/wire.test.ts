import assert from "node:assert/strict";
import { test } from "node:test";
import { fileRoutes } from "./files.ts";
import { encodeRequest } from "./wire.ts";

test("a parameter stays one part of the address, whatever it holds", () => {
  for (const file of ["a/b.csv", "../../internal/files", "a/../b", "a?b#c", "ü %2f"]) {
    const { path } = encodeRequest(fileRoutes.getFileContent, { params: { file } });
    const [empty, version, files, part, content, ...rest] = new URL(path, "http://x").pathname.split("/");
    assert.deepEqual([empty, version, files, decodeURIComponent(part ?? ""), content, rest], ["", "v1", "files", file, "content", []]);
  }
});

test("what is not given is not sent", () => {
  assert.equal(encodeRequest(fileRoutes.listFiles, { query: { prefix: "a&b", cursor: undefined } }).path, "/v1/files?prefix=a%26b");
});
