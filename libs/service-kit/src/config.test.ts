import assert from "node:assert/strict";
import { test } from "node:test";
import { z } from "zod";
import { ConfigError, parseConfig, parsePlatformConfig, serviceVariable } from "./config.ts";

test("an empty environment is a laptop", () => {
  const config = parsePlatformConfig({ PORT: "" });
  assert.deepEqual([config.PORT, config.HOST, config.DATABASE_URL, config.LOCAL_OWNER], [8080, "127.0.0.1", undefined, true]);
});

test("variables are read as what they are", () => {
  const config = parsePlatformConfig({ PORT: "0", LOCAL_OWNER: "0", CHECK_ANSWERS: "1", SHUTDOWN_TIMEOUT_MS: "250" });
  assert.deepEqual([config.PORT, config.LOCAL_OWNER, config.CHECK_ANSWERS, config.SHUTDOWN_TIMEOUT_MS], [0, false, true, 250]);
});

test("every fault is told at once, with the value where that is safe", () => {
  assert.throws(
    () => parsePlatformConfig({ PORT: "http", LOG_LEVEL: "loud", LOCAL_OWNER: "yes" }),
    (error: unknown) => {
      assert.ok(error instanceof ConfigError);
      assert.equal(error.problems.length, 3);
      assert.match(error.message, /3 faults[\s\S]*PORT: .*\(it is "http"\)[\s\S]*LOG_LEVEL: /);
      return true;
    },
  );
});

test("secrets are never shown", () => {
  const schema = z.object({ API_KEY: z.string().max(3), STORE_URL: z.string().max(3), DB_PASSWORD: z.string().max(3) });
  assert.throws(
    () => parseConfig(schema, { API_KEY: "hidden-1", STORE_URL: "hidden-2", DB_PASSWORD: "hidden-3" }),
    (error: unknown) => error instanceof ConfigError && error.problems.length === 3 && !error.message.includes("hidden"),
  );
});

test("a service is found by its variable", () => {
  assert.equal(serviceVariable("capability-planning"), "SERVICE_CAPABILITY_PLANNING_URL");
});
