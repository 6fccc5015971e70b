import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError } from "@rivergen/contracts";
import { readChannels, readLastEventId } from "./channels.ts";

const isRefused = (error: unknown): boolean => error instanceof AppError && error.code === "INVALID_REQUEST";

test("channels of a query", () => {
  assert.deepEqual(readChannels(undefined), ["workspace"]);
  assert.deepEqual(readChannels(""), ["workspace"]);
  assert.deepEqual(readChannels("run:run_a, dataset:dst_b,run:run_a"), ["run:run_a", "dataset:dst_b"]);
  for (const wrong of ["all", "run:", "run:A", "workspace,x", Array.from({ length: 1_001 }, (_, i) => `run:${i}`).join(",")])
    assert.throws(() => readChannels(wrong), isRefused);
});

test("the last event id of a stream", () => {
  assert.equal(readLastEventId(undefined), undefined);
  assert.equal(readLastEventId(""), undefined);
  assert.equal(readLastEventId("42"), 42);
  for (const wrong of ["-1", "4.2", "x", "9".repeat(20)]) assert.throws(() => readLastEventId(wrong), isRefused);
});
