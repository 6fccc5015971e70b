import assert from "node:assert/strict";
import { test } from "node:test";
import type { RiverDocument } from "@rivergen/contracts";
import { idsAt, kindAt, toRiverGraph } from "./river-graph.ts";

const document: RiverDocument = {
  apiVersion: "rivergen.dev/v1",
  river: "worst",
  sources: { flights: { dataset: "flights_3m" }, airports: { dataset: "airports", version: 2 } },
  steps: {
    joined: { from: "flights", join: { to: "airports", where: "origin = airports.iata" } },
    totals: { from: "joined", aggregate: { by: { state: "state" }, values: { avg_delay: "avg(delay)" }, having: "count(*) > 3" } },
    best: { from: "totals", do: [{ orderBy: ["avg_delay desc"] }, { limit: 5 }] },
  },
  outputs: { worst: { from: "best" } },
};
const { nodes, edges } = toRiverGraph(document, { words: { table: "table", output: "output" } });

test("a river is a graph of its tables, steps and outputs", () => {
  assert.deepEqual(
    nodes.map(({ id, kind }) => [id, kind]),
    [
      ["/sources/flights", "read"],
      ["/sources/airports", "read"],
      ["/steps/joined", "join"],
      ["/steps/totals", "aggregate"],
      ["/steps/best", "order"],
      ["/outputs/worst", "read"],
    ],
  );
  assert.deepEqual(edges, [
    { from: "/sources/flights", to: "/steps/joined" },
    { from: "/sources/airports", to: "/steps/joined" },
    { from: "/steps/joined", to: "/steps/totals" },
    { from: "/steps/totals", to: "/steps/best" },
    { from: "/steps/best", to: "/outputs/worst" },
  ]);
});

test("operators read as people say them", () => {
  assert.deepEqual(
    nodes.flatMap(({ lines = [] }) => lines.map(({ word, text }) => `${word}: ${text}`)),
    [
      "table: flights_3m",
      "join: airports · origin = airports.iata",
      "by: state",
      "value: avg_delay = avg(delay)",
      "having: count(*) > 3",
      "orderBy: avg_delay desc",
      "limit: 5",
    ],
  );
});

test("a place of the document leads to its line, and to the kind of its operator", () => {
  assert.deepEqual(idsAt("/steps/totals/aggregate/by/state", nodes), ["/steps/totals/aggregate/by"]);
  assert.deepEqual(idsAt("/steps/best/do/1/limit", nodes), ["/steps/best/do/1/limit"]);
  assert.deepEqual(idsAt("/sources/airports", nodes), ["/sources/airports"]);
  assert.deepEqual(["/steps/best/do/1/limit", "/steps/totals/aggregate/by/state", "/sources/flights", "/outputs/worst"].map(kindAt), [
    "order",
    "aggregate",
    "read",
    undefined,
  ]);
});

test("a flow says its name or its root", () => {
  const flows = { saved: { from: "flights", flow: "tidy@3" }, own: { from: "saved", flow: { type: "sequence", children: [] } } };
  const { nodes: drawn } = toRiverGraph({ ...document, steps: flows, outputs: { worst: { from: "own" } } }, { words: { table: "table", output: "output" } });
  assert.deepEqual(
    drawn.flatMap(({ kind, lines }) => (lines ?? []).filter(({ word }) => word === "flow").map(({ id, text }) => [kind, id, text])),
    [
      ["shape", "/steps/saved/flow", "tidy@3"],
      ["shape", "/steps/own/flow", "sequence"],
    ],
  );
  assert.equal(kindAt("/steps/own/flow/children"), "shape");
});
