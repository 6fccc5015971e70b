import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Datasets } from "./catalog.ts";
import { parseRiverText } from "./text.ts";
import { validateRiver } from "./validate.ts";

const catalog: Datasets = {
  orders: {
    id: "dst_1",
    version: 1,
    columns: [
      { name: "order_id", type: "integer", nullable: false, labels: [] },
      { name: "amount", type: "decimal(18,2)", nullable: true, labels: [] },
      { name: "email", type: "string", nullable: true, labels: [] },
    ],
  },
};

const base = { apiVersion: "rivergen.dev/v1", river: "probe", sources: { orders: { dataset: "orders" } }, outputs: { answer: { from: "main" } } };
const withStep = (step: unknown, more: object = {}): unknown => ({ ...base, steps: { main: step }, ...more });
const codes = (value: unknown): string[] => validateRiver(value, undefined, catalog).errors.map((fault) => `${fault.path} ${fault.code}`);

test("a sound document has no faults, with and without a catalog", () => {
  const sound = withStep({ from: "orders", filter: "amount > 1" });
  assert.deepEqual(validateRiver(sound, undefined, catalog), { errors: [], warnings: [] });
  assert.deepEqual(validateRiver(sound), { errors: [], warnings: [] });
  assert.deepEqual(codes(withStep({ from: "orders", fillNulls: { amount: 0 } })), []);
});

describe("faults and their places", () => {
  const cases: readonly (readonly [string, unknown, readonly string[]])[] = [
    ["no map", [], [" WRONG_TYPE"]],
    ["nothing", null, [" WRONG_TYPE"]],
    ["empty", {}, [" MISSING_KEY", " MISSING_KEY", " MISSING_KEY", " MISSING_KEY"]],
    ["an unknown key", { ...(withStep({ from: "orders", limit: 1 }) as object), stps: {} }, ["/stps UNKNOWN_KEY"]],
    ["prototype keys", JSON.parse('{"apiVersion":"rivergen.dev/v1","river":"p","sources":{"orders":{"dataset":"orders"}},"steps":{"main":{"from":"orders","__proto__":{"x":1},"constructor":1,"limit":1}},"outputs":{"answer":{"from":"main"}}}'), ["/steps/main/__proto__ UNKNOWN_KEY", "/steps/main/constructor UNKNOWN_KEY"]],
    ["two operators", withStep({ from: "orders", filter: "amount > 1", limit: 1 }), ["/steps/main ONE_OPERATOR"]],
    ["no operator", withStep({ from: "orders" }), ["/steps/main ONE_OPERATOR"]],
    ["two operators in an item", withStep({ from: "orders", do: [{ filter: "amount > 1", limit: 1 }] }), ["/steps/main/do/0 ONE_OPERATOR"]],
    ["wrong types", withStep({ from: 3, limit: "ten" }), ["/steps/main/from WRONG_TYPE", "/steps/main/limit WRONG_TYPE"]],
    ["bad names", { ...base, river: "validate", sources: { orders: { dataset: "orders" }, "My Source": { dataset: "orders" } }, outputs: { dst_aaaaaaaaaaaaaaaaaaaa: { from: "orders" } } }, ["/river RESERVED_NAME", "/sources/My Source INVALID_NAME", "/outputs/dst_aaaaaaaaaaaaaaaaaaaa RESERVED_NAME"]],
    ["unknown inputs", { ...(withStep({ from: "order", limit: 1 }) as object), outputs: { answer: { from: "mian" } } }, ["/steps/main/from UNKNOWN_INPUT", "/outputs/answer/from UNKNOWN_INPUT"]],
    ["an input called constructor", withStep({ from: "constructor", limit: 1 }), ["/steps/main/from UNKNOWN_INPUT"]],
    ["an unknown input of a join", withStep({ from: "orders", join: { to: "nobody", using: ["order_id"] } }), ["/steps/main/join/to UNKNOWN_INPUT"]],
    ["a step that reads itself", withStep({ from: "main", limit: 1 }), ["/steps/main/from CYCLE"]],
    ["a step named like a source", { ...base, steps: { orders: { from: "orders", limit: 1 } }, outputs: { answer: { from: "orders" } } }, ["/steps/orders DUPLICATE_NAME", "/steps/orders/from CYCLE"]],
    ["an unknown dataset", withStep({ from: "orders", limit: 1 }, { sources: { orders: { dataset: "ordrs" } } }), ["/sources/orders/dataset UNKNOWN_DATASET"]],
    ["syntax, even where columns are unknown", withStep({ from: "orders", filter: "amount >" }, { sources: { orders: { dataset: "ordrs" } } }), ["/steps/main/filter EXPRESSION_SYNTAX", "/sources/orders/dataset UNKNOWN_DATASET"]],
    ["several columns at once", withStep({ from: "orders", do: [{ filter: "amont > 1" }, { derive: { x: "emial || 'a'", y: "email + 1" } }, { select: ["x", "nope"] }] }), ["/steps/main/do/0/filter UNKNOWN_COLUMN", "/steps/main/do/1/derive/x UNKNOWN_COLUMN", "/steps/main/do/1/derive/y TYPE_MISMATCH", "/steps/main/do/2/select/1 UNKNOWN_COLUMN"]],
    ["a bad duration", withStep({ from: "orders", limit: 1 }, { resilience: { timeout: "10 minutes" } }), ["/resilience/timeout INVALID_DURATION"]],
    ["bad parameters", withStep({ from: "orders", filter: "amount > $leats" }, { parameters: { least: { type: "integer", default: "x" }, bad: { type: "varchar" } } }), ["/parameters/bad/type INVALID_TYPE", "/parameters/least/default INVALID_PARAMETER", "/steps/main/filter UNKNOWN_PARAMETER"]],
    ["several inputs for one", withStep({ from: ["orders", "orders"], limit: 1 }), ["/steps/main/from INVALID_VALUE"]],
  ]; // prettier-ignore
  for (const [name, value, expected] of cases) test(name, () => assert.deepEqual(codes(value), expected));
});

test("what has no engine yet says so at its path", () => {
  const value = {
    ...base,
    trigger: { schedule: "0 6 * * *" },
    sources: { orders: { dataset: "orders" }, crm: { connection: "crm", stream: "customers", mode: "incremental" } },
    steps: {
      main: { from: "orders", do: [{ mask: { email: "x" } }, { sample: 10 }] },
      near: { from: "orders", join: { to: "orders", type: "asof", using: ["order_id"] } },
    },
    checks: { main: [] },
    outputs: { answer: { from: "main", mode: "merge", key: ["order_id"], incremental: { by: "x" }, onSchemaChange: "append" } },
    tests: {},
    resilience: { retry: { attempts: 3 } },
    engine: "spark",
  };
  const found = validateRiver(value, undefined, catalog).errors;
  assert.deepEqual(new Set(found.map((fault) => fault.code)), new Set(["NOT_AVAILABLE"]));
  const paths = [
    "/trigger",
    "/checks",
    "/tests",
    "/engine",
    "/resilience/retry",
    "/sources/crm/connection",
    "/sources/crm/stream",
    "/sources/crm/mode",
    "/steps/main/do/0/mask",
    "/steps/main/do/1/sample",
    "/steps/near/join/type",
    "/outputs/answer/mode",
    "/outputs/answer/key",
    "/outputs/answer/incremental",
    "/outputs/answer/onSchemaChange",
  ];
  assert.deepEqual(found.map((fault) => fault.path).sort(), paths.sort());
});

test("a fault inside an expression points at its very character", () => {
  const { value, positions } = parseRiverText(
    "apiVersion: rivergen.dev/v1\nriver: p\nsources: { orders: { dataset: orders } }\nsteps:\n  main:\n    from: orders\n    filter: amount > 1 and emial = 'x'\noutputs: { answer: { from: main } }\n",
    "application/yaml",
  );
  const [fault] = validateRiver(value, positions, catalog).errors;
  assert.deepEqual([fault?.line, fault?.column, fault?.code], [7, 28, "UNKNOWN_COLUMN"]);
});

test("warnings for what is probably not meant", () => {
  const { warnings } = validateRiver(
    {
      ...base,
      sources: { ...base.sources, idle: { dataset: "orders" } },
      steps: { main: { from: "orders", limit: 3 }, lost: { from: "orders", orderBy: ["amount"] } },
    },
    undefined,
    catalog,
  );
  assert.deepEqual(
    warnings.map((fault) => `${fault.path} ${fault.code}`),
    ["/steps/lost UNUSED_STEP", "/sources/idle UNUSED_SOURCE", "/steps/main/limit LIMIT_WITHOUT_ORDER"],
  );
});

test("mutated documents never make the validator throw", () => {
  const text = JSON.stringify(
    withStep(
      { from: "orders", do: [{ filter: "amount > 1" }, { aggregate: { by: ["email"], values: { n: "count(*)" } } }, { limit: { rows: 3, by: ["email"] } }] },
      { parameters: { p: { type: "date", default: "2024-01-01" } } },
    ),
  );
  const spare: readonly unknown[] = [null, 1, "", "x", [], {}, [null], { a: null }, true, -1, { from: "orders" }, ["orders"]];
  let state = 7;
  const next = (limit: number): number => {
    state = (state * 1_103_515_245 + 12_345) & 0x7fffffff;
    return state % limit;
  };
  for (let round = 0; round < 3_000; round += 1) {
    const value = JSON.parse(text, (_key, item: unknown) => (next(12) === 0 ? spare[next(spare.length)] : item)) as unknown;
    assert.ok(Array.isArray(validateRiver(value, undefined, catalog).errors));
  }
});

describe("what a river may cost before it runs", () => {
  const chain = (length: number, operator: (index: number) => unknown): unknown =>
    withStep({ from: "orders", do: Array.from({ length }, (_, index) => operator(index)) });

  test("is bounded by its operators", () => {
    assert.deepEqual(codes(chain(1_000, () => ({ limit: 10 }))), []);
    assert.deepEqual(codes(chain(8_000, () => ({ limit: 10 }))), ["/steps TOO_MANY_OPERATORS"]);
    const steps = Object.fromEntries(["main", "more"].map((name) => [name, { from: "orders", do: Array.from({ length: 600 }, () => ({ limit: 10 })) }]));
    assert.deepEqual(codes({ ...base, steps }), ["/steps TOO_MANY_OPERATORS"]);
  });

  test("is bounded by the columns they give", () => {
    assert.deepEqual(codes(chain(100, (index) => ({ derive: { [`more_${index}`]: "amount" } }))), []);
    const outputs = Object.fromEntries(Array.from({ length: 3_000 }, (_, index) => [`out_${index}`, { from: "main" }]));
    const found = codes({ ...(chain(60, (index) => ({ derive: { [`more_${index}`]: "amount" } })) as object), outputs });
    assert.equal(found[0], "/outputs/out_49 TOO_MANY_COLUMNS");
    assert.deepEqual(codes(chain(900, (index) => ({ derive: { [`more_${index}`]: "amount" } }))), ["/steps/main/do/443 TOO_MANY_COLUMNS"]);
  });
});
