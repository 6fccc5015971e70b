import type { Influence, Origin } from "@rivergen/relational";
import type { Analysis } from "./analyse.ts";

/** A node of the lineage: what is read, what is computed, what is written. */
export interface LineageNode {
  /** `source:orders`, `step:clean`, `output:revenue`. */
  readonly id: string;
  readonly kind: "source" | "step" | "output";
  readonly name: string;
  readonly columns: readonly { readonly name: string; readonly type: string; readonly labels: readonly string[] }[];
}

/** One column bears on another, or (without `to.column`) on the rows of a whole result. */
export interface LineageEdge {
  readonly from: { readonly node: string; readonly column: string };
  readonly to: { readonly node: string; readonly column: string | null };
  readonly influence: Influence;
}

/** A column of a dataset that bears on a column of an output. */
export interface SourceOrigin {
  readonly source: string;
  readonly dataset: string;
  readonly column: string;
  readonly influence: Influence;
}

interface Absolute {
  readonly values: ReadonlyMap<string, readonly SourceOrigin[]>;
  /** What bears on which rows there are, whatever the column. */
  readonly rows: readonly SourceOrigin[];
}

function unique(origins: readonly SourceOrigin[]): SourceOrigin[] {
  return [...new Map(origins.map((origin) => [JSON.stringify([origin.source, origin.column, origin.influence]), origin])).values()];
}

/** Origins of every step's columns in the datasets, through all the steps between. */
export function traceOrigins(analysis: Analysis, datasetOf: ReadonlyMap<string, string>): ReadonlyMap<string, Absolute> {
  const traced = new Map<string, Absolute>();
  const follow = (origin: Origin): readonly SourceOrigin[] => {
    const dataset = datasetOf.get(origin.input);
    if (dataset !== undefined) return [{ source: origin.input, dataset, column: origin.column, influence: origin.influence }];
    const before = traced.get(origin.input)?.values.get(origin.column) ?? [];
    return origin.influence === "value" ? before : before.map((earlier) => ({ ...earlier, influence: origin.influence }));
  };
  for (const { node, relation } of analysis.steps) {
    const values = new Map(relation.columns.map((column) => [column.name, unique(column.origins.flatMap(follow))]));
    const inherited = node.inputs.flatMap((input) => traced.get(input.name)?.rows ?? []);
    traced.set(node.name, { values, rows: unique([...inherited, ...relation.influences.flatMap(follow)]) });
  }
  return traced;
}

/** What an output's column is made of, and what bears on its rows. */
export function originsOf(traced: ReadonlyMap<string, Absolute>, datasetOf: ReadonlyMap<string, string>, from: string, column: string): SourceOrigin[] {
  const dataset = datasetOf.get(from);
  if (dataset !== undefined) return [{ source: from, dataset, column, influence: "value" }];
  const found = traced.get(from);
  return [...(found?.values.get(column) ?? []), ...(found?.rows ?? [])];
}

/** Edges between a step and what it reads. */
export function stepEdges(analysis: Analysis, nodeId: (input: string) => string): LineageEdge[] {
  const edge = (origin: Origin, to: LineageEdge["to"]): LineageEdge => ({
    from: { node: nodeId(origin.input), column: origin.column },
    to,
    influence: origin.influence,
  });
  return analysis.steps.flatMap(({ node, relation }) => [
    ...relation.columns.flatMap((column) => column.origins.map((origin) => edge(origin, { node: nodeId(node.name), column: column.name }))),
    ...relation.influences.map((origin) => edge(origin, { node: nodeId(node.name), column: null })),
  ]);
}
