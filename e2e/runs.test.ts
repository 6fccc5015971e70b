import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { DuckDBInstance } from "@duckdb/node-api";
import type { Event, Run } from "@rivergen/contracts";
import { type Answer, eventually, type Person, signUp, startPlatform, type TestPlatform } from "@rivergen/testkit";

const yaml = { "content-type": "application/yaml" };
let platform: TestPlatform;
let ann: Person;

before(async () => {
  platform = await startPlatform({ environment: { RUN_CONCURRENCY: "1" } });
  ann = await signUp(platform.url);
  const big = await ann.send("PUT", "/v1/files/big.parquet", await makeParquet("select i as id from range(8000000) t(i)"), {
    "content-type": "application/vnd.apache.parquet",
    prefer: "wait=60",
  });
  assert.equal(big.json.dataset.status, "ready", big.text);
  const words = await ann.send("PUT", "/v1/files/words.csv", "id,amount\n1,10.5\n2,20.25\n3,many\n", { "content-type": "text/csv", prefer: "wait=60" });
  assert.equal(words.json.dataset.columns[1].type, "string", words.text);
  await save(heavy("heavy", 8_000_000));
  await save(heavy("slow", 4_000_000));
  await save(heavy("hurried", 8_000_000, "resilience: { timeout: 1s }\n"));
});
after(() => platform.stop());

async function makeParquet(sql: string): Promise<Buffer> {
  const folder = mkdtempSync(join(tmpdir(), "rows-"));
  try {
    const instance = await DuckDBInstance.create(":memory:");
    const connection = await instance.connect();
    await connection.run(`copy (${sql}) to '${folder}/rows.parquet' (format parquet, compression zstd)`);
    connection.closeSync();
    instance.closeSync();
    return await readFile(`${folder}/rows.parquet`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Some seconds of work for two cores, in steps that the engine can count. */
function heavy(name: string, rows: number, more = ""): string {
  return `apiVersion: rivergen.dev/v1
river: ${name}
sources: { big: { dataset: big } }
steps:
  worked:
    from: big
    do:
      - filter: id < ${rows}
      - derive: { word: "regexp_replace(regexp_replace(regexp_replace(cast(id as string), '[0-4]+', 'x'), '[5-9]+', 'y'), '(x|y)+', 'z')" }
  counted: { from: worked, aggregate: { by: [word], values: { n: count(*) } } }
outputs:
  ${name}_words: { from: counted }
${more}`;
}

async function save(document: string): Promise<void> {
  const made = await ann.send("POST", "/v1/rivers", document, yaml);
  assert.equal(made.status, 201, made.text);
}

async function start(river: string, headers: Record<string, string> = {}): Promise<Run> {
  const answer = await ann.send("POST", `/v1/rivers/${river}/runs`, {}, headers);
  assert.equal(answer.status, 202, answer.text);
  return answer.json as Run;
}

const look = async (id: string): Promise<Run> => (await ann.send("GET", `/v1/runs/${id}`)).json as Run;
const eventsOf = async (id: string): Promise<Event[]> => (await ann.send("GET", `/v1/runs/${id}/events`)).json.items as Event[];
const ended = (id: string): Promise<Run> =>
  eventually(
    async () => {
      const run = await look(id);
      return run.finishedAt !== null && run;
    },
    { withinMs: 90_000, what: "the end of the run" },
  );

/** The folder of the sandboxed child that works for a run now: the one that was given inputs. */
function workingFolder(): string | undefined {
  const root = join(platform.home, "sandboxes", "runs");
  return readdirSync(root)
    .map((name) => join(root, name))
    .find((folder) => isUsed(folder));
}
function isUsed(folder: string): boolean {
  try {
    return readdirSync(join(folder, "in")).length > 0;
  } catch {
    return false;
  }
}

function processesOf(folder: string): string[] {
  return readdirSync("/proc").filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(`${folder}/`);
    } catch {
      return false;
    }
  });
}

function assertRising(values: readonly (number | null)[], what: string): void {
  const known = values.filter((value) => value !== null);
  assert.deepEqual(
    known,
    known.toSorted((a, b) => a - b),
    `${what} fell`,
  );
  assert.ok(new Set(known).size >= 3, `${what} had only the values ${known.join(", ")}`);
}

test("a scan of seconds shows how far it is: in the run and in its events, never falling", { timeout: 120_000 }, async () => {
  const { id } = await start("heavy");
  const seen: Run["progress"][] = [];
  const run = await eventually(
    async () => {
      const now = await look(id);
      seen.push(now.progress);
      return now.finishedAt !== null && now;
    },
    { withinMs: 90_000, what: "the end of the run" },
  );
  assert.equal(run.status, "succeeded", JSON.stringify(run.error));
  assert.ok((run.metered?.durationMs ?? 0) >= 3_000, `it took only ${run.metered?.durationMs} ms: too short to say anything`);
  assert.deepEqual(run.progress, { fraction: 1, rowsDone: 8_000_000, rowsExpected: 8_000_000 });
  assertRising(
    seen.map(({ fraction }) => fraction),
    "fraction",
  );
  assertRising(
    seen.map(({ rowsDone }) => rowsDone),
    "rowsDone",
  );
  const progressed = (await eventsOf(id)).filter(({ type }) => type === "run.step.progressed").map(({ data }) => data);
  assertRising(
    progressed.map(({ fraction }) => fraction as number | null),
    "fraction of the events",
  );
  assertRising(
    progressed.map(({ rowsDone }) => rowsDone as number | null),
    "rowsDone of the events",
  );
  assert.ok(progressed.every(({ rowsExpected, stage }) => rowsExpected === 8_000_000 && stage === "heavy_words"));
});

test("a running run is cancelled within a second; nothing of it works on; it can be resumed", { timeout: 120_000 }, async () => {
  const { id } = await start("slow");
  const waiting = await start("heavy");
  const folder = await eventually(async () => (await look(id)).status === "running" && workingFolder());
  await eventually(async () => (await look(id)).progress.rowsDone);
  const asked = Date.now();
  const answer = await ann.send("POST", `/v1/runs/${id}/cancel`);
  assert.equal(answer.status, 202, answer.text);
  const run = await eventually(async () => {
    const now = await look(id);
    return now.finishedAt !== null && now;
  });
  // The run's own clock, the same as the test's: looking takes time of its own.
  const took = Date.parse(run.finishedAt ?? "") - asked;
  assert.equal(run.status, "cancelled");
  assert.ok(took < 1_000, `it took ${took} ms`);
  assert.deepEqual([run.error, run.outputs, run.steps.map(({ status }) => status)], [null, [], ["cancelled", "cancelled"]]);
  await eventually(() => processesOf(folder).length === 0, { withinMs: 1_000, what: "the end of the child" });
  const output = await ann.send("GET", `/v1/runs/${id}/outputs/slow_words`);
  assert.deepEqual([output.status, output.json.code], [404, "OUTPUT_NOT_FOUND"]);
  assert.equal((await ann.send("GET", "/v1/datasets/slow_words")).status, 404);
  assert.equal((await eventsOf(id)).at(-1)?.type, "run.cancelled");
  const again = await ann.send("POST", `/v1/runs/${id}/cancel`);
  assert.deepEqual([again.status, again.json.code], [409, "RUN_ENDED"]);

  await cancelQueued(waiting.id);
  const resumed = await ann.send("POST", `/v1/runs/${id}/resume`);
  assert.deepEqual([resumed.status, resumed.json.attempt, resumed.json.progress.fraction], [202, 2, null], resumed.text);
  const second = await ended(id);
  assert.deepEqual([second.status, second.attempt], ["succeeded", 2], JSON.stringify(second.error));
  const { json } = await ann.send("GET", `/v1/runs/${id}/outputs/slow_words`);
  assert.deepEqual(json.rows, [{ word: "z", n: 4_000_000 }]);
  const resumable = await ann.send("POST", `/v1/runs/${id}/resume`);
  assert.deepEqual([resumable.status, resumable.json.code], [409, "RUN_NOT_RESUMABLE"]);
});

/** It waited behind the other run, or has just begun: either way it ends at once. */
async function cancelQueued(id: string): Promise<void> {
  const answer = await ann.send("POST", `/v1/runs/${id}/cancel`);
  assert.equal(answer.status, 202, answer.text);
  assert.equal((await ended(id)).status, "cancelled");
}

test("a run that waits for a worker is cancelled before it begins", { timeout: 60_000 }, async () => {
  const first = await start("slow");
  await eventually(async () => (await look(first.id)).status === "running");
  const waiting = await start("heavy");
  const answer = await ann.send("POST", `/v1/runs/${waiting.id}/cancel`);
  assert.deepEqual([answer.status, answer.json.status, answer.json.startedAt], [202, "cancelled", null]);
  assert.deepEqual(
    (await eventsOf(waiting.id)).map(({ type }) => type),
    ["run.queued", "run.cancelled"],
  );
  assert.deepEqual((await ann.send("GET", `/v1/billing/usage?run=${waiting.id}`)).json.items, []);
  await cancelQueued(first.id);
});

test("a step that fails names itself, the column, the bad value and what to do; later steps are skipped", { timeout: 60_000 }, async () => {
  await save(`apiVersion: rivergen.dev/v1
river: failing
sources: { words: { dataset: words } }
steps:
  typed: { from: words, cast: { amount: "decimal(10,2)" } }
  summed: { from: typed, aggregate: { values: { total: sum(amount) } } }
  listed: { from: typed, orderBy: [amount desc] }
outputs:
  failing_total: { from: summed }
  failing_list: { from: listed }
`);
  const { id } = await start("failing");
  const run = await ended(id);
  assert.equal(run.status, "failed");
  assert.deepEqual([run.error?.code, run.error?.step, run.error?.column], ["STEP_FAILED", "typed", "amount"]);
  assert.match(run.error?.detail ?? "", /"many"/);
  assert.match(run.error?.detail ?? "", /decimal\(10,2\)/);
  assert.ok((run.error?.advice ?? "").length > 10);
  assert.deepEqual(
    run.steps.map(({ name, status }) => [name, status]),
    [
      ["typed", "failed"],
      ["summed", "skipped"],
      ["listed", "skipped"],
    ],
  );
  assert.deepEqual(run.steps[0]?.error, run.error);
  const events = await eventsOf(id);
  const failed = events.find(({ type }) => type === "run.step.failed");
  assert.deepEqual([failed?.data["step"], failed?.data["code"]], ["typed", "STEP_FAILED"]);
  assert.deepEqual(
    events.flatMap(({ type, data }) => (type === "run.step.skipped" ? [data["step"]] : [])),
    ["summed", "listed"],
  );
  assert.equal(events.at(-1)?.type, "run.failed");
  assert.ok(run.quote !== null && run.metered !== null, "the quote stands beside what was metered");
  const { items } = (await ann.send("GET", `/v1/billing/usage?run=${id}`)).json;
  assert.deepEqual(items.map(({ meter, attempt }: { meter: string; attempt: number }) => `${meter} ${attempt}`).toSorted(), [
    "compute.cpu 1",
    "data.scanned 1",
  ]);
});

test("a run past its own deadline ends with RUN_TIMEOUT, and is metered once", { timeout: 60_000 }, async () => {
  const { id } = await start("hurried");
  const run = await ended(id);
  assert.deepEqual([run.status, run.error?.code, run.attempt], ["failed", "RUN_TIMEOUT", 1]);
  assert.match(run.error?.advice ?? "", /resilience\.timeout/);
  const { items } = (await ann.send("GET", `/v1/billing/usage?run=${id}`)).json;
  const cpu = items.filter(({ meter }: { meter: string }) => meter === "compute.cpu");
  assert.equal(cpu.length, 1);
  assert.ok(cpu[0].quantity > 0.1, JSON.stringify(cpu));
});

test("the same request twice, also at once, is one run; another body under its key is refused", { timeout: 60_000 }, async () => {
  await save(`apiVersion: rivergen.dev/v1
river: small
parameters: { most: { type: integer, default: 3 } }
sources: { words: { dataset: words } }
steps: { kept: { from: words, filter: id <= $most } }
outputs: { small_words: { from: kept } }
`);
  const headers = { "idempotency-key": "once-only", prefer: "wait=30" };
  const send = (): Promise<Answer> => ann.send("POST", "/v1/rivers/small/runs", { parameters: { most: 2 } }, headers);
  const pair = await Promise.all([send(), send()]);
  assert.ok(
    pair.every(({ status, json }) => status === 200 || (status === 409 && json.code === "REQUEST_IN_FLIGHT")),
    pair.map(({ text }) => text).join("\n"),
  );
  const later = await send();
  assert.deepEqual([later.status, later.headers.get("idempotency-replayed")], [200, "true"]);
  const other = await ann.send("POST", "/v1/rivers/small/runs", { parameters: { most: 1 } }, headers);
  assert.deepEqual([other.status, other.json.code], [422, "IDEMPOTENCY_KEY_REUSED"]);
  const { items } = (await ann.send("GET", "/v1/runs?river=small")).json;
  assert.deepEqual(
    items.map(({ id }: Run) => id),
    [later.json.id],
  );
  const both = await Promise.all([1, 2].map((most) => ann.send("POST", "/v1/rivers/small/runs", { parameters: { most } }, { prefer: "wait=30" })));
  assert.deepEqual(
    both.map(({ json }) => [json.status, json.outputs[0].rowCount]),
    [
      ["succeeded", 1],
      ["succeeded", 2],
    ],
  );
  assert.equal((await ann.send("GET", "/v1/datasets/small_words/versions")).json.items.length, 3);
});
