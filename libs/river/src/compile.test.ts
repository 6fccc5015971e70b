import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { DuckDBConnection } from "@duckdb/node-api";
import { DuckDBInstance } from "@duckdb/node-api";
import type { Operator } from "@rivergen/contracts";
import { RiverDocument } from "@rivergen/contracts";
import type { Datasets } from "./catalog.ts";
import type { CompileContext, CompiledRiver } from "./compile.ts";
import { compileRiver } from "./compile.ts";
import { outputViewName } from "./views.ts";

const column = (name: string, type: string, labels: readonly string[] = [], nullable = true): Datasets[string]["columns"][number] => ({
  name,
  type,
  labels,
  nullable,
});
const datasets: Datasets = {
  orders: {
    id: "dst_orders",
    version: 3,
    columns: [
      column("order_id", "integer", [], false),
      column("customer_id", "integer"),
      column("amount", "decimal(18,2)"),
      column("ordered_at", "date"),
      column("email", "string", ["pii.email"]),
      column("note", "string"),
    ],
  },
  customers: {
    id: "dst_customers",
    version: 1,
    columns: [column("customer_id", "integer", [], false), column("country", "string"), column("email", "string", ["pii.email"])],
  },
};

let connection: DuckDBConnection;
before(async () => {
  connection = await (await DuckDBInstance.create(":memory:")).connect();
  await connection.run("SET TimeZone = 'UTC'");
  await connection.run(`CREATE TABLE source_orders AS SELECT * FROM (VALUES
    (1, 10, 5.50, DATE '2024-01-05', 'a@x.test', '7'), (2, 10, 7.25, DATE '2024-01-20', 'a@x.test', 'eight'), (3, 20, 1.00, DATE '2024-02-01', NULL, '9'),
    (4, 30, NULL, DATE '2024-02-02', 'c@x.test', NULL), (4, 30, 9.00, DATE '2024-02-03', 'c@x.test', NULL)) t(order_id, customer_id, amount, ordered_at, email, note)`);
  await connection.run(
    "CREATE TABLE source_customers AS SELECT * FROM (VALUES (10, 'DE', 'a@x.test'), (20, 'FR', NULL), (40, 'DE', 'd@x.test')) t(customer_id, country, email)",
  );
});
after(() => connection.closeSync());

const context: CompileContext = { datasets, now: "2024-03-01T00:00:00Z", seed: "1" };

function documentOf(operators: readonly Operator[], from: string | string[] = "orders"): unknown {
  const document = {
    apiVersion: "rivergen.dev/v1",
    river: "probe",
    sources: { orders: { dataset: "orders" }, customers: { dataset: "customers" } },
    steps: { main: { from, do: operators } },
    outputs: { answer: { from: "main" } },
  };
  assert.ok(RiverDocument.safeParse(document).success, "what the compiler takes, the contract takes");
  return document;
}

function compile(document: unknown, more: Partial<CompileContext> = {}): CompiledRiver {
  const compiled = compileRiver(document, { ...context, ...more });
  assert.deepEqual(compiled.errors, []);
  return compiled;
}

/** Runs every stage in order, with the checkpoints as views, and gives the rows of the last. */
async function runStages(compiled: CompiledRiver): Promise<Record<string, unknown>[]> {
  let rows: Record<string, unknown>[] = [];
  for (const stage of compiled.stages) {
    const reader = await connection.runAndReadAll(stage.sql);
    rows = reader.getRowObjectsJson();
    assert.deepEqual(
      reader.columnNames(),
      stage.columns.map((item) => item.name),
    );
    await connection.run(`CREATE OR REPLACE TABLE ${outputViewName(stage.name)} AS ${stage.sql}`);
  }
  return rows;
}

const run = async (operators: readonly Operator[], from?: string | string[]): Promise<unknown[][]> =>
  (await runStages(compile(documentOf(operators, from)))).map((row) => Object.values(row));

const cases: readonly (readonly [name: string, operators: readonly Operator[], rows: readonly unknown[][]])[] = [
  ["select names and computes", [{ select: { id: "order_id", twice: "amount * 2" } }, { orderBy: ["id", "twice"] }, { limit: 2 }], [["1", "11.00"], ["2", "14.50"]]],
  ["drop, rename, cast", [{ drop: ["note", "email", "amount"] }, { rename: { day: "ordered_at" } }, { cast: { order_id: "string" } }, { filter: "order_id = '3'" }], [["3", "20", "2024-02-01"]]],
  ["cast that gives null", [{ select: ["order_id", "note"] }, { cast: { note: { to: "integer", onError: "null" } } }, { filter: "order_id < 3" }, { orderBy: ["order_id"] }], [["1", "7"], ["2", null]]],
  ["derive sees the input's columns only", [{ select: ["order_id"] }, { derive: { order_id: "order_id + 1", before: "order_id" } }, { filter: "before = 1" }], [["2", "1"]]],
  ["dropNulls and fillNulls", [{ select: ["order_id", "email", "amount"] }, { dropNulls: ["email"] }, { fillNulls: { amount: 0 } }, { orderBy: ["order_id desc", "amount"] }, { limit: 1 }], [["4", "c@x.test", "0.00"]]],
  ["dropNulls of all columns", [{ dropNulls: "all" }, { aggregate: { values: { n: "count(*)" } } }], [["2"]]],
  ["dedupe keeps the last", [{ dedupe: { by: ["customer_id"], keep: "last", orderBy: ["ordered_at"] } }, { select: ["order_id", "amount"] }, { orderBy: ["order_id"] }], [["2", "7.25"], ["3", "1.00"], ["4", "9.00"]]],
  ["dedupe of any row is the same every time", [{ dedupe: { by: ["order_id"] } }, { select: ["order_id", "amount"] }, { filter: "order_id = 4" }], [["4", "9.00"]]],
  ["inner join by name", [{ join: { to: "customers", as: "c", using: ["customer_id"] } }, { select: ["order_id", "c_country", "c_email"] }, { orderBy: ["order_id"] }], [["1", "DE", "a@x.test"], ["2", "DE", "a@x.test"], ["3", "FR", null]]],
  ["full join merges the key", [{ select: ["customer_id", "order_id"] }, { join: { to: "customers", using: ["customer_id"], type: "full", columns: { country: "customers.country" } } }, { filter: "order_id is null or country is null" }, { orderBy: ["customer_id"] }], [["30", "4", null], ["30", "4", null], ["40", null, "DE"]]],
  ["left join by condition", [{ join: { to: "customers", where: "customer_id = customers.customer_id and customers.country = 'DE'", type: "left", columns: { country: "upper(customers.country)" } } }, { select: ["order_id", "country"] }, { filter: "order_id in (1, 3)" }, { orderBy: ["order_id"] }], [["1", "DE"], ["3", null]]],
  ["semi and anti", [{ join: { to: "customers", using: ["customer_id"], type: "semi" } }, { join: { to: "customers", where: "email = customers.email", type: "anti" } }, { select: ["order_id"] }], [["3"]]],
  ["cross join", [{ select: ["order_id"] }, { join: { to: "customers", type: "cross", as: "c" } }, { aggregate: { values: { n: "count(*)" } } }], [["15"]]],
  ["union by name fills and widens", [{ select: { customer_id: "customer_id", country: "'??'" } }, { union: { with: ["customers"], fillMissing: true, distinct: true } }, { aggregate: { by: ["country"], values: { n: "count(*)" } } }, { orderBy: ["country"] }], [["??", "3"], ["DE", "2"], ["FR", "1"]]],
  ["aggregate with having", [{ aggregate: { by: { month: "date_trunc('month', ordered_at)" }, values: { total: "sum(amount)", big: "count(*) filter (where amount > 6)" }, having: "total > 1 and min(order_id) < 3" } }], [["2024-01-01", "12.75", "1"]]],
  ["aggregate without rows gives one", [{ filter: "false" }, { aggregate: { values: { n: "count(*)", s: "sum(amount)" } } }], [["0", null]]],
  ["share of the total, and the period before", [{ aggregate: { by: { month: "month(ordered_at)" }, values: { total: "sum(amount)" } } }, { window: { orderBy: ["month"], values: { before: "lag(total)", share: "round(total / sum(total) over (), 2)" } } }, { orderBy: ["month desc"] }], [["2", "10.00", "12.75", 0.44], ["1", "12.75", null, 0.56]]],
  ["the best of each group", [{ select: ["customer_id", "amount"] }, { limit: { rows: 1, by: ["customer_id"], orderBy: ["amount desc"] } }], [["10", "7.25"], ["20", "1.00"], ["30", "9.00"]]],
  ["order outlives what it was by", [{ orderBy: ["amount desc nulls first", "ordered_at"] }, { select: ["order_id"] }, { limit: { rows: 2, offset: 1 } }], [["4"], ["2"]]],
  ["order by an expression", [{ orderBy: ["length(note) desc", "order_id"] }, { select: ["note"] }, { limit: 2 }], [["eight"], ["7"]]],
  ["every column dropped but a renamed one keeps the order", [{ orderBy: ["order_id desc"] }, { rename: { id: "order_id" } }, { select: ["id"] }, { limit: 1 }], [["4"]]],
]; // prettier-ignore

describe("operators run as they mean", () => {
  for (const [name, operators, rows] of cases) test(name, async () => assert.deepEqual(await run(operators), rows));
});

test("intersect and except compare whole rows as sets", async () => {
  const document = (operation: "intersect" | "except"): unknown => ({
    apiVersion: "rivergen.dev/v1",
    river: "sets",
    sources: { orders: { dataset: "orders" }, customers: { dataset: "customers" } },
    steps: {
      ids: { from: "customers", select: ["customer_id"] },
      main: { from: "orders", do: [{ select: ["customer_id"] }, { [operation]: { with: "ids" } }, { orderBy: ["customer_id"] }] },
    },
    outputs: { answer: { from: "main" } },
  });
  assert.deepEqual(await runStages(compile(document("intersect"))), [{ customer_id: "10" }, { customer_id: "20" }]);
  assert.deepEqual(await runStages(compile(document("except"))), [{ customer_id: "30" }]);
});

test("union of the inputs that from lists", async () => {
  assert.deepEqual((await run([{ union: { by: "name", fillMissing: true } }, { aggregate: { values: { n: "count(*)" } } }], ["orders", "customers"]))[0], [
    "8",
  ]);
});

test("parameters are values, never text", async () => {
  const document = {
    ...(documentOf([{ filter: "email = $who and ordered_at >= $since" }, { aggregate: { values: { n: "count(*)" } } }]) as RiverDocument),
    parameters: { who: { type: "string" }, since: { type: "date", default: "2024-01-10" } },
  };
  assert.deepEqual(await runStages(compile(document, { parameters: { who: "a@x.test" } })), [{ n: "1" }]);
  assert.deepEqual(await runStages(compile(document, { parameters: { who: "' OR 1=1 --", since: "2023-01-01" } })), [{ n: "0" }]);
  assert.deepEqual(
    compileRiver(document, { ...context, parameters: { since: "soon", whom: 1 } }).errors.map((fault) => [fault.path, fault.code]),
    [["/parameters/since", "INVALID_PARAMETER"], ["/parameters/whom", "UNKNOWN_PARAMETER"], ["/parameters/who", "MISSING_PARAMETER"]], // prettier-ignore
  );
});

const twoOutputs = {
  apiVersion: "rivergen.dev/v1",
  river: "two",
  sources: { orders: { dataset: "orders" } },
  steps: {
    top: { from: "monthly", do: [{ orderBy: ["total desc"] }, { limit: 1 }] },
    monthly: { from: "orders", aggregate: { by: { month: "month(ordered_at)" }, values: { total: "sum(amount)" } } },
    lost: { from: "orders", limit: 1 },
  },
  outputs: { top: { from: "top", mode: "append" }, monthly: { from: "monthly" } },
};

test("stages end at outputs, and later ones read their checkpoints", async () => {
  const compiled = compile(twoOutputs);
  assert.deepEqual(
    compiled.stages.map(({ name, steps, inputs, reads }) => ({ name, steps, inputs, reads })),
    [
      { name: "monthly", steps: ["monthly"], inputs: ["orders"], reads: [] },
      { name: "top", steps: ["top"], inputs: [], reads: ["monthly"] },
    ],
  );
  assert.deepEqual(await runStages(compiled), [{ month: "1", total: "12.75" }]);
  assert.deepEqual(
    compiled.warnings.map((fault) => fault.code),
    ["UNUSED_STEP", "LIMIT_WITHOUT_ORDER"],
  );
  assert.deepEqual(
    compiled.outputs.map(({ name, mode }) => [name, mode]),
    [["monthly", "replace"], ["top", "append"]], // prettier-ignore
  );
});

test("what an appending output holds is more than its step gave: later stages compute the step anew", () => {
  const compiled = compile({ ...twoOutputs, outputs: { ...twoOutputs.outputs, monthly: { from: "monthly", mode: "append" } } });
  assert.deepEqual(
    compiled.stages.map(({ name, inputs, reads }) => ({ name, inputs, reads })),
    [
      { name: "monthly", inputs: ["orders"], reads: [] },
      { name: "top", inputs: ["orders"], reads: [] },
    ],
  );
});

test("labels and origins reach the outputs through every step", () => {
  const compiled = compile({
    apiVersion: "rivergen.dev/v1",
    river: "labels",
    sources: { orders: { dataset: "orders" }, customers: { dataset: "customers" } },
    steps: {
      joined: { from: "orders", join: { to: "customers", as: "c", using: ["customer_id"] } },
      chosen: { from: "joined", do: [{ filter: "c_email is not null" }, { select: { country: "c_country", who: "lower(email)", sum: "amount + order_id" } }] },
      grouped: { from: "chosen", aggregate: { by: ["country"], values: { total: "sum(sum)", someone: "max(who)" } } },
    },
    outputs: { answer: { from: "grouped" } },
  });
  const [output] = compiled.outputs;
  assert.deepEqual(
    output?.columns.map(({ name, labels }) => [name, labels]),
    [["country", []], ["total", []], ["someone", ["pii.email"]]], // prettier-ignore
  );
  const total = output?.columns[1]?.origins.map(({ source, column: name, influence }) => `${influence} ${source}.${name}`);
  assert.deepEqual(total?.sort(), [
    "filter customers.email",
    "key customers.country",
    "key customers.customer_id",
    "key orders.customer_id",
    "value orders.amount",
    "value orders.order_id",
  ]);
  assert.ok(
    compiled.lineage.edges.some(
      (edge) => edge.from.node === "step:chosen" && edge.from.column === "sum" && edge.to.node === "step:grouped" && edge.to.column === "total",
    ),
  );
  assert.deepEqual(
    compiled.lineage.nodes.map((node) => node.id),
    ["source:orders", "source:customers", "step:joined", "step:chosen", "step:grouped", "output:answer"],
  );
});

test("a sql step is bound to what its reader found; without that, all labels travel", async () => {
  const document = documentOf(
    [{ sql: "SELECT country, count(*) AS n FROM orders JOIN customers USING (customer_id) GROUP BY country ORDER BY country -- done" }],
    ["orders", "customers"],
  );
  const columns = [{ name: "country", type: "string", nullable: true }, { name: "n", type: "integer", nullable: false }]; // prettier-ignore
  const compiled = compile(document, { sqlSteps: { "/steps/main/do/0/sql": { columns } } });
  assert.deepEqual(await runStages(compiled), [{ country: "DE", n: "2" }, { country: "FR", n: "1" }]); // prettier-ignore
  assert.deepEqual(compiled.outputs[0]?.columns[1]?.labels, ["pii.email"]);
  const known = compile(document, { sqlSteps: { "/steps/main/do/0/sql": { columns, lineage: { country: [{ input: "customers", column: "country" }] } } } });
  assert.deepEqual(
    known.outputs[0]?.columns.map((item) => item.labels),
    [[], []],
  );
  assert.equal(compileRiver(document, context).errors[0]?.code, "SQL_NOT_READ");
});

test("a cast that fails is found with its value", async () => {
  const compiled = compile(documentOf([{ derive: { size: "cast(note as integer)" } }, { filter: "size > 1" }]));
  await assert.rejects(runStages(compiled));
  const [stage] = compiled.stages;
  assert.equal(stage?.diagnostics.length, 1);
  const [diagnostic] = stage.diagnostics;
  assert.deepEqual([diagnostic?.step, diagnostic?.pointer, diagnostic?.column, diagnostic?.type], ["main", "/steps/main/do/0/derive", "size", "integer"]);
  assert.deepEqual((await connection.runAndReadAll(diagnostic?.sql ?? "")).getRowObjectsJson(), [{ value: "eight" }]);
});

test("output contracts are kept, widened or refused", async () => {
  const grouped = { by: ["customer_id"], values: { total: "sum(amount)" } };
  const withColumns = (columns: Record<string, string>): unknown => ({
    ...(documentOf([{ aggregate: grouped }, { orderBy: ["customer_id"] }]) as RiverDocument),
    outputs: { answer: { from: "main", columns } },
  });
  const compiled = compile(withColumns({ customer_id: "integer", total: "decimal(18,2)" }));
  assert.deepEqual(
    compiled.stages[0]?.columns.map((item) => item.type),
    ["integer", "decimal(18,2)"],
  );
  assert.equal((await runStages(compiled)).length, 3);
  const refused = compileRiver(withColumns({ customer_id: "string", totl: "double" }), context);
  assert.deepEqual(
    refused.errors.map((fault) => `${fault.path} ${fault.code} ${fault.message}`),
    [
      "/outputs/answer/columns/customer_id OUTPUT_CONTRACT customer_id is integer in the result, and string is promised: cast it",
      "/outputs/answer/columns/totl OUTPUT_CONTRACT the result has no column totl; the nearest is total",
      "/outputs/answer/columns OUTPUT_CONTRACT the result has a column total that is not promised: drop it, or add it here",
    ],
  );
});

test("versions of datasets are chosen, or refused", () => {
  const pinned = (version: number): unknown => ({
    ...(documentOf([{ limit: { rows: 1, orderBy: ["order_id"] } }]) as RiverDocument),
    sources: { orders: { dataset: "orders", version } },
  });
  assert.deepEqual(compile(pinned(3)).sources, [{ name: "orders", dataset: "orders", id: "dst_orders", version: 3 }]);
  assert.equal(compileRiver(pinned(2), context).errors[0]?.code, "UNKNOWN_VERSION");
  const older = { ...datasets, "orders@2": { id: "dst_orders", version: 2, columns: datasets["orders"]?.columns ?? [] } };
  assert.equal(compile(pinned(2), { datasets: older }).sources[0]?.version, 2);
});
