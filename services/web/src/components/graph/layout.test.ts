import assert from "node:assert/strict";
import { test } from "node:test";
import { heightOf, place, placeIn } from "./layout.ts";
import type { GraphNode } from "./types.ts";

const node = (id: string): GraphNode => ({ id, kind: "read", title: id });
const chain = ["a", "b", "c", "d"].map(node);
const edges = [
  { from: "a", to: "b" },
  { from: "b", to: "c" },
  { from: "c", to: "d" },
  { from: "gone", to: "d" },
];

test("nodes of a chain stand in its order and apart from each other", () => {
  for (const direction of ["right", "down"] as const) {
    const { nodes, nodeWidth } = place(chain, edges, direction);
    const along = nodes.map(({ x, y }) => (direction === "right" ? x : y));
    assert.deepEqual(
      along,
      along.toSorted((one, other) => one - other),
    );
    assert.ok((along[1] ?? 0) - (along[0] ?? 0) >= (direction === "right" ? nodeWidth : heightOf(chain[0] as GraphNode, nodeWidth)));
  }
});

test("a graph goes down where it is too wide, and to the right where it is not", () => {
  assert.equal(placeIn(chain, edges, 2_000, 600).direction, "right");
  assert.equal(placeIn(chain, edges, 360, 600).direction, "down");
  assert.ok(placeIn(chain, edges, 360, 600).width <= 360);
});

test("a node is as high as its texts are long, within bounds", () => {
  const withText = (text: string): GraphNode => ({ ...node("a"), lines: [{ id: "line", kind: "filter", word: "filter", text }] });
  const heights = ["x".repeat(10), "x".repeat(20), "x".repeat(60), "two words_which_do_not_fit", "x".repeat(600)].map((text) => heightOf(withText(text), 204));
  assert.deepEqual(
    heights.map((height) => height - (heights[0] ?? 0)),
    [0, 15, 30, 15, 30],
  );
});

test("no node, no size", () => assert.deepEqual(place([], [], "right"), { direction: "right", nodeWidth: 200, nodes: [], width: 0, height: 0 }));
