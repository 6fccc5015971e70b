import assert from "node:assert/strict";
import { before, test } from "node:test";
import type { DuckDBConnection } from "@duckdb/node-api";
import { DuckDBInstance } from "@duckdb/node-api";
import type { ErrorDetails } from "@rivergen/contracts";
import { JobFailure } from "../jobs/job.ts";
import { checkStatement } from "./check.ts";
import { errorSettings } from "./failures.ts";

const loose = { clock: true, random: true };
const strict = { clock: false, random: false };
let connection: DuckDBConnection;

before(async () => {
  connection = await (await DuckDBInstance.create(":memory:")).connect();
  for (const setting of errorSettings) await connection.run(setting);
});

const tablesOf = async (sql: string, rules = loose): Promise<readonly string[]> => (await checkStatement(connection, sql, rules)).tables;

async function failureOf(sql: string, rules = loose): Promise<{ code: string; details: ErrorDetails }> {
  try {
    await checkStatement(connection, sql, rules);
  } catch (error) {
    if (error instanceof JobFailure) return error;
    throw error;
  }
  return assert.fail(`passed: ${sql}`);
}

/** Statement → the tables it reads. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  "SELECT 1": [],
  "select * from orders": ["orders"],
  "FROM Orders SELECT count(*)": ["orders"],
  "select * from a, b as x join c using (id)": ["a", "b", "c"],
  "with a as (select * from b) select * from a": ["b"],
  "with a as (select * from a) select * from a": ["a"],
  "with x as (select 1 i), y as (select * from x) select * from y join z using (i)": ["z"],
  "select * from (with inside as (select 1) select * from inside) t, inside": ["inside"],
  "with recursive r as (select 1 i union all select i + 1 from r where i < 5) select * from r": [],
  "select (select max(v) from b where b.id = a.id) from a where exists (select 1 from c)": ["a", "b", "c"],
  "select * from t pivot (sum(v) for k in ('a', 'b'))": ["t"],
  "select * from t unpivot (v for k in (a, b))": ["t"],
  "values (1, 'a'), (2, 'b')": [],
  "table orders": ["orders"],
  "(select 1) union all by name (select 2) order by 1 limit 3": [],
  "select sum(v) over (partition by k order by d rows between 1 preceding and current row) from t qualify row_number() over () = 1": ["t"],
  "select list_transform([1, 2], lambda x: x + 1), [x * 2 for x in [1, 2] if x > 1], {'a': 1}, map {'k': 2}, [1, 2][1]": [],
  "select s.upper().trim(), s like 'a%', s similar to 'b', s ilike 'c', s ~ 'd', s collate nocase, s[1:2] from t": ["t"],
  "select extract(year from d), d + interval 1 month, d at time zone 'Europe/Paris', date_trunc('month', d), strftime(d, '%Y') from t": ["t"],
  "select case when a is null then 1 else 2 end, a between 1 and 2, a in (1, 2), not a, a is distinct from b, coalesce(a, b), nullif(a, b) from t": ["t"],
  "select cast(a as decimal(18,2)), try_cast(a as date), a::varchar, try(a + 1) from t": ["t"],
  "select count(*) filter (where a), count(distinct a), string_agg(a, ',' order by b), arg_max(a, b), median(a), quantile_cont(a, 0.9), grouping(a) from t group by rollup (a)":
    ["t"],
  "select columns('a.*'), * exclude (a) replace (b + 1 as b) from t": ["t"],
  "select * from t asof join u on t.k = u.k and t.d >= u.d": ["t", "u"],
  "select * from range(10) r(i), unnest([1, 2]) u(v), generate_series(1, 3)": [],
  "select * from t, json_each(t.j) e": ["t"],
  "select j ->> '$.a', j -> 'b', json_extract_string(j, '$.c') from t": ["t"],
  "select distinct on (a) a, b from t order by a nulls last limit 10% offset 1": ["t"],
  "select $since, $x from t where d >= $since": ["t"],
  "select ?, ? from t": ["t"],
  "select now(), current_date, current_timestamp, today(), random(), uuid() from t using sample 10%": ["t"],
  'select "odd name", "select" from t as "my table"': ["t"],
  "with recursive r(x) as (select 1 union select x + 1 from r), s as (select * from r) select * from s a, s b": [],
  "select 1 -- a comment; with a semicolon": [],
  "select 1;": [],
};

for (const [sql, tables] of Object.entries(allowed)) {
  test(`passes: ${sql}`, async () => assert.deepEqual((await tablesOf(sql)).toSorted(), tables));
}

const refused = [
  "select * from read_csv('/etc/passwd')",
  "select * from read_csv_auto('/etc/passwd')",
  "select * from read_text('/etc/passwd')",
  "select * from read_blob('/proc/self/environ')",
  "select * from read_parquet('x.parquet')",
  "select * from parquet_scan('x.parquet')",
  "select * from parquet_metadata('x.parquet')",
  "select * from parquet_schema('x.parquet')",
  "select * from read_json('x.json')",
  "select * from read_ndjson_objects('x.json')",
  "select * from read_duckdb('x.db')",
  "select * from sniff_csv('/etc/passwd')",
  "select * from glob('/*')",
  "select * from '/etc/passwd'",
  "select * from 'data/*.parquet'",
  'select * from "orders.csv"',
  'select * from "http://example.com/x.parquet"',
  'with "x.csv" as (select 1) select * from "x.csv"',
  "select (select content from read_text('/etc/passwd'))",
  "select * from t where a in (select content from read_text('/etc/passwd'))",
  "with a as (select * from glob('*')) select 1",
  "select 1 limit (select count(*) from glob('/*'))",
  "select 1 order by (select count(*) from glob('/*'))",
  "select * from (values ((select count(*) from glob('/*')))) v",
  "select sum(1) over (order by (select count(*) from glob('/*')))",
  "select list_transform([1], lambda x: (select count(*) from glob('/*')))",
  "select * from query('select 1')",
  "select * from query_table('orders')",
  "select * from json_execute_serialized_sql('{}')",
  "select json_serialize_sql('select 1')",
  "select json_serialize_plan('select 1')",
  "select getenv('HOME')",
  "select current_setting('memory_limit')",
  "select getvariable('x')",
  "select pg_sleep(100)",
  "select sleep_ms(100)",
  "select write_log('x')",
  "select nextval('s')",
  "select setseed(0.5)",
  "select current_query()",
  "select version()",
  "select * from duckdb_settings()",
  "select * from duckdb_secrets()",
  "select * from pragma_table_info('t')",
  "select * from which_secret('s3://x', 's3')",
  "select * from test_all_types()",
  "select * from seq_scan('t')",
  "select * from information_schema.tables",
  "select * from pg_catalog.pg_class",
  "select * from system.main.duckdb_tables",
  "select * from memory.main.orders",
  "select main.read_text('x')",
  "select * from t at (version => 1)",
  "select system.main.getenv('HOME')",
  "select other.f(1)",
  "select parquet_metadata('x')",
  "describe t",
  "show tables",
  "summarize t",
  "explain select 1",
  "explain analyze select 1",
  "copy t to '/tmp/x'",
  "copy (select 1) to '/tmp/x' (format csv)",
  "copy t from '/etc/passwd'",
  "export database '/tmp/x'",
  "import database '/tmp/x'",
  "attach '/tmp/x.db'",
  "detach x",
  "use x",
  "install httpfs",
  "load httpfs",
  "set memory_limit = '100GB'",
  "reset memory_limit",
  "set variable x = 1",
  "pragma database_list",
  "pragma enable_profiling",
  "pragma disable_optimizer",
  "call pragma_version()",
  "call enable_logging(storage = 'file')",
  "create macro version() as 1",
  "create table x as select 1",
  "create view x as select 1",
  "create secret s (type s3)",
  "create type t as enum ('a')",
  "create sequence s",
  "insert into t values (1)",
  "update t set a = 1",
  "delete from t",
  "drop table t",
  "alter table t add column b int",
  "truncate t",
  "vacuum",
  "checkpoint",
  "begin",
  "prepare p as select 1",
  "execute p",
  "comment on table t is 'x'",
  "select 1; select 2",
  "select 1; copy (select 1) to '/tmp/x'",
  "; select 1; drop table t",
  "",
  "-- nothing",
  ";",
  "with x as (insert into t values (1) returning *) select * from x",
  "pivot t on a using sum(b)",
] as const;

for (const sql of refused) {
  test(`refuses: ${sql}`, async () => {
    const { code } = await failureOf(sql);
    // what the grammar itself does not know is a failed statement, not a forbidden one
    assert.ok(code === "QUERY_REFUSED" || code === "QUERY_FAILED", code);
    if (code === "QUERY_FAILED") assert.match(sql, /^(with x as \(insert|select \* from \(values \(\(select)/);
  });
}

test("says where: line and column in characters, also behind letters of many bytes", async () => {
  const { details } = await failureOf("select 'é🌊',\n  'ü', getenv('HOME')\nfrom t");
  assert.deepEqual(details.errors, [{ path: "/sql", code: "NOT_ALLOWED", message: "The function getenv is not allowed here", line: 2, column: 8 }]);
  const syntax = await failureOf("select\n a b c from t");
  assert.equal(syntax.code, "QUERY_FAILED");
  assert.deepEqual({ line: syntax.details.errors?.[0]?.line, column: syntax.details.errors?.[0]?.column }, { line: 2, column: 6 });
});

test("strict rules take the clock and chance away", async () => {
  for (const sql of [
    "select now()",
    "select current_date",
    "select age(d) from t",
    "select random()",
    "select uuid()",
    "select * from t using sample 10%",
    "select * from t tablesample 5 rows",
  ]) {
    assert.equal((await failureOf(sql, strict)).code, "QUERY_REFUSED", sql);
  }
  assert.deepEqual(await tablesOf("select d from t using sample 10% (bernoulli, 42)", strict), ["t"]);
});

test("a statement that is too long, too deep or holds a null character is refused", async () => {
  for (const sql of [
    `select '${"x".repeat(200_001)}'`,
    "select 'a\0b'",
    `select ${"abs(".repeat(3_000)}1${")".repeat(3_000)}`,
    `select 1 ${"+ 1".repeat(20_000)}`,
  ]) {
    const { code } = await failureOf(sql);
    assert.ok(code === "QUERY_REFUSED" || code === "QUERY_FAILED", code);
  }
});
