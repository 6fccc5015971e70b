import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { ensureDatabase } from "./bootstrap.ts";
import { withClient } from "./client.ts";
import { describeDatabaseConformance } from "./conformance.ts";
import { createDatabase } from "./database.ts";
import { createListener } from "./listen.ts";
import { migrate } from "./migrate.ts";
import { startTestPostgres } from "./testing.ts";
import type { TestPostgres } from "./testing.ts";

let server: TestPostgres;
before(async () => {
  server = await startTestPostgres();
});
after(() => server.destroy());

describeDatabaseConformance("embedded Postgres", async () => ({ adminUrl: server.adminUrl, secret: server.secret, destroy: async () => {} }));

test("any number of processes may prepare the same database at once, and more schemas may come later", async () => {
  const prepare = (...schemas: string[]) => ensureDatabase({ adminUrl: server.adminUrl, secret: server.secret, schemas });
  await Promise.all([prepare("one", "two"), prepare("one", "two"), prepare("three"), prepare("two", "one")]);
  const urls = await prepare("one", "two", "three");
  for (const schema of ["one", "two", "three"]) {
    const database = createDatabase({ url: urls[schema]?.url ?? "", max: 1 });
    await database.ping();
    await database.close();
  }
  await assert.rejects(prepare("no-name"), { code: "INTERNAL" });
});

test("work that finds the queue full is refused at once", async () => {
  const database = createDatabase({ url: server.adminUrl, max: 1, queue: 2 });
  const works = Array.from({ length: 6 }, () => database.inShared((tx) => tx.rows("select pg_sleep(0.02)")));
  const outcomes = await Promise.allSettled(works);
  const refused = outcomes.filter((outcome) => outcome.status === "rejected" && (outcome.reason as { code?: string }).code === "OVERLOADED");
  assert.equal(refused.length, 3);
  await database.close();
});

test("a server that is not there is a retryable failure", async () => {
  const database = createDatabase({ url: "postgres://nobody:x@127.0.0.1:1/none" });
  await assert.rejects(database.ping(), { code: "STORE_UNAVAILABLE" });
  await database.close();
});

async function createMigrations(files: Record<string, string>) {
  const folder = await mkdtemp(join(tmpdir(), "migrations-"));
  for (const [name, sql] of Object.entries(files)) await writeFile(join(folder, name), sql);
  return { folder, put: (name: string, sql: string) => writeFile(join(folder, name), sql), remove: () => rm(folder, { recursive: true }) };
}

test("migrations run once, in order, by whoever comes first", async () => {
  const schema = "history";
  await ensureDatabase({ adminUrl: server.adminUrl, secret: server.secret, schemas: [schema] });
  const files = await createMigrations({
    "0002-more.sql": "alter table history.things add column b int",
    "0001-things.sql": "create table history.things (a int)",
  });
  const run = () => migrate({ adminUrl: server.adminUrl, schema, folder: files.folder });
  const runs = await Promise.all([run(), run(), run()]);
  assert.deepEqual(runs.flat(), ["0001-things", "0002-more"]);

  await files.put("0003-broken.sql", "alter table history.things add column c int; select 1/0");
  await assert.rejects(run(), /division by zero/);
  const columns = await withClient(server.adminUrl, (client) =>
    client.query("select attname from pg_attribute where attrelid = 'history.things'::regclass and attnum > 0"),
  );
  assert.deepEqual(columns.rows, [{ attname: "a" }, { attname: "b" }], "a broken migration leaves nothing");
  await files.put("0003-broken.sql", "alter table history.things add column c int");
  assert.deepEqual(await run(), ["0003-broken"]);

  await files.put("0001-things.sql", "create table history.things (a bigint)");
  await assert.rejects(run(), { code: "MIGRATION_CONFLICT" });
  await files.remove();
});

test("migration files must be numbered, each number once", async () => {
  for (const names of [["first.sql"], ["0001-a.sql", "0001-b.sql"], ["1-a.sql"]]) {
    const files = await createMigrations(Object.fromEntries(names.map((name) => [name, "select 1"])));
    await assert.rejects(migrate({ adminUrl: server.adminUrl, schema: "history", folder: files.folder }), { code: "MIGRATION_CONFLICT" }, names.join());
    await files.remove();
  }
});

test("notifications arrive, and after a lost connection a missed one is announced", async () => {
  const listener = createListener({ url: server.adminUrl });
  const heard: (string | undefined)[] = [];
  let next = () => {};
  const more = () => new Promise<void>((resolve) => (next = resolve));
  let arrival = more();
  listener.listen("news", (payload) => {
    heard.push(payload);
    next();
  });
  await arrival;
  arrival = more();
  await withClient(server.adminUrl, (client) => client.query("notify news, 'first'"));
  await arrival;
  arrival = more();
  await withClient(server.adminUrl, (client) =>
    client.query("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'rivergen-listen'"),
  );
  await arrival;
  assert.deepEqual(heard, [undefined, "first", undefined]);
  await listener.close();
});
