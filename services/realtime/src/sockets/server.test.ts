import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo, Socket as TcpSocket } from "node:net";
import { setImmediate as turn } from "node:timers/promises";
import { test, type TestContext } from "node:test";
import type { Event, Principal } from "@rivergen/contracts";
import { createLog } from "@rivergen/service-kit";
import { io, type Socket } from "socket.io-client";
import { createFeeds, type Feeds } from "../log/feeds.ts";
import { createRecheck } from "./recheck.ts";
import { attachSockets } from "./server.ts";

const principal: Principal = {
  userId: "usr_a",
  organizationId: "org_a",
  workspaces: [{ id: "wsp_a", name: "A", role: "owner" }],
  scopes: null,
  boundWorkspaceId: null,
  credential: "c",
};
const log = createLog("silent", "test");

/** A server of sockets over a log of one workspace that is only broadcast. */
async function serve(
  t: TestContext,
  options: { maxSockets?: number; patienceMs?: number } = {},
): Promise<{ feeds: Feeds; connect(): Promise<Socket>; count(): number }> {
  const http = createServer();
  const feeds = createFeeds();
  const resolve = Object.assign(async () => principal, { forget: () => undefined });
  const recheck = createRecheck(async () => principal, 60_000, log);
  const server = attachSockets(http, {
    feeds,
    access: { read: async () => [], authorize: async () => 0 },
    resolve,
    recheck,
    maxSockets: options.maxSockets ?? 100,
    patienceMs: options.patienceMs ?? 10_000,
    publicUrl: undefined,
    log,
  });
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  const clients: Socket[] = [];
  t.after(() => {
    for (const client of clients) client.disconnect();
    recheck.stop();
    server.close();
    http.close();
    http.closeAllConnections();
  });
  return {
    feeds,
    count: server.count,
    async connect() {
      const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
      const client: Socket = io(url, {
        path: "/v1/realtime",
        transports: ["websocket"],
        reconnection: false,
        forceNew: true,
        auth: { token: "the-token-of-ann" },
      });
      clients.push(client);
      await new Promise((settled) => {
        client.once("connect", () => settled(undefined));
        client.once("connect_error", settled);
      });
      return client;
    },
  };
}

function broadcast(feeds: Feeds, seq: number, text: string): void {
  const event: Event = { seq, id: `evt_${seq}`, type: "run.queued", source: "t", subject: "run_a", time: "2026-01-01T00:00:00Z", data: { text } };
  feeds.accept("wsp_a", { event, channels: [], prevSeqs: [] });
}

test("a client that does not read is cut, others are not held up", { timeout: 20_000 }, async (t) => {
  const { feeds, connect, count } = await serve(t, { patienceMs: 500 });
  const [slow, quick] = [await connect(), await connect()];
  const heard: number[] = [];
  quick.on("event", ({ seq }: Event) => heard.push(seq));
  for (const client of [slow, quick]) assert.deepEqual(await client.emitWithAck("subscribe", { channels: ["workspace"] }), { ok: true, seq: 0 });
  // The library keeps the connection below to itself; a client that hangs reads nothing from it.
  const below = (slow.io.engine.transport as unknown as { ws: { _socket: TcpSocket } }).ws._socket;
  below.pause();
  const text = "x".repeat(100_000);
  for (let seq = 1; seq <= 400; seq++) {
    broadcast(feeds, seq, text);
    if (seq % 20 === 0) await turn();
  }
  const deadline = Date.now() + 10_000;
  while ((heard.length < 400 || count() > 1) && Date.now() < deadline) await turn();
  assert.equal(heard.length, 400);
  assert.equal(count(), 1);
});

test("more connections than allowed are refused", async (t) => {
  const { connect } = await serve(t, { maxSockets: 1 });
  assert.equal((await connect()).connected, true);
  assert.equal((await connect()).connected, false);
});
