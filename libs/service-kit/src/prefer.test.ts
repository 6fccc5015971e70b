import assert from "node:assert/strict";
import { test } from "node:test";
import { readWait } from "./prefer.ts";

test("waits as long as the client prefers, at most a minute", () => {
  assert.equal(readWait("wait=5", 10), 5_000);
  assert.equal(readWait("respond-async, wait=2", 10), 2_000);
  assert.equal(readWait('Wait = "7"; foo', 10), 7_000);
  assert.equal(readWait("wait=0", 10), 0);
  assert.equal(readWait("wait=9999", 10), 60_000);
});

test("waits the default where nothing understandable is preferred", () => {
  for (const prefer of [undefined, "", "respond-async", "wait=soon", "wait=-3", "await=5"]) assert.equal(readWait(prefer, 10), 10_000, String(prefer));
});
