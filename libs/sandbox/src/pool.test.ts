import assert from "node:assert/strict";
import { AsyncLocalStorage } from "node:async_hooks";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createHash } from "node:crypto";
import { mkdir, readFile, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { AppError } from "@rivergen/contracts";
import { findProcesses, openTestSandbox, until } from "./sandbox.testkit.ts";
import type { TestSandbox } from "./sandbox.testkit.ts";

const FOREVER = "with recursive r as (select 1 i union all select i + 1 from r) select count(*) from r";
let box: TestSandbox;

before(async () => {
  box = await openTestSandbox({ size: 1, concurrency: 3 });
  await box.write("orders", "select i as id, i % 7 as customer, (i * 1.25)::decimal(18,2) as amount from range(5000) t(i)");
});
after(() => box[Symbol.asyncDispose]());

const ask = (sql: string, options: { timeoutMs?: number; signal?: AbortSignal } = {}) =>
  box.pool.run("query", { sql, maxRows: 10, format: "rows" }, { timeoutMs: 10_000, purpose: "query", resolveInputs: box.resolveInputs, ...options });

const isCode = (code: string) => (error: unknown) => error instanceof AppError && error.code === code;

test("a query reads the datasets it names and gives rows", async () => {
  await using run = await ask("select customer, sum(amount) as total, count(*) as n from Orders group by all order by customer limit 2");
  assert.deepEqual(run.result.columns, [
    { name: "customer", type: "integer" },
    { name: "total", type: "decimal(38,2)" },
    { name: "n", type: "integer" },
  ]);
  assert.deepEqual(run.result.rows, [
    { customer: 0, total: "2233481.25", n: 715 },
    { customer: 1, total: "2234375.00", n: 715 },
  ]);
  assert.deepEqual(run.result.tables, ["orders"]);
  assert.ok(run.usage.wallMs > 0 && run.usage.peakMemoryBytes > 1_000_000);
});

test("inputs are looked for in the context of the run, not of the one whose end opened the child", async () => {
  const caller = new AsyncLocalStorage<string>();
  const seen: (string | undefined)[] = [];
  const resolveInputs: TestSandbox["resolveInputs"] = (names) => {
    seen.push(caller.getStore());
    return box.resolveInputs(names);
  };
  const callers = ["first", "second", "third"];
  for (const name of callers)
    await caller.run(name, async () => {
      await using _run = await box.pool.run("query", { sql: "from orders", maxRows: 1, format: "rows" }, { timeoutMs: 10_000, resolveInputs });
    });
  assert.deepEqual(seen, callers);
});

test("two runs at once see only their own files and leave nothing", async () => {
  const path = join(box.folder, "orders");
  const runs = await Promise.all(
    ["first", "second"].map((name) =>
      box.pool.run(
        "stage",
        { views: { t: name }, sql: `select '${name}' as who, count(*) as n, sum(id) as s from t`, output: `${name}.parquet` },
        { timeoutMs: 10_000, inputs: [{ name, path }] },
      ),
    ),
  );
  for (const [index, run] of runs.entries()) {
    const name = ["first", "second"][index] ?? "";
    assert.deepEqual(Object.keys(run.outputs), [`${name}.parquet`]);
    const bytes = await readFile(run.outputs[`${name}.parquet`] ?? "");
    assert.equal(run.result.sha256, createHash("sha256").update(bytes).digest("hex"));
    assert.equal(run.result.rowCount, 1);
    assert.equal(run.result.metrics.rowsScanned, 5_000);
    await run.dispose();
    await run.dispose();
    await assert.rejects(stat(run.outputs[`${name}.parquet`] ?? ""), { code: "ENOENT" });
  }
});

test("a cancelled run ends at once, with the caller's own reason", async () => {
  for (const [reason, code] of [
    [new AppError("LEASE_LOST"), "LEASE_LOST"],
    [undefined, "RUN_CANCELLED"],
  ] as const) {
    const cancel = new AbortController();
    const run = ask(FOREVER, { signal: cancel.signal });
    await until("the child works", () => box.pool.stats().running === 1);
    const started = performance.now();
    cancel.abort(reason);
    await assert.rejects(run, isCode(code));
    const tookMs = performance.now() - started;
    assert.ok(tookMs < 1_000, `it took ${tookMs} ms`);
  }
});

test("the deadline kills, and the code says whose work it was", async () => {
  const started = performance.now();
  await assert.rejects(ask(FOREVER, { timeoutMs: 300 }), isCode("QUERY_TIMEOUT"));
  assert.ok(performance.now() - started < 5_000);
  await assert.rejects(box.pool.run("stage", { views: {}, sql: FOREVER, output: "x" }, { timeoutMs: 300 }), isCode("RUN_TIMEOUT"));
});

test("a child that is killed from outside gives a typed error, and the pool goes on", async () => {
  await until("a child is open and alone", () => box.pool.stats().idle === 1 && box.pool.stats().running === 0 && findProcesses(box.folder).length <= 3);
  const run = ask(FOREVER);
  run.catch(() => undefined);
  for (const { pid } of findProcesses(box.folder)) process.kill(pid, "SIGKILL");
  await assert.rejects(run, isCode("QUERY_MEMORY_EXCEEDED"));
  await using next = await ask("select 1 as one");
  assert.deepEqual(next.result.rows, [{ one: 1 }]);
});

test("what the parent cannot resolve ends the run with the parent's error", async () => {
  const resolveInputs = () => Promise.reject(new AppError("DATASET_NOT_FOUND"));
  const run = box.pool.run("query", { sql: "select * from nowhere", maxRows: 1, format: "rows" }, { timeoutMs: 5_000, resolveInputs });
  await assert.rejects(run, isCode("DATASET_NOT_FOUND"));
});

test("failures name no folder of the host", async () => {
  await box.write("broken", "select 1 as a");
  const run = box.pool.run("stage", { views: { t: "absent" }, sql: "select * from t", output: "x" }, { timeoutMs: 5_000 });
  await assert.rejects(run, (error) => error instanceof AppError && error.code === "STEP_FAILED" && !JSON.stringify(error.details).includes(box.folder));
});

test("a failed stage says which row was bad", async () => {
  await box.write("words", "select case when i = 77 then 'many' else i::varchar end as amount, i as id from range(100) t(i)");
  const diagnose = [
    { name: "other", sql: "select id from words where id is null" },
    { name: "amount", sql: "select id, amount from words where try_cast(amount as integer) is null" },
  ];
  const run = box.pool.run(
    "stage",
    { views: { words: "words" }, sql: "select cast(amount as integer) a from words", output: "x", diagnose },
    { timeoutMs: 5_000, inputs: await box.resolveInputs(["words"]) },
  );
  await assert.rejects(run, (error) => {
    assert.ok(error instanceof AppError);
    assert.equal(error.code, "STEP_FAILED");
    assert.deepEqual(error.details.diagnosis, { name: "amount", rows: [{ id: 77, amount: "many" }] });
    return true;
  });
});

test("progress rises over a scan of seconds", { timeout: 60_000 }, async () => {
  await box.write("long", "select i, md5(i::varchar) as h from range(1500000) t(i)");
  const seen: { fraction: number | null; rowsDone: number }[] = [];
  const run = await box.pool.run(
    "stage",
    { views: { t: "long" }, sql: "select max(md5(md5(md5(md5(md5(md5(md5(md5(h))))))))) as m from t", output: "x" },
    { timeoutMs: 50_000, inputs: await box.resolveInputs(["long"]), onProgress: (fraction, rowsDone) => seen.push({ fraction, rowsDone }) },
  );
  await run.dispose();
  const fractions = [...new Set(seen.map(({ fraction }) => fraction).filter((fraction) => fraction !== null))];
  assert.deepEqual(
    fractions,
    fractions.toSorted((a, b) => a - b),
  );
  assert.ok(fractions.length >= 3, `only ${fractions.length} values`);
  assert.equal(fractions.at(-1), 1);
});

test("what a dead service left is swept by the next one; its children die with it", async () => {
  const root = join(box.folder, "other");
  await mkdir(root);
  const script = `import { createSandboxPool } from ${JSON.stringify(import.meta.resolve("./pool.ts"))};
    const pool = await createSandboxPool({ root: ${JSON.stringify(root)}, size: 1 });
    pool.run("query", { sql: ${JSON.stringify(FOREVER)}, maxRows: 1, format: "rows" }, { timeoutMs: 60_000 }).catch(() => undefined);
    process.stdout.write("ready");`;
  const service = spawn(process.execPath, ["--input-type=module", "--eval", script], { stdio: ["ignore", "pipe", "inherit"] });
  await once(service.stdout, "data");
  assert.ok(findProcesses(root).length > 1);
  service.kill("SIGKILL");
  await once(service, "close");
  await until("the children are gone", () => findProcesses(root).length === 0);
  assert.ok((await readdir(root)).length > 0);
  await using next = await openTestSandbox({ root });
  assert.equal((await readdir(root)).length, 1);
  assert.ok(next.pool.level.mechanisms.includes("engine-lock"));
});

test("while a job runs a child is opened only where none is left for the next caller", { timeout: 30_000 }, async () => {
  await using pair = await openTestSandbox({ size: 2 });
  await until("both are open", () => pair.pool.stats().idle === 2);
  const forever = (): Promise<unknown> =>
    pair.pool.run("query", { sql: FOREVER, maxRows: 1, format: "rows" }, { timeoutMs: 4_000, purpose: "query" }).catch(() => undefined);
  const first = forever();
  await until("the first works", () => pair.pool.stats().running === 1 && pair.pool.stats().idle === 1);
  await assert.rejects(pair.pool.run("query", { sql: FOREVER, maxRows: 1, format: "rows" }, { timeoutMs: 2_000, purpose: "query" }), isCode("QUERY_TIMEOUT"));
  await until("one is open for the next", () => pair.pool.stats().idle >= 1);
  await first;
});

test("closing ends running work and removes every folder and child", async () => {
  const other = await openTestSandbox({ size: 2 });
  const run = other.pool.run("query", { sql: FOREVER, maxRows: 1, format: "rows" }, { timeoutMs: 60_000 });
  const ended = assert.rejects(run, isCode("SERVICE_UNAVAILABLE"));
  await until("the child works", () => other.pool.stats().running === 1);
  await other.pool.close();
  await ended;
  assert.deepEqual(await readdir(join(other.folder, "runs")), []);
  assert.deepEqual(findProcesses(other.folder), []);
  await other[Symbol.asyncDispose]();
});
