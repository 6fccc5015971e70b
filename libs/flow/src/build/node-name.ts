import { isEmpty } from "../document/grammar.ts";
import type { FlowNode } from "../document/grammar.ts";

/** A registered name without its version. */
const bare = (name: string | undefined): string => (name ?? "").replace(/@[^@]*$/, "");

/** What a type names, for its default name. */
const named: Readonly<Record<string, "predicate" | "condition" | "error_handler">> = {
  filter: "predicate",
  contest: "predicate",
  switch: "condition",
  dedupe: "condition",
  handle: "error_handler",
};

/** The name that a node has in errors, signals and pictures. */
export function nameOf(node: FlowNode): string {
  if (!isEmpty(node.ref)) return bare(node.ref);
  if (!isEmpty(node.name)) return node.name ?? "";
  if (!isEmpty(node.stream)) return `stream:${bare(node.stream)}`;
  const { type = "" } = node;
  if (type === "retry" && !isEmpty(node.backoff)) return "backoff";
  const key = named[type];
  return key ? `${type}-${bare(node[key])}` : type;
}
