import assert from "node:assert/strict";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { createDatabase, createListener, ensureDatabase, migrate, removeEmbeddedPostgres, startEmbeddedPostgres } from "@rivergen/database";
import type { Database, EmbeddedPostgres, SchemaUrls } from "@rivergen/database";
import { createPostgresFabric, eventTables, fabricTables } from "@rivergen/event-fabric";
import type { EventFabric, Message } from "@rivergen/event-fabric";
import { createPluginRegistry, stream } from "@rivergen/pipeline/streams";
import type { Positions } from "@rivergen/pipeline/streams";
import { eventSink, eventSource } from "./events.ts";

let home: string;
let server: EmbeddedPostgres;
let database: Database;
let fabric: EventFabric;
const opened: { close(): Promise<void> }[] = [];

function open<T extends { close(): Promise<void> }>(closable: T): T {
  opened.push(closable);
  return closable;
}

before(async () => {
  home = await mkdtemp(join(tmpdir(), "rivergen-connectors-"));
  await chmod(home, 0o755);
  server = await startEmbeddedPostgres({ home });
  const urls = await ensureDatabase({ adminUrl: server.adminUrl, secret: server.secret, schemas: ["fabric", "shop"] });
  await migrate({ adminUrl: server.adminUrl, schema: "fabric", before: fabricTables() });
  await migrate({ adminUrl: server.adminUrl, schema: "shop", before: eventTables("shop") });
  database = open(createDatabase({ ...(urls["shop"] as SchemaUrls) }));
  const listener = open(createListener({ url: urls["fabric"]?.systemUrl ?? "" }));
  fabric = open(createPostgresFabric({ database: open(createDatabase({ ...(urls["fabric"] as SchemaUrls) })), listener, leaseMs: 400, pollMs: 100 }));
});
after(async () => {
  for (const each of opened.toReversed()) await each.close();
  await server.stop();
  await removeEmbeddedPostgres({ home });
  await rm(home, { recursive: true });
});

const createRegistry = () => createPluginRegistry([eventSource(fabric), eventSink(fabric, { schema: "shop", database, source: "/shop" })]);
const sinkConfig = { topic: "shop.order.v1", type: "order.placed", key: "/customer", subject: "/id", id: "/id" };

/** Says something once a topic is listened to, and gives so many messages of what is heard. */
async function hear(topic: string, count: number, say: () => Promise<unknown>): Promise<Message[]> {
  const heard: Message[] = [];
  const running = stream(await createRegistry().openSource("events", { topics: [topic] })).run({
    name: "heard",
    write: (item) => {
      const message = item as Message;
      if (message.type !== "order.placed") return;
      if (heard.push(message) === count) void running.drain();
    },
  });
  await untilHeard(topic);
  await say();
  await running.done;
  return heard;
}

/** A subscription hears what is said after it began: it has when something that is said again and again arrives at another one begun later. */
async function untilHeard(topic: string): Promise<void> {
  const arrived = Promise.withResolvers<void>();
  const probe = await fabric.subscribe({ topics: [topic], handler: async () => arrived.resolve() });
  const outbox = fabric.outbox({ schema: "shop", source: "/probe" });
  const timer = setInterval(() => {
    void database.inSystem((tx) => outbox.emit(tx, { topic, key: "probe", type: "probe.said", subject: "probe", data: {} })).catch(() => undefined);
  }, 50);
  await arrived.promise;
  clearInterval(timer);
  await probe.stop();
}

test("items that a stream says are heard by another, in order of their keys, each once", { timeout: 60_000 }, async () => {
  const orders = Array.from({ length: 40 }, (_, n) => ({ id: `order-${n}`, customer: `c${n % 3}`, amount: n }));
  const heard = await hear("shop.order.v1", orders.length, async () => {
    await stream(orders).run(await createRegistry().openSink("events", sinkConfig)).done;
  });
  assert.deepEqual(new Set(heard.map(({ id }) => id)), new Set(orders.map(({ id }) => id)));
  assert.equal(heard.length, orders.length);
  for (const customer of ["c0", "c1", "c2"]) {
    const amounts = heard.filter(({ key }) => key === customer).map(({ data }) => (data as { amount: number }).amount);
    assert.deepEqual(amounts, amounts.toSorted((a, b) => a - b)); // prettier-ignore
  }
  const [first] = heard;
  assert.deepEqual([first?.type, first?.subject, first?.workspaceId], ["order.placed", first?.id, null]);
});

test("a list is said in one transaction: all of it, or nothing", { timeout: 60_000 }, async () => {
  const sink = await createRegistry().openSink("events", { ...sinkConfig, topic: "shop.list.v1", workspaceId: "wsp_1" });
  const list = (from: number) => [0, 1].map((n) => ({ id: `${from + n}`, customer: "c" }));
  const circular: Record<string, unknown> = { id: "9", customer: "c" };
  circular["self"] = circular;
  await assert.rejects(stream([[{ id: "lost", customer: "c" }, circular]]).run(sink).done);
  const heard = await hear("shop.list.v1", 4, () => stream([list(1), list(3)]).run(sink).done);
  assert.deepEqual(heard.map(({ id, workspaceId }) => [id, workspaceId]), ["1", "2", "3", "4"].map((id) => [id, "wsp_1"])); // prettier-ignore
});

test("a reading goes on from its position: what was said meanwhile comes, and nothing twice", { timeout: 60_000 }, async () => {
  const topic = "shop.resumed.v1";
  const say = async (...ids: string[]) =>
    stream(ids.map((id) => ({ id, customer: "c" }))).run(await createRegistry().openSink("events", { ...sinkConfig, topic })).done;
  const source = await createRegistry().openSource("events", { topics: [topic], from: "earliest" });
  const heard: string[] = [];
  const take = async (until: number, resume: Positions): Promise<Positions> => {
    const running = stream(source).run({ name: "heard", write: (item) => heard.push((item as Message).id) === until && void running.drain() }, { resume });
    return JSON.parse(JSON.stringify((await running.done).positions)) as Positions;
  };
  await say("a", "b", "c");
  const first = await take(2, {});
  await say("d");
  const second = await take(4, first);
  assert.deepEqual(heard, ["a", "b", "c", "d"]);
  const [name, { after }] = Object.entries(second)[0] as [string, { after: number }];
  await assert.rejects(take(5, { [name]: { after: after + 1_000_000, ahead: [] } }), { code: "INPUT_GONE" });
});
