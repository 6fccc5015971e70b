import { type Operator, pointer as placeOf, type RiverDocument, type Step } from "@rivergen/contracts";
import type { GraphEdge, GraphLine, GraphNode, OperatorKind } from "../graph/types.ts";
import { isWithin, partsOf } from "./pointer.ts";

type OperatorName = keyof Operator;
const kinds: Readonly<Record<OperatorName, OperatorKind>> = {
  select: "shape",
  drop: "shape",
  rename: "shape",
  cast: "shape",
  derive: "shape",
  fillNulls: "shape",
  sql: "shape",
  filter: "filter",
  dropNulls: "filter",
  dedupe: "filter",
  join: "join",
  union: "join",
  intersect: "join",
  except: "join",
  aggregate: "aggregate",
  window: "aggregate",
  orderBy: "order",
  limit: "order",
};
const operatorNames = Object.keys(kinds) as OperatorName[];
/** Where a step does several things, what changes rows most names it. */
const weight: readonly OperatorKind[] = ["aggregate", "join", "filter", "shape", "order", "read"];

/** What is known about the steps beside their text. */
export interface RiverFacts {
  /** By step: ready to be read. */
  readonly rows?: (node: "source" | "step" | "output", name: string) => string | undefined;
  readonly status?: (step: string) => GraphNode["status"];
  readonly progress?: (step: string) => number | null | undefined;
  /** Words for kinds of nodes. */
  readonly words: { readonly table: string; readonly output: string };
}

export interface RiverGraph {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
}

/** A river as a graph; ids of nodes and lines are the JSON Pointers of their places in the document. */
export function toRiverGraph(document: RiverDocument, { rows, status, progress, words }: RiverFacts): RiverGraph {
  const steps = Object.entries(document.steps ?? {});
  const idOf = (name: string): string => placeOf("", document.steps && Object.hasOwn(document.steps, name) ? "steps" : "sources", name);
  const nodes: GraphNode[] = [
    ...Object.entries(document.sources).map(([name, { dataset, version }]) => ({
      id: idOf(name),
      kind: "read" as const,
      title: name,
      sub: version === undefined ? words.table : `${words.table} v${version}`,
      ...(dataset === name ? {} : { lines: [{ id: placeOf("", "sources", name, "dataset"), kind: "read" as const, word: words.table, text: dataset }] }),
      rows: rows?.("source", name),
    })),
    ...steps.map(([name, step]) => {
      const lines = linesOf(name, step);
      const kind = weight.find((candidate) => lines.some((line) => line.kind === candidate)) ?? "read";
      return { id: idOf(name), kind, title: name, lines, status: status?.(name), progress: progress?.(name), rows: rows?.("step", name) };
    }),
    ...Object.keys(document.outputs).map((name) => ({
      id: placeOf("", "outputs", name),
      kind: "read" as const,
      title: name,
      sub: words.output,
      rows: rows?.("output", name),
    })),
  ];
  const edges = [
    ...steps.flatMap(([name, step]) => inputsOf(step).map((input) => ({ from: idOf(input), to: idOf(name) }))),
    ...Object.entries(document.outputs).map(([name, { from }]) => ({ from: idOf(from), to: placeOf("", "outputs", name) })),
  ];
  return { nodes, edges: edges.filter(({ from, to }, index) => edges.findIndex((edge) => edge.from === from && edge.to === to) === index) };
}

interface Placed {
  readonly pointer: string;
  readonly name: OperatorName;
  readonly operator: Operator;
}

function operatorsOf(name: string, step: Step): Placed[] {
  const found = (operator: Operator, at: string): Placed[] =>
    operatorNames.flatMap((key) => (operator[key] === undefined ? [] : [{ pointer: `${at}/${key}`, name: key, operator }]));
  const at = placeOf("", "steps", name);
  return [...found(step, at), ...(step.do ?? []).flatMap((operator, index) => found(operator, `${at}/do/${index}`))];
}

function inputsOf(step: Step): string[] {
  const { from } = step;
  const others = [step, ...(step.do ?? [])].flatMap(({ join, union, intersect, except }) => [
    ...(join ? [join.to] : []),
    ...(union?.with ?? []),
    ...(intersect ? [intersect.with] : []),
    ...(except ? [except.with] : []),
  ]);
  return [...(typeof from === "string" ? [from] : from), ...others];
}

const linesOf = (name: string, step: Step): GraphLine[] => [...describeFlow(name, step), ...operatorsOf(name, step).flatMap(describeOperator)];

/** A flow says the name it is saved under, else what its root is. */
function describeFlow(name: string, { flow }: Step): GraphLine[] {
  if (flow === undefined) return [];
  const root = typeof flow === "string" ? flow : (flow["type"] ?? flow["ref"]);
  return [{ id: placeOf("", "steps", name, "flow"), kind: "shape", word: "flow", text: typeof root === "string" ? root : "" }];
}

function describeOperator({ pointer, name, operator }: Placed): GraphLine[] {
  const kind = kinds[name];
  const line = (word: string, text: string, below = ""): GraphLine => ({ id: `${pointer}${below}`, kind, word, text });
  if (name === "aggregate" || name === "window") return describeGroups(operator, name, line);
  if (name === "derive" && operator.derive)
    return Object.entries(operator.derive).map(([column, value]) => line("derive", `${column} = ${value}`, placeOf("", column)));
  return [line(name, textOf(operator, name))];
}

function describeGroups(operator: Operator, name: "aggregate" | "window", line: (word: string, text: string, below?: string) => GraphLine): GraphLine[] {
  const group = operator[name];
  if (!group) return [];
  const { by, values } = group;
  return [
    ...(by === undefined ? [] : [line("by", namesOf(by), "/by")]),
    ...Object.entries(values).map(([column, value]) => line(name === "window" ? "window" : "value", `${column} = ${value}`, placeOf("", "values", column))),
    ...("having" in group && group.having !== undefined ? [line("having", String(group.having), "/having")] : []),
  ];
}

function namesOf(names: readonly string[] | Readonly<Record<string, unknown>>): string {
  if (Array.isArray(names)) return names.join(", ");
  return Object.entries(names)
    .map(([name, value]) => (name === value ? name : `${name} = ${String(value)}`))
    .join(", ");
}

/** Operators that do not read well as the list or map they are. */
const readings: { readonly [Name in OperatorName]?: (value: NonNullable<Operator[Name]>) => string } = {
  join: ({ to, using, where, type = "inner" }) => {
    const on = using ? using.join(", ") : where;
    return `${to}${on === undefined ? "" : ` · ${on}`}${type === "inner" ? "" : ` (${type})`}`;
  },
  limit: (limit) => (typeof limit === "number" ? String(limit) : `${limit.rows}${limit.by ? ` / ${limit.by.join(", ")}` : ""}`),
  dedupe: ({ by }) => by.join(", "),
  union: ({ with: others = [] }) => others.join(", "),
  intersect: ({ with: other }) => other,
  except: ({ with: other }) => other,
};

/** What an operator says, without its name. */
function textOf(operator: Operator, name: OperatorName): string {
  const value = operator[name];
  const reading = readings[name] as ((value: unknown) => string) | undefined;
  if (reading) return reading(value);
  return typeof value === "object" ? namesOf(value as Readonly<Record<string, unknown>>) : String(value);
}

/** Kind of the operator that a pointer leads into; undefined for none. */
export function kindAt(pointer: string): OperatorKind | undefined {
  const parts = partsOf(pointer);
  if (parts[0] === "sources") return "read";
  const operator = parts[2] === "do" ? parts[4] : parts[2];
  if (parts[0] === "steps" && operator === "flow") return "shape";
  return parts[0] === "steps" && operator !== undefined && Object.hasOwn(kinds, operator) ? kinds[operator as OperatorName] : undefined;
}

/** Lines (else nodes) of the graph that are about a place of the document. */
export function idsAt(pointer: string, nodes: readonly GraphNode[]): string[] {
  const lines = nodes.flatMap(({ lines: own = [] }) => own.filter(({ id }) => isWithin(pointer, id) || isWithin(id, pointer)).map(({ id }) => id));
  return lines.length > 0 ? lines : nodes.filter(({ id }) => isWithin(pointer, id)).map(({ id }) => id);
}
