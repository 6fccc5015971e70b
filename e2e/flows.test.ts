import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Fault } from "@rivergen/contracts";
import { type Answer, type Person, signUp, startPlatform, type TestPlatform } from "@rivergen/testkit";

const yaml = { "content-type": "application/yaml" };
let platform: TestPlatform;
let ann: Person;

before(async () => {
  platform = await startPlatform();
  ann = await signUp(platform.url);
  const rows = Array.from({ length: 40 }, (_, index) => `${index},${index % 4 === 0 ? "" : ` c${index % 3} `},${index}.50,p${index}@example.test`);
  const put = await ann.send("PUT", "/v1/files/orders.csv", `id,country,amount,email\n${rows.join("\n")}\n`, { "content-type": "text/csv", prefer: "wait=60" });
  assert.equal(put.json.dataset.status, "ready", put.text);
});
after(() => platform.stop());

const save = (document: string): Promise<Answer> => ann.send("POST", "/v1/rivers", document, yaml);
const run = (river: string, body: object = {}): Promise<Answer> => ann.send("POST", `/v1/rivers/${river}/runs`, body, { prefer: "wait=30" });

const scored = `apiVersion: rivergen.dev/v1
river: scored
parameters: { factor: { type: integer, default: 2 } }
sources: { orders: { dataset: orders } }
steps:
  clean: { from: orders, filter: id > 0 }
  scored:
    from: clean
    flow:
      type: sequence
      children:
        - ref: derive
          config: { country: "coalesce(upper(trim(country)), '?')" }
        - type: switch
          condition: value
          config: { expression: country, values: [C0, C1, C2, "?"] }
          routes:
            C0: { ref: derive, config: { score: cast(amount * $factor as double) } }
          default: { ref: derive, config: { score: cast(0 as double) } }
    columns: { country: string, score: double }
  totals:
    from: scored
    aggregate: { by: [country], values: { score: sum(score), n: count(*) } }
outputs:
  scored_orders: { from: scored }
  country_totals: { from: totals }
`;

test("a river with a flow step runs: its rows, its steps, its plan", async () => {
  const saved = await save(scored);
  assert.equal(saved.status, 201, saved.text);
  const plan = await ann.send("POST", "/v1/rivers/scored/plan", {});
  assert.equal(plan.status, 200, plan.text);
  assert.deepEqual(
    plan.json.stages.map(({ name }: { name: string }) => name),
    ["clean.checkpoint", "scored.flow", "scored_orders", "country_totals"],
  );
  assert.deepEqual(
    plan.json.steps.map(({ name, kind }: { name: string; kind: string }) => `${name} ${kind}`),
    ["clean relational", "scored flow", "totals relational"],
  );
  const { json } = await run("scored");
  assert.equal(json.status, "succeeded", JSON.stringify(json));
  const flow = json.steps.find(({ name }: { name: string }) => name === "scored");
  assert.deepEqual([flow.kind, flow.status, flow.attempts, flow.rowsIn, flow.rowsOut], ["flow", "succeeded", 1, 39, 39]);
  assert.ok(flow.durationMs > 0);
  const rows = (await ann.send("GET", `/v1/runs/${json.id}/outputs/scored_orders`)).json.rows;
  assert.deepEqual(rows.slice(0, 4), [
    { id: 1, country: "C1", amount: "1.50", email: "p1@example.test", score: 0 },
    { id: 2, country: "C2", amount: "2.50", email: "p2@example.test", score: 0 },
    { id: 3, country: "C0", amount: "3.50", email: "p3@example.test", score: 7 },
    { id: 4, country: "?", amount: "4.50", email: "p4@example.test", score: 0 },
  ]);
  const totals = (await ann.send("GET", `/v1/runs/${json.id}/outputs/country_totals?sort=country`)).json.rows;
  assert.deepEqual(
    totals.map(({ country, n }: { country: string; n: number }) => [country, n]),
    [["?", 9], ["C0", 10], ["C1", 10], ["C2", 10]],
  ); // prettier-ignore
  const cpu = json.usage.find(({ meter }: { meter: string }) => meter === "compute.cpu");
  assert.ok(cpu.quantity > 0);
});

test("faults of a flow stand at their line, with their code", async () => {
  const text = scored
    .replace("river: scored\n", "river: faulty\n")
    .replace("ref: derive\n", "ref: deriv\n")
    .replace("C0: { ref: derive, config: { score: cast(amount * $factor as double) } }", "C9: { ref: derive, config: { score: amuont * 2 } }");
  const first = await ann.send("POST", "/v1/rivers/validate", text, yaml);
  assert.deepEqual([first.status, first.json.valid], [200, false]);
  assert.deepEqual(
    first.json.errors.map(({ path, code, line }: Fault) => [path, code, line]),
    [["/steps/scored/flow/children/0/ref", "PROCESSOR_NOT_FOUND", 12]],
  );
  const second = await ann.send("POST", "/v1/rivers/validate", text.replace("ref: deriv\n", "ref: derive\n"), yaml);
  assert.deepEqual(
    second.json.errors.map(({ path, code, line }: Fault) => [path, code, line]),
    [
      ["/steps/scored/flow/children/1/routes/C9", "UNKNOWN_ROUTE", 18],
      ["/steps/scored/flow/children/1/routes/C9/config/score", "UNKNOWN_COLUMN", 18],
    ],
  );
  const undeclared = await ann.send(
    "POST",
    "/v1/rivers/validate",
    scored.replace("columns: { country: string, score: double }", "columns: { score: date }"),
    yaml,
  );
  assert.deepEqual(
    undeclared.json.errors.map(({ path, code, line }: Fault) => [path, code, line]),
    [
      ["/steps/scored/flow", "FLOW_COLUMNS", 9],
      ["/steps/scored/columns/score", "FLOW_COLUMNS", 20],
    ],
  );
});

test("a record that fails names step, path and cause, and nothing of the record; a resumed run keeps what stands before", async () => {
  const document = `apiVersion: rivergen.dev/v1
river: strict
sources: { orders: { dataset: orders } }
steps:
  clean: { from: orders, filter: id > 0 }
  checked:
    from: clean
    flow: { type: sequence, name: rules, children: [ { ref: require, config: { columns: [country] } } ] }
outputs: { checked_orders: { from: checked } }
`;
  assert.equal((await save(document)).status, 201);
  const failed = (await run("strict")).json;
  assert.equal(failed.status, "failed");
  assert.deepEqual(
    [failed.error.code, failed.error.step, failed.error.detail],
    ["STEP_FAILED", "checked", "Record 4 failed at rules → require: The column country has no value"],
  );
  const resumed = await ann.send("POST", `/v1/runs/${failed.id}/resume`, {}, { prefer: "wait=30" });
  assert.equal(resumed.status, 202, resumed.text);
  const again = await ended(failed.id);
  assert.deepEqual(
    again.steps.map(({ name, status, attempts }: { name: string; status: string; attempts: number }) => `${name} ${status} ${attempts}`),
    ["clean reused 1", "checked failed 2"],
  );
});

test("what a flow sets aside is in no result; it can be read with the reason, and the run goes on", async () => {
  const document = `apiVersion: rivergen.dev/v1
river: lenient
sources: { orders: { dataset: orders } }
steps:
  checked:
    from: orders
    flow: { type: handle, error_handler: dead-letter, child: { ref: require, config: { columns: [country] } } }
outputs: { kept_orders: { from: checked } }
`;
  assert.equal((await save(document)).status, 201);
  const { json } = await run("lenient");
  assert.equal(json.status, "succeeded", JSON.stringify(json.error));
  assert.deepEqual([json.steps[0].rowsIn, json.steps[0].rowsOut, json.outputs[0].rowCount], [40, 30, 30]);
  const { setAside } = json.steps[0];
  assert.deepEqual(setAside, { rows: 10, kept: 10, output: "checked.set_aside" });
  const aside = (await ann.send("GET", `/v1/runs/${json.id}/outputs/${setAside.output}?limit=2&sort=-id`)).json;
  const why = { set_aside_node: "handle-dead-letter → require", set_aside_code: "STEP_FAILED", set_aside_reason: "The column country has no value" };
  assert.deepEqual(aside.rows, [
    { id: 36, country: null, amount: "36.50", email: "p36@example.test", set_aside_row: 37, ...why },
    { id: 32, country: null, amount: "32.50", email: "p32@example.test", set_aside_row: 33, ...why },
  ]);
  assert.equal(aside.rowCount, 10);
  const csv = await ann.send("GET", `/v1/runs/${json.id}/outputs/${setAside.output}?format=csv`);
  assert.equal(csv.text.trim().split("\n").length, 11);
  const none = await ann.send("GET", `/v1/runs/${json.id}/outputs/none`);
  assert.deepEqual([none.status, none.json.detail], [404, "Its outputs are kept_orders, checked.set_aside."]);
  const clean = (await run("scored")).json.steps.find(({ kind }: { kind: string }) => kind === "flow");
  assert.equal("setAside" in clean, false);
});

test("what was set aside can be read of a run that failed behind it", async () => {
  const document = `apiVersion: rivergen.dev/v1
river: half
sources: { orders: { dataset: orders } }
steps:
  checked:
    from: orders
    flow: { type: handle, error_handler: dead-letter, child: { ref: require, config: { columns: [country] } } }
  strict: { from: checked, flow: { ref: fail, config: { message: no more, when: id > 20 } } }
outputs: { half_orders: { from: strict } }
`;
  assert.equal((await save(document)).status, 201);
  const { json } = await run("half");
  assert.deepEqual([json.status, json.error.step, json.steps[0].setAside.rows], ["failed", "strict", 10]);
  const aside = await ann.send("GET", `/v1/runs/${json.id}/outputs/checked.set_aside`);
  assert.deepEqual([aside.status, aside.json.rowCount], [200, 10], aside.text);
  assert.equal((await ann.send("GET", `/v1/runs/${json.id}/outputs/half_orders`)).json.code, "OUTPUT_NOT_FOUND");
  assert.equal((await ann.send("GET", `/v1/runs/${json.id}/outputs/strict.set_aside`)).json.code, "OUTPUT_NOT_FOUND");
});

test("a step names a saved flow: the version of the day is kept, a deleted one is refused", async () => {
  const flow = (tax: string): Promise<Answer> => ann.send("PUT", "/v1/flows/taxed", `ref: derive\nconfig: { tax: ${tax} }\n`, yaml);
  assert.equal((await flow("cast(amount as double)")).status, 201);
  const document = (name: string): string => `apiVersion: rivergen.dev/v1
river: taxing
sources: { orders: { dataset: orders } }
steps: { taxed: { from: orders, flow: ${name}, columns: { tax: double } } }
outputs: { taxed_orders: { from: taxed } }
`;
  const saved = await save(document("taxed"));
  assert.deepEqual([saved.status, saved.json.document?.steps.taxed.flow], [201, "taxed@1"], saved.text);
  assert.equal((await flow("cast(amount * 2 as double)")).status, 200);
  const taxOf = async (answer: Answer): Promise<number> =>
    (await ann.send("GET", `/v1/runs/${answer.json.id}/outputs/taxed_orders?sort=id&offset=2&limit=1`)).json.rows[0].tax;
  assert.equal(await taxOf(await run("taxing")), 2.5, "as it was when the river was saved");
  const again = await ann.send("PUT", "/v1/rivers/taxing", document("taxed"), yaml);
  assert.deepEqual([again.json.version, again.json.document.steps.taxed.flow], [2, "taxed@2"]);
  assert.equal(await taxOf(await run("taxing")), 5);
  assert.equal(await taxOf(await run("taxing", { version: 1 })), 2.5);

  const codes = async (name: string): Promise<unknown[]> =>
    (await ann.send("POST", "/v1/rivers/validate", document(name), yaml)).json.errors.map(({ path, code, line }: Fault) => [path, code, line]);
  assert.deepEqual(await codes("taxed@9"), [["/steps/taxed/flow", "UNKNOWN_VERSION", 4]]);
  assert.deepEqual(await codes("taxes"), [["/steps/taxed/flow", "UNKNOWN_FLOW", 4]]);
  await ann.send("PUT", "/v1/flows/wrong", "ref: derive\nconfig: { tax: amuont * 2 }\n", yaml);
  assert.deepEqual(await codes("wrong"), [["/steps/taxed/flow", "UNKNOWN_COLUMN", 4]]);
  const bob = await signUp(platform.url);
  await bob.send("PUT", "/v1/files/orders.csv", "id,amount\n1,2.50\n", { "content-type": "text/csv", prefer: "wait=60" });
  const foreign = await bob.send("POST", "/v1/rivers", document("taxed"), yaml);
  assert.deepEqual([foreign.status, foreign.json.errors.map(({ code }: Fault) => code)], [422, ["UNKNOWN_FLOW"]]);

  assert.equal((await ann.send("DELETE", "/v1/flows/taxed")).status, 204);
  const refused = await run("taxing");
  assert.deepEqual([refused.status, refused.json.code, refused.json.errors[0].code], [422, "RIVER_INVALID", "UNKNOWN_FLOW"], refused.text);
  const other = await flow("1.0");
  assert.deepEqual([other.status, other.json.version], [201, 3], "no version comes to mean something else");
});

test("a flow that waits is cancelled at once", async () => {
  const document = `apiVersion: rivergen.dev/v1
river: patient
sources: { orders: { dataset: orders } }
steps:
  slow:
    from: orders
    flow: { type: rate-limit, requests_per_second: 0.1, child: { ref: require, config: { columns: [id] } } }
outputs: { slow_orders: { from: slow } }
`;
  assert.equal((await save(document)).status, 201);
  const started = (await ann.send("POST", "/v1/rivers/patient/runs", {})).json;
  await until(async () => (await ann.send("GET", `/v1/runs/${started.id}`)).json.steps[0].status === "running");
  assert.equal((await ann.send("POST", `/v1/runs/${started.id}/cancel`, {})).status, 202);
  assert.equal((await ended(started.id)).status, "cancelled");
});

test("killed in the middle of a flow, the run goes on after the restart from the checkpoint before it", async () => {
  const document = `apiVersion: rivergen.dev/v1
river: steady
sources: { orders: { dataset: orders } }
steps:
  clean: { from: orders, filter: id > 0 }
  paced:
    from: clean
    flow: { type: rate-limit, requests_per_second: 20, child: { ref: derive, config: { double: id * 2 } } }
    columns: { double: integer }
outputs: { paced_orders: { from: paced } }
`;
  assert.equal((await save(document)).status, 201);
  const started = (await ann.send("POST", "/v1/rivers/steady/runs", {})).json;
  await until(async () => (await ann.send("GET", `/v1/runs/${started.id}`)).json.steps[1].status === "running");
  await platform.kill();
  await platform.restart();
  const json = await ended(started.id);
  assert.equal(json.status, "succeeded", JSON.stringify(json.error));
  assert.deepEqual(
    json.steps.map(({ name, status, attempts, rowsOut }: Record<string, unknown>) => [name, status, attempts, rowsOut]),
    [
      ["clean", "reused", 1, 39],
      ["paced", "succeeded", 2, 39],
    ],
  );
  const { rows } = (await ann.send("GET", `/v1/runs/${started.id}/outputs/paced_orders`)).json;
  assert.ok(rows.length === 39 && rows.every(({ id, double }: { id: number; double: number }) => double === id * 2));
});

async function until(holds: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 40_000;
  while (!(await holds())) assert.ok(Date.now() < end, "still not so");
}

async function ended(id: string): Promise<Answer["json"]> {
  let json: Answer["json"];
  await until(async () => {
    ({ json } = await ann.send("GET", `/v1/runs/${id}`));
    return ["succeeded", "failed", "cancelled"].includes(json.status);
  });
  return json;
}
