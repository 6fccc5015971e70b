import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { send, signUp, startPlatform, type TestPlatform } from "@rivergen/testkit";

let platform: TestPlatform;
let ann: Awaited<ReturnType<typeof signUp>>;
before(async () => {
  platform = await startPlatform();
  ann = await signUp(platform.url, "Ann");
});
after(() => platform.stop());

const yaml = { "content-type": "application/yaml" };
const tidy = (round = 2): string => `name: tidy
type: sequence
children:
  - { ref: derive, config: { country: "upper(trim(country))", amount: "round(amount, ${round})" } }
  - { type: filter, predicate: where, config: { expression: amount > 100 }, then: { ref: derive, config: { large: "true" } }, else: { ref: derive, config: { large: "false" } } }
`;
const put = (name: string, text: string, headers = {}) => ann.send("PUT", `/v1/flows/${name}`, text, { ...yaml, ...headers });

test("a flow is created, changed under its tag, listed, rolled back and deleted", async () => {
  const created = await ann.send("POST", "/v1/flows", tidy(), yaml);
  assert.equal(created.status, 201, created.text);
  assert.match(created.json.id, /^flw_/);
  assert.deepEqual([created.json.name, created.json.version, created.json.document.type], ["tidy", 1, "sequence"]);
  const tag = created.headers.get("etag") as string;
  const taken = await ann.send("POST", "/v1/flows", tidy(), yaml);
  assert.deepEqual([taken.status, taken.json.code], [409, "FLOW_NAME_TAKEN"]);

  const second = await put("tidy", tidy(1), { "if-match": tag });
  assert.deepEqual([second.status, second.json.version], [200, 2]);
  const late = await put("tidy", tidy(0), { "if-match": tag });
  assert.deepEqual([late.status, late.json.code], [412, "PRECONDITION_FAILED"]);
  const same = await put("tidy", tidy(1));
  assert.deepEqual([same.status, same.json.version], [200, 2]);
  const fresh = await ann.send("PUT", "/v1/flows/json_flow", { ref: "drop", config: { columns: ["note"] } });
  assert.deepEqual([fresh.status, fresh.json.version], [201, 1]);

  assert.deepEqual(
    (await ann.send("GET", "/v1/flows")).json.items.map(({ name }: { name: string }) => name),
    ["json_flow", "tidy"],
  );
  assert.equal((await ann.send("GET", `/v1/flows/${created.json.id}?version=1`)).json.digest, created.json.digest);
  assert.equal((await ann.send("GET", "/v1/flows/tidy?version=9")).json.code, "FLOW_VERSION_NOT_FOUND");
  const rolled = await ann.send("POST", "/v1/flows/tidy/rollback", { version: 1 });
  assert.deepEqual([rolled.status, rolled.json.version, rolled.json.digest], [200, 3, created.json.digest]);
  const versions = await ann.send("GET", "/v1/flows/tidy/versions?limit=2");
  assert.deepEqual(
    versions.json.items.map(({ version }: { version: number }) => version),
    [3, 2],
  );
  assert.equal((await ann.send("GET", `/v1/flows/tidy/versions?cursor=${versions.json.nextCursor}`)).json.items[0].version, 1);

  assert.equal((await ann.send("DELETE", "/v1/flows/tidy")).status, 204);
  assert.equal((await ann.send("GET", "/v1/flows/tidy")).json.code, "FLOW_NOT_FOUND");
  const log = (await ann.send("GET", "/v1/events?after=0")).json.items.filter(({ type }: { type: string }) => type.startsWith("flow."));
  assert.deepEqual(
    log.map(({ type, data }: { type: string; data: { version?: number } }) => [type, data.version]),
    [
      ["flow.saved", 1],
      ["flow.saved", 2],
      ["flow.saved", 1],
      ["flow.saved", 3],
      ["flow.deleted", undefined],
    ],
  );
  assert.equal((await ann.send("POST", "/v1/flows", tidy(), yaml)).status, 201, "the name is free again");
});

test("all faults at once, with line, column and what was meant; refused names and bodies", async () => {
  const text =
    "type: sequence\nchildren:\n  - { ref: deriv, config: { a: '1' } }\n  - { type: timeout, durration: 1s, child: { ref: derive, config: { b: 5 } } }\n";
  const checked = await ann.send("POST", "/v1/flows/validate", text, yaml);
  assert.deepEqual([checked.status, checked.json.valid], [200, false]);
  const found = checked.json.errors.map(({ path, code, line, suggestion }: Record<string, unknown>) => [path, code, line, suggestion]);
  assert.deepEqual(found.slice(0, 2), [
    ["/children/0", "PROCESSOR_NOT_FOUND", 3, "derive"],
    ["/children/1/durration", "UNKNOWN_KEY", 4, "duration"],
  ]);
  const refused = await ann.send("POST", "/v1/flows?name=broken", text, yaml);
  assert.deepEqual([refused.status, refused.json.code, refused.json.errors.length], [422, "FLOW_INVALID", checked.json.errors.length]);
  assert.deepEqual(refused.json.errors[0], checked.json.errors[0]);
  assert.equal((await ann.send("POST", "/v1/flows", "ref: drop\nconfig: { columns: [a] }\n", yaml)).json.errors[0].code, "INVALID_NAME");
  for (const name of ["spec", "test", "validate", "Big", "9"]) {
    const answer = await ann.send("POST", `/v1/flows?name=${name}`, "ref: drop\nconfig: { columns: [a] }\n", yaml);
    assert.equal(answer.status, 422, `${name}: ${answer.text}`);
  }
  assert.equal((await put("Big", "ref: drop\nconfig: { columns: [a] }\n")).json.errors[0].code, "INVALID_NAME");
  assert.equal((await ann.send("POST", "/v1/flows?name=a", "x", { "content-type": "text/plain" })).status, 415);
});

test("a repeated request makes one flow; the same key for another is refused", async () => {
  const headers = { ...yaml, "idempotency-key": "flow-once" };
  const first = await ann.send("POST", "/v1/flows?name=once", tidy(), headers);
  const again = await ann.send("POST", "/v1/flows?name=once", tidy(), headers);
  assert.deepEqual([first.status, again.status, again.json.id], [201, 201, first.json.id]);
  assert.equal((await ann.send("GET", "/v1/flows/once/versions")).json.items.length, 1);
});

test("the specification names what can be used; the graph is a tree or Mermaid", async () => {
  const spec = (await ann.send("GET", "/v1/flows/spec")).json;
  assert.ok(spec.processors.some(({ name, config }: { name: string; config: object }) => name === "derive" && typeof config === "object"));
  assert.ok(spec.connectors.length > 14);
  assert.equal(spec.document.$schema, "https://json-schema.org/draft/2020-12/schema");
  await put("drawn", tidy());
  const tree = (await ann.send("GET", "/v1/flows/drawn/graph")).json;
  assert.deepEqual([tree.type, tree.children.map(({ id }: { id: string }) => id)], ["sequence", ["/children/0", "/children/1"]]);
  const mermaid = await ann.send("GET", "/v1/flows/drawn/graph", undefined, { accept: "text/vnd.mermaid" });
  assert.match(mermaid.headers.get("content-type") ?? "", /^text\/vnd\.mermaid/);
  assert.match(mermaid.text, /^flowchart TD\n {2}n0\(\["tidy: sequence"\]\)/);
});

test("sample records go through: outputs, failures with their path, tries, signals in order", async () => {
  const records = [
    { country: " fr ", amount: 12.345 },
    { country: "de", amount: 250 },
  ];
  await put("tried", tidy());
  const tried = await ann.send("POST", "/v1/flows/tried/test", { records });
  assert.equal(tried.status, 200, tried.text);
  assert.deepEqual(
    tried.json.records.map(({ output }: { output: object }) => output),
    [
      { country: "FR", amount: 12.35, large: false },
      { country: "DE", amount: 250, large: true },
    ],
  );
  const evaluated = tried.json.signals.filter(({ name }: { name: string }) => name === "filter.evaluated");
  assert.deepEqual(
    evaluated.map(({ record, data }: { record: number; data: { passed: boolean } }) => [record, data.passed]),
    [
      [0, false],
      [1, true],
    ],
  );

  const document = "name: strict\ntype: retry\nattempts: 3\nchild: { ref: require, config: { columns: [country] } }\n";
  const failing = await ann.send("POST", "/v1/flows/test", { document, records: [{ country: "fr" }, { country: null }] });
  assert.equal(failing.status, 200, failing.text);
  const [good, bad] = failing.json.records;
  assert.deepEqual([good.status, good.attempts, bad.status, bad.output], ["succeeded", 1, "failed", null]);
  assert.deepEqual(bad.error.path, ["strict", "require"]);
  assert.equal(failing.json.droppedSignals, 0);
});

test("tests are bounded: records, faults, time", async () => {
  const many = await ann.send("POST", "/v1/flows/test", { document: tidy(), records: Array.from({ length: 1_001 }, () => ({ country: "a", amount: 1 })) });
  assert.deepEqual([many.status, many.json.errors[0].path], [422, "/records"]);
  const typed = await ann.send("POST", "/v1/flows/test", {
    document: 'ref: derive\nconfig: { total: "amount + country" }\n',
    records: [{ country: "a", amount: 1 }],
  });
  assert.deepEqual([typed.status, typed.json.code, typed.json.errors[0].path.startsWith("/config/total")], [422, "FLOW_INVALID", true], typed.text);
  const absent = await ann.send("POST", "/v1/flows/nothing/test", { records: [] });
  assert.deepEqual([absent.status, absent.json.code], [404, "FLOW_NOT_FOUND"]);
  const anonymous = await send(platform.url, "POST", "/v1/flows/test", { document: tidy(), records: [] });
  assert.equal(anonymous.status, 401);
});

test("what docs/flows.md shows of rivers and of REST holds", async () => {
  const page = await readFile(join(import.meta.dirname, "../docs/flows.md"), "utf8");
  const section = page.slice(page.indexOf("## Where flows run"), page.indexOf("### In the command line"));
  const block = (language: string): string => new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\`$`, "m").exec(section)?.[1] ?? "";
  const stored = await ann.send("PUT", "/v1/files/orders.csv", "country,amount\n fr ,12\nde,250\n", { "content-type": "text/csv", prefer: "wait=30" });
  assert.equal(stored.json.dataset.status, "ready", stored.text);
  const saved = await ann.send("POST", "/v1/rivers", block("yaml"), yaml);
  assert.equal(saved.status, 201, saved.text);
  const run = await ann.send("POST", "/v1/rivers/tidy_orders/runs", {}, { prefer: "wait=60" });
  assert.equal(run.json.status, "succeeded", run.text);
  assert.deepEqual((await ann.send("GET", `/v1/runs/${run.json.id}/outputs/tidy_orders`)).json.rows, [
    { country: "FR", amount: 12, size: "small" },
    { country: "DE", amount: 250, size: "large" },
  ]);
  const [request = "", ...body] = block("http").split("\n");
  const tried = await ann.send("POST", request.replace("POST ", ""), JSON.parse(body.join("\n")) as object);
  assert.deepEqual(
    tried.json.records.map(({ output }: { output: object }) => output),
    JSON.parse(block("json")),
  );
});
