import assert from "node:assert/strict";
import { test } from "node:test";
import type { Datasets } from "./catalog.ts";
import { compileRiver } from "./compile.ts";
import { listFlowReferences, resolveFlows } from "./saved-flows.ts";

const datasets: Datasets = {
  orders: {
    id: "ds_1",
    version: 3,
    rowCount: 10,
    columns: [
      { name: "id", type: "integer", nullable: false, labels: [] },
      { name: "email", type: "string", nullable: true, labels: ["email"] },
      { name: "amount", type: "decimal(18,2)", nullable: true, labels: [] },
    ],
  },
};
const context = { datasets, now: "2024-03-01T00:00:00Z", seed: "1" };

function river(steps: object, outputs: object = { out: { from: "scored" } }): object {
  return { apiVersion: "rivergen.dev/v1", river: "scoring", sources: { orders: { dataset: "orders" } }, steps, outputs };
}
const flow = { ref: "derive", config: { score: "amount * 2" } };
const scored = { from: "orders", flow, columns: { score: "double" } };
const codes = (document: object): string[] => compileRiver(document, context).errors.map(({ path, code }) => `${path} ${code}`);

test("a flow is a stage of its own; what stands before it is a checkpoint, unless one is there", () => {
  const direct = compileRiver(river({ scored }), context);
  assert.deepEqual(direct.errors, []);
  assert.deepEqual(direct.stages.map(({ name, steps, inputs, reads }) => [name, steps, inputs, reads]), [
    ["scored.flow", ["scored"], ["orders"], []],
    ["out", [], [], ["scored.flow"]],
  ]); // prettier-ignore
  const after = { from: "scored", aggregate: { values: { total: "sum(score)" } } };
  const long = compileRiver(
    river({ clean: { from: "orders", filter: "id > 0" }, scored: { ...scored, from: "clean" }, again: { from: "scored", flow: { ref: "drop", config: { columns: ["score"] } } }, after }, { out: { from: "after" }, other: { from: "again" } }),
    context,
  ); // prettier-ignore
  assert.deepEqual(long.errors, []);
  assert.deepEqual(long.stages.map(({ name, reads }) => [name, reads]), [
    ["clean.checkpoint", []],
    ["scored.flow", ["clean.checkpoint"]],
    ["again.flow", ["scored.flow"]],
    ["other", ["again.flow"]],
    ["out", ["scored.flow"]],
  ]); // prettier-ignore
  assert.deepEqual(long.steps.map(({ name, kind, estimate }) => [name, kind, estimate?.rows]), [
    ["clean", "relational", 3],
    ["scored", "flow", 3],
    ["again", "flow", 3],
    ["after", "relational", 1],
  ]); // prettier-ignore
});

test("what passes keeps its labels and its origin; what a flow makes has those of everything that went in", () => {
  const { outputs, stages } = compileRiver(river({ scored }), context);
  assert.deepEqual(
    outputs[0]?.columns.map(({ name, type, labels, origins }) => [name, type, labels, origins.filter(({ influence }) => influence === "value").map(({ column }) => column)]),
    [
      ["id", "integer", [], ["id"]],
      ["email", "string", ["email"], ["email"]],
      ["amount", "decimal(18,2)", [], ["amount"]],
      ["score", "double", ["email"], ["id", "email", "amount"]],
    ],
  ); // prettier-ignore
  assert.deepEqual(stages[0]?.flow?.columns.map(({ name, passes }) => [name, passes]), [["id", "id"], ["email", "email"], ["amount", "amount"], ["score", null]]); // prettier-ignore
});

test("columns says what the flow adds or changes, no more and no less", () => {
  assert.deepEqual(codes(river({ scored: { from: "orders", flow } })), ["/steps/scored/flow FLOW_COLUMNS"]);
  assert.deepEqual(codes(river({ scored: { ...scored, columns: { scroe: "double" } } })), [
    "/steps/scored/columns/scroe FLOW_COLUMNS",
    "/steps/scored/flow FLOW_COLUMNS",
  ]);
  assert.deepEqual(codes(river({ scored: { ...scored, columns: { score: "date" } } })), ["/steps/scored/columns/score FLOW_COLUMNS"]);
  assert.deepEqual(codes(river({ scored: { ...scored, columns: { score: "dubble" } } })), ["/steps/scored/columns/score INVALID_TYPE"]);
  assert.deepEqual(codes(river({ scored: { from: "orders", filter: "id > 1", columns: { a: "date" } } })), ["/steps/scored/columns INVALID_VALUE"]);
  assert.deepEqual(codes(river({ scored: { ...scored, filter: "id > 1" } })), ["/steps/scored ONE_OPERATOR"]);
  assert.deepEqual(codes(river({ scored: { ...scored, flow: "derive" } })), ["/steps/scored/flow UNKNOWN_FLOW"]);
  assert.deepEqual(codes(river({ scored: { ...scored, flow: "Not a name" } })), ["/steps/scored/flow INVALID_NAME"]);
  assert.deepEqual(codes(river({ scored: { ...scored, flow: 5 } })), ["/steps/scored/flow WRONG_TYPE"]);
});

test("parameters are known inside flows", () => {
  const steps = { scored: { ...scored, flow: { ref: "derive", config: { score: "amount * $factor" } } } };
  const document = { ...river(steps), parameters: { factor: { type: "integer", default: 3 } } };
  const { errors, stages } = compileRiver(document, { ...context, parameters: { factor: 4 } });
  assert.deepEqual(errors, []);
  assert.deepEqual(stages[0]?.flow?.parameters, [{ name: "factor", type: "integer", value: "4" }]);
  assert.deepEqual(codes(river(steps)), ["/steps/scored/flow/config/score UNKNOWN_PARAMETER"]);
});

test("a saved flow stands where it is named; the version it means is kept, faults inside it are told where it is named", () => {
  const named = (name: string): object => river({ scored: { ...scored, flow: name } });
  const saved = (version: number, expression: string) => ({ id: "flw_1", name: "tidy", version, document: { ref: "derive", config: { score: expression } } });
  const known = [saved(2, "amount * 2"), saved(5, "amount + nothing")];
  assert.deepEqual(listFlowReferences(named("tidy@2")), [{ name: "tidy", version: 2 }]);
  const second = resolveFlows(named("tidy@2"), known);
  assert.deepEqual([second.errors, second.pinned, compileRiver(second.inlined, context).errors], [[], named("tidy@2"), []]);
  assert.deepEqual(compileRiver(second.inlined, context).stages[0]?.flow?.document, known[0]?.document);
  const newest = resolveFlows(named("tidy"), known);
  assert.deepEqual(newest.pinned, named("tidy@5"));
  assert.deepEqual(
    compileRiver(newest.inlined, context).errors.map(newest.place).map(({ path, message }) => [path, message.slice(0, 30)]),
    [["/steps/scored/flow", "in tidy@5 at /config/score: th"]],
  ); // prettier-ignore
  const codesOf = (name: string): string[] => resolveFlows(named(name), known).errors.map(({ path, code }) => `${path} ${code}`);
  assert.deepEqual([codesOf("tidy@3"), codesOf("other")], [["/steps/scored/flow UNKNOWN_VERSION"], ["/steps/scored/flow UNKNOWN_FLOW"]]);
  const odd = { steps: { a: 5, b: { flow: 7 }, c: { flow: "9" } } };
  assert.deepEqual([listFlowReferences(odd), listFlowReferences(null), resolveFlows(odd, known).inlined], [[], [], odd]);
});

test("what a flow sets aside has the columns and labels of what came in, and names that are free", () => {
  const source = datasets["orders"];
  const columns = [...(source?.columns ?? []), { name: "Set_Aside_Row", type: "integer", nullable: true, labels: [] }];
  const { stages } = compileRiver(river({ scored }), { ...context, datasets: { orders: { id: "ds_1", version: 3, columns } } });
  assert.deepEqual(stages[0]?.flow?.setAside.map(({ name, labels }) => [name, labels]), [
    ["id", []],
    ["email", ["email"]],
    ["amount", []],
    ["Set_Aside_Row", []],
    ["set_aside_row_", []],
    ["set_aside_node", []],
    ["set_aside_code", []],
    ["set_aside_reason", []],
  ]); // prettier-ignore
});
