import assert from "node:assert/strict";
import { readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { AppError } from "@rivergen/contracts";
import { tableFromIPC } from "@uwdata/flechette";
import { openTestSandbox } from "../sandbox.testkit.ts";
import type { TestSandbox } from "../sandbox.testkit.ts";
import type { JobInput } from "./index.ts";

const values = `select i as id, 9007199254740993 + i as big, (i * 1.5)::decimal(9,2) as price, 'é' || i as name, date '2020-02-29' + i::int as day,
  timestamp '2020-01-01 10:00:00.123456' as at, timestamptz '2020-01-01 10:00:00+02' as zoned, interval '1 day' as gap, [1.5, null] as list,
  {'a': i, 'b': 'x'} as struct, map {'k': 1} as map, 'ab'::blob as bytes, case i when 0 then 'NaN' when 1 then '-Infinity' else '0.5' end::double as ratio,
  case when i = 2 then null else true end as flag, '{"a": 1}'::json as doc, time '10:00:01.5' as clock, 12345678901234567890::hugeint as huge
  from range(3) t(i)`;
let box: TestSandbox;

before(async () => {
  box = await openTestSandbox({ size: 2 });
  // written by a stage, as everything a later job reads
  await using run = await box.pool.run("stage", { views: {}, sql: values, output: "values" }, { timeoutMs: 10_000 });
  await rename(run.outputs.values ?? "", join(box.folder, "values"));
  await box.write("numbers", "select i as n, i % 3 as k from range(100000) t(i)");
});
after(() => box[Symbol.asyncDispose]());

const options = { timeoutMs: 30_000, purpose: "query" } as const;

async function convert(input: Omit<JobInput<"convert">, "file">, file = "values"): Promise<Buffer> {
  await using run = await box.pool.run("convert", { file, output: "out", ...input }, { ...options, inputs: await box.resolveInputs([file]) });
  return await readFile(run.outputs.out ?? "");
}

const page = async (input: Omit<JobInput<"page">, "file">, file = "values") => {
  await using run = await box.pool.run("page", { file, ...input }, { ...options, inputs: await box.resolveInputs([file]) });
  return run.result;
};

test("a page writes every type as the API says", async () => {
  const { columns, rows, rowCount, truncated } = await page({ limit: 1 });
  assert.equal(
    columns.map(({ name, type }) => `${name} ${type}`).join("; "),
    "id integer; big integer; price decimal(9,2); name string; day date; at timestamp; zoned timestamptz; gap interval; list list<decimal(2,1)>; struct struct<a: integer, b: string>; map list<struct<key: string, value: integer>>; bytes binary; ratio double; flag boolean; doc json; clock time; huge decimal(38,0)",
  );
  assert.deepEqual(
    { ...rows[0] },
    {
      id: 0,
      big: "9007199254740993",
      price: "0.00",
      name: "é0",
      day: "2020-02-29",
      at: "2020-01-01T10:00:00.123456",
      zoned: "2020-01-01T08:00:00Z",
      gap: "1 day",
      list: ["1.5", null],
      struct: { a: 0, b: "x" },
      map: [{ key: "k", value: 1 }],
      bytes: "YWI=",
      ratio: "NaN",
      flag: true,
      doc: '{"a": 1}',
      clock: "10:00:01.5",
      huge: "12345678901234567890",
    },
  );
  assert.deepEqual([rowCount, truncated], [3, true]);
});

test("a page starts where it is told, in the file's order, with the columns asked for", async () => {
  const { rows, truncated } = await page({ limit: 2, offset: 99_998, columns: ["k", "n"] }, "numbers");
  assert.deepEqual(rows, [
    { k: 2, n: 99_998 },
    { k: 0, n: 99_999 },
  ]);
  assert.equal(truncated, false);
});

test("a page of a condition and an order counts what is left and breaks ties in the file's order", async () => {
  const found = await page({ limit: 3, offset: 1, columns: ["n", "k"], where: "t.n >= 90", orderBy: [{ column: "k", descending: true }] }, "numbers");
  assert.deepEqual(
    found.rows.map((row) => [row["k"], row["n"]]),
    [
      [2, 95],
      [2, 98],
      [2, 101],
    ],
  );
  assert.equal(found.rowCount, 99_910);
  const nulls = await page({ limit: 3, orderBy: [{ column: "flag", descending: true }] });
  assert.deepEqual(
    nulls.rows.map((row) => row["flag"]),
    [true, true, null],
  );
});

test("a file with a column called as the engine calls its row numbers is sorted too", async () => {
  await box.write("numbered", "select 9 - i as FILE_ROW_NUMBER, i % 2 as k from range(4) t(i)");
  const { rows, columns } = await page({ limit: 4, orderBy: [{ column: "k", descending: false }] }, "numbered");
  assert.deepEqual([columns.length, rows.map((row) => row["FILE_ROW_NUMBER"])], [2, [7, 9, 6, 8]]);
});

test("JSON and NDJSON files hold what pages hold", async () => {
  const { rows } = await page({ limit: 10 });
  // a column of type json is text in a page and a document in a file
  const expected = rows.map((row) => ({ ...row, doc: { a: 1 } }));
  assert.deepEqual(JSON.parse((await convert({ format: "json" })).toString()), expected);
  const lines = (await convert({ format: "ndjson" })).toString().trimEnd().split("\n");
  assert.deepEqual(
    lines.map((line) => JSON.parse(line) as unknown),
    expected,
  );
});

test("an Arrow stream holds every row in batches, with exact values", async () => {
  const numbers = tableFromIPC(new Uint8Array(await convert({ format: "arrow" }, "numbers")));
  assert.equal(numbers.numRows, 100_000);
  assert.ok((numbers.getChildAt(0)?.data.length ?? 0) > 2, "several batches");
  assert.deepEqual(numbers.getChildAt(0)?.at(99_999), 99_999);
  const exact = tableFromIPC(new Uint8Array(await convert({ format: "arrow" })), { useBigInt: true, useDecimalInt: true, useDate: false });
  const [first] = exact.toArray() as Record<string, unknown>[];
  assert.equal(first?.big, 9007199254740993n);
  assert.equal(first?.huge, 12345678901234567890n);
  assert.equal(first?.name, "é0");
  assert.equal(exact.getChildAt(5)?.at(0), 1577872800123.456);
  const empty = tableFromIPC(new Uint8Array(await convert({ format: "arrow", limit: 0 })));
  assert.deepEqual([empty.numRows, empty.schema.fields.length], [0, 17]);
});

test("CSV and Parquet keep order, offset and limit", async () => {
  assert.equal((await convert({ format: "csv", offset: 5, limit: 2 }, "numbers")).toString(), "n,k\n5,2\n6,0\n");
  assert.equal((await convert({ format: "parquet" })).subarray(0, 4).toString(), "PAR1");
});

test("a query binds parameters, bounds rows, and writes files", async () => {
  const ask = (input: Partial<JobInput<"query">>) =>
    box.pool.run(
      "query",
      { sql: "select n from numbers where k = $k and n >= $from order by n;", maxRows: 2, format: "rows", parameters: { k: 1, from: 10 }, ...input },
      { ...options, resolveInputs: box.resolveInputs },
    );
  await using rows = await ask({});
  assert.deepEqual([rows.result.rows, rows.result.truncated], [[{ n: 10 }, { n: 13 }], true]);
  await using file = await ask({ format: "json" });
  assert.deepEqual(JSON.parse(await readFile(file.outputs["result.json"] ?? "", "utf8")), [{ n: 10 }, { n: 13 }]);
  await using list = await ask({ sql: "select count(*) as c from numbers where n in (select unnest($ns))", parameters: { ns: [1, 2, 3] } });
  assert.deepEqual(list.result.rows, [{ c: 3 }]);
  await using twice = await ask({ sql: "select 1 as a, 2 as a, 3 as __proto__", parameters: {} });
  assert.deepEqual(JSON.stringify(twice.result.rows), '[{"a":1,"a_1":2,"__proto__":3}]');
  for (const parameters of [{ k: 1 }, { k: 1, from: 1, more: 2 }]) {
    await assert.rejects(
      ask({ parameters }),
      (error) => error instanceof AppError && error.code === "QUERY_FAILED" && error.details.errors?.[0]?.code === "PARAMETER",
    );
  }
  await assert.rejects(
    ask({ sql: "select\n nope from numbers", parameters: {} }),
    (error) => error instanceof AppError && error.details.errors?.[0]?.line === 2 && error.details.errors[0].column === 2,
  );
});

test("a result larger than allowed is stopped", async () => {
  await using small = await openTestSandbox({ outputBytes: 1_000_000, tempBytes: 1_000_000 });
  const run = small.pool.run("stage", { views: {}, sql: "select md5(i::varchar) as h from range(3000000) t(i)", output: "x" }, { timeoutMs: 20_000 });
  await assert.rejects(run, (error) => error instanceof AppError && (error.code === "STEP_FAILED" || error.code === "RUN_MEMORY_EXCEEDED"));
});

const tables = {
  orders: {
    columns: [
      { name: "id", type: "integer" },
      { name: "customer", type: "integer" },
      { name: "amount", type: "decimal(18,2)" },
      { name: "at", type: "timestamp" },
    ],
  },
  customers: {
    columns: [
      { name: "id", type: "integer" },
      { name: "name", type: "string" },
      { name: "email", type: "string" },
    ],
  },
};

/** Statement → `column type <- origins`, and after `|` what decides about rows. */
const described: Readonly<Record<string, string>> = {
  "select c.name, sum(o.amount) * 2 as total from orders o join customers c on c.id = o.customer where o.at > $since group by 1 order by total":
    "name string <- customers.name, total decimal(38,2) <- orders.amount | filter orders.at, key customers.id, key customers.name, key orders.customer, order orders.amount",
  "with x as (select id, amount from orders) select a.amount, b.id from x a, x b": "amount decimal(18,2) <- orders.amount, id integer <- orders.id | ",
  "select id, (select max(name) from customers c where c.id = o.customer) as m from orders o":
    "id integer <- orders.id, m string <- customers.name | filter customers.id, filter orders.customer, key orders.customer",
  "select id from orders union all select customer from orders": "id integer <- orders.id+orders.customer | ",
  "select lag(amount) over (partition by customer order by id) as l from orders":
    "l decimal(18,2) <- orders.amount+orders.customer+orders.id | key orders.customer, order orders.id",
  "with recursive r as (select id x, customer y from orders union all select y, x from r) select x from r": "x integer <- orders.id+orders.customer | ",
  "select name from customers where id in (select customer from orders)":
    "name string <- customers.name | filter orders.customer, key customers.id, key orders.customer",
  "select $since + interval 1 day as d, 1 as one": "d timestamp <- , one integer <-  | ",
};

for (const [sql, expected] of Object.entries(described)) {
  test(`describes: ${sql}`, async () => {
    await using run = await box.pool.run("describe", { sql, tables, parameters: { since: "timestamp" } }, options);
    const columns = run.result.columns.map(
      ({ name, type, origins }) => `${name} ${type} <- ${origins?.map(({ table, column }) => `${table}.${column}`).join("+")}`,
    );
    const influences = run.result.influences?.map(({ kind, table, column }) => `${kind} ${table}.${column}`).toSorted();
    assert.equal(`${columns.join(", ")} | ${influences?.join(", ")}`, expected);
  });
}

test("tables that there are not are refused where they are first named, all at once", async () => {
  const sql = "select 'ä€' as a, * from numbers\njoin nowhere on true, (select 'ü' from Elsewhere, nowhere)";
  const resolveInputs = (names: readonly string[]) => box.resolveInputs(names.filter((name) => name === "numbers"));
  const run = box.pool.run("query", { sql, maxRows: 1, format: "rows" }, { ...options, resolveInputs });
  await assert.rejects(run, (error) => {
    assert.ok(error instanceof AppError && error.code === "QUERY_REFUSED");
    assert.match(error.message, /no table nowhere \(line 2, column 6\); There is no table elsewhere \(line 2, column 40\)/);
    assert.deepEqual(
      error.details.errors?.map(({ path, line, column }) => [path, line, column]),
      [
        ["/sql", 2, 6],
        ["/sql", 2, 40],
      ],
    );
    return true;
  });
});

test("describing refuses the clock, unknown tables and undeclared parameters, and reads real files", async () => {
  const describe = (sql: string) => box.pool.run("describe", { sql, tables: { ...tables, values: { file: "values" } } }, { ...options, inputs: [] });
  for (const sql of ["select now()", "select * from nowhere", "select $x", "select * from orders using sample 10%"]) {
    await assert.rejects(describe(sql), (error) => error instanceof AppError && error.code === "QUERY_REFUSED", sql);
  }
  await using run = await box.pool.run(
    "describe",
    { sql: "select price from t", tables: { T: { file: "values" } } },
    { ...options, inputs: await box.resolveInputs(["values"]) },
  );
  assert.deepEqual(run.result.columns, [{ name: "price", type: "decimal(9,2)", origins: [{ table: "t", column: "price" }] }]);
});
