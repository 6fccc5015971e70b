import type { FlowTree } from "./tree.ts";

/** A flow as boxes and arrows. */
export interface FlowGraph {
  readonly nodes: readonly { readonly id: string; readonly type: string; readonly title: string; readonly settings: Readonly<Record<string, unknown>> }[];
  /** From a node to one under it; `order` counts the nodes under one from 0. */
  readonly edges: readonly { readonly from: string; readonly to: string; readonly role: string; readonly order: number }[];
}

/** The tree as lists of nodes and edges, for clients that draw. */
export function toGraph(tree: FlowTree): FlowGraph {
  const nodes: FlowGraph["nodes"][number][] = [];
  const edges: FlowGraph["edges"][number][] = [];
  const add = ({ id, type, title, settings, children }: FlowTree): void => {
    nodes.push({ id, type, title, settings });
    for (const [order, child] of children.entries()) {
      edges.push({ from: id, to: child.id, role: child.role, order });
      add(child);
    }
  };
  add(tree);
  return { nodes, edges };
}

/** Mermaid takes HTML entities of numbers, and little else, inside of quotation marks. */
const escape = (text: string): string => text.replaceAll(/[^\w .,:;=+*()/-]/gu, (character) => `#${character.codePointAt(0)};`);

const shapes: Readonly<Record<string, readonly [string, string]>> = { processor: ["[", "]"], stream: ["[/", "/]"], filter: ["{", "}"], switch: ["{", "}"] };

/** The tree as a Mermaid flowchart. */
export function toMermaid(tree: FlowTree): string {
  const { nodes, edges } = toGraph(tree);
  const numbers = new Map(nodes.map(({ id }, index) => [id, `n${index}`]));
  const boxes = nodes.map(({ id, type, title }) => {
    const [open, close] = shapes[type] ?? ["([", "])"];
    const label = type === "processor" || title.startsWith(type) ? title : `${title}: ${type}`;
    return `  ${numbers.get(id)}${open}"${escape(label)}"${close}`;
  });
  const arrows = edges.map(({ from, to, role }) => `  ${numbers.get(from)} -->|"${escape(role)}"| ${numbers.get(to)}`);
  return ["flowchart TD", ...boxes, ...arrows, ""].join("\n");
}
