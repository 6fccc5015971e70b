import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createFlows } from "@rivergen/flow";
import { PipelineError } from "@rivergen/pipeline";
import { printType, types } from "@rivergen/relational";
import type { Value } from "@rivergen/relational";
import { buildRecordFlow, checkRecordFlow } from "./compile.ts";
import { FlowRecord } from "./record.ts";
import { createRecordRegistry } from "./registry.ts";

const columns = [
  { name: "id", type: types.integer, nullable: false },
  { name: "country", type: types.string, nullable: true },
  { name: "amount", type: types.decimal(9, 2), nullable: true },
];
const derive = (config: object) => ({ ref: "derive", config });
const sequence = (...children: object[]) => ({ type: "sequence", children });
const check = (flow: object) => checkRecordFlow(flow, { columns });
const faultsOf = (flow: object): string[] => check(flow).faults.map(({ path, code }) => `${path} ${code}`);

async function run(flow: object, ...values: Value[]): Promise<Record<string, Value>> {
  const built = buildRecordFlow(flow, { columns });
  const { type, values: made } = await built.process(new FlowRecord(built.input, values));
  return Object.fromEntries(type.columns.map(({ name }, index) => [name, made[index] ?? null]));
}

describe("what flows do with records", () => {
  test("columns are made, kept, dropped and renamed", async () => {
    assert.deepEqual(await run(derive({ id: "id + 1", twice: "id * 2" }), 1n, "fr", 150n), { id: 2n, country: "fr", amount: 150n, twice: 2n });
    assert.deepEqual(await run({ ref: "keep", config: { columns: ["amount", "ID"] } }, 1n, "fr", 150n), { amount: 150n, id: 1n });
    assert.deepEqual(await run({ ref: "drop", config: { columns: ["country"] } }, 1n, "fr", 150n), { id: 1n, amount: 150n });
    assert.deepEqual(await run({ ref: "rename", config: { land: "country" } }, 1n, "fr", 150n), { id: 1n, land: "fr", amount: 150n });
  });

  test("ways are chosen by conditions; null has no route", async () => {
    const flow = {
      type: "switch",
      condition: "value",
      config: { expression: "country", values: ["fr", "de"] },
      routes: { fr: derive({ country: "'France'" }) },
      default: { type: "filter", predicate: "where", config: { expression: "amount > 1" }, then: derive({ country: "'rich'" }) },
    };
    assert.equal((await run(flow, 1n, "fr", 500n))["country"], "France");
    assert.equal((await run(flow, 1n, "de", 500n))["country"], "rich");
    assert.equal((await run(flow, 1n, null, null))["country"], null);
  });

  test("a failure carries the path of names and its cause, and nothing of the record", async () => {
    const flow = { ...sequence({ ref: "fail", config: { message: "too large", when: "amount > 1" } }), name: "rules" };
    assert.equal((await run(flow, 1n, "fr", 100n))["id"], 1n);
    await assert.rejects(run(flow, 1n, "secret", 500n), (error: unknown) => {
      assert.ok(error instanceof PipelineError);
      assert.deepEqual([error.path, error.message, error.code], [["rules", "fail"], "too large", "STEP_FAILED"]);
      return !JSON.stringify(error).includes("secret");
    });
    await assert.rejects(run({ ref: "require", config: { columns: ["country"] } }, 1n, null, 1n), /The column country has no value/);
  });

  test("handlers put a record back, make another of it, or set it aside", async () => {
    const failing = { ref: "require", config: { columns: ["country"] } };
    assert.equal((await run({ type: "handle", error_handler: "pass", child: failing }, 1n, null, 1n))["country"], null);
    const made = { type: "handle", error_handler: "derive", config: { country: "'?'" }, child: failing };
    assert.equal((await run(made, 1n, null, 1n))["country"], "?");
    const flow = buildRecordFlow({ type: "handle", error_handler: "dead-letter", child: failing }, { columns });
    assert.throws(
      () => flow.process(new FlowRecord(flow.input, [1n, null, 1n])),
      (error: unknown) => flow.isSetAside(error),
    );
    const plain = buildRecordFlow(failing, { columns });
    assert.throws(
      () => plain.process(new FlowRecord(plain.input, [1n, null, 1n])),
      (error: unknown) => !plain.isSetAside(error),
    );
  });

  test("children's results are merged by column, or the first that succeeded is taken", async () => {
    const children = [derive({ country: "upper(country)" }), derive({ score: "id * 2" })];
    assert.deepEqual(await run({ type: "concurrent", reducer: "merge", children }, 2n, "fr", 1n), { id: 2n, country: "FR", amount: 1n, score: 4n });
    const first = { type: "concurrent", reducer: "first", children: [{ ref: "fail", config: { message: "no" } }, derive({ country: "'b'" })] };
    assert.equal((await run(first, 2n, "fr", 1n))["country"], "b");
    await assert.rejects(run({ ...first, reducer: "merge" }, 2n, "fr", 1n), /no/);
  });
});

describe("what is known before a record comes", () => {
  test("columns, their types, and what the flow needs of its input", () => {
    const { output, needs, faults } = check(sequence(derive({ score: "amount * 1.5" }), { ref: "rename", config: { number: "id" } }));
    assert.deepEqual(faults, []);
    assert.deepEqual(
      output?.columns.map(({ name, type, origin }) => `${name} ${printType(type)} ${origin ?? "made"}`),
      ["number integer id", "country string country", "amount decimal(9,2) amount", "score decimal(11,3) made"],
    );
    assert.deepEqual(needs, ["amount"]);
    const joined = check({ type: "filter", predicate: "where", config: { expression: "id > 1" }, then: derive({ country: "'x'" }) });
    assert.deepEqual(joined.needs.toSorted(), ["country", "id"]);
  });

  test("everything that is wrong, at its place", () => {
    assert.deepEqual(faultsOf(sequence({ ref: "deriv" }, { ref: "keep", config: { column: ["id"] } })), [
      "/children/0/ref PROCESSOR_NOT_FOUND",
      "/children/1/config/columns INVALID_CONFIG",
      "/children/1/config INVALID_CONFIG",
    ]);
    assert.deepEqual(faultsOf(sequence(derive({ "a/b": "amuont + 1", c: "regexp_matches(country, 'a')", d: "country + 1" }))), [
      "/children/0/config/a~1b UNKNOWN_COLUMN",
      "/children/0/config/c NOT_AVAILABLE",
      "/children/0/config/d TYPE_MISMATCH",
    ]);
    assert.deepEqual(faultsOf({ ref: "drop", config: { columns: ["id", "nmae"] } }), ["/config/columns/1 UNKNOWN_COLUMN"]);
    assert.deepEqual(faultsOf({ type: "filter", predicate: "where", config: { expression: "id" }, then: derive({ a: "1" }) }), [
      "/config/expression TYPE_MISMATCH",
    ]);
    assert.deepEqual(faultsOf({ type: "filter", predicate: "where", config: { expression: "id > 1" }, then: derive({ a: "1" }) }), [" FLOW_BRANCHES"]);
    assert.deepEqual(faultsOf({ type: "handle", error_handler: "dead-letter", child: { type: "race", children: [] } }), ["/child MISSING_CHILDREN"]);
    assert.deepEqual(faultsOf({ stream: "anywhere" }), ["/stream CHANNEL_NOT_FOUND"]);
    assert.deepEqual(faultsOf(derive({ x: "random()" })), ["/config/x NOT_AVAILABLE"]);
  });

  test("the specification names everything that flows over records may use", () => {
    const { processors, predicates, conditions, reducers, errorHandlers, channels } = createFlows({ registry: createRecordRegistry() }).specification();
    const names = [processors, predicates, conditions, reducers, errorHandlers, channels].map((list) => list.map(({ name }) => name));
    assert.deepEqual(names, [
      ["derive", "drop", "fail", "keep", "rename", "require"],
      ["where"],
      ["value"],
      ["first", "merge"],
      ["dead-letter", "derive", "pass"],
      [],
    ]);
    for (const { description, config } of [...processors, ...predicates, ...conditions, ...reducers, ...errorHandlers]) assert.ok(description && config);
  });
});
