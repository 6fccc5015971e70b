import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { z } from "zod";
import { nodeTypes } from "../document/grammar.ts";
import { describeFlow } from "../introspect/tree.ts";
import { toGraph, toMermaid } from "../introspect/graph.ts";
import { createFlowBench, flow } from "../testing/index.ts";
import { flowJsonSchema } from "./json-schema.ts";

function prepare() {
  const bench = createFlowBench();
  const { registry } = bench.flows;
  registry.processors.add({
    name: "scale",
    version: "2",
    description: "Multiplies",
    tags: ["numbers"],
    config: z.strictObject({ by: z.number() }),
    run: (value) => value,
  });
  registry.processors.add({ name: "plain", run: (value) => value });
  registry.predicates.add({ name: "big", test: () => true });
  registry.conditions.add({ name: "size", values: ["s", "l"], choose: () => "s" });
  registry.errorHandlers.add({ name: "note", handle: () => {} });
  registry.channels.add({ name: "out", send: () => {} });
  return bench;
}

const documents: readonly [unknown, boolean][] = [
  [flow.ref("plain"), true],
  [{ version: "1", ref: "scale@2", config: { by: 2 } }, true],
  [{ ref: "scale", config: { by: "2" } }, false],
  [{ ref: "plain", config: {} }, false],
  [{ ref: "nobody" }, false],
  [flow.sequence([flow.filter("big", flow.ref("plain")), flow.retry(flow.ref("plain"), { attempts: 2, backoff: "1m30s" })]), true],
  [flow.retry(flow.ref("plain"), { backoff: "soon" }), false],
  [flow.sequence([flow.filter("small", flow.ref("plain"))]), false],
  [{ type: "fallback", children: [{ ref: "plain" }] }, false],
  [{ type: "sequence", children: [{ ref: "plain" }], workers: 2 }, false],
  [{ type: "sequence", children: [{ version: "1", ref: "plain" }] }, false],
  [flow.stream("out", [flow.ref("plain")]), true],
  [flow.switch("size", { s: flow.ref("plain") }, flow.ref("plain")), true],
];

describe("the specification", () => {
  test("its JSON Schema takes and refuses what the validator takes and refuses", () => {
    const { flows } = prepare();
    const schema = z.fromJSONSchema(flows.specification().document as Parameters<typeof z.fromJSONSchema>[0]);
    for (const [document, isValid] of documents) {
      assert.equal(flows.validate(document as object).faults.length === 0, isValid, JSON.stringify(document));
      assert.equal(schema.safeParse(document).success, isValid, JSON.stringify(document));
    }
  });

  test("without a registry it takes any name", () => {
    const schema = z.fromJSONSchema(flowJsonSchema() as Parameters<typeof z.fromJSONSchema>[0]);
    assert.ok(schema.safeParse({ ref: "anything", config: { a: 1 } }).success);
    assert.ok(!schema.safeParse({ reff: "anything" }).success);
  });

  test("the catalogue says everything that was registered", () => {
    const { processors, conditions, connectors } = prepare().flows.specification();
    assert.deepEqual(processors, [
      { name: "plain", version: "1" },
      {
        name: "scale",
        version: "2",
        description: "Multiplies",
        tags: ["numbers"],
        config: { type: "object", properties: { by: { type: "number" } }, required: ["by"], additionalProperties: false },
      },
    ]);
    assert.deepEqual(conditions[0]?.values, ["s", "l"]);
    assert.equal(connectors.length, nodeTypes.length + 2);
  });
});

describe("pictures", () => {
  const document = flow.switch("size", { s: flow.ref("plain"), l: flow.handle("note", { ref: "scale@2", name: 'the "big" one' }) });

  test("boxes and arrows for clients that draw", () => {
    assert.deepEqual(toGraph(describeFlow(document)), {
      nodes: [
        { id: "", type: "switch", title: "switch-size", settings: { condition: "size" } },
        { id: "/routes/s", type: "processor", title: "plain", settings: {} },
        { id: "/routes/l", type: "handle", title: "handle-note", settings: { error_handler: "note" } },
        { id: "/routes/l/child", type: "processor", title: 'the "big" one', settings: {} },
      ],
      edges: [
        { from: "", to: "/routes/s", role: "s", order: 0 },
        { from: "", to: "/routes/l", role: "l", order: 1 },
        { from: "/routes/l", to: "/routes/l/child", role: "child", order: 0 },
      ],
    });
  });

  test("a Mermaid flowchart in which nothing breaks out of its box", () => {
    assert.equal(
      toMermaid(describeFlow(document)),
      'flowchart TD\n  n0{"switch-size"}\n  n1["plain"]\n  n2(["handle-note"])\n  n3["the #34;big#34; one"]\n  n0 -->|"s"| n1\n  n0 -->|"l"| n2\n  n2 -->|"child"| n3\n',
    );
  });
});
