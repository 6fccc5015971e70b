import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, test } from "node:test";
import { retry } from "@rivergen/pipeline";
import { withClient } from "../client.ts";
import { exists, SYSTEM_FOLDER } from "./binaries.ts";
import { removeEmbeddedPostgres, startEmbeddedPostgres } from "./embedded.ts";
import { isAlive, readPidFile } from "./server.ts";

const homes: string[] = [];
/** Of the tests that leave their server whole. */
let shared: string;
before(async () => {
  shared = await createHome();
});
after(async () => {
  for (const home of homes) {
    await removeEmbeddedPostgres({ home });
    await rm(home, { recursive: true });
  }
});

async function createHome(mode = 0o755): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), "rivergen-home-"));
  await chmod(home, mode);
  homes.push(home);
  return home;
}

/** Another process that uses the server. */
async function startHolder(home: string) {
  const child = spawn(process.execPath, [join(import.meta.dirname, "holder.fixture.ts"), home], { stdio: ["pipe", "pipe", "inherit"] });
  const exited = once(child, "exit");
  const [line] = (await once(createInterface(child.stdout), "line")) as [string];
  return {
    ...(JSON.parse(line) as { adminUrl: string; adopted: boolean }),
    async leave() {
      child.stdin.end();
      await exited;
    },
    async kill() {
      child.kill("SIGKILL");
      await exited;
    },
  };
}

const run = async (adminUrl: string, sql: string) => (await withClient(adminUrl, (client) => client.query(sql))).rows;
const serverOf = async (home: string) => (await readPidFile(join(home, "postgres")))?.pid ?? 0;
/** Until it no longer throws. */
const eventually = <T>(work: () => Promise<T>) => retry(work, { attempts: 200, baseMs: 20, multiplier: 1, isRetryable: () => true });

test("data survives a stop, settings are durable, and nobody but the owner can read the secret", async () => {
  const home = shared;
  const first = await startEmbeddedPostgres({ home });
  assert.equal(first.adopted, false);
  await run(first.adminUrl, "create table if not exists kept (a int); insert into kept values (1)");
  assert.deepEqual(
    await run(
      first.adminUrl,
      "select current_setting('fsync') as fsync, current_setting('synchronous_commit') as commit, current_setting('full_page_writes') as pages",
    ),
    [{ fsync: "on", commit: "on", pages: "on" }],
  );
  assert.equal((await stat(join(home, "postgres.json"))).mode & 0o777, 0o600);
  const wrong = new URL(first.adminUrl);
  wrong.password = "wrong";
  await assert.rejects(run(wrong.href, "select 1"), /password authentication failed/);
  const pid = await serverOf(home);
  await first.stop();
  assert.equal(await isAlive(pid), false);

  const second = await startEmbeddedPostgres({ home });
  assert.equal(second.adminUrl, first.adminUrl);
  assert.deepEqual(await run(second.adminUrl, "select a from kept"), [{ a: 1 }]);
  await second.stop();
});

test("processes that start together share one server; the last one to leave stops it", async () => {
  const home = shared;
  const holders = await Promise.all([startHolder(home), startHolder(home), startHolder(home)]);
  assert.equal(new Set(holders.map(({ adminUrl }) => adminUrl)).size, 1);
  assert.equal(holders.filter(({ adopted }) => !adopted).length, 1);
  const pid = await serverOf(home);
  await holders[0]?.leave();
  await holders[1]?.leave();
  assert.equal(await isAlive(pid), true);
  await holders[2]?.leave();
  assert.equal(await isAlive(pid), false);
});

test("a server that a crash left is adopted, and those that still use it keep it", async () => {
  const home = shared;
  const crashed = await startHolder(home);
  const pid = await serverOf(home);
  await run(crashed.adminUrl, "create table if not exists kept (a int); insert into kept values (2)");
  await crashed.kill();
  assert.equal(await isAlive(pid), true);
  const next = await startEmbeddedPostgres({ home });
  assert.deepEqual([next.adopted, await serverOf(home)], [true, pid]);
  assert.deepEqual(await run(next.adminUrl, "select a from kept where a = 2"), [{ a: 2 }]);
  await next.stop();
  assert.equal(await isAlive(pid), false);
});

test("a server that dies is started again at the same address, with everything that was committed", async () => {
  const home = shared;
  const server = await startEmbeddedPostgres({ home });
  await run(server.adminUrl, "create table if not exists kept (a int); insert into kept values (3)");
  const pid = await serverOf(home);
  process.kill(pid, "SIGKILL");
  const rows = await eventually(() => run(server.adminUrl, "select a from kept where a = 3"));
  assert.deepEqual(rows, [{ a: 3 }]);
  assert.notEqual(await serverOf(home), pid);
  await server.stop();
});

test("a pid file of a dead server, or with the number of another process, stops nobody", async () => {
  const home = shared;
  const server = await startEmbeddedPostgres({ home });
  const pidFile = join(home, "postgres/postmaster.pid");
  const text = await readFile(pidFile, "utf8");
  await server.stop();
  await writeFile(pidFile, text.replace(/^\d+/, String(process.pid)));
  const next = await startEmbeddedPostgres({ home });
  assert.equal(next.adopted, false);
  await next.stop();
});

test("an attempt that was cut short leaves nothing", async () => {
  const home = await createHome();
  const attempt = join(home, "postgres.2f1d7c9e-0000-4000-8000-000000000000");
  await mkdir(attempt);
  await writeFile(`${attempt}.password`, "x");
  const server = await startEmbeddedPostgres({ home });
  assert.deepEqual(await Promise.all([attempt, `${attempt}.password`, join(home, "postgres.json"), join(home, "postgres.log")].map(exists)), [
    false,
    false,
    true,
    true,
  ]);
  await server.stop();
});

test("a port that is taken is passed over", async () => {
  const [home, other] = [await createHome(), await createHome()];
  const server = await startEmbeddedPostgres({ home });
  const identity = JSON.parse(await readFile(join(home, "postgres.json"), "utf8")) as object;
  await writeFile(join(other, "postgres.json"), JSON.stringify({ ...identity, id: "2f1d7c9e-0000-4000-8000-000000000000" }));
  const second = await startEmbeddedPostgres({ home: other });
  assert.notEqual(new URL(second.adminUrl).port, new URL(server.adminUrl).port);
  assert.deepEqual(await run(second.adminUrl, "select 1 as one"), [{ one: 1 }]);
  await Promise.all([server.stop(), second.stop()]);
});

test("deleting the home folder is a clean start, also while its server still runs", async () => {
  const parent = await createHome();
  const home = join(parent, "home");
  const crashed = await startHolder(home);
  await run(crashed.adminUrl, "create table old (a int)");
  await crashed.kill();
  await rm(home, { recursive: true });
  const next = await startEmbeddedPostgres({ home });
  assert.deepEqual([next.adopted, await run(next.adminUrl, "select to_regclass('old') as old")], [false, [{ old: null }]]);
  await next.stop();
});

test(
  "where the server's user cannot reach the home folder the data lies in a folder of the system, and goes with the home folder",
  { skip: process.getuid?.() !== 0 && "only root runs servers as another user" },
  async () => {
    const parent = await createHome(0o700);
    const home = join(parent, "home");
    await mkdir(home);
    const dataOf = async () => join(SYSTEM_FOLDER, (JSON.parse(await readFile(join(home, "postgres.json"), "utf8")) as { id: string }).id);

    const crashed = await startHolder(home);
    const old = await dataOf();
    const pid = (await readPidFile(old))?.pid ?? 0;
    await crashed.kill();
    assert.deepEqual([await exists(old), await exists(join(home, "postgres")), await isAlive(pid)], [true, false, true]);

    await rm(home, { recursive: true });
    const next = await startEmbeddedPostgres({ home });
    assert.deepEqual([await exists(old), await isAlive(pid), await exists(await dataOf())], [false, false, true]);
    await next.stop();
    const data = await dataOf();
    await rm(home, { recursive: true });
    const other = await startEmbeddedPostgres({ home: shared });
    assert.equal(await exists(data), false, "the home folder was a temporary one");
    await other.stop();
  },
);

test("a server that cannot start says why", async () => {
  const home = shared;
  const server = await startEmbeddedPostgres({ home });
  await server.stop();
  await writeFile(join(home, "postgres/postgresql.conf"), "no_such_setting = 1\n");
  await assert.rejects(
    startEmbeddedPostgres({ home }),
    (error: { code?: string; cause?: unknown }) => error.code === "EMBEDDED_STORE_FAILED" && String(error.cause).includes("no_such_setting"),
  );
});
