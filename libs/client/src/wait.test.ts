import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import type { AppError } from "@rivergen/contracts";
import { createClient } from "./sdk.ts";
import { waitForRun } from "./wait.ts";

test("a run is followed to its end, also while the platform is away for a moment", { timeout: 20_000 }, async (t) => {
  const statuses = ["queued", "running", "running", "succeeded"];
  const polled: string[] = [];
  let away = 2;
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "", "http://x");
    polled.push(`${url.pathname}?after=${url.searchParams.get("after") ?? ""}`);
    if (url.pathname === "/v1/events" && away-- > 0) return void response.writeHead(503, { "retry-after": "1" }).end();
    response.writeHead(200, { "content-type": "application/json" });
    if (url.pathname === "/v1/runs/run_1") return void response.end(JSON.stringify({ id: "run_1", status: statuses.shift() }));
    response.end(JSON.stringify({ items: [], lastSeq: Number(url.searchParams.get("after") ?? 4) + 1 }));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const client = createClient({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
  const seen: string[] = [];
  const run = await waitForRun(client, "run_1", { onUpdate: ({ status }) => seen.push(status) });
  assert.equal(run.status, "succeeded");
  assert.deepEqual(seen, ["queued", "running", "running", "succeeded"]);
  assert.equal(polled[0], "/v1/runs/run_1/events?after=");
  assert.deepEqual(polled.filter((path) => path.startsWith("/v1/events")).slice(-3), ["/v1/events?after=5", "/v1/events?after=6", "/v1/events?after=7"]);
  await assert.rejects(waitForRun(client, "run_1", { signal: AbortSignal.abort(new Error("enough")) }), (error: AppError) => error.message === "enough");
});
