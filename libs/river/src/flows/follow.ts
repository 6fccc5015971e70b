import type { FlowDocument, FlowNode, Registry } from "@rivergen/flow";
import type { Place, RowContext } from "@rivergen/relational";
import { pointer } from "@rivergen/relational";
import { agree } from "./agree.ts";
import type { Described, Preparing } from "./definition.ts";
import type { RecordType } from "./record.ts";
import { recordDefinitions } from "./registry.ts";

/** Reports a fault at a JSON Pointer of the flow; `place` is inside the text there. */
export type ReportFlow = (path: string, code: string, message: string, place?: Place) => void;

/** What following the types of records through a flow gives. */
export interface Followed {
  /** What comes out; undefined after a fault, and where every record is set aside. */
  readonly output: RecordType | undefined;
  /** Columns of the flow's input that something looks into, or that come out other than they went in. */
  readonly needs: ReadonlySet<string>;
}

interface Walk {
  readonly registry: Registry;
  readonly context: RowContext;
  readonly report: ReportFlow;
  readonly needs: Set<string>;
}

/** What comes out of a node: a type, `faulty` after a fault, `nothing` where every record is set aside. */
type Outcome = RecordType | "faulty" | "nothing";
type Rule = (walk: Walk, node: FlowNode, given: RecordType, path: string) => Outcome;

function need(walk: Walk, type: RecordType, names: readonly string[]): void {
  for (const name of names) {
    const origin = type.columns[type.positions.get(name) ?? -1]?.origin;
    if (origin !== undefined) walk.needs.add(origin);
  }
}

interface Prepares<Prepared> extends Described {
  readonly prepare: (preparing: Preparing, config: never, ...more: never[]) => Prepared | undefined;
}

/** Makes what a node names ready for the records that reach it. The flow was validated, so it is there and its parameters are well formed. */
function prepare<Prepared extends { readonly reads: readonly string[] }>(
  walk: Walk,
  definitions: readonly Prepares<Prepared>[],
  named: string | undefined,
  node: FlowNode,
  input: RecordType,
  path: string,
  ...more: unknown[]
): Prepared | undefined {
  const definition = definitions.find(({ name }) => name === (named ?? "").replace(/@[^@]*$/, ""));
  const config = definition?.config.safeParse(node.config ?? {});
  if (!definition || !config?.success) return undefined;
  const report: Preparing["report"] = (at, code, message, place) => walk.report(`${pointer(path, "config")}${at}`, code, message, place);
  const prepared = definition.prepare({ input, context: walk.context, report }, config.data as never, ...(more as never[]));
  if (prepared) need(walk, input, prepared.reads);
  return prepared;
}

const follow: Rule = (walk, node, given, path) => {
  if (node.ref) return prepare(walk, recordDefinitions.processors, node.ref, node, given, path)?.output ?? "faulty";
  return (rules[node.type ?? ""] ?? throughChild)(walk, node, given, path);
};

const throughChild: Rule = (walk, node, given, path) => (node.child ? follow(walk, node.child, given, pointer(path, "child")) : given);

const childrenOf = (walk: Walk, node: FlowNode, given: RecordType, path: string): Outcome[] =>
  (node.children ?? []).map((child, index) => follow(walk, child, given, pointer(path, "children", index)));

const inOrder: Rule = (walk, { children = [] }, given, path) =>
  children.reduce<Outcome>((type, child, index) => (typeof type === "string" ? type : follow(walk, child, type, pointer(path, "children", index))), given);

/** One of several ways is taken: they give the same columns, but for those that give nothing. */
function joined(walk: Walk, ways: readonly Outcome[], path: string): Outcome {
  if (ways.includes("faulty")) return "faulty";
  const types = ways.filter((way) => typeof way !== "string");
  if (types.length === 0) return "nothing";
  const output = agree(types, (message) => walk.report(path, "FLOW_BRANCHES", message));
  if (!output) return "faulty";
  for (const type of types) {
    const lost = type.columns.filter((column) => column.origin !== undefined && output.columns[output.positions.get(column.name) ?? -1]?.origin === undefined);
    need(walk, type, lost.map(({ name }) => name)); // prettier-ignore
  }
  return output;
}

const oneOfChildren: Rule = (walk, node, given, path) => joined(walk, childrenOf(walk, node, given, path), path);

const untouched: Rule = (walk, node, given, path) => (childrenOf(walk, node, given, path).includes("faulty") ? "faulty" : given);

const choosePredicate = (walk: Walk, node: FlowNode, given: RecordType, path: string): boolean =>
  prepare(walk, recordDefinitions.predicates, node.predicate, node, given, path) !== undefined;

const filter: Rule = (walk, node, given, path) => {
  const isSound = choosePredicate(walk, node, given, path);
  const yes = node.then ? follow(walk, node.then, given, pointer(path, "then")) : given;
  const no = node.else ? follow(walk, node.else, given, pointer(path, "else")) : given;
  return isSound ? joined(walk, [yes, no], path) : "faulty";
};

const contest: Rule = (walk, node, given, path) => {
  const output = oneOfChildren(walk, node, given, path);
  if (typeof output === "string") return output;
  return choosePredicate(walk, node, output, path) ? output : "faulty";
};

const switchOver: Rule = (walk, node, given, path) => {
  const condition = prepare(walk, recordDefinitions.conditions, node.condition, node, given, path);
  const routes = Object.entries(node.routes ?? {});
  let isSound = condition !== undefined;
  for (const [key] of routes) {
    if (!condition?.values || condition.values.includes(key)) continue;
    walk.report(pointer(path, "routes", key), "UNKNOWN_ROUTE", `the values are ${condition.values.join(", ")}, never ${JSON.stringify(key.slice(0, 60))}`);
    isSound = false;
  }
  const ways = routes.map(([key, route]) => follow(walk, route, given, pointer(path, "routes", key)));
  const rest = node.default ? follow(walk, node.default, given, pointer(path, "default")) : given;
  return isSound ? joined(walk, [...ways, rest], path) : "faulty";
};

const concurrent: Rule = (walk, node, given, path) => {
  const ways = childrenOf(walk, node, given, path);
  if (ways.includes("faulty")) return "faulty";
  if (!node.reducer) return given;
  const types = ways.filter((way) => typeof way !== "string");
  if (types.length === 0) return "nothing";
  const reducer = prepare(walk, recordDefinitions.reducers, node.reducer, node, given, path, types);
  if (!reducer) return "faulty";
  for (const type of [given, ...types]) {
    const lost = type.columns.filter(({ name, identity }) => reducer.output.columns[reducer.output.positions.get(name) ?? -1]?.identity !== identity);
    need(walk, type, lost.map(({ name }) => name)); // prettier-ignore
  }
  return reducer.output;
};

const handle: Rule = (walk, node, given, path) => {
  const child = throughChild(walk, node, given, path);
  const handler = prepare(walk, recordDefinitions.errorHandlers, node.error_handler, node, given, path);
  if (!handler) return "faulty";
  return joined(walk, [child, handler.output ?? "nothing"], path);
};

const dedupe: Rule = (walk, node, given, path) => {
  const condition = prepare(walk, recordDefinitions.conditions, node.condition, node, given, path);
  // Records of the same key get the result of one of them: every column may be another record's.
  need(walk, given, given.columns.map(({ name }) => name)); // prettier-ignore
  const output = throughChild(walk, node, given, path);
  if (!condition || typeof output === "string") return condition ? output : "faulty";
  return { ...output, columns: output.columns.map(({ name, type, nullable }) => ({ name, type, nullable, identity: Symbol(name) })) };
};

const rules: Readonly<Record<string, Rule>> = {
  sequence: inOrder,
  concurrent,
  race: oneOfChildren,
  contest,
  fallback: oneOfChildren,
  scaffold: untouched,
  "worker-pool": untouched,
  filter,
  switch: switchOver,
  handle,
  dedupe,
};

/** Follows the types of records through a flow that is valid in itself, and reports what its expressions and columns have wrong. */
export function followRecords(flow: FlowDocument, input: RecordType, options: Pick<Walk, "registry" | "context" | "report">): Followed {
  const walk: Walk = { ...options, needs: new Set() };
  const output = follow(walk, flow, input, "");
  return { output: typeof output === "string" ? undefined : output, needs: walk.needs };
}
