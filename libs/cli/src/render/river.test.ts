import assert from "node:assert/strict";
import { test } from "node:test";
import type { Plan, Prompt, RiverDocument } from "@rivergen/contracts";
import { describeFlow, renderFaults, renderPlan, renderQuestion, renderReading } from "./river.ts";
import { type Canvas, createStyle } from "./style.ts";

const wide: Canvas = { style: createStyle(false), width: 160 };
const pipe: Canvas = { style: createStyle(false), width: Number.POSITIVE_INFINITY };

const document: RiverDocument = {
  apiVersion: "rivergen.dev/v1",
  river: "delay_by_state",
  sources: { flights: { dataset: "flights" }, airports: { dataset: "airports" } },
  steps: {
    joined: { from: "flights", join: { to: "airports", as: "origin", where: "origin = origin.iata" } },
    july: { from: "joined", filter: "extract(month from date) = 7" },
    worst: { from: "july", do: [{ aggregate: { by: ["origin_state"], values: { avg_delay: "avg(delay)" } } }, { orderBy: ["avg_delay desc"] }, { limit: 5 }] },
  },
  outputs: { answer: { from: "worst" } },
};

const interval = { low: null, likely: null, high: null };
const plan: Plan = {
  steps: [],
  stages: [],
  outputs: [],
  lineage: { nodes: [], edges: [] },
  labels: [],
  policies: [],
  warnings: [],
  quote: {
    rows: interval,
    durationMs: { low: 300, likely: 400, high: 600 },
    price: { low: 0.0002, likely: 0.0003, high: 0.0004, currency: "EUR" },
    basis: "12 past runs",
  },
};

const prompt: Prompt = {
  id: "pmt_1",
  status: "planned",
  river: null,
  explanation: "the average of delay by state",
  assumptions: ["rows without delay are left out"],
  readings: [{ value: "r2", text: "by state of the destination" }],
  spans: [
    { start: 14, end: 22, meaning: "airports.state", pointer: "/steps/worst/do/0/aggregate/by" },
    { start: 0, end: 13, meaning: "avg(delay)", pointer: "/steps/worst/do/0/aggregate/values" },
  ],
  unused: ["please"],
  questions: [],
  reason: null,
  quote: null,
  planner: "grammar",
  confidence: 0.9,
  text: "average delay by state please",
  createdAt: "2026-01-01T00:00:00Z",
};

test("the way of the data in one line", () => {
  assert.equal(describeFlow(document), "flights ⋈ airports → filter → aggregate → order → limit");
});

test("branches stand in brackets, set operations have their signs, a cycle ends", () => {
  const branched: RiverDocument = {
    apiVersion: "rivergen.dev/v1",
    river: "x",
    sources: { a: { dataset: "a" }, b: { dataset: "b" } },
    steps: {
      f: { from: "b", filter: "x" },
      j: { from: "a", join: { to: "f", using: ["k"], type: "anti" } },
      u: { from: "j", union: { with: ["b"] } },
      c: { from: "c", filter: "y" },
    },
    outputs: { one: { from: "u" }, two: { from: "c" } },
  };
  assert.equal(describeFlow(branched), "a without (b → filter) ∪ b   c → filter");
});

test("the reading goes by the words of the question, then what was assumed and not used", () => {
  assert.deepEqual(renderReading(prompt, wide), [
    "reading    average delay → avg(delay)   by state → airports.state",
    "that is    the average of delay by state",
    "assumed    rows without delay are left out",
    "unused     “please”",
    "or         1 by state of the destination",
  ]);
  const wordByWord = "average delay → avg(delay)   state → airports.state";
  assert.deepEqual(renderReading({ ...prompt, explanation: wordByWord }, wide).slice(0, 2), [
    `reading    ${wordByWord}`,
    "assumed    rows without delay are left out",
  ]);
  assert.deepEqual(renderReading({ ...prompt, spans: [], assumptions: [], unused: [], readings: [] }, wide), [
    "reading    the average of delay by state",
    "assumed    nothing",
    "unused     no words",
  ]);
});

test("the plan with labels and the quote", () => {
  assert.deepEqual(renderPlan(document, plan, wide), [
    "plan       flights ⋈ airports → filter → aggregate → order → limit",
    "labels     none reach the result",
    "quote      0.3–0.6 s   0.0002–0.0004 EUR   (80 % interval, 12 past runs)",
  ]);
  const labelled = renderPlan(
    document,
    { ...plan, labels: [{ output: "answer", column: "mail", label: "pii.email", origins: ["customers.email"], influence: "value" }] },
    wide,
  );
  assert.equal(labelled[1], "labels     pii.email in mail (value of customers.email)");
  const unknown = renderPlan(
    document,
    { ...plan, quote: { ...plan.quote, durationMs: interval, price: { ...interval, currency: "EUR" }, basis: "no past runs" } },
    wide,
  );
  assert.equal(unknown.at(-1), "quote      duration unknown   price unknown   (80 % interval, no past runs)");
});

test("a question stands on a line where it fits, with its options below where not", () => {
  const question = {
    id: "q",
    text: "state of",
    options: [
      { value: "o", text: "origin" },
      { value: "d", text: "destination" },
    ],
  };
  assert.deepEqual(renderQuestion(question, wide), ["?  state of   1 origin   2 destination"]);
  assert.deepEqual(renderQuestion(question, pipe), ["?  state of", "   1 origin", "   2 destination"]);
});

test("faults have file, line, place, sentence and code", () => {
  assert.deepEqual(
    renderFaults([{ path: "/steps/a/filter", code: "UNKNOWN_COLUMN", message: "is not known: did you mean delay?", line: 7, column: 13 }], pipe, "x.yaml"),
    ["✗ x.yaml:7:13  /steps/a/filter  is not known: did you mean delay?  UNKNOWN_COLUMN"],
  );
});
