import assert from "node:assert/strict";
import { test } from "node:test";
import { createResources } from "./resources.ts";

const resources = createResources();
resources.add("POST", ["/v1/rivers/validate"]);
for (const method of ["GET", "PUT", "DELETE"]) resources.add(method, ["/v1/rivers/:river"]);
resources.add("POST", ["/v1/rivers/:river/runs"]);
resources.add("GET", ["/v1/files"]);
resources.add("POST", ["/v1/files/import"]);
resources.add("GET", ["/v1/files/:file*", "/v1/files/:file*/content"]);
for (const method of ["PUT", "DELETE"]) resources.add(method, ["/v1/files/:file*"]);

test("the most telling spelling of an address says which methods it takes", () => {
  assert.deepEqual(resources.methodsAt("/v1/rivers/daily"), ["DELETE", "GET", "PUT"]);
  assert.deepEqual(resources.methodsAt("/v1/rivers/validate"), ["POST"]);
  assert.deepEqual(resources.methodsAt("/v1/rivers/daily/runs"), ["POST"]);
  assert.deepEqual(resources.methodsAt("/v1/files"), ["GET"]);
  assert.deepEqual(resources.methodsAt("/v1/files/a/b.csv"), ["DELETE", "GET", "PUT"]);
  assert.deepEqual(resources.methodsAt("/v1/files/a/b.csv/content"), ["GET"]);
  assert.deepEqual(resources.methodsAt("/v1/nothing"), []);
});

test("a route found for a method gives way to a more telling address that does not take it", () => {
  assert.ok(resources.isRefused("GET", "/v1/rivers/:river", "/v1/rivers/validate"));
  assert.ok(!resources.isRefused("GET", "/v1/rivers/:river", "/v1/rivers/valid"));
  assert.ok(resources.isRefused("PUT", "/v1/files/*", "/v1/files/a/content"));
  assert.ok(!resources.isRefused("GET", "/v1/files/*", "/v1/files/a/content"));
  assert.ok(!resources.isRefused("PUT", "/v1/files/*", "/v1/files/content"));
});

test("a file may be called like a fixed address", () => {
  assert.ok(!resources.isRefused("GET", "/v1/files/*", "/v1/files/import"));
});
