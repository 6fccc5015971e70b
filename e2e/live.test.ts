import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { eventually, type Person, signUp, startPlatform, type TestPlatform } from "@rivergen/testkit";
import { io, type Socket } from "socket.io-client";

interface Event {
  readonly seq: number;
  readonly type: string;
  readonly subject: string;
  readonly prevSeq?: number | null;
}
type Acknowledgement = { ok: true; seq: number } | { ok: false; code: string };

let platform: TestPlatform;
let ann: Person;
let ben: Person;
let dataset: string;
const sockets: Socket[] = [];

before(async () => {
  platform = await startPlatform();
  ann = await signUp(platform.url, "Ann");
  ben = await signUp(platform.url, "Ben");
  dataset = ((await ann.send("PUT", "/v1/files/orders.csv", "a,b\n1,2\n", { "content-type": "text/csv" })).json as { dataset: { id: string } }).dataset.id;
});
after(async () => {
  for (const socket of sockets) socket.disconnect();
  await platform.stop();
});

function connect(auth: object, options: object = {}): Socket {
  const socket = io(platform.url, { path: "/v1/realtime", transports: ["websocket"], reconnection: false, forceNew: true, auth, ...options });
  sockets.push(socket);
  return socket;
}

/** A connected socket and everything it hears, in order. */
async function listen(
  person: Person,
  channels: readonly string[],
  known?: number,
  options: object = {},
): Promise<{ socket: Socket; heard: Event[]; seq: number }> {
  const socket = connect({ token: person.token, workspaceId: person.workspaceId, ...(known === undefined ? {} : { after: known }) }, options);
  const heard: Event[] = [];
  socket.on("event", (event: Event) => heard.push(event));
  await next(socket, "connect");
  const answer = await subscribe(socket, channels);
  assert.ok(answer.ok, JSON.stringify(answer));
  return { socket, heard, seq: answer.seq };
}

function subscribe(socket: Socket, channels: unknown, verb = "subscribe"): Promise<Acknowledgement> {
  return socket.timeout(5_000).emitWithAck(verb, { channels }) as Promise<Acknowledgement>;
}

/** What comes with the next occurrence of an event of the socket. */
function next(socket: Socket, name: string): Promise<unknown> {
  return new Promise((resolve) => {
    socket.once(name, resolve);
  });
}

async function refusal(socket: Socket): Promise<string | undefined> {
  const error = (await next(socket, "connect_error")) as Error & { data?: { code: string } };
  return error.data?.code;
}

/** Each makes one event of the dataset. */
async function describeIt(times: number): Promise<void> {
  for (let i = 0; i < times; i++) assert.equal((await ann.send("PATCH", `/v1/datasets/${dataset}`, { description: `${Date.now()} ${i}` })).status, 200);
}

async function lastSeq(person: Person): Promise<number> {
  return ((await person.send("GET", "/v1/events")).json as { lastSeq: number }).lastSeq;
}

const seqs = (events: readonly Event[]): number[] => events.map(({ seq }) => seq);
const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);
const until = (heard: readonly Event[], seq: number): Promise<true> =>
  eventually(() => (heard.at(-1)?.seq ?? 0) >= seq || undefined, { what: `event ${seq}` }) as Promise<true>;

describe("live", { timeout: 120_000 }, () => {
  test("a handshake is refused with a code", async () => {
    assert.equal(await refusal(connect({})), "UNAUTHENTICATED");
    assert.equal(await refusal(connect({ token: "nobody-at-all" })), "UNAUTHENTICATED");
    assert.equal(await refusal(connect({ token: ben.token, workspaceId: ann.workspaceId })), "WORKSPACE_NOT_FOUND");
    assert.equal(await refusal(connect({ token: ann.token, after: -1 })), "INVALID_REQUEST");
    assert.equal(await refusal(connect({ token: ann.token }, { extraHeaders: { origin: "https://evil.test" } })), undefined);
  });

  for (const transport of ["websocket", "polling"]) {
    test(`the workspace is heard without gaps or repeats over ${transport}`, async () => {
      const { heard, seq } = await listen(ann, ["workspace"], undefined, { transports: [transport] });
      await describeIt(20);
      await until(heard, seq + 20);
      assert.deepEqual(seqs(heard), range(seq + 1, seq + 20));
      assert.ok(heard.every((event) => !("prevSeq" in event)));
    });
  }

  test("who reconnects with `after` gets exactly what was missed, then goes on live", async () => {
    const first = await listen(ann, ["workspace"]);
    await describeIt(3);
    await until(first.heard, first.seq + 3);
    first.socket.disconnect();
    await describeIt(40);
    const known = first.heard.at(-1)?.seq ?? 0;
    const racing = describeIt(10);
    const second = await listen(ann, ["workspace"], known);
    await racing;
    const end = await lastSeq(ann);
    await until(second.heard, end);
    assert.deepEqual(seqs(second.heard), range(known + 1, end));
  });

  test("a narrower channel carries the number of its event before", async () => {
    const wide = await listen(ann, ["workspace"], 0);
    const { heard } = await listen(ann, [`dataset:${dataset}`], 0);
    await describeIt(5);
    await ann.send("PUT", "/v1/files/notes.txt", "hello", { "content-type": "text/plain" });
    await describeIt(1);
    const end = await lastSeq(ann);
    await Promise.all([until(wide.heard, end), until(heard, end)]);
    assert.deepEqual(seqs(wide.heard), range(1, end));
    assert.ok(heard.length < wide.heard.length);
    assert.deepEqual(
      heard.map(({ prevSeq }) => prevSeq),
      [null, ...seqs(heard).slice(0, -1)],
    );
  });

  test("channels that overlap bring each event once; a channel that is left is silent", async () => {
    const { socket, heard, seq } = await listen(ann, [`dataset:${dataset}`], 0);
    await until(heard, seq);
    const narrow = heard.length;
    assert.ok((await subscribe(socket, ["workspace"])).ok);
    await until(heard, seq);
    await eventually(() => heard.length >= seq, { what: "the rest of the past" });
    await describeIt(2);
    await eventually(() => heard.length >= seq + 2, { what: "live events" });
    assert.equal(new Set(seqs(heard)).size, heard.length);
    assert.equal(heard.length, seq + 2);
    assert.ok(narrow < seq);
    assert.ok((await subscribe(socket, ["workspace", `dataset:${dataset}`], "unsubscribe")).ok);
    await describeIt(2);
    assert.ok((await subscribe(socket, [`dataset:${dataset}`])).ok);
    await describeIt(1);
    const end = await lastSeq(ann);
    await until(heard, end);
    assert.equal(heard.length, seq + 3);
  });

  test("foreign channels look like absent ones, bad requests are answered", async () => {
    const { socket } = await listen(ben, ["workspace"]);
    assert.deepEqual(await subscribe(socket, [`dataset:${dataset}`]).then((answer) => !answer.ok && answer.code), "DATASET_NOT_FOUND");
    assert.deepEqual(await subscribe(socket, ["run:run_nobody"]).then((answer) => !answer.ok && answer.code), "RUN_NOT_FOUND");
    for (const wrong of [[], ["everything"], "workspace", null, [{}], Array.from({ length: 1_001 }, (_, i) => `run:run_${i}`)]) {
      assert.deepEqual(await subscribe(socket, wrong).then((answer) => !answer.ok && answer.code), "INVALID_REQUEST");
    }
    socket.emit("subscribe");
    socket.emit("nonsense", { x: 1 });
    assert.ok((await subscribe(socket, ["workspace"])).ok);
  });

  test("nothing of another workspace is heard", async () => {
    const { heard, seq } = await listen(ben, ["workspace"]);
    await describeIt(3);
    await ben.send("PUT", "/v1/files/own.pdf", "x", { "content-type": "application/pdf" });
    await until(heard, seq + 1);
    assert.deepEqual(
      heard.map(({ type }) => type),
      ["file.stored"],
    );
  });

  test("a message that is too long ends the connection", async () => {
    const { socket } = await listen(ann, ["workspace"]);
    socket.emit("subscribe", { channels: ["x".repeat(300_000)] });
    await next(socket, "disconnect");
  });

  test("a revoked key is cut within five seconds", async () => {
    const key = (await ann.send("POST", "/v1/api-keys", { name: "short" })).json as { id: string; key: string };
    const { socket } = await listen({ ...ann, token: key.key }, ["workspace"]);
    const closed = next(socket, "closed");
    const gone = next(socket, "disconnect");
    assert.equal((await ann.send("DELETE", `/v1/api-keys/${key.id}`)).status, 204);
    const revoked = Date.now();
    assert.equal(((await closed) as { code: string }).code, "UNAUTHENTICATED");
    await gone;
    assert.ok(Date.now() - revoked <= 5_000);
    assert.equal(await refusal(connect({ token: key.key, workspaceId: ann.workspaceId })), "UNAUTHENTICATED");
  });
});

describe("the log over HTTP", { timeout: 60_000 }, () => {
  test("a poll waits for what happens", async () => {
    const known = await lastSeq(ann);
    const begun = Date.now();
    const empty = (await ann.send("GET", `/v1/events?after=${known}&waitMs=300`)).json as { items: Event[]; lastSeq: number };
    assert.deepEqual(empty, { items: [], lastSeq: known });
    assert.ok(Date.now() - begun >= 290);
    const waiting = ann.send("GET", `/v1/events?after=${known}&waitMs=20000&channels=dataset:${dataset}`);
    await describeIt(1);
    const { items, lastSeq: reached } = (await waiting).json as { items: Event[]; lastSeq: number };
    assert.deepEqual([seqs(items), reached], [[known + 1], known + 1]);
    assert.ok(Date.now() - begun < 15_000);
  });

  test("pages follow one another", async () => {
    const end = await lastSeq(ann);
    const all: number[] = [];
    for (let known = 0; known < end;) {
      const { items, lastSeq: reached } = (await ann.send("GET", `/v1/events?after=${known}&limit=7`)).json as { items: Event[]; lastSeq: number };
      all.push(...seqs(items));
      known = reached;
    }
    assert.deepEqual(all, range(1, end));
  });

  test("wrong questions are refused", async () => {
    for (const query of ["channels=everything", "after=-1", "waitMs=999999", "limit=0", "what=1"])
      assert.equal((await ann.send("GET", `/v1/events?${query}`)).status, 422, query);
    assert.equal((await ben.send("GET", `/v1/events?channels=dataset:${dataset}`)).status, 404);
  });

  test("a stream and a poll end when their key is revoked", async () => {
    const key = (await ann.send("POST", "/v1/api-keys", { name: "short" })).json as { id: string; key: string };
    const headers = { authorization: `Bearer ${key.key}`, "x-workspace-id": ann.workspaceId };
    const known = await lastSeq(ann);
    const stream = await fetch(`${platform.url}/v1/events?after=${known}`, { headers: { ...headers, accept: "text/event-stream" } });
    const streamed = stream.text().catch(() => undefined);
    const poll = fetch(`${platform.url}/v1/events?after=${known}&waitMs=30000`, { headers });
    await ann.send("DELETE", `/v1/api-keys/${key.id}`);
    const revoked = Date.now();
    await Promise.all([streamed, poll]);
    assert.ok(Date.now() - revoked <= 5_500, `${Date.now() - revoked} ms`);
  });

  test("a stream goes on from the last event id", async () => {
    const known = await lastSeq(ann);
    await describeIt(2);
    const stop = new AbortController();
    const response = await fetch(`${platform.url}/v1/events`, {
      headers: { authorization: `Bearer ${ann.token}`, accept: "text/event-stream", "last-event-id": String(known) },
      signal: stop.signal,
    });
    assert.equal(response.headers.get("content-type"), "text/event-stream");
    let text = "";
    const reading = (async () => {
      for await (const chunk of response.body ?? []) text += Buffer.from(chunk).toString();
    })().catch(() => undefined);
    await eventually(() => text.includes(`id: ${known + 2}\n`), { what: "the past" });
    await describeIt(1);
    await eventually(() => text.includes(`id: ${known + 3}\n`), { what: "a live event" });
    stop.abort();
    await reading;
    const events = [...text.matchAll(/^data: (.*)$/gm)].map(([, data]) => JSON.parse(data ?? "") as Event);
    assert.deepEqual(seqs(events), range(known + 1, known + 3));
  });
});
