import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { z } from "zod";
import { flow, createFlowBench } from "../testing/index.ts";
import type { FlowBench } from "../testing/index.ts";
import { faultCodes } from "./fault-codes.ts";
import { misfitOf, shapeOf } from "./fits.ts";
import { validateStructure } from "./validate.ts";

function prepare(): FlowBench {
  const bench = createFlowBench();
  const { processors, conditions, predicates } = bench.flows.registry;
  const order = z.object({ id: z.string(), total: z.number() });
  processors.add({ name: "parse", input: z.string(), output: order, run: (value) => value });
  processors.add({ name: "price", input: order, output: order.extend({ vat: z.number() }), run: (value) => value });
  processors.add({ name: "print", input: z.object({ vat: z.number() }), output: z.string(), run: (value) => value });
  processors.add({ name: "print", version: "2", input: z.object({ vat: z.number(), total: z.number() }), output: z.string(), run: (value) => value });
  processors.add({ name: "untyped", run: (value) => value });
  processors.add({ name: "scale", config: z.strictObject({ by: z.number().positive(), unit: z.enum(["kg", "g"]).optional() }), run: (value) => value });
  conditions.add({ name: "size", values: ["small", "large"], choose: () => "small" });
  predicates.add({ name: "isText", input: z.string(), test: () => true });
  return bench;
}

const found = ({ flows }: FlowBench, text: string): string[] =>
  flows.validate(text).faults.map(({ code, path, line, column }) => `${line}:${column} ${code} ${path}`);

describe("validation", () => {
  test("says where: line and column of the value, or of the key that should not be there", () => {
    const text = [
      "type: sequence",
      "children:",
      "  - ref: prise",
      "  - type: retry",
      "    child: { ref: parse }",
      "    attempts: -1",
      "    atempts: 4",
      "  - type: rate-limit",
      "    child: { ref: parse }",
      "    burst_size: -2",
    ].join("\n");
    assert.deepEqual(found(prepare(), text), [
      "3:10 PROCESSOR_NOT_FOUND /children/0",
      "6:15 ATTEMPTS_NEGATIVE /children/1/attempts",
      "7:5 UNKNOWN_KEY /children/1/atempts",
      "10:17 BURST_SIZE_NEGATIVE /children/2",
    ]);
    const json = JSON.stringify({ type: "sequence", children: [{ ref: "prise" }] }, null, 2);
    const { faults } = prepare().flows.validate(json, { format: "json" });
    assert.deepEqual(
      faults.map(({ line, column, suggestion }) => ({ line, column, suggestion })),
      [{ line: 5, column: 14, suggestion: "price" }],
    );
  });

  test("an object has paths only", () => {
    const { faults } = prepare().flows.validate(flow.sequence([flow.ref("nobody")]));
    assert.deepEqual(faults, [{ path: "/children/0", code: "PROCESSOR_NOT_FOUND", message: 'no processor "nobody" is registered' }]);
  });

  test("parameters are checked by the schema they were registered with", () => {
    const bench = prepare();
    assert.deepEqual(found(bench, "ref: scale\nconfig: { by: 2, unit: kg }\n"), []);
    assert.deepEqual(found(bench, "ref: scale\nconfig:\n  by: -2\n  unit: lb\n"), ["3:7 INVALID_CONFIG /config/by", "4:9 INVALID_CONFIG /config/unit"]);
    assert.deepEqual(found(bench, "ref: scale\n"), ["1:1 INVALID_CONFIG /config/by"]);
    assert.deepEqual(found(bench, "ref: parse\nconfig: { by: 2 }\n"), ["2:1 UNUSED_KEY /config"]);
    assert.deepEqual(found(bench, "type: concurrent\nconfig: { by: 2 }\nchildren: [{ ref: parse }]\n"), ["2:1 UNUSED_KEY /config"]);
  });

  test("routes that the condition never answers are refused", () => {
    const { faults } = prepare().flows.validate("type: switch\ncondition: size\nroutes: { smal: { ref: parse }, large: { ref: parse } }\n");
    assert.deepEqual(
      faults.map(({ code, path, suggestion }) => ({ code, path, suggestion })),
      [{ code: "UNKNOWN_ROUTE", path: "/routes/smal", suggestion: "small" }],
    );
  });

  test("neighbours have to fit", () => {
    const bench = prepare();
    const fits = (...nodes: Parameters<typeof flow.sequence>[0]) =>
      bench.flows.validate(flow.sequence(nodes)).faults.map(({ code, path, message }) => `${code} ${path} ${message}`);
    assert.deepEqual(fits(flow.ref("parse"), flow.ref("price"), flow.ref("print")), []);
    assert.deepEqual(fits(flow.ref("parse"), flow.ref("print@1")), ["TYPE_MISMATCH /children/1 print does not take what comes in: vat is missing"]);
    assert.deepEqual(fits(flow.ref("parse"), flow.ref("untyped"), flow.ref("parse")), []);
    assert.deepEqual(fits(flow.ref("print"), flow.retry(flow.ref("price"))), [
      "TYPE_MISMATCH /children/1/child price does not take what comes in: it is string, taken is object",
    ]);
    assert.deepEqual(fits(flow.ref("parse"), flow.scaffold([flow.ref("price")]), flow.ref("print")), [
      "TYPE_MISMATCH /children/2 print does not take what comes in: vat is missing",
    ]);
    assert.deepEqual(fits(flow.ref("parse"), flow.filter("isText", flow.ref("price"))), [
      "TYPE_MISMATCH /children/1 isText does not take what comes in: it is object, taken is string",
    ]);
    assert.deepEqual(
      bench.flows.validate(flow.ref("parse"), { input: z.number() }).faults.map(({ message }) => message),
      ["parse does not take what comes in: it is number, taken is string"],
    );
  });

  test("shapes fit as sets of values do", () => {
    const fits = (given: z.ZodType, wanted: z.ZodType): boolean => misfitOf(shapeOf(given, "output"), shapeOf(wanted, "input")) === undefined;
    assert.ok(fits(z.int(), z.number()) && fits(z.enum(["a"]), z.string()) && fits(z.literal("a"), z.enum(["a", "b"])) && fits(z.unknown(), z.string()));
    assert.ok(fits(z.string(), z.union([z.string(), z.number()])) && fits(z.looseObject({}), z.object({ a: z.string() })));
    assert.ok(!fits(z.enum(["a", "c"]), z.enum(["a", "b"])) && !fits(z.union([z.string(), z.number()]), z.string()));
    assert.ok(!fits(z.array(z.string()), z.array(z.number())) && !fits(z.object({ a: z.string().optional() }), z.object({ a: z.string() })));
    assert.ok(!fits(z.object({ a: z.object({ b: z.string() }) }), z.object({ a: z.object({ b: z.number() }) })));
  });

  test("names can say a version; without one the newest is meant", () => {
    const bench = prepare();
    assert.deepEqual(found(bench, "ref: print@2\n"), []);
    assert.deepEqual(found(bench, "ref: print@3\n"), ["1:6 PROCESSOR_NOT_FOUND "]);
    assert.equal(bench.flows.registry.processors.get("print")?.version, "2");
    assert.equal(bench.flows.registry.processors.remove("print@2"), 1);
    assert.equal(bench.flows.registry.processors.get("print")?.version, undefined);
    assert.throws(() => bench.flows.registry.processors.add({ name: "a b", run: () => 1 }), { code: "INVALID_NAME" });
  });

  test("every code says what it means, and 10,000 nodes with a fault each are all reported", () => {
    const text = `type: sequence\nchildren:\n${"  - { type: retry, child: { ref: x }, attempts: -1 }\n".repeat(5_000)}`;
    const { faults } = validateStructure(text);
    assert.deepEqual([faults.length, faults.at(-1)?.path, faults.at(-1)?.line], [5_000, "/children/4999/attempts", 5_002]);
    for (const { code } of faults) assert.ok(code in faultCodes);
  });
});
