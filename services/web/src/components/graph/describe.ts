import { texts } from "../../texts/index.ts";
import type { GraphEdge, GraphNode } from "./types.ts";

const words = texts.graph;

/** A node in one sentence. */
export function describeNode(node: GraphNode, edges: readonly GraphEdge[], nodes: readonly GraphNode[]): string {
  const inputs = edges.filter(({ to }) => to === node.id).flatMap(({ from }) => nodes.find(({ id }) => id === from)?.title ?? []);
  return [
    `${node.sub ?? words.kinds[node.kind]} ${node.title}`,
    ...(inputs.length > 0 ? [words.after(inputs.join(", "))] : []),
    ...(node.lines ?? []).map(({ word, text }) => `${word} ${text}`),
    ...(node.status ? [words.status[node.status]] : []),
    ...(node.rows === undefined ? [] : [node.rows]),
  ].join("; ");
}
