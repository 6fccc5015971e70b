import assert from "node:assert/strict";
import { connect } from "node:net";
import { after, before, test } from "node:test";
import type { Fault } from "@rivergen/contracts";
import { type Person, send, signUp, startPlatform, type TestPlatform } from "@rivergen/testkit";

/** What a fuzzer found, one test for each kind: none of it may be an error of the platform. */
let platform: TestPlatform;
let ann: Person;

before(async () => {
  platform = await startPlatform();
  ann = await signUp(platform.url);
  const made = await ann.send("POST", "/v1/rivers", document("small"), { "content-type": "application/json" });
  assert.equal(made.status, 422, "its dataset is not there yet");
  await ann.send("PUT", "/v1/files/people.csv", "id,name\n1,Ann\n", { "content-type": "text/csv", prefer: "wait=60" });
  assert.equal((await ann.send("POST", "/v1/rivers", document("small"), { "content-type": "application/json" })).status, 201);
});
after(() => platform.stop());

function document(name: string, more: object = {}): string {
  return JSON.stringify({
    apiVersion: "rivergen.dev/v1",
    river: name,
    sources: { people: { dataset: "people" } },
    outputs: { [`${name}_list`]: { from: "people" } },
    ...more,
  });
}

const faultsOf = async (more: object): Promise<string[]> => {
  const { status, json, text } = await ann.send("POST", "/v1/rivers/validate", document("probe", more), { "content-type": "application/json" });
  assert.equal(status, 200, text);
  return json.errors.map(({ path, code }: Fault) => `${path} ${code}`);
};

test("a version beyond every count is no version", async () => {
  const beyond = 15_390_478_797_795;
  const answers = [
    await ann.send("GET", `/v1/rivers/small?version=${beyond}`),
    await ann.send("POST", "/v1/rivers/small/rollback", { version: beyond }),
    await ann.send("POST", "/v1/rivers/small/runs", { version: beyond }),
  ];
  for (const { status, json } of answers) assert.deepEqual([status, json.code], [422, "INVALID_REQUEST"]);
  assert.deepEqual(await faultsOf({ sources: { people: { dataset: "people", version: beyond } } }), ["/sources/people/version UNKNOWN_VERSION"]);
});

test("parts of a document of the wrong kind are faults", async () => {
  assert.deepEqual(await faultsOf({ parameters: [null, null] }), ["/parameters WRONG_TYPE"]);
  assert.deepEqual(await faultsOf({ parameters: [{}] }), ["/parameters WRONG_TYPE"]);
  assert.ok((await faultsOf({ steps: { list: { from: "people", do: true } } })).includes("/steps/list/do WRONG_TYPE"));
});

test("text that no store keeps as it is gets faults, and stops no work", async () => {
  for (const bad of ["a\0", "\ud800"]) {
    const answers = [
      await ann.send("POST", "/v1/api-keys", { name: bad }),
      await ann.send("PATCH", "/v1/datasets/people", { description: bad }),
      await ann.send("POST", "/v1/rivers/small/runs", { parameters: { [bad]: 1 } }),
      await ann.send("POST", "/v1/prompts", { text: bad }),
      await ann.send("POST", "/v1/queries", { sql: "select $a as a", parameters: { a: bad } }),
    ];
    for (const { status, json } of answers) assert.deepEqual([status, json.code, json.errors[0].code], [422, "INVALID_REQUEST", "INVALID_CHARACTER"]);
    assert.deepEqual(await faultsOf({ description: bad }), ["/description INVALID_VALUE"]);
    assert.ok((await faultsOf({ sources: { people: { dataset: bad } } })).includes("/sources/people/dataset INVALID_VALUE"));
  }
  assert.equal((await ann.send("GET", "/v1/runs?cursor=%00")).status, 422);
  assert.equal((await ann.send("POST", "/v1/rivers/small/runs", {}, { prefer: "wait=30" })).json.status, "succeeded");
});

test("a file whose cells hold such text is read, or rejected with its reason", async () => {
  const { status, json, text } = await ann.send("PUT", "/v1/files/odd.csv", "id,na\0me\n1,a\0b\n2,c\n", { "content-type": "text/csv", prefer: "wait=60" });
  assert.equal(status, 201, text);
  assert.equal(json.dataset.status, "ready", text);
  const lines = '{"id":1,"word":"a\\u0000b"}\n{"id":2,"word":"\\ud800"}\n';
  const made = await ann.send("PUT", "/v1/files/lines.ndjson", lines, { "content-type": "application/x-ndjson", prefer: "wait=60" });
  assert.equal(made.status, 201, made.text);
  assert.equal(made.json.dataset.status, "ready", made.text);
  assert.deepEqual([made.json.dataset.rowCount, made.json.dataset.rejected.sample[0].line], [1, 2], made.text);
  assert.equal((await ann.send("GET", "/v1/datasets/lines/preview")).status, 200);
});

test("an encoding that is none is a fault of the request, not of the file", async () => {
  const { status, json } = await ann.send("POST", "/v1/datasets/people/reread", { dialect: { encoding: "utf-99" } });
  assert.deepEqual([status, json.code, json.errors[0].path], [422, "INVALID_REQUEST", "/dialect/encoding"]);
  assert.equal((await ann.send("GET", "/v1/datasets/people")).json.status, "ready");
});

test("a type for a column that is not there is a fault of the request; the table stays as it was", async () => {
  const { status, json } = await ann.send("POST", "/v1/datasets/people/reread", { types: { "no/such": "integer" } });
  assert.deepEqual([status, json.errors[0].path, json.errors[0].code], [422, "/types/no~1such", "COLUMN_NOT_FOUND"]);
  assert.equal((await ann.send("GET", "/v1/datasets/people")).json.status, "ready");
});

test("a file that does not fit its dataset says so with a code; the rows that were there can still be read", async () => {
  const put = (text: string, mode: string): ReturnType<Person["send"]> =>
    ann.send("PUT", `/v1/files/parts-${mode}.csv?dataset=parts&mode=${mode}`, text, { "content-type": "text/csv", prefer: "wait=60" });
  assert.equal((await put("id,size\n1,2\n", "replace")).json.dataset.status, "ready");
  const { json, text } = await put("id,colour\n2,red\n", "append");
  assert.deepEqual([json.dataset.status, json.dataset.code, json.dataset.version], ["rejected", "DATASET_SCHEMA_MISMATCH", 1], text);
  assert.match(json.dataset.reason, /size.*colour/);
  assert.deepEqual((await ann.send("GET", "/v1/datasets/parts/preview")).json.rows, [{ id: 1, size: 2 }]);
  const broken = await ann.send("PUT", "/v1/files/broken.parquet", "no parquet", { prefer: "wait=60" });
  assert.equal(broken.json.dataset.code, "FILE_UNREADABLE", broken.text);
});

test("a table of ten thousand columns is refused with what to do, one of two hundred is read", async () => {
  const table = (width: number): string => [0, 1].map((row) => Array.from({ length: width }, (_, at) => (row === 0 ? `c${at}` : at)).join(",")).join("\n");
  for (const [width, expected] of [
    [10_000, "rejected"],
    [200, "ready"],
  ] as const) {
    const { json, text } = await ann.send("PUT", `/v1/files/wide_${width}.csv`, table(width), { "content-type": "text/csv", prefer: "wait=60" });
    assert.equal(json.dataset.status, expected, text.slice(0, 500));
    if (expected === "rejected") assert.match(json.dataset.reason, /10000 columns; at most 2000/);
    else assert.equal(json.dataset.columns.length, width);
  }
});

test("an address that several spellings fit takes the methods of the most telling one", async () => {
  for (const [method, path, allow] of [
    ["PUT", "/v1/files/people.csv/content", "GET"],
    ["DELETE", "/v1/files/people.csv/content", "GET"],
    ["PATCH", "/v1/files/people.csv", "DELETE, GET, PUT"],
    ["GET", "/v1/rivers/validate", "POST"],
  ] as const) {
    const { status, json, headers } = await ann.send(method, path);
    assert.deepEqual([status, json.code, headers.get("allow")], [405, "METHOD_NOT_ALLOWED", allow], `${method} ${path}`);
  }
});

test("a time limit that no clock counts to is a fault", async () => {
  assert.deepEqual(await faultsOf({ resilience: { timeout: "999999999h" } }), ["/resilience/timeout INVALID_DURATION"]);
  assert.deepEqual(await faultsOf({ resilience: { timeout: "576h" } }), []);
});

test("methods that nobody knows are refused like other wrong ones, and every answer names its request", async () => {
  for (const method of ["QUERY", "OPTIONS", "PATCH"]) {
    const { status, json, headers } = await send(platform.url, method, "/v1/auth/session");
    assert.deepEqual([status, json.code, headers.get("allow")], [405, "METHOD_NOT_ALLOWED", "GET"], method);
    assert.match(headers.get("x-request-id") ?? "", /^req_[0-9a-f]{32}$/);
    assert.equal(json.requestId, headers.get("x-request-id"));
  }
  for (const path of ["/", "/v1/nothing", "/v1/rivers/%ff", "/health/live", "/docs", "/v1/openapi.json"]) {
    const { headers } = await send(platform.url, "GET", path, undefined, { "x-request-id": "mine-1" });
    assert.equal(headers.get("x-request-id"), "mine-1", path);
  }
});

test("a head that is too large or no HTTP at all is a problem too", async () => {
  const long = await ann.send("GET", `/v1/events?channels=${"workspace,".repeat(5_000)}`);
  assert.deepEqual([long.status, long.json.code], [431, "REQUEST_HEAD_TOO_LARGE"]);
  assert.match(long.headers.get("content-type") ?? "", /^application\/problem\+json/);
  assert.equal(long.headers.get("x-request-id"), long.json.requestId);
  const { hostname, port } = new URL(platform.url);
  const socket = connect(Number(port), hostname);
  socket.end("no request\r\n\r\n");
  let answer = "";
  for await (const chunk of socket) answer += String(chunk);
  assert.match(answer, /^HTTP\/1\.1 400 [^]*REQUEST_MALFORMED/);
});

test("a failure that is replayed is a problem again", async () => {
  const headers = { "idempotency-key": "wrong-link" };
  const link = (): ReturnType<typeof send> => send(platform.url, "POST", "/v1/auth/local-link", { code: "not the code of this start" }, headers);
  const [first, second] = [await link(), await link()];
  assert.deepEqual([first.status, second.status, second.headers.get("idempotency-replayed")], [401, 401, "true"]);
  assert.equal(second.headers.get("content-type"), first.headers.get("content-type"));
  assert.match(second.headers.get("content-type") ?? "", /^application\/problem\+json/);
});

test("a body of which every part may be left out may be left out", async () => {
  const paths = (await send(platform.url, "GET", "/v1/openapi.json")).json.paths;
  assert.equal(paths["/v1/rivers/{river}/plan"].post.requestBody.required, false);
  assert.equal(paths["/v1/rivers/{river}/rollback"].post.requestBody.required, true);
  assert.equal((await ann.send("POST", "/v1/rivers/small/plan")).status, 200);
  assert.equal((await ann.send("POST", "/v1/rivers/small/rollback")).status, 422);
});
