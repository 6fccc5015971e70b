import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { DuckDBInstance } from "@duckdb/node-api";
import { AppError } from "@rivergen/contracts";
import { openTestSandbox } from "../../sandbox.testkit.ts";
import type { TestSandbox } from "../../sandbox.testkit.ts";
import type { JobInput } from "../index.ts";

const input = [
  { name: "id", type: "integer", nullable: false },
  { name: "country", type: "string", nullable: true },
  { name: "amount", type: "decimal(18,2)", nullable: true },
  { name: "day", type: "date", nullable: true },
  { name: "tags", type: "list<string>", nullable: true },
];
const rows = `select i as id, case when i % 10 = 0 then null else ' fr' || (i % 7) end as country, (i / 4)::decimal(18,2) as amount,
  date '2024-01-01' + (i % 300)::int as day, ['a', null, 'x' || i] as tags from range(#) t(i)`;
const sql = 'SELECT CAST(t."id" AS BIGINT) AS "id", t.country, t.amount, t.day, t.tags FROM "rows" AS t';
let box: TestSandbox;

before(async () => {
  box = await openTestSandbox({ size: 2, threads: 2 });
  await box.write("few", rows.replace("#", "5"));
  await box.write("many", rows.replace("#", "600000"));
  await box.write("none", rows.replace("#", "0"));
});
after(() => box[Symbol.asyncDispose]());

const same = input.map(({ name, type }) => ({ name, type, passes: name }));
const score = { name: "score", type: "double", passes: null };

const reasons = [
  { name: "number", type: "integer" },
  { name: "node", type: "string" },
  { name: "code", type: "string" },
  { name: "why", type: "string" },
];
const setAside = { output: "aside.parquet", columns: [...input.map(({ name, type }) => ({ name, type })), ...reasons] };

type Flow = Partial<JobInput<"flow">["flow"]> & { readonly document: unknown };

async function run(
  file: string,
  flow: Flow,
  more: { readonly signal?: AbortSignal; readonly onProgress?: (fraction: number | null, rows: number) => void } = {},
) {
  const job = {
    views: { rows: file },
    sql,
    output: "out.parquet",
    setAside,
    flow: { input, columns: [...same, score], parameters: [], now: "2024-03-01T00:00:00Z", ...flow },
  };
  return box.pool.run("flow", job, { timeoutMs: 60_000, inputs: await box.resolveInputs([file]), ...more });
}

async function read(path: string, select: string): Promise<unknown[]> {
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  const reader = await connection.runAndReadAll(`${select} from read_parquet('${path}', file_row_number = true)`);
  connection.closeSync();
  return reader.getRowObjectsJson();
}

const scored = {
  type: "sequence",
  children: [
    { ref: "derive", config: { country: "upper(trim(country))" } },
    { ref: "derive", config: { score: "amount * 2 + $extra" } },
  ],
};
const countryMade = same.map((column) => (column.name === "country" ? { ...column, passes: null } : column));

test("rows go through a flow: what it makes stands beside what passed, in its order", async () => {
  const parameters = [{ name: "extra", type: "integer", value: "1" }];
  await using done = await run("few", { document: scored, columns: [...countryMade, score], parameters });
  const { rowsIn, rowCount, setAside: aside, sha256 } = done.result;
  assert.deepEqual([rowsIn, rowCount, aside, sha256.length], [5, 5, null, 64]);
  assert.deepEqual(await read(done.outputs["out.parquet"] ?? "", "select id, country, amount, day, tags, score, typeof(score) as t"), [
    { id: "0", country: null, amount: "0.00", day: "2024-01-01", tags: ["a", null, "x0"], score: 1, t: "DOUBLE" },
    { id: "1", country: "FR1", amount: "0.25", day: "2024-01-02", tags: ["a", null, "x1"], score: 1.5, t: "DOUBLE" },
    { id: "2", country: "FR2", amount: "0.50", day: "2024-01-03", tags: ["a", null, "x2"], score: 2, t: "DOUBLE" },
    { id: "3", country: "FR3", amount: "0.75", day: "2024-01-04", tags: ["a", null, "x3"], score: 2.5, t: "DOUBLE" },
    { id: "4", country: "FR4", amount: "1.00", day: "2024-01-05", tags: ["a", null, "x4"], score: 3, t: "DOUBLE" },
  ]);
});

test("more rows than one part holds keep their order and their neighbours; progress never falls", async () => {
  const seen: number[] = [];
  const parameters = [{ name: "extra", type: "integer", value: "0" }];
  const onProgress = (fraction: number | null): void => void seen.push(fraction ?? -1);
  await using done = await run("many", { document: scored, columns: [...countryMade, score], parameters }, { onProgress });
  assert.deepEqual([done.result.rowsIn, done.result.rowCount], [600_000, 600_000]);
  const [found] = await read(
    done.outputs["out.parquet"] ?? "",
    "select count(*) filter (where id <> file_row_number or score <> amount::double * 2 or country is distinct from (case when id % 10 = 0 then null else 'FR' || (id % 7) end) or tags[3] <> 'x' || id) as wrong",
  );
  assert.deepEqual(found, { wrong: "0" });
  assert.deepEqual(seen, seen.toSorted((a, b) => a - b)); // prettier-ignore
  assert.ok(seen.length > 10 && seen.at(-1) === 1);
  const perSecond = Math.round(600_000 / (done.usage.cpuMs / 1_000));
  console.info(`# ${perSecond} records/s of processor time, ${Math.round(done.usage.peakMemoryBytes / 2 ** 20)} MiB`);
  assert.ok(perSecond > 20_000, `${perSecond} records/s`);
});

test("an empty input gives an empty file with all columns", async () => {
  await using done = await run("none", { document: { ref: "derive", config: { score: "id / 2" } } });
  assert.equal(done.result.rowCount, 0);
  assert.deepEqual(await read(done.outputs["out.parquet"] ?? "", "select count(*) as n, count(score) as s"), [{ n: "0", s: "0" }]);
});

test("a record that fails ends the run with its number, the path and the cause, and nothing of the record", async () => {
  const document = { type: "sequence", name: "outer", children: [{ ref: "derive", config: { score: "cast(country as integer) / 2" } }] };
  const error = await run("few", { document }).catch((caught: unknown) => caught);
  assert.ok(error instanceof AppError);
  assert.equal(error.code, "STEP_FAILED");
  assert.equal(error.details.detail, "Record 2 failed at outer → derive: A text cannot be read as integer");
});

test("records that the flow sets aside are left out and kept with the reason; the others keep their neighbours", async () => {
  const document = {
    type: "handle",
    error_handler: "dead-letter",
    child: {
      type: "sequence",
      children: [
        { ref: "require", config: { columns: ["country"] } },
        { ref: "derive", config: { score: "id / 2" } },
      ],
    },
  };
  await using done = await run("many", { document });
  assert.deepEqual([done.result.setAside?.count, done.result.setAside?.rowCount, done.result.rowCount], [60_000, 60_000, 540_000]);
  const aside = done.outputs["aside.parquet"] ?? "";
  assert.deepEqual(await read(aside, "select count(*) filter (where number <> id + 1 or country is not null or id % 10 <> 0 or id <> file_row_number * 10 or tags[3] <> 'x' || id) as wrong, any_value(node) as node, any_value(code) as code, any_value(why) as why"), [
    { wrong: "0", node: "handle-dead-letter → sequence → require", code: "STEP_FAILED", why: "The column country has no value" },
  ]); // prettier-ignore
  const select = "select count(*) filter (where score <> id / 2 or country is null or tags[3] <> 'x' || id) as wrong";
  assert.deepEqual(await read(done.outputs["out.parquet"] ?? "", select), [{ wrong: "0" }]);
});

test("of very many that are set aside the first are kept, and all are counted", async () => {
  const document = { type: "handle", error_handler: "dead-letter", child: { ref: "fail", config: { message: "not this one", when: "id >= 490000" } } };
  await using done = await run("many", { document, columns: same });
  assert.deepEqual([done.result.setAside?.count, done.result.setAside?.rowCount, done.result.rowCount], [110_000, 100_000, 490_000]);
  assert.deepEqual(await read(done.outputs["aside.parquet"] ?? "", "select min(id) as first, max(id) as last"), [{ first: "490000", last: "589999" }]);
});

test("what waits runs at the same time and in order; a cancel kills it", async () => {
  const slow = { type: "retry", attempts: 2, backoff: "20ms", child: { ref: "fail", config: { message: "too odd", when: "id % 2 = 1" } } };
  const document = {
    type: "fallback",
    children: [
      { type: "sequence", children: [slow, { ref: "derive", config: { score: "1e0" } }] },
      { ref: "derive", config: { score: "2e0" } },
    ],
  };
  await using done = await run("few", { document });
  assert.deepEqual(
    await read(done.outputs["out.parquet"] ?? "", "select score"),
    [1, 2, 1, 2, 1].map((each) => ({ score: each })),
  );
  const cancelled = new AbortController();
  const started = run("many", { document }, { signal: cancelled.signal, onProgress: () => cancelled.abort(new AppError("RUN_CANCELLED")) });
  const error = await started.catch((caught: unknown) => caught);
  assert.ok(error instanceof AppError && error.code === "RUN_CANCELLED", String(error));
});

test("values of every type go through a flow and come back as they were", async () => {
  const select = `select 1::bigint as i, -12.345::decimal(20,3) as d, 0.5::double as f, 'é' as s, true as b, date '1900-02-28' as dt, time '10:00:01.5' as tm,
    timestamp '1969-12-31 23:59:59.000001' as ts, timestamptz '2020-01-01 10:00:00+02' as tz, interval '1 month 2 days 3 seconds' as gap, '{"a": [1]}'::json as doc, 'ab'::blob as bytes,
    ['a', null] as list, {'x': 1::bigint, 'y': ['z']} as struct`;
  await box.write("types", select);
  const types = ["integer", "decimal(20,3)", "double", "string", "boolean", "date", "time", "timestamp", "timestamptz", "interval", "json", "binary", "list<string>", "struct<x: integer, y: list<string>>"]; // prettier-ignore
  const names = ["i", "d", "f", "s", "b", "dt", "tm", "ts", "tz", "gap", "doc", "bytes", "list", "struct"];
  const typed = names.map((name, index) => ({ name, type: types[index] ?? "", nullable: true }));
  const copies = typed.map(({ name, type }) => ({ name: `${name}_copy`, type, passes: null }));
  const document = { ref: "derive", config: Object.fromEntries(names.map((name) => [`${name}_copy`, name === "tz" ? "coalesce(tz, now())" : name])) };
  const columns = [...typed.map(({ name, type }) => ({ name, type, passes: name })), ...copies];
  const job = {
    views: { rows: "types" },
    sql: "SELECT * FROM rows",
    output: "out.parquet",
    setAside,
    flow: { document, input: typed, columns, parameters: [], now: "2024-03-01T00:00:00Z" },
  };
  await using done = await box.pool.run("flow", job, { timeoutMs: 60_000, inputs: await box.resolveInputs(["types"]) });
  const same = names.map((name) => `${name} is not distinct from ${name}_copy as ${name}`).join(", ");
  assert.deepEqual(await read(done.outputs["out.parquet"] ?? "", `select ${same}`), [Object.fromEntries(names.map((name) => [name, true]))]);
});

test("the result stands where it was written", async () => {
  await using done = await run("few", { document: { ref: "require", config: { columns: ["id"] } }, columns: same });
  assert.equal(done.outputs["out.parquet"]?.endsWith(join("out", "out.parquet")), true);
});
