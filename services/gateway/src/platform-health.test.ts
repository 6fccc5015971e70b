import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import fastify from "fastify";
import { registerPlatformHealth } from "./platform-health.ts";

test("however often it is asked at once, a service is asked once", async () => {
  let asked = 0;
  const service = createServer((_request, response) => {
    asked += 1;
    response.end("{}");
  });
  await once(service.listen(0, "127.0.0.1"), "listening");
  const url = `http://127.0.0.1:${(service.address() as AddressInfo).port}`;
  const app = fastify();
  registerPlatformHealth(app, { isLocal: (name) => name !== "storage", urlOf: () => url });
  const answers = await Promise.all(Array.from({ length: 20 }, () => app.inject({ method: "GET", url: "/health/services" })));
  for (const answer of answers) assert.deepEqual(answer.json<{ services: object }>().services["storage" as never], { ok: true });
  assert.equal(asked, 1);
  await app.close();
  service.close();
  service.closeAllConnections();
});
