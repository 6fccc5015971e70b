import { Graph as DagreGraph, layout } from "@dagrejs/dagre";
import type { GraphEdge, GraphNode } from "./types.ts";

export type Direction = "right" | "down";

export interface Placed {
  readonly id: string;
  readonly x: number;
  readonly y: number;
  readonly height: number;
}
export interface Layout {
  readonly direction: Direction;
  readonly nodeWidth: number;
  readonly nodes: readonly Placed[];
  readonly width: number;
  readonly height: number;
}

/** Pixels; nodes are drawn in these sizes, so that nothing is measured and nothing jumps. */
const widths: Readonly<Record<Direction, number>> = { right: 200, down: 272 };
/** On a phone two tables stand beside each other. */
const narrowWidth = 178;
const narrowRoom = 420;
const headHeight = 38;
const lineHeight = 22;
/** A text that is longer than its node is wide goes on below, so far. */
const rowHeight = 15;
const mostRows = 3;
/** Of the letters, all as wide as each other, and of what stands beside them. */
const letterWidth = 6.7;
const besideLetters = 28;
const footHeight = 27;
const padding = 8;
/** Lines of a node that are shown; the rest is counted. */
export const mostLines = 7;

export function heightOf({ lines = [], rows, status, progress }: GraphNode, nodeWidth: number): number {
  const letters = Math.floor((nodeWidth - besideLetters) / letterWidth);
  const shown = lines.slice(0, mostLines).map(({ word, text }) => lineHeight + (rowsOf(`${word} ${text}`, letters) - 1) * rowHeight);
  if (lines.length > mostLines) shown.push(lineHeight);
  const hasFoot = rows !== undefined || status !== undefined || progress !== undefined;
  return headHeight + (shown.length > 0 ? shown.reduce((sum, height) => sum + height, padding) : 0) + (hasFoot ? footHeight : 0);
}

/** Rows of a text that is broken between words, and within those that are too long for a row. */
function rowsOf(text: string, letters: number): number {
  let rows = 1;
  let used = 0;
  for (const { length } of text.split(" ")) {
    const fits = used + length <= letters;
    const begins = fits || used === 0 ? 0 : 1;
    const more = fits ? 0 : Math.ceil(length / letters) - 1;
    rows += begins + more;
    used = fits ? used + length + 1 : length - more * letters + 1;
  }
  return Math.min(mostRows, rows);
}

/** Smaller than this nobody reads it; on a phone, where nothing zooms, even less. */
export const leastZoom = 0.5;
export const phoneZoom = 0.85;

/** Places the nodes in the given direction, the first at 0, 0. Edges to nodes that are not there are left out. */
export function place(nodes: readonly GraphNode[], edges: readonly GraphEdge[], direction: Direction, nodeWidth: number = widths[direction]): Layout {
  const graph = new DagreGraph();
  graph.setGraph({ rankdir: direction === "right" ? "LR" : "TB", nodesep: 22, ranksep: 30 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const node of nodes) graph.setNode(node.id, { width: nodeWidth, height: heightOf(node, nodeWidth) });
  for (const { from, to } of edges) if (graph.hasNode(from) && graph.hasNode(to)) graph.setEdge(from, to);
  layout(graph);
  const placed = nodes.map((node) => {
    const { x, y } = graph.node(node.id) as { x: number; y: number };
    const height = heightOf(node, nodeWidth);
    return { id: node.id, x: x - nodeWidth / 2, y: y - height / 2, height };
  });
  return {
    direction,
    nodeWidth,
    nodes: placed,
    width: Math.max(0, ...placed.map(({ x }) => x + nodeWidth)),
    height: Math.max(0, ...placed.map(({ y, height }) => y + height)),
  };
}

/** The direction in which the graph is read more easily in a room of these pixels: the one that has to be made less small. */
export function placeIn(nodes: readonly GraphNode[], edges: readonly GraphEdge[], width: number, height: number): Layout {
  const right = place(nodes, edges, "right");
  const down = place(nodes, edges, "down", width < narrowRoom ? narrowWidth : undefined);
  return scaleOf(right, width, height) >= scaleOf(down, width, height) ? right : down;
}

/** How much smaller a graph has to be drawn to be seen whole; 1 for not at all. */
export const scaleOf = (layout: Pick<Layout, "width" | "height">, width: number, height: number): number =>
  Math.max(0, Math.min(1, width / Math.max(1, layout.width), height / Math.max(1, layout.height)));
