import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, test } from "node:test";
import {
  createDatabase,
  createListener,
  ensureDatabase,
  listUnprotectedTables,
  migrate,
  removeEmbeddedPostgres,
  startEmbeddedPostgres,
} from "@rivergen/database";
import type { Database, EmbeddedPostgres, SchemaUrls } from "@rivergen/database";
import { createPostgresFabric, eventTables, fabricTables } from "@rivergen/event-fabric";
import { describeEventFabricConformance, effectsTable, until } from "@rivergen/event-fabric/conformance";

let home: string;
let server: EmbeddedPostgres;
let urls: Record<string, SchemaUrls>;
const opened: { close(): Promise<void> }[] = [];

before(async () => {
  home = await mkdtemp(join(tmpdir(), "rivergen-fabric-"));
  await chmod(home, 0o755);
  server = await startEmbeddedPostgres({ home });
  const schemas = ["fabric", "conformance", "crash", "sweep"];
  urls = await ensureDatabase({ adminUrl: server.adminUrl, secret: server.secret, schemas });
  await migrate({ adminUrl: server.adminUrl, schema: "fabric", before: fabricTables() });
  for (const schema of schemas.slice(1)) await migrate({ adminUrl: server.adminUrl, schema, before: [...eventTables(schema), effectsTable(schema)] });
});
const workers: { kill(): Promise<void> }[] = [];
after(async () => {
  await Promise.all(workers.map((worker) => worker.kill()));
  for (const each of opened.toReversed()) await each.close();
  await server.stop();
  await removeEmbeddedPostgres({ home });
  await rm(home, { recursive: true });
});

function open<T extends { close(): Promise<void> }>(closable: T): T {
  opened.push(closable);
  return closable;
}
const openDatabase = (schema: string): Database => open(createDatabase({ ...(urls[schema] as SchemaUrls) }));
function openFabric(options: { retentionMs?: number } = {}) {
  const listener = open(createListener({ url: urls["fabric"]?.systemUrl ?? "" }));
  return open(createPostgresFabric({ database: openDatabase("fabric"), listener, leaseMs: 400, pollMs: 100, ...options }));
}

describeEventFabricConformance("postgres", async () => ({
  open: () => openFabric(),
  store: { schema: "conformance", database: openDatabase("conformance") },
  destroy: async () => {},
}));

test("no table of the fabric shows one workspace another's events", async () => {
  assert.deepEqual(await listUnprotectedTables(server.adminUrl, ["fabric", "conformance"]), []);
  const database = openDatabase("conformance");
  for (const sql of ["select * from conformance.outbox", "select * from fabric.messages", "delete from conformance.outbox"]) {
    await assert.rejects(
      database.inWorkspace("wsp_1", (tx) => tx.rows(sql)),
      { code: "42501" },
      sql,
    );
  }
});

async function startWorker(role: string, prefix = "") {
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, "event-worker.fixture.ts"), JSON.stringify({ fabric: urls["fabric"], crash: urls["crash"] }), role, prefix],
    {
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  const lines: string[] = [];
  createInterface(child.stdout).on("line", (line) => lines.push(line));
  const exited = once(child, "exit");
  const worker = {
    lines,
    exited,
    async kill() {
      child.kill("SIGKILL");
      await exited;
    },
  };
  workers.push(worker);
  await until("the worker's first word", () => lines.length > 0);
  return worker;
}

test("kill -9 of producers, consumers and the server: nothing lost, nothing doubled, no key out of order", async (t) => {
  const database = openDatabase("crash");
  const count = async () =>
    (await database.inSystem((tx) => tx.rows<{ n: number }>("select count(*) as n from crash.effects where group_name = 'consume'")).catch(() => []))[0]?.n ??
    0;
  let acknowledged = 0;
  for (let round = 0; round < 2; round += 1) {
    const [producer, consumer] = await Promise.all([startWorker("produce", `${round}-`), startWorker("consume")]);
    const [said, seen] = [producer.lines.length, await count()];
    await until("some progress", async () => producer.lines.length > said + 40 && (await count()) > seen + 25);
    if (round === 1) process.kill(Number((await readFile(join(home, "postgres/postmaster.pid"), "utf8")).split("\n")[0]), "SIGKILL");
    await Promise.all([consumer.kill(), producer.kill()]);
    acknowledged += producer.lines.length;
  }
  const last = await startWorker("consume");
  const relay = openFabric();
  relay.outbox({ schema: "crash", source: "/crash" });
  const unhandled = `select (select count(*) from crash.outbox) + (select count(*) from fabric.messages m where topic = 'crash.noun.v1'
    and not exists (select from crash.inbox i where i.group_name = 'consume' and i.message_id = m.id and handled_at is not null)) as n`;
  const admin = open(createDatabase({ url: server.adminUrl }));
  await until("everything to be handled", async () => (await admin.inShared((tx) => tx.rows<{ n: number }>(unhandled)).catch(() => []))[0]?.n === 0);
  const [facts] = await database.inSystem((tx) =>
    tx.rows<{ total: number; ids: number; gaps: number; inversions: number }>(
      `select count(*) as total, count(distinct message_id) as ids, count(*) filter (where seq > coalesce(before, -1) + 1) as gaps, count(*) filter (where seq <= before) as inversions
       from (select message_id, seq, lag(seq) over (partition by key order by n) as before from crash.effects where group_name = 'consume') e`,
    ),
  );
  t.diagnostic(
    `acknowledged ${acknowledged}, effects ${facts?.total}, doubled ${Number(facts?.total) - Number(facts?.ids)}, gaps ${facts?.gaps}, inversions ${facts?.inversions}`,
  );
  assert.ok(Number(facts?.total) >= acknowledged, "an acknowledged event was lost");
  assert.deepEqual([facts?.ids, facts?.gaps, facts?.inversions], [facts?.total, 0, 0]);
  await last.kill();
});

test("a message that ends its process each time becomes a dead letter, and takes no other with it", async () => {
  const database = openDatabase("crash");
  const fabric = openFabric();
  let crashes = 0;
  for (; (await fabric.listDeadLetters({ schema: "crash", database, group: "poison" })).length === 0; crashes += 1) {
    assert.ok(crashes < 40, "the poison was never given up");
    const worker = await startWorker("poison");
    await Promise.race([
      worker.exited,
      until("its dead letter", async () => (await fabric.listDeadLetters({ schema: "crash", database, group: "poison" })).length > 0),
    ]);
    await worker.kill();
  }
  const [letter] = await fabric.listDeadLetters({ schema: "crash", database, group: "poison" });
  assert.deepEqual([letter?.message.data, letter?.cause.message], [{ seq: 13 }, "The process ended each time it handled this message"]);
});

test("closing sends what was said last", async () => {
  const database = openDatabase("sweep");
  const fabric = openFabric();
  const outbox = fabric.outbox({ schema: "sweep", source: "/sweep" });
  await database.inSystem((tx) =>
    outbox.emit(tx, ...Array.from({ length: 1_500 }, () => ({ topic: "closing.noun.v1", key: "k", type: "noun.done", subject: "s", data: {} }))),
  );
  await fabric.close();
  const admin = open(createDatabase({ url: server.adminUrl }));
  const sql = "select (select count(*) from sweep.outbox) as unsent, (select count(*) from fabric.messages where topic = 'closing.noun.v1') as sent";
  assert.deepEqual(await admin.inShared((tx) => tx.rows(sql)), [{ unsent: 0, sent: 1_500 }]);
});

test("old messages, inbox entries and dead letters go; what a living group has not handled stays", async () => {
  const database = openDatabase("sweep");
  const fabric = openFabric({ retentionMs: 1 });
  const outbox = fabric.outbox({ schema: "sweep", source: "/sweep" });
  const handled: string[] = [];
  const consumer = fabric.consume({
    group: "sweep",
    topics: ["sweep.noun.v1"],
    schema: "sweep",
    database,
    sweepMs: 0,
    handler: async (_, { id }) => void handled.push(id),
  });
  const emit = () => database.inSystem((tx) => outbox.emit(tx, { topic: "sweep.noun.v1", key: "k", type: "noun.done", subject: "s", data: {} }));
  for (let index = 0; index < 5; index += 1) await emit();
  await until("all to be handled", () => handled.length === 5);
  const admin = open(createDatabase({ url: server.adminUrl }));
  const left = async () =>
    (
      await admin.inShared((tx) =>
        tx.rows<{ n: number }>("select (select count(*) from sweep.inbox) + (select count(*) from fabric.messages where topic = 'sweep.noun.v1') as n"),
      )
    )[0]?.n;
  await until("the tables to be swept", async () => (await left()) === 0);
  await consumer.stop();
  assert.equal(new Set(handled).size, 5);
});

test("from commit to handler within one process", async (t) => {
  const database = openDatabase("sweep");
  const fabric = openFabric();
  const outbox = fabric.outbox({ schema: "sweep", source: "/sweep" });
  const delays: number[] = [];
  let committedAt = 0;
  fabric.consume({
    group: "latency",
    topics: ["latency.noun.v1"],
    schema: "sweep",
    database,
    handler: async () => void delays.push(performance.now() - committedAt),
  });
  for (let index = 1; index <= 100; index += 1) {
    await database.inSystem(async (tx) => {
      await outbox.emit(tx, { topic: "latency.noun.v1", key: "k", type: "noun.done", subject: "s", data: {} });
      tx.afterCommit(() => (committedAt = performance.now()));
    });
    await until("the handler", () => delays.length === index);
  }
  const sorted = delays.slice(5).toSorted((a, b) => a - b);
  t.diagnostic(`p50 ${sorted[47]?.toFixed(1)} ms, p95 ${sorted[90]?.toFixed(1)} ms`);
  assert.ok((sorted[47] ?? Infinity) < 100, "the usual way takes milliseconds");
});
