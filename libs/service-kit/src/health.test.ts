import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError } from "@rivergen/contracts";
import { registerHealth } from "./health.ts";
import { createApp } from "./http.ts";
import { createLog } from "./log.ts";
import { createMetrics } from "./metrics.ts";

test("a service that cannot tell its state is not ready", async () => {
  const app = createApp(createLog("silent", "health"));
  const health = async (): Promise<never> => {
    throw new AppError("SERVICE_UNAVAILABLE");
  };
  registerHealth(app, {
    hosted: [{ definition: { name: "reader" }, instance: { handlers: {}, health } }],
    stores: { databases: new Map() },
    metrics: createMetrics(),
  });
  const answer = await app.inject({ method: "GET", url: "/health/ready" });
  assert.equal(answer.statusCode, 503);
  assert.deepEqual(answer.json<{ checks: object }>().checks, { "reader:health": { ok: false, detail: "SERVICE_UNAVAILABLE" } });
  await app.close();
});
