import type { Lineage } from "@rivergen/contracts";
import type { GraphEdge, GraphNode, OperatorKind } from "../../../components/graph/types.ts";
import { texts } from "../../../texts/index.ts";

const kinds = texts.reading.kinds;
const colors: Readonly<Record<Exclude<Lineage["nodes"][number]["kind"], "column">, OperatorKind>> = {
  file: "read",
  dataset: "read",
  step: "shape",
  output: "aggregate",
};

/** Lineage as a graph of things with their columns in them; `tables` names the tables among its nodes. */
export function toGraph({ nodes, edges }: Lineage): {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
  readonly tables: ReadonlyMap<string, string>;
} {
  const parents = new Map(nodes.flatMap(({ id, parent }) => (parent === undefined ? [] : [[id, parent] as const])));
  const things = nodes.flatMap((node): GraphNode[] => {
    if (node.kind === "column") return [];
    const columns = nodes.filter(({ kind, parent }) => kind === "column" && parent === node.id);
    const lines = columns.map(({ id, name }) => ({ id, kind: colors[node.kind as keyof typeof colors], word: "", text: name }));
    return [{ id: node.id, kind: colors[node.kind], title: node.name, sub: kinds[node.kind], lines }];
  });
  const lifted = edges.map(({ from, to }) => ({ from: parents.get(from) ?? from, to: parents.get(to) ?? to }));
  const unique = new Map(lifted.filter(({ from, to }) => from !== to).map((edge) => [`${edge.from} ${edge.to}`, edge]));
  const tables = new Map(nodes.flatMap(({ id, kind, name }) => (kind === "dataset" ? [[id, name] as const] : [])));
  return { nodes: things, edges: [...unique.values()], tables };
}
