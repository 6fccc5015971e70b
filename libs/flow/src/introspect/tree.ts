import { nameOf } from "../build/node-name.ts";
import { isEmpty } from "../document/grammar.ts";
import type { FlowNode } from "../document/grammar.ts";
import { pointer } from "../document/source.ts";

/** A node of a flow as it is shown. */
export interface FlowTree {
  /** JSON Pointer of the node in its document. */
  readonly id: string;
  /** A node type, `processor` or `stream`; `pipeline` for the binding around the whole. */
  readonly type: string;
  /** The name that errors and signals carry. */
  readonly name: string;
  /** What people read: the name given to the node, or its own. */
  readonly title: string;
  /** What its parent uses it for: `child`, `then`, a route's key …; empty for the root. */
  readonly role: string;
  /** Its settings, as they stand in the document. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly children: readonly FlowTree[];
}

const structural: ReadonlySet<string> = new Set(["ref", "type", "name", "stream", "version", "children", "child", "then", "else", "routes", "default"]);

function innerOf(node: FlowNode, path: string): FlowTree[] {
  const one = (key: "child" | "then" | "else" | "default"): FlowTree[] => (node[key] ? [describeNode(node[key], pointer(path, key), key)] : []);
  const children = (node.children ?? []).map((child, index) => describeNode(child, pointer(pointer(path, "children"), index), String(index + 1)));
  const routes = Object.entries(node.routes ?? {}).map(([key, route]) => describeNode(route, pointer(pointer(path, "routes"), key), key));
  return [...children, ...one("child"), ...one("then"), ...one("else"), ...routes, ...one("default")];
}

function describeNode(node: FlowNode, path: string, role: string): FlowTree {
  const name = nameOf(node);
  const type = isEmpty(node.ref) ? (isEmpty(node.stream) ? (node.type ?? "") : "stream") : "processor";
  const settings = Object.fromEntries(Object.entries(node).filter(([key, value]) => !structural.has(key) && !isEmpty(value)));
  return { id: path, type, name, title: isEmpty(node.name) ? name : (node.name ?? name), role, settings, children: innerOf(node, path) };
}

/** The nodes of a valid document as a tree. */
export function describeFlow(document: FlowNode): FlowTree {
  return describeNode(document, "", "");
}

/** Visits every node, parents before children. */
export function walkFlow(tree: FlowTree, visit: (node: FlowTree) => void): void {
  visit(tree);
  for (const child of tree.children) walkFlow(child, visit);
}

/** The nodes for which a question is answered with yes, parents before children. */
export function findNodes(tree: FlowTree, matches: (node: FlowTree) => boolean): readonly FlowTree[] {
  const found: FlowTree[] = [];
  walkFlow(tree, (node) => matches(node) && found.push(node));
  return found;
}

/** How many nodes there are. */
export function countNodes(tree: FlowTree): number {
  return findNodes(tree, () => true).length;
}
