import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test, type TestContext } from "node:test";
import type { AppError, Event } from "@rivergen/contracts";
import { Server, type Socket } from "socket.io";
import { createClient } from "./sdk.ts";
import type { RiverGenClient } from "./client.ts";
import { subscribe } from "./live.ts";

const event = (seq: number): Event => ({ seq, id: `evt_${seq}`, type: "run.queued", source: "t", subject: "run_a", time: "2026-01-01T00:00:00Z", data: {} });

interface Platform {
  readonly client: RiverGenClient;
  readonly log: Event[];
  readonly handshakes: Record<string, unknown>[];
  /** Decides about the n-th connection (from 0) once it has subscribed. */
  onSubscribed: (socket: Socket, count: number) => void;
  /** Codes that the next connections are refused with. */
  readonly refusals: string[];
  logReads: number;
}

/** The wire of api.md with faults on demand: a Socket.io server that replays from `after`, and the log behind `GET /v1/events`. */
async function startPlatform(t: TestContext): Promise<Platform> {
  const http = createServer((request, response) => {
    const after = Number(new URL(request.url ?? "", "http://x").searchParams.get("after"));
    platform.logReads += 1;
    const items = platform.log.filter(({ seq }) => seq > after).slice(0, 500);
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify({ items, lastSeq: items.at(-1)?.seq ?? after }));
  });
  const io = new Server(http, { path: "/v1/realtime" });
  io.use((socket, next) => {
    platform.handshakes.push(socket.handshake.auth);
    const refusal = platform.refusals.shift();
    if (refusal !== undefined) return next(Object.assign(new Error("refused"), { data: { code: refusal } }));
    if (socket.handshake.auth["token"] === "good") return next();
    next(Object.assign(new Error("refused"), { data: { code: "UNAUTHENTICATED" } }));
  });
  io.on("connection", (socket) => {
    socket.on("subscribe", (request: { channels: string[] }, acknowledge: (answer: unknown) => void) => {
      if (request.channels[0]?.startsWith("run:run_foreign")) return acknowledge({ ok: false, code: "RUN_NOT_FOUND" });
      const after = socket.handshake.auth["after"] as number | undefined;
      if (after !== undefined) for (const item of platform.log) if (item.seq > after) socket.emit("event", item);
      acknowledge({ ok: true, seq: platform.log.at(-1)?.seq ?? 0 });
      platform.onSubscribed(socket, platform.handshakes.length - 1);
    });
  });
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  t.after(() => io.close());
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  const platform: Platform = {
    client: createClient({ url, token: "good", workspaceId: "wsp_a" }),
    log: [],
    handshakes: [],
    refusals: [],
    onSubscribed: () => {},
    logReads: 0,
  };
  return platform;
}

async function take(source: AsyncIterable<Event>, count: number): Promise<number[]> {
  const seqs: number[] = [];
  for await (const { seq } of source) {
    seqs.push(seq);
    if (seqs.length === count) break;
  }
  return seqs;
}

test("events come in order, each once, over repeats, gaps and lost connections", { timeout: 20_000 }, async (t) => {
  const platform = await startPlatform(t);
  for (let seq = 1; seq <= 10; seq++) platform.log.push(event(seq));
  platform.onSubscribed = (socket, count) => {
    const from = platform.log.length + 1;
    for (let seq = from; seq < from + 10; seq++) {
      platform.log.push(event(seq));
      // Every third is lost on the way, every fourth comes twice.
      if (seq % 3 !== 0) socket.emit("event", event(seq));
      if (seq % 4 === 0) socket.emit("event", event(seq));
    }
    if (count < 3) setImmediate(() => socket.conn.close());
  };
  const seqs = await take(subscribe(platform.client, { after: 4 }), 46);
  assert.deepEqual(
    seqs,
    Array.from({ length: 46 }, (_, i) => i + 5),
  );
  assert.deepEqual(platform.handshakes[0], { token: "good", workspaceId: "wsp_a", after: 4 });
  assert.ok(platform.handshakes.length >= 4);
  assert.ok((platform.handshakes[1]?.["after"] as number) > 4);
});

test("without `after` a subscription begins at its acknowledgement", { timeout: 20_000 }, async (t) => {
  const platform = await startPlatform(t);
  platform.log.push(event(1), event(2));
  const live = subscribe(platform.client);
  let send = (_seq: number): void => {};
  platform.onSubscribed = (socket) => {
    send = (seq) => void socket.emit("event", event(seq));
  };
  assert.equal(await live.ready, 2);
  for (const seq of [3, 4, 5]) send(seq);
  assert.deepEqual(await take(live, 3), [3, 4, 5]);
  assert.equal(platform.logReads, 0);
  assert.deepEqual(await live.next(), { done: true, value: undefined });
});

test("a refusal ends the subscription with its code", { timeout: 20_000 }, async (t) => {
  const platform = await startPlatform(t);
  const stranger = subscribe(createClient({ url: platform.client.connection.url, token: "bad" }));
  await assert.rejects(stranger.next(), (error: AppError) => error.code === "UNAUTHENTICATED");
  await assert.rejects(stranger.ready, (error: AppError) => error.code === "UNAUTHENTICATED");
  const foreign = subscribe(platform.client, { channels: ["run:run_foreign"] });
  await assert.rejects(foreign.next(), (error: AppError) => error.code === "RUN_NOT_FOUND");
});

test("no platform ends it, an abort ends it quietly", { timeout: 20_000 }, async (t) => {
  const nobody = subscribe(createClient({ url: "http://127.0.0.1:1", token: "good" }), { connectTimeoutMs: 100 });
  await assert.rejects(nobody.next(), (error: AppError) => error.code === "SERVICE_UNAVAILABLE");
  const platform = await startPlatform(t);
  const stop = new AbortController();
  const live = subscribe(platform.client, { signal: stop.signal });
  await live.ready;
  const next = live.next();
  stop.abort();
  assert.deepEqual(await next, { done: true, value: undefined });
});

test("a platform that cannot take a connection at the moment is asked again; one that will not is not", { timeout: 20_000 }, async (t) => {
  const platform = await startPlatform(t);
  platform.log.push(event(1), event(2));
  platform.refusals.push("SERVICE_UNAVAILABLE", "OVERLOADED");
  assert.deepEqual(await take(subscribe(platform.client, { after: 0 }), 2), [1, 2]);
  assert.equal(platform.handshakes.length, 3);
  platform.refusals.push("WORKSPACE_NOT_FOUND");
  await assert.rejects(take(subscribe(platform.client, { after: 0 }), 1), { code: "WORKSPACE_NOT_FOUND" });
  assert.equal(platform.handshakes.length, 4);
});
