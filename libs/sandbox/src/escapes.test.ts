import assert from "node:assert/strict";
import { access, chmod, mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { AppError } from "@rivergen/contracts";
import { openEngine } from "./engine.ts";
import { sandboxLevels } from "./ladder.ts";
import { findProcesses, openTestSandbox } from "./sandbox.testkit.ts";
import type { TestSandbox } from "./sandbox.testkit.ts";

const MEMORY_BYTES = 256 * 1024 ** 2;
/** What a child may hold beside the engine's own memory. */
const PROCESS_BYTES = 384 * 1024 ** 2;
let box: TestSandbox;

before(async () => {
  box = await openTestSandbox({ memoryBytes: MEMORY_BYTES, concurrency: 2, size: 2 });
});
after(() => box[Symbol.asyncDispose]());

/** Statements that only time or memory can stop: the check lets them pass, and should. */
const hungry = {
  "a recursion without end": "with recursive r as (select 1 i union all select i + 1 from r) select count(*) from r",
  "a recursion that keeps its rows":
    "with recursive r as (select 1 i, repeat('x', 1000) s union all select i + 1, s || i from r) select count(*), max(s) from r",
  "a cross join of ranges": "select count(*) from range(1000000000000) a, range(1000000000000) b where a.range + b.range < 0",
  "a text of gigabytes": "select length(repeat('x', 2000000000)) + length(repeat('y', 2000000000)) as n",
  "a list of everything": "select len(list(range)) from range(1000000000000)",
  "a text of everything": "select length(string_agg(repeat(range::varchar, 1000), '')) from range(1000000000000)",
  "a sort of too much": "select * from range(100000000000) t(i) order by hash(i) limit 1 offset 99999999990",
  "a scalar range": "select len(range(1000000000000))",
  "a power of text": "select length(repeat(repeat(repeat('x', 10000), 10000), 10000))",
  "a nested transform": "select len(list_transform(range(100000000), lambda x: range(x)))",
};

for (const [what, sql] of Object.entries(hungry)) {
  test(`${what} is stopped in time, with bounded memory`, { timeout: 30_000 }, async () => {
    let most = 0;
    const sampling = setInterval(() => (most = Math.max(most, ...findProcesses(box.folder).map((found) => found.residentBytes))), 25);
    const started = performance.now();
    const run = box.pool.run("query", { sql, maxRows: 10, format: "rows" }, { timeoutMs: 1_500, purpose: "query" });
    await assert
      .rejects(run, (error) => error instanceof AppError && ["QUERY_TIMEOUT", "QUERY_MEMORY_EXCEEDED", "QUERY_FAILED"].includes(error.code))
      .finally(() => clearInterval(sampling));
    assert.ok(performance.now() - started < 2_500 + 5_000, "it took too long");
    assert.ok(most <= MEMORY_BYTES + PROCESS_BYTES + 64 * 1024 ** 2, `it held ${most} bytes`);
  });
}

/**
 * What would run if check and compiler were fooled: these go to the engine as they are, so that only its lock stands in
 * the way. `{secret}` is a file of the host, `{folder}` its folder, `{in}` and `{out}` folders of the run.
 */
const unchecked = {
  "a file of the host": "select * from read_text('{secret}')",
  "a file of the host as CSV": "select * from read_csv('{secret}')",
  "a file of the host by its name": "select * from '{secret}.csv'",
  "the password file": "select * from read_text('/etc/passwd')",
  "the process's environment": "select * from read_blob('/proc/self/environ')",
  "the process's memory map": "select * from read_text('/proc/self/maps')",
  "a glob": "select * from glob('{folder}/*')",
  "a path upwards": "select * from read_text('{in}/../../../secret.txt')",
  "a symbolic link": "select * from read_text('{folder}/link.txt')",
  "a symbolic link among the run's own files": "select * from read_text('{out}/inner-link.txt')",
  "a folder with the same beginning": "select * from read_text('{out}2/x')",
  "a file URL": "select * from read_text('file://{secret}')",
  HTTP: "select * from read_parquet('http://127.0.0.1:9/x.parquet')",
  S3: "select * from read_parquet('s3://bucket/x.parquet')",
  "the metadata of a file of the host": "select * from parquet_metadata('{folder}/host.parquet')",
  "writing to the host": "copy (select 1) to '{folder}/written.csv' (format csv)",
  "writing to standard output": "copy (select 1) to '/dev/stdout' (format csv)",
  ATTACH: "attach '{folder}/host.db'",
  EXPORT: "export database '{folder}/exported'",
  INSTALL: "install httpfs",
  LOAD: "load '{folder}/x.duckdb_extension'",
  SET: "set memory_limit = '100GB'",
  "SET of the folders": "set allowed_directories = ['/']",
  RESET: "reset lock_configuration",
  "PRAGMA of an option": "pragma memory_limit = '100GB'",
  "a secret that stays": "create persistent secret s (type http)",
  getenv: "select getenv('PATH')",
  "text that runs as a statement": "select * from query('select * from read_text(''{secret}'')')",
};

async function prepareHost(folder: string): Promise<string> {
  const secret = join(folder, "secret.txt");
  await writeFile(secret, "a secret of the host", { mode: 0o644 });
  await writeFile(`${secret}.csv`, "a,b\n1,2\n");
  await symlink(secret, join(folder, "link.txt"));
  await chmod(folder, 0o777);
  return secret;
}

test("the engine's lock holds against statements that nobody checked", async (context) => {
  const secret = await prepareHost(box.folder);
  const base = join(box.folder, "locked");
  const folder = { in: join(base, "in"), out: join(base, "out"), tmp: join(base, "tmp") };
  for (const path of [...Object.values(folder), `${folder.out}2`]) await mkdir(path, { recursive: true });
  await writeFile(`${folder.out}2/x`, "beside");
  await symlink(secret, join(folder.out, "inner-link.txt"));
  const engine = await openEngine({ folder, memoryBytes: MEMORY_BYTES, threads: 1, tempBytes: MEMORY_BYTES });
  await engine.lock([]);
  for (const [what, template] of Object.entries(unchecked)) {
    await context.test(what, async () => {
      const sql = template.replaceAll("{secret}", secret).replaceAll("{folder}", box.folder).replaceAll("{in}", folder.in).replaceAll("{out}", folder.out);
      await assert.rejects(engine.connection.run(sql), (error) => !String(error).includes("a secret of the host"));
    });
  }
  await engine.connection.run(`copy (select 1 as a) to '${folder.out}/allowed.csv'`);
  for (const name of ["written.csv", "exported", "host.db"]) await assert.rejects(access(join(box.folder, name)), { code: "ENOENT" }, name);
});

for (const level of sandboxLevels) {
  test(`${level}: an unchecked stage neither reads the host nor changes its inputs`, async (context) => {
    const root = join(box.folder, level);
    await mkdir(root, { mode: 0o711 });
    const opened = await openTestSandbox({ level, root, memoryBytes: MEMORY_BYTES }).catch((error: unknown) => (error as Error).cause);
    if (opened instanceof Error) return context.skip(`not possible here: ${opened.message}`);
    await using other = opened as TestSandbox;
    const secret = join(other.folder, "secret.txt");
    await writeFile(secret, "a secret of the host", { mode: 0o644 });
    const host = await other.write("host", "select 1 as a");
    const original = await readFile(host);
    for (const sql of [`select * from read_text('${secret}')`, `select 1) to '${other.folder}/written.csv' (format csv); copy (select 1`]) {
      const run = other.pool.run("stage", { views: { host: "host" }, sql, output: "x.parquet" }, { timeoutMs: 10_000, inputs: [{ name: "host", path: host }] });
      await assert.rejects(run, (error) => error instanceof AppError && error.code === "STEP_FAILED" && !error.message.includes("a secret of the host"));
    }
    await assert.rejects(access(join(other.folder, "written.csv")), { code: "ENOENT" });
    assert.deepEqual(await readFile(host), original);
  });
}
