import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { after, before, test } from "node:test";
import { type Answer, type Person, send, signUp, startPlatform, type TestPlatform } from "@rivergen/testkit";

let platform: TestPlatform;
let ann: Person;
before(async () => {
  platform = await startPlatform();
  ann = await signUp(platform.url);
  await put("numbers.csv", "n,word\n1,one\n2,two\n");
});
after(() => platform.stop());

const put = (path: string, body: string | Uint8Array, type = "text/csv"): Promise<Answer> =>
  ann.send("PUT", `/v1/files/${path}`, body, { "content-type": type, prefer: "wait=60" });

/** Resident memory of the platform's process, in MiB. */
async function residentMiB(): Promise<number> {
  const status = await readFile(`/proc/${platform.processes.get("all")?.pid}/status`, "utf8");
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024;
}

function assertProblem({ status, json, text, headers }: Answer, expected: { status: number; code: string }): void {
  assert.deepEqual({ status, code: json?.code }, expected, text.slice(0, 500));
  assert.match(headers.get("content-type") ?? "", /^application\/problem\+json/);
  for (const field of ["type", "title", "detail", "requestId"]) assert.equal(typeof json[field], "string");
}

test("a truncated CSV loads what is whole and lists the rest", async () => {
  const { status, json, text } = await put("cut.csv", 'a,b\n1,"x"\n2,"y"\n3,"never closed');
  assert.equal(status, 201, text);
  assert.equal(json.dataset.rowCount, 2);
  assert.equal(json.dataset.rejected.count, 1);
  assert.equal(json.dataset.rejected.sample[0].line, 4);
});

test("bytes that are no table are rejected with a reason", async () => {
  const noise = Buffer.from(Array.from({ length: 5_000 }, (_, i) => (i * 7919 + (i % 13) * 31) % 256));
  const { json } = await put("noise.csv", noise);
  assert.equal(json.dataset.status, "rejected");
  assert.ok(json.dataset.reason.length > 20, json.dataset.reason);
});

test("ten thousand columns get an answer that says the limit, or load", async () => {
  const header = Array.from({ length: 10_000 }, (_, i) => `c${i}`).join(",");
  const { status, json } = await put("wide.csv", `${header}\n${header.replaceAll("c", "")}\n`);
  assert.equal(status, 201);
  assert.ok(json.dataset.status === "ready" || /column/.test(json.dataset.reason), json.dataset.reason);
});

test("a line of 200 MB and a gzip bomb are rejected with bounded memory", async () => {
  const before = await residentMiB();
  const line = await put("line.csv", Buffer.concat([Buffer.from("a,b\n1,"), Buffer.alloc(200 * 2 ** 20, 120), Buffer.from("\n2,y\n")]));
  assert.equal(line.status, 201);
  assert.ok(line.json.dataset.status === "rejected" || line.json.dataset.rejected?.count === 1, line.text.slice(0, 300));
  const bomb = await put("bomb.csv.gz", gzipSync(Buffer.alloc(512 * 2 ** 20, "1,2\n")), "application/gzip");
  assert.equal(bomb.json.dataset.status, "rejected", bomb.text.slice(0, 300));
  assert.match(bomb.json.dataset.reason, /unfold|inflate|compress/i);
  assert.ok((await residentMiB()) - before < 300, "the platform's own memory grew");
});

test("paths stay in their workspace", async () => {
  for (const path of ["..%2fetc%2fpasswd", "%00.csv", "a%5cb.csv", "a//b.csv", "%2fabs.csv", `${"x".repeat(2_000)}.csv`]) {
    const answer = await put(path, "a\n1\n");
    assert.ok([400, 404, 422].includes(answer.status), `${path}: ${answer.status} ${answer.text.slice(0, 200)}`);
    assert.notEqual(answer.json, undefined, path);
  }
});

test("unknown fields, wrong types and missing fields come back all at once", async () => {
  const answer = await ann.send("POST", "/v1/queries?formt=csv", { sql: 7, maxRows: 0, extra: true });
  assertProblem(answer, { status: 422, code: "INVALID_REQUEST" });
  assert.deepEqual(answer.json.errors.map(({ path, code }: { path: string; code: string }) => `${path} ${code}`).toSorted(), [
    "/extra UNKNOWN_FIELD",
    "/maxRows OUT_OF_RANGE",
    "/sql WRONG_TYPE",
    "query/formt UNKNOWN_FIELD",
  ]);
});

test("bodies that are no JSON, too deep, too long or of another type are told apart", async () => {
  const post = (body: string, type = "application/json") => ann.send("POST", "/v1/queries", body, { "content-type": type });
  assertProblem(await post("{"), { status: 400, code: "BODY_NOT_PARSEABLE" });
  const started = performance.now();
  assertProblem(await post("[".repeat(100_000) + "]".repeat(100_000)), { status: 400, code: "BODY_NOT_PARSEABLE" });
  assert.ok(performance.now() - started < 1_000);
  assertProblem(await post(JSON.stringify({ sql: "x".repeat(2 * 2 ** 20) })), { status: 413, code: "BODY_TOO_LARGE" });
  assertProblem(await post("<sql/>", "text/xml"), { status: 415, code: "UNSUPPORTED_CONTENT_TYPE" });
  assertProblem(await post('{"sql":"select 1","__proto__":{"maxRows":5}}'), { status: 422, code: "INVALID_REQUEST" });
  assertProblem(await ann.send("POST", "/v1/queries", new Uint8Array([0x7b, 0xff, 0xfe, 0x7d]), { "content-type": "application/json" }), {
    status: 400,
    code: "BODY_NOT_PARSEABLE",
  });
});

test("hostile documents are refused quickly", async () => {
  const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\n${Array.from("bcdefghi", (name, i) => `${name}: &${name} [${Array(9).fill(`*${"abcdefgh"[i]}`).join(",")}]`).join("\n")}\n`;
  const deep = `${"[".repeat(50_000)}${"]".repeat(50_000)}`;
  for (const [text, type] of [
    [bomb, "application/yaml"],
    [deep, "application/json"],
    [deep, "application/yaml"],
    ["a: b: c: d", "application/yaml"],
    ['{"apiVersion":"rivergen.dev/v1","river":"x","river":"y","sources":{},"outputs":{}}', "application/json"],
    ['{"__proto__":{"x":1},"constructor":1}', "application/json"],
  ] as const) {
    const started = performance.now();
    const { status, json, text: answer } = await ann.send("POST", "/v1/rivers/validate", text, { "content-type": type });
    assert.equal(status, 200, answer.slice(0, 300));
    assert.equal(json.valid, false);
    assert.ok(json.errors.length > 0 && json.errors.length <= 200);
    assert.ok(performance.now() - started < 3_000, "it took too long");
  }
  assertProblem(await ann.send("POST", "/v1/rivers", "x: 1", { "content-type": "text/plain" }), { status: 415, code: "UNSUPPORTED_CONTENT_TYPE" });
});

test("a document is told all its faults with their lines, and what is not built yet", async () => {
  const text = `apiVersion: rivergen.dev/v1
river: Bad Name
colour: blue
sources:
  numbers: { dataset: numbers }
  gone: { dataset: nowhere }
trigger: { schedule: "0 6 * * *" }
steps:
  one: { from: numbers, filter: "n > 'x'" }
  two: { from: three, limit: 5 }
  three: { from: two, limit: 5 }
outputs:
  result: { from: one, mode: merge }
`;
  const { json } = await ann.send("POST", "/v1/rivers/validate", text, { "content-type": "application/yaml" });
  const found = json.errors.map(({ path, code, line }: { path: string; code: string; line: number }) => `${line} ${path} ${code}`);
  for (const expected of [
    /^2 \/river /,
    /^3 \/colour UNKNOWN/,
    /^6 \/sources\/gone\/dataset /,
    /^7 \/trigger NOT_AVAILABLE/,
    /^9 \/steps\/one\/filter /,
    /^1[01] \/steps\/\w+\/from CYCLE/,
    /^13 \/outputs\/result\/mode NOT_AVAILABLE/,
  ]) {
    assert.ok(
      found.some((fault: string) => expected.test(fault)),
      `${expected} is missing of\n${found.join("\n")}`,
    );
  }
});

test("addresses, methods and ids that do not exist", async () => {
  assertProblem(await ann.send("GET", "/v1/nothing"), { status: 404, code: "ROUTE_NOT_FOUND" });
  assertProblem(await ann.send("DELETE", "/v1/queries"), { status: 405, code: "METHOD_NOT_ALLOWED" });
  assertProblem(await ann.send("GET", "/v1/datasets/dst_00000000000000000000000000"), { status: 404, code: "DATASET_NOT_FOUND" });
  assertProblem(await ann.send("GET", "/v1/datasets/%ff"), { status: 400, code: "REQUEST_MALFORMED" });
  assertProblem(await ann.send("GET", "/v1/datasets?limit=0&limit=5&cursor="), { status: 422, code: "INVALID_REQUEST" });
  assertProblem(await ann.send("GET", "/v1/runs/run_x/outputs/y?format=xml"), { status: 422, code: "INVALID_REQUEST" });
  assertProblem(await ann.send("GET", "/v1/datasets/numbers/content", undefined, { accept: "image/png" }), { status: 406, code: "NOT_ACCEPTABLE" });
  assertProblem(await send(platform.url, "GET", "/v1/datasets/numbers"), { status: 401, code: "UNAUTHENTICATED" });
  assertProblem(await send(platform.url, "POST", "/v1/queries", { nonsense: true }, { authorization: "Bearer wrong-token-1" }), {
    status: 401,
    code: "UNAUTHENTICATED",
  });
  assertProblem(await send(platform.url, "POST", "/internal/runs/claim", { worker: "me" }), { status: 404, code: "ROUTE_NOT_FOUND" });
});

/** Every way out that a statement might try: files, network, settings, other statements. */
const refused = [
  "select * from read_csv('/etc/passwd')",
  "select * from '/etc/passwd'",
  "select * from read_text('/proc/self/environ')",
  "select * from read_parquet('../../*.parquet')",
  "select * from glob('/**')",
  "select * from query('select 1')",
  "select * from query_table('numbers')",
  "select json_execute_serialized_sql('{}')",
  "select getenv('HOME')",
  "select current_setting('temp_directory')",
  "select * from duckdb_settings()",
  "select * from parquet_metadata('x')",
  "select * from sniff_csv('/etc/passwd')",
  "select * from information_schema.tables",
  "select * from sqlite_scan('/tmp/x', 'y')",
  "select * from read_csv('https://example.test/x.csv')",
  "select 1; select 2",
  "copy numbers to '/tmp/out.csv'",
  "attach '/tmp/x.db' as x",
  "install httpfs",
  "load httpfs",
  "set memory_limit = '100GB'",
  "reset all",
  "pragma enable_profiling",
  "call enable_logging()",
  "create table t as select 1",
  "create macro version() as 'x'",
  "drop table numbers",
  "insert into numbers values (1, 'x')",
  "export database '/tmp/x'",
  "create secret s (type s3)",
  "select pg_sleep(100)",
  "explain analyze select 1",
  "select * from foreign_dataset",
];

test("statements that reach for more than the datasets are refused or stopped in time", async () => {
  for (const sql of refused) {
    const answer = await ann.send("POST", "/v1/queries", { sql });
    assert.ok(answer.status === 422 && /^QUERY_(REFUSED|FAILED)$/.test(answer.json.code), `${sql}: ${answer.status} ${answer.text.slice(0, 200)}`);
    assert.ok(!answer.text.includes("root:x:0"), sql);
  }
});

test("the same statements as steps of a river are faults at their place", async () => {
  for (const sql of refused) {
    const document = {
      apiVersion: "rivergen.dev/v1",
      river: "escape",
      sources: { numbers: { dataset: "numbers" } },
      steps: { out: { from: "numbers", sql } },
      outputs: { escaped: { from: "out" } },
    };
    const { status, json, text } = await ann.send("POST", "/v1/rivers/validate", document);
    assert.equal(status, 200, text);
    assert.ok(
      json.errors.some(({ path }: { path: string }) => path === "/steps/out/sql"),
      `${sql}: ${text.slice(0, 300)}`,
    );
  }
});

test("statements that never end or eat memory are stopped within their limits", async () => {
  const slow = await startPlatform({ environment: { QUERY_TIMEOUT_MS: "3000", QUERY_MEMORY_BYTES: String(256 * 2 ** 20) } });
  try {
    const eve = await signUp(slow.url);
    const stopped = [
      "select count(*) from range(1000000000000) a, range(1000000000) b",
      "with recursive r as (select 1 as n union all select n + 1 from r) select count(*) from r",
      "select length(repeat('x', 2000000000)) + length(repeat('y', 2000000000))",
      "select length(list(range)::varchar) from range(500000000)",
    ];
    for (const sql of stopped) {
      const started = performance.now();
      const answer = await eve.send("POST", "/v1/queries", { sql });
      assert.ok(
        answer.status === 422 && /^QUERY_(TIMEOUT|MEMORY_EXCEEDED|REFUSED|FAILED)$/.test(answer.json.code),
        `${sql}: ${answer.status} ${answer.text.slice(0, 300)}`,
      );
      assert.ok(performance.now() - started < 10_000, `${sql} took ${performance.now() - started} ms`);
    }
    assert.equal((await eve.send("POST", "/v1/queries", { sql: "select 1 as one" })).json.rows[0].one, 1);
  } finally {
    await slow.stop();
  }
});

test("no fault of the platform was logged by any of this", () => {
  assert.deepEqual(platform.log().match(/"msg":"request failed".*/g) ?? [], []);
});
