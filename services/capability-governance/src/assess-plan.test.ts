import assert from "node:assert/strict";
import { test } from "node:test";
import type { Column, Lineage, Plan, ReadableDataset } from "@rivergen/contracts";
import { assessPlan } from "./assess-plan.ts";

type Edge = [from: string, to: string, influence?: "value" | "filter" | "key" | "order"];

/** Nodes named `dataset:people`, `people/email`, `step:joined`, `output:answer`; a column belongs to the node before its slash. */
function lineageOf(parents: Record<string, readonly string[]>, edges: readonly Edge[]): Lineage {
  const nodes = Object.entries(parents).flatMap(([key, columns]) => {
    const [kind = "", name = ""] = key.split(":");
    return [
      { id: name, kind: kind as "dataset", name },
      ...columns.map((column) => ({ id: `${name}/${column}`, kind: "column" as const, name: column, parent: name })),
    ];
  });
  return { nodes, edges: edges.map(([from, to, influence]) => ({ from, to, ...(influence ? { influence } : {}) })) };
}
function columnOf(name: string, ...labels: string[]): Column {
  return { name, type: "text", nullable: false, labels: labels as Column["labels"], description: "" };
}
function dataset(name: string, ...columns: Column[]): ReadableDataset {
  return { id: `dst_${name}`, name, version: 1, objectKey: name, rowCount: 1, sizeBytes: 1, columns };
}
const outputOf = (...columns: Column[]): Plan["outputs"] => [{ name: "answer", dataset: null, mode: "replace", columns } as unknown as Plan["outputs"][number]];

const people = dataset("people", columnOf("email", "email"), columnOf("phone", "phone"), columnOf("city"));

test("a label that comes out through steps names its origin", () => {
  const lineage = lineageOf({ "dataset:people": ["email", "city"], "step:kept": ["contact"], "output:answer": ["contact"] }, [
    ["people/email", "kept/contact", "value"],
    ["people/city", "kept/contact", "value"],
    ["kept/contact", "answer/contact"],
  ]);
  assert.deepEqual(assessPlan(outputOf(columnOf("contact", "email")), lineage, [people]), {
    labels: [{ output: "answer", column: "contact", label: "email", origins: ["people.email"], influence: "value" }],
    policies: [],
  });
});

test("an influence is as weak as the weakest edge on its way, and the strongest way counts", () => {
  const parents = { "dataset:people": ["email"], "step:sorted": ["rank"], "output:answer": ["rank"] };
  const weak: Edge[] = [
    ["people/email", "sorted/rank", "order"],
    ["sorted/rank", "answer/rank", "value"],
  ];
  const influence = (edges: readonly Edge[]) => assessPlan(outputOf(columnOf("rank", "email")), lineageOf(parents, edges), [people]).labels[0]?.influence;
  assert.equal(influence(weak), "order");
  assert.equal(influence([...weak, ["people/email", "answer/rank", "filter"]]), "filter");
  assert.equal(influence([["people/email", "answer/rank", "key"], ...weak]), "key");
});

test("each label has origins of its own: columns that carry it", () => {
  const lineage = lineageOf({ "dataset:people": ["email", "phone"], "output:answer": ["both"] }, [
    ["people/email", "answer/both", "value"],
    ["people/phone", "answer/both", "filter"],
  ]);
  const { labels } = assessPlan(outputOf(columnOf("both", "email", "phone")), lineage, [people]);
  assert.deepEqual(
    labels.map(({ label, origins, influence }) => [label, origins, influence]),
    [
      ["email", ["people.email"], "value"],
      ["phone", ["people.phone"], "filter"],
    ],
  );
});

test("columns of the same name in other datasets and outputs are kept apart", () => {
  const lineage = lineageOf({ "dataset:people": ["email"], "dataset:shops": ["email"], "step:answer_step": ["email"], "output:answer": ["email"] }, [
    ["shops/email", "answer_step/email"],
    ["answer_step/email", "answer/email"],
  ]);
  const { labels } = assessPlan(outputOf(columnOf("email", "email")), lineage, [people, dataset("shops", columnOf("email", "email"))]);
  assert.deepEqual(labels[0]?.origins, ["shops.email"]);
});

test("nothing labelled, nothing told", () => {
  const lineage = lineageOf({ "dataset:people": ["city"], "output:answer": ["city"] }, [["people/city", "answer/city"]]);
  assert.deepEqual(assessPlan(outputOf(columnOf("city")), lineage, [people]), { labels: [], policies: [] });
});

test("a lineage that runs in a circle comes to an end", () => {
  const lineage = lineageOf({ "dataset:people": ["email"], "step:a": ["x"], "step:b": ["x"], "output:answer": ["x"] }, [
    ["a/x", "b/x"],
    ["b/x", "a/x"],
    ["people/email", "a/x", "filter"],
    ["b/x", "answer/x"],
  ]);
  assert.deepEqual(assessPlan(outputOf(columnOf("x", "email")), lineage, [people]).labels[0]?.influence, "filter");
});
