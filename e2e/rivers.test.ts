import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Fault, Plan } from "@rivergen/contracts";
import { type Answer, type Person, signUp, startPlatform, type TestPlatform } from "@rivergen/testkit";

const yaml = { "content-type": "application/yaml" };
let platform: TestPlatform;
let ann: Person;

before(async () => {
  platform = await startPlatform();
  ann = await signUp(platform.url);
  const people = "id,name,email,born\n1,Ann,ann@example.test,1990-05-01\n2,Bob,bob@example.test,1985-11-30\n3,Cy,cy@example.test,2001-02-14\n";
  const put = await ann.send("PUT", "/v1/files/people.csv", people, { "content-type": "text/csv", prefer: "wait=60" });
  assert.equal(put.json.dataset.status, "ready", put.text);
});
after(() => platform.stop());

const save = (document: string, path = "/v1/rivers", headers: Record<string, string> = {}): Promise<Answer> =>
  ann.send(path === "/v1/rivers" ? "POST" : "PUT", path, document, { ...yaml, ...headers });
const run = (river: string, body: object): Promise<Answer> => ann.send("POST", `/v1/rivers/${river}/runs`, body, { prefer: "wait=30" });
const places = ({ json }: Answer): string[][] => json.errors.map(({ path, code }: Fault) => [path, code]);

function born(name: string, after: string): string {
  return `apiVersion: rivergen.dev/v1
river: ${name}
parameters:
  before: { type: date }
  least: { type: integer, default: 1 }
sources: { people: { dataset: people } }
steps: { young: { from: people, filter: "born > date '${after}' and born < $before and id >= $least" } }
outputs: { ${name}_list: { from: young } }
`;
}

test("parameters are checked by name and type, each fault at its place", async () => {
  assert.equal((await save(born("checked", "1980-01-01"))).status, 201);
  const missing = await run("checked", {});
  assert.deepEqual([missing.status, missing.json.code], [422, "RIVER_INVALID"]);
  assert.deepEqual(places(missing), [["/parameters/before", "MISSING_PARAMETER"]]);
  const wrong = await run("checked", { parameters: { before: "soon", least: "two", more: 1 } });
  assert.equal(wrong.status, 422);
  assert.deepEqual(places(wrong).map(String).toSorted(), [
    "/parameters/before,INVALID_PARAMETER",
    "/parameters/least,INVALID_PARAMETER",
    "/parameters/more,UNKNOWN_PARAMETER",
  ]);
  const unknown = await run("checked", { parameter: {} });
  assert.deepEqual([unknown.status, unknown.json.code], [422, "INVALID_REQUEST"]);
  const good = await run("checked", { parameters: { before: "1991-01-01", least: 2 } });
  assert.deepEqual([good.status, good.json.outputs[0].rowCount], [200, 1], good.text);
  assert.deepEqual(good.json.parameters, { before: "1991-01-01", least: 2 });
});

test("versions only grow: the same document adds none, runs may name one, a rollback is a new one", async () => {
  const first = await save(born("history", "1980-01-01"));
  assert.deepEqual([first.status, first.json.version], [201, 1]);
  const taken = await save(born("history", "1980-01-01"));
  assert.deepEqual([taken.status, taken.json.code], [409, "RIVER_NAME_TAKEN"]);
  const same = await save(`# said again\n${born("history", "1980-01-01")}`, "/v1/rivers/history");
  assert.deepEqual([same.status, same.json.version, same.json.digest], [200, 1, first.json.digest]);
  const second = await save(born("history", "2000-01-01"), "/v1/rivers/history");
  assert.deepEqual([second.status, second.json.version], [200, 2]);
  const parameters = { before: "2100-01-01" };
  const [newest, pinned] = [await run("history", { parameters }), await run("history", { parameters, version: 1 })];
  assert.deepEqual([newest.json.river.version, newest.json.outputs[0].rowCount], [2, 1]);
  assert.deepEqual([pinned.json.river.version, pinned.json.outputs[0].rowCount], [1, 3]);
  const absent = await run("history", { parameters, version: 7 });
  assert.deepEqual([absent.status, absent.json.code], [404, "RIVER_VERSION_NOT_FOUND"]);
  const back = await ann.send("POST", "/v1/rivers/history/rollback", { version: 1 });
  assert.deepEqual([back.status, back.json.version, back.json.digest], [200, 3, first.json.digest]);
  assert.equal((await ann.send("POST", "/v1/rivers/history/rollback", { version: 9 })).json.code, "RIVER_VERSION_NOT_FOUND");
  const { json } = await ann.send("GET", "/v1/rivers/history/versions?limit=2");
  assert.deepEqual(
    json.items.map(({ version }: { version: number }) => version),
    [3, 2],
  );
  const rest = (await ann.send("GET", `/v1/rivers/history/versions?cursor=${json.nextCursor}`)).json;
  assert.deepEqual([rest.items.length, rest.items[0].version, rest.nextCursor], [1, 1, null]);
  assert.equal((await ann.send("GET", "/v1/rivers/history?version=2")).json.version, 2);
});

test("If-Match keeps one from overwriting what another saved", async () => {
  const made = await save(born("guarded", "1980-01-01"));
  const etag = made.headers.get("etag") ?? "";
  assert.match(etag, /^"/);
  const mine = await save(born("guarded", "1981-01-01"), "/v1/rivers/guarded", { "if-match": etag });
  assert.deepEqual([mine.status, mine.json.version], [200, 2]);
  assert.notEqual(mine.headers.get("etag"), etag);
  const late = await save(born("guarded", "1982-01-01"), "/v1/rivers/guarded", { "if-match": etag });
  assert.deepEqual([late.status, late.json.code], [412, "PRECONDITION_FAILED"]);
  const absent = await save(born("absent", "1982-01-01"), "/v1/rivers/absent", { "if-match": "*" });
  assert.deepEqual([absent.status, absent.json.code], [412, "PRECONDITION_FAILED"]);
  const other = await save(born("guarded", "1982-01-01"), "/v1/rivers/checked");
  assert.deepEqual([other.status, places(other)], [422, [["/river", "NAME_MISMATCH"]]]);
  const both = await Promise.all(
    ["1983-01-01", "1984-01-01"].map((after) => save(born("guarded", after), "/v1/rivers/guarded", { "if-match": mine.headers.get("etag") ?? "" })),
  );
  assert.deepEqual(new Set(both.map(({ status }) => status)), new Set([200, 412]), "of two at once one wins");
  const first = await Promise.all(["1983-01-01", "1984-01-01"].map((after) => save(born("contested", after), "/v1/rivers/contested")));
  assert.deepEqual(new Set(first.map(({ status, json }) => `${status} ${json.version}`)), new Set(["201 1", "200 2"]), "the other makes the next version");
});

test("a deleted river is gone, its name is free, its runs stay", async () => {
  await save(born("passing", "1980-01-01"));
  const { json: kept } = await run("passing", { parameters: { before: "2100-01-01" } });
  assert.equal((await ann.send("DELETE", "/v1/rivers/passing")).status, 204);
  assert.equal((await ann.send("GET", "/v1/rivers/passing")).status, 404);
  assert.equal((await run("passing", {})).status, 404);
  assert.equal((await ann.send("GET", `/v1/runs/${kept.id}`)).json.status, "succeeded");
  const again = await save(born("passing", "1999-01-01"), "/v1/rivers/passing");
  assert.deepEqual([again.status, again.json.version], [201, 1], again.text);
});

test("a sql step is checked and planned like the others: columns, lineage, labels", async () => {
  const document = (sql: string): string => `apiVersion: rivergen.dev/v1
river: spoken
sources: { people: { dataset: people } }
steps: { asked: { from: people, sql: "${sql}" } }
outputs: { spoken_list: { from: asked } }
`;
  const made = await save(document("select lower(email) as contact, year(born) as year, count(*) over () as n from people"));
  assert.equal(made.status, 201, made.text);
  const plan = (await ann.send("POST", "/v1/rivers/spoken/plan", {})).json as Plan;
  assert.deepEqual(plan.steps.map(({ name, kind, columns }) => [name, kind, columns.map((column) => `${column.name} ${column.type}`)])[0], [
    "asked",
    "sql",
    ["contact string", "year integer", "n integer"],
  ]);
  assert.deepEqual(
    plan.labels.map(({ column, label, origins }) => [column, label, origins]),
    [["contact", "pii.email", ["people.email"]]],
  );
  const edges = plan.lineage.edges.map(({ from, to }) => `${from} > ${to}`);
  assert.ok(
    edges.some((edge) => /\bborn > .*\byear$/.test(edge)),
    edges.join("\n"),
  );
  const { json } = await run("spoken", {});
  assert.deepEqual([json.status, json.outputs[0].rowCount, json.steps[0].kind], ["succeeded", 3, "sql"], JSON.stringify(json.error));
  for (const sql of ["select * from read_csv('/etc/passwd')", "delete from people", "select nothing from people", "select 1; select 2"]) {
    const { json: refused } = await ann.send("POST", "/v1/rivers/validate", document(sql), yaml);
    assert.equal(refused.valid, false, sql);
    assert.deepEqual(
      refused.errors.map(({ path, line }: Fault) => [path, line]),
      [["/steps/asked/sql", 4]],
      sql,
    );
  }
});

test("parts of the language without an engine say so at their place", async () => {
  const answer = await ann.send(
    "POST",
    "/v1/rivers/validate",
    `apiVersion: rivergen.dev/v1
river: later
trigger: { schedule: "0 6 * * *" }
sources: { people: { dataset: people }, remote: { connection: shop, table: orders } }
steps:
  split: { from: people, train: { to: nowhere } }
  turned: { from: people, pivot: { by: [name] } }
outputs:
  later_list: { from: people, mode: merge }
resilience: { retry: 3 }
`,
    yaml,
  );
  assert.deepEqual([answer.status, answer.json.valid], [200, false]);
  const later = answer.json.errors.filter(({ code }: Fault) => code === "NOT_AVAILABLE").map(({ path }: Fault) => path);
  assert.deepEqual(later.toSorted(), [
    "/outputs/later_list/mode",
    "/resilience/retry",
    "/sources/remote/connection",
    "/steps/split/train",
    "/steps/turned/pivot",
    "/trigger",
  ]);
  const refused = await save("apiVersion: rivergen.dev/v1\nriver: later\nsources: {}\noutputs: {}\nchecks: []\n");
  assert.equal(refused.status, 422);
  assert.ok(places(refused).some(([path, code]) => path === "/checks" && code === "NOT_AVAILABLE"));
});
