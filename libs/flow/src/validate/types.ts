import { isEmpty } from "../document/grammar.ts";
import type { FlowNode } from "../document/grammar.ts";
import { pointer } from "../document/source.ts";
import type { Report } from "../document/source.ts";
import type { Registry } from "../registry/registry.ts";
import { either, misfitOf, shapeOf } from "./fits.ts";
import type { Shape } from "./fits.ts";

interface Typing {
  readonly registry: Registry;
  readonly report: Report;
}

/** Compares what comes in with what something takes. */
function check({ report }: Typing, name: string, given: Shape, wanted: Shape, path: string, key: string): void {
  const misfit = misfitOf(given, wanted);
  if (misfit) report({ path, at: pointer(path, key), code: "TYPE_MISMATCH", message: `${name} does not take what comes in: ${misfit}` });
}

/** Gives what comes out of a node that takes `given`. */
type Rule = (typing: Typing, node: FlowNode, given: Shape, path: string) => Shape;

const childOf: Rule = (typing, { child }, given, path) => (child ? outputOf(typing, child, given, pointer(path, "child")) : given);

function eachChild(typing: Typing, node: FlowNode, given: Shape, path: string): Shape[] {
  return (node.children ?? []).map((child, index) => outputOf(typing, child, given, pointer(pointer(path, "children"), index)));
}

const oneOfChildren: Rule = (typing, node, given, path) => either(eachChild(typing, node, given, path));

const untouched: Rule = (typing, node, given, path) => {
  eachChild(typing, node, given, path);
  return given;
};

const inOrder: Rule = (typing, { children = [] }, given, path) =>
  children.reduce<Shape>((shape, child, index) => outputOf(typing, child, shape, pointer(pointer(path, "children"), index)), given);

function checkNamed(typing: Typing, kind: "predicates" | "conditions", name: string | undefined, given: Shape, path: string): void {
  const entry = name === undefined ? undefined : typing.registry[kind].get(name);
  if (entry) check(typing, entry.name, given, shapeOf(entry.input, "input"), path, kind === "predicates" ? "predicate" : "condition");
}

const rules: Readonly<Record<string, Rule>> = {
  sequence: inOrder,
  concurrent: (typing, node, given, path) => {
    untouched(typing, node, given, path);
    if (isEmpty(node.reducer)) return given;
    const reducer = typing.registry.reducers.get(node.reducer ?? "");
    if (reducer) check(typing, reducer.name, given, shapeOf(reducer.input, "input"), path, "reducer");
    return shapeOf(reducer?.output, "output");
  },
  race: oneOfChildren,
  contest: (typing, node, given, path) => {
    const shape = oneOfChildren(typing, node, given, path);
    checkNamed(typing, "predicates", node.predicate, shape, path);
    return shape;
  },
  fallback: oneOfChildren,
  scaffold: untouched,
  "worker-pool": untouched,
  filter: (typing, node, given, path) => {
    checkNamed(typing, "predicates", node.predicate, given, path);
    const yes = node.then ? outputOf(typing, node.then, given, pointer(path, "then")) : given;
    const no = node.else ? outputOf(typing, node.else, given, pointer(path, "else")) : given;
    return either([yes, no]);
  },
  switch: (typing, node, given, path) => {
    checkNamed(typing, "conditions", node.condition, given, path);
    const routes = Object.entries(node.routes ?? {}).map(([key, route]) => outputOf(typing, route, given, pointer(pointer(path, "routes"), key)));
    return either([...routes, node.default ? outputOf(typing, node.default, given, pointer(path, "default")) : given]);
  },
  dedupe: (typing, node, given, path) => {
    checkNamed(typing, "conditions", node.condition, given, path);
    return either([given, childOf(typing, node, given, path)]);
  },
};

/** Follows the types of items through a valid node, and reports where they do not fit; gives what comes out. */
export function outputOf(typing: Typing, node: FlowNode, given: Shape, path: string): Shape {
  if (!isEmpty(node.ref)) {
    const processor = typing.registry.processors.get(node.ref ?? "");
    if (processor) check(typing, processor.name, given, shapeOf(processor.input, "input"), path, "ref");
    return shapeOf(processor?.output, "output");
  }
  if (!isEmpty(node.stream)) {
    const channel = typing.registry.channels.get(node.stream ?? "");
    if (channel) check(typing, channel.name, given, shapeOf(channel.input, "input"), path, "stream");
    return node.child ? childOf(typing, node, given, path) : inOrder(typing, node, given, path);
  }
  return (rules[node.type ?? ""] ?? childOf)(typing, node, given, path);
}

/** Whether anything registered says what it takes; without that there is nothing to compare. */
export function isTyped({ processors, predicates, conditions, reducers, channels }: Registry): boolean {
  return [processors, predicates, conditions, reducers, channels].some((kind) => kind.entries().some(({ input }) => input !== undefined));
}
