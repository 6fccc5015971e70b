import assert from "node:assert/strict";
import { test } from "node:test";
import { toChildFailure } from "./engine-failure.ts";

const folder = { in: "/run/in", out: "/run/out", tmp: "/run/tmp" };

test("a full disk is the platform's fault, whatever the data say is not", () => {
  for (const message of ['IO Error: Could not write file "/run/out/stage.parquet": No space left on device', "ENOSPC: no space left on device, write"])
    assert.equal(toChildFailure(new Error(message), folder).code, "PLATFORM_FAULT", message);
  const told = "Conversion Error: Could not convert string 'IO Error: No space left on device' to INT64";
  assert.deepEqual(toChildFailure(new Error(told), folder), { code: null, outOfMemory: false, details: { detail: told } });
});
