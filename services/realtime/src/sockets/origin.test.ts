import assert from "node:assert/strict";
import { test } from "node:test";
import { isOwnOrigin } from "./origin.ts";

const cases: [string, { origin?: string; host?: string }, string | undefined, boolean][] = [
  ["a program", { host: "127.0.0.1:8080" }, undefined, true],
  ["a page of this origin", { origin: "http://127.0.0.1:8080", host: "127.0.0.1:8080" }, undefined, true],
  ["a page of another port", { origin: "http://127.0.0.1:9090", host: "127.0.0.1:8080" }, undefined, false],
  ["a page elsewhere", { origin: "https://evil.test", host: "127.0.0.1:8080" }, undefined, false],
  ["a page in a sandbox", { origin: "null", host: "127.0.0.1:8080" }, undefined, false],
  ["a page of the public address, behind a proxy", { origin: "https://rivers.test", host: "10.0.0.7:8080" }, "https://rivers.test/", true],
  ["a page that looks like the public address", { origin: "https://rivers.test.evil.test", host: "10.0.0.7:8080" }, "https://rivers.test", false],
];
for (const [who, headers, publicUrl, expected] of cases) {
  test(`${who} ${expected ? "may" : "may not"} connect`, () => assert.equal(isOwnOrigin(headers, publicUrl), expected));
}
