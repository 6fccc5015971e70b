import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, request, type Server } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { text } from "node:stream/consumers";
import { after, afterEach, before, test } from "node:test";
import { passOn } from "./pass-on.ts";

let upstream: Server;
let gateway: Server;
const portOf = (server: Server): number => (server.address() as AddressInfo).port;

before(async () => {
  upstream = createServer();
  gateway = createServer((_request, response) => response.end("own"));
  await once(upstream.listen(0, "127.0.0.1"), "listening");
  passOn(gateway, "/live", `http://127.0.0.1:${portOf(upstream)}`);
  await once(gateway.listen(0, "127.0.0.1"), "listening");
});
afterEach(() => upstream.removeAllListeners("request").removeAllListeners("upgrade"));
after(() => {
  for (const server of [gateway, upstream]) {
    server.close();
    server.closeAllConnections();
  }
});

async function upgrade(path: string): Promise<Socket> {
  const socket = connect(portOf(gateway), "127.0.0.1");
  await once(socket, "connect");
  socket.write(`GET ${path} HTTP/1.1\r\nhost: x\r\nconnection: Upgrade\r\nupgrade: websocket\r\n\r\n`);
  return socket;
}

const arrived = async (): Promise<Duplex> => ((await once(upstream, "upgrade")) as [unknown, Duplex])[1];

test("an upgrade is carried both ways, and its end too", async () => {
  const coming = arrived();
  const client = await upgrade("/live/?x=1");
  const behind = await coming;
  behind.on("error", () => behind.destroy());
  behind.write("HTTP/1.1 101 Switching Protocols\r\nconnection: Upgrade\r\nupgrade: websocket\r\n\r\nhello");
  let said = "";
  client.on("data", (chunk: Buffer) => (said += chunk.toString()));
  while (!said.endsWith("hello")) await once(client, "data");
  assert.match(said, /^HTTP\/1\.1 101 /);
  client.write("echo");
  assert.equal(String(((await once(behind, "data")) as [Buffer])[0]), "echo");
  const gone = once(behind, "end");
  client.resetAndDestroy();
  await gone;
  behind.destroy();
});

test("a client that breaks off before the other side has answered leaves nothing behind", async () => {
  const coming = arrived();
  const client = await upgrade("/live");
  const behind = await coming;
  behind.on("error", () => behind.destroy());
  const gone = once(behind.resume(), "end");
  client.resetAndDestroy();
  await gone;
  behind.destroy();
});

test("an upgrade of anything else is refused and closed", async () => {
  const client = await upgrade("/elsewhere");
  assert.match(await text(client), /^HTTP\/1\.1 404 /);
});

test("an answer that breaks off breaks off here too", async () => {
  upstream.on("request", (_request, response) => {
    response.writeHead(200, { "content-length": "100" });
    response.write("half", () => response.destroy());
  });
  const [answer] = (await once(request({ port: portOf(gateway), host: "127.0.0.1", path: "/live?x" }).end(), "response")) as [NodeJS.ReadableStream];
  await assert.rejects(text(answer), { code: "ECONNRESET" });
});

test("other addresses stay", async () => {
  const answer = await fetch(`http://127.0.0.1:${portOf(gateway)}/lively`);
  assert.equal(await answer.text(), "own");
});
