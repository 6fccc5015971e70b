import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { after, test } from "node:test";
import { createVirtualClock } from "@rivergen/pipeline";
import { createPluginRegistry, stream } from "@rivergen/pipeline/streams";
import { isInternal } from "./addresses.ts";
import { httpSink, httpSource } from "./http.ts";

const servers: { close(): unknown; closeAllConnections(): void }[] = [];
after(() => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
});

/** A server and the addresses it was asked for. */
async function serve(answer: (url: URL, response: ServerResponse, request: IncomingMessage) => unknown) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "", "http://127.0.0.1");
    asked.push(url.pathname + url.search);
    void answer(url, response, request);
  });
  servers.push(server);
  await once(server.listen(0, "127.0.0.1"), "listening");
  return { asked, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/items` };
}

const clock = createVirtualClock({ eager: true });
const registry = createPluginRegistry([httpSource({ clock, allowInternal: true }), httpSink({ clock, allowInternal: true })]);
const json = (response: ServerResponse, value: unknown, headers: Record<string, string> = {}) => response.writeHead(200, headers).end(JSON.stringify(value));

test("pages are followed by cursor, by link and by number", async () => {
  const cursor = await serve((url, response) => {
    const at = Number(url.searchParams.get("after") ?? 0);
    return json(response, { data: { rows: [at, at + 1] }, next: at < 4 ? String(at + 2) : null });
  });
  const byCursor = { url: cursor.url, items: "/data/rows", pages: { by: "cursor", pointer: "/next", parameter: "after" } };
  assert.deepEqual(await stream(await registry.openSource("http", byCursor)).toArray(), [0, 1, 2, 3, 4, 5]);

  const link = await serve((url, response) => json(response, [url.search], url.search === "" ? { link: `</items?p=2>; rel="next", </x>; rel="last"` } : {}));
  assert.deepEqual(await stream(await registry.openSource("http", { url: link.url, pages: { by: "link" } })).toArray(), ["", "?p=2"]);

  const number = await serve((url, response) => json(response, Number(url.searchParams.get("page")) < 3 ? [url.searchParams.get("page")] : []));
  assert.deepEqual(await stream(await registry.openSource("http", { url: number.url, pages: { by: "number", parameter: "page" } })).toArray(), ["1", "2"]);
});

test("no page of another host is asked for: the headers are meant for the first alone", async () => {
  const other = await serve((_, response) => json(response, ["stolen"]));
  const first = await serve((_, response) => json(response, ["own"], { link: `<${other.url}>; rel="next"` }));
  const source = await registry.openSource("http", { url: first.url, pages: { by: "link" }, headers: { "x-api-key": "secret" } });
  await assert.rejects(stream(source).toArray(), { code: "REMOTE_REFUSED" });
  assert.deepEqual(other.asked, []);
});

test("going on asks for no page that is behind", async () => {
  const { asked, url } = await serve((given, response) =>
    json(
      response,
      ["a", "b", "c"].map((item) => item + given.searchParams.get("page")),
    ),
  );
  const open = () => registry.openSource("http", { url, pages: { by: "number", parameter: "page" } });
  const first: unknown[] = [];
  const running = stream(await open()).run({ name: "some", write: (item) => first.push(item) === 5 && void running.drain() });
  const { positions } = await running.done;
  assert.deepEqual(first, ["a1", "b1", "c1", "a2", "b2"]);
  asked.length = 0;
  const rest: unknown[] = [];
  const more = stream(await open()).run(
    { name: "rest", write: (item) => rest.push(item) === 2 && void more.drain() },
    { resume: JSON.parse(JSON.stringify(positions)) as typeof positions },
  );
  await more.done;
  assert.deepEqual(rest, ["c2", "a3"]);
  assert.ok(asked.every((path) => path !== "/items?page=1"));
});

test("what may pass is tried again, after the wait that is asked for; what is refused is not", async () => {
  let tries = 0;
  const busy = await serve((_, response) => {
    tries += 1;
    return tries < 3 ? response.writeHead(429, { "retry-after": "7" }).end() : json(response, [1]);
  });
  const before = clock.waits.length;
  assert.deepEqual(await stream(await registry.openSource("http", { url: busy.url })).toArray(), [1]);
  assert.equal(tries, 3);
  assert.equal(clock.waits.slice(before).filter((ms) => ms === 7_000).length, 2);

  const refusing = await serve((_, response) => response.writeHead(403).end("secret"));
  await assert.rejects(stream(await registry.openSource("http", { url: refusing.url })).toArray(), { code: "REMOTE_REFUSED" });
  assert.equal(refusing.asked.length, 1);

  const broken = await serve((_, response) => response.end("<html>"));
  await assert.rejects(stream(await registry.openSource("http", { url: broken.url })).toArray(), { code: "REMOTE_REFUSED" });
  const large = await serve((_, response) => json(response, ["x".repeat(5_000)]));
  await assert.rejects(stream(await registry.openSource("http", { url: large.url, maxPageBytes: 1_000 })).toArray(), { code: "BODY_TOO_LARGE" });
});

test("pages that lead round in a circle end in an error, not for ever", async () => {
  const round = await serve((url, response) => {
    const at = Number(url.searchParams.get("at") ?? 0);
    return json(response, { items: [at], next: at === 9 ? 4 : at + 1 });
  });
  const circle = await registry.openSource("http", { url: round.url, items: "/items", pages: { by: "cursor", pointer: "/next", parameter: "at" } });
  await assert.rejects(stream(circle).toArray(), { code: "REMOTE_REFUSED", message: /circle/ });
  assert.ok(round.asked.length < 40, String(round.asked.length));
  const { url } = await serve((_, response) => json(response, { items: [1], next: "same" }));
  const source = await registry.openSource("http", { url, items: "/items", pages: { by: "cursor", pointer: "/next", parameter: "at" } });
  await assert.rejects(stream(source).toArray(), /circle/);
});

test("items are sent as JSON; every try of one carries the same key", async () => {
  const seen: { key: unknown; body: unknown }[] = [];
  const { url } = await serve(async (_, response, request) => {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    seen.push({ key: request.headers["idempotency-key"], body: JSON.parse(Buffer.concat(pieces).toString()) as unknown });
    response.writeHead(seen.length === 1 ? 503 : 204).end();
  });
  await stream([{ id: 1 }, { id: 2 }]).run(await registry.openSink("http", { url })).done;
  assert.deepEqual(
    seen.map(({ body }) => body),
    [{ id: 1 }, { id: 1 }, { id: 2 }],
  );
  assert.equal(seen[0]?.key, seen[1]?.key);
  assert.notEqual(seen[1]?.key, seen[2]?.key);
});

test("internal addresses are not asked, however they are written or reached", async () => {
  const inside = await serve((_, response) => json(response, ["secret"]));
  const port = new URL(inside.url).port;
  const guarded = createPluginRegistry([httpSource({ clock }), httpSink({ clock })]);
  const hosts = [
    "127.0.0.1",
    "localhost",
    "2130706433",
    "0x7f.1",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "0.0.0.0",
    "[::]",
    "10.1.2.3",
    "172.31.255.1",
    "192.168.0.1",
    "169.254.169.254",
    "[fe80::1]",
    "[fd00::1]",
    "[64:ff9b::7f00:1]",
    "[2002:7f00:1::]",
    "100.64.0.1",
  ];
  for (const host of hosts) {
    const url = `http://${host}:${port}/items`;
    await assert.rejects(
      stream(await guarded.openSource("http", { url, attempts: 1, timeoutMs: 5_000 })).toArray(),
      { code: "REMOTE_REFUSED", message: /internal address/ },
      host,
    );
    await assert.rejects(stream([1]).run(await guarded.openSink("http", { url, attempts: 1, timeoutMs: 5_000 })).done, { code: "REMOTE_REFUSED" }, host);
  }
  assert.deepEqual(inside.asked, []);
  for (const address of ["8.8.8.8", "2606:4700::1111", "172.32.0.1", "192.169.0.1"]) assert.equal(isInternal(address), false, address);
});

test("redirects are followed within a host, and not to another", async () => {
  const other = await serve((_, response) => json(response, ["other"]));
  const { asked, url } = await serve((given, response) =>
    given.pathname === "/items" ? response.writeHead(302, { location: given.searchParams.get("to") ?? "/there" }).end() : json(response, ["there"]),
  );
  assert.deepEqual(await stream(await registry.openSource("http", { url })).toArray(), ["there"]);
  assert.deepEqual(asked, ["/items", "/there"]);
  const away = `${url}?to=${encodeURIComponent(other.url)}`;
  await assert.rejects(stream(await registry.openSource("http", { url: away })).toArray(), { code: "REMOTE_REFUSED", message: /sends on to another host/ });
  const round = await serve((_, response) => response.writeHead(302, { location: "/items" }).end());
  await assert.rejects(stream(await registry.openSource("http", { url: round.url })).toArray(), { code: "REMOTE_REFUSED" });
  assert.equal(round.asked.length, 6);
  assert.deepEqual(other.asked, []);
});
