import { fields, isEmpty } from "./grammar.ts";
import type { FlowDocument } from "./grammar.ts";

const order: readonly string[] = ["version", ...Object.keys(fields)];

function canonicalMap(value: object): object {
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([left], [right]) => (left < right ? -1 : 1))
      .map(([key, item]) => [key, sortKeys(item)]),
  );
}

/** Parameters keep all their values; only their keys are sorted. */
function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  return typeof value === "object" && value !== null ? canonicalMap(value) : value;
}

function canonicalField(key: string, value: unknown): unknown {
  if (key === "config") return sortKeys(value);
  if (key === "children") return (value as readonly object[]).map(canonicalNode);
  if (key === "routes") return Object.fromEntries(Object.entries(value as object).map(([route, node]) => [route, canonicalNode(node as object)]));
  return typeof value === "object" && value !== null ? canonicalNode(value) : value;
}

function canonicalNode(node: object): object {
  const entries = node as Readonly<Record<string, unknown>>;
  return Object.fromEntries(
    order.flatMap((key) => {
      const value = entries[key];
      const isNothing =
        key === "config" ? value === null || value === undefined : isEmpty(value) || (key === "routes" && Object.keys(value as object).length === 0);
      return isNothing ? [] : [[key, canonicalField(key, value)]];
    }),
  );
}

/** The one spelling of a valid document: keys in the order of the grammar, nothing empty. Texts in YAML and JSON that mean the same give the same. */
export function toCanonical(document: FlowDocument): FlowDocument {
  return canonicalNode(document);
}
