import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { AppError } from "@rivergen/contracts";
import { matchesETag, readContentDigest, readContentLength, readContentType, toDisposition } from "./headers.ts";

const failsWith = (code: string) => (error: unknown) => error instanceof AppError && error.code === code;

test("the sender's media type counts, else the ending of the path", () => {
  assert.equal(readContentType("text/csv; charset=latin1", "a.json"), "text/csv; charset=latin1");
  assert.equal(readContentType("application/x-www-form-urlencoded", "a.CSV"), "text/csv");
  assert.equal(readContentType(undefined, "a.tar.gz"), "application/gzip");
  assert.equal(readContentType("application/octet-stream", "a.exe"), "application/octet-stream");
});

test("forms and what is no media type are refused", () => {
  assert.throws(() => readContentType("multipart/form-data; boundary=x", "a"), failsWith("UNSUPPORTED_CONTENT_TYPE"));
  assert.throws(() => readContentType("csv", "a"), failsWith("INVALID_REQUEST"));
  assert.throws(() => readContentType(`text/${"c".repeat(300)}`, "a"), failsWith("INVALID_REQUEST"));
});

test("lengths", () => {
  assert.equal(readContentLength(undefined), undefined);
  assert.equal(readContentLength("1073741824"), 2 ** 30);
  assert.throws(() => readContentLength("-1"), failsWith("INVALID_REQUEST"));
});

test("a digest among others", () => {
  const hash = createHash("sha256").update("x").digest();
  assert.equal(readContentDigest(`sha-512=:YQ==:, sha-256=:${hash.toString("base64")}:`), hash.toString("hex"));
  assert.equal(readContentDigest(undefined), undefined);
  for (const wrong of ["", "sha-256=abc", "sha-256=:YQ==:", "sha-512=:YQ==:"]) assert.throws(() => readContentDigest(wrong), failsWith("INVALID_REQUEST"));
});

test("ETags already held", () => {
  assert.equal(matchesETag('W/"b", "a"', '"a"'), true);
  assert.equal(matchesETag('W/"a"', '"a"'), true);
  assert.equal(matchesETag("*", '"a"'), true);
  assert.equal(matchesETag('"b"', '"a"'), false);
  assert.equal(matchesETag(undefined, '"a"'), false);
});

test("file names cannot break out of their header", () => {
  assert.equal(toDisposition('x/a"b;\r\n\u{1F600}.csv'), `attachment; filename="a_b_____.csv"; filename*=UTF-8''a%22b%3B%0D%0A%F0%9F%98%80.csv`);
});
