import { createHash } from "node:crypto";
import { stringify } from "yaml";
import { isObject } from "./shape.ts";

/** Maps whose order is the order of columns; everywhere else the order of keys means nothing. */
const orderedMaps = new Set(["select", "by", "values", "derive", "columns", "config"]);

/** Code point order, the same on every machine. */
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function canonical(value: unknown, key: string): unknown {
  if (Array.isArray(value)) return value.map((item) => canonical(item, ""));
  if (!isObject(value)) return value;
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  if (orderedMaps.has(key)) return entries.map(([name, item]) => [name, canonical(item, "")]);
  return Object.fromEntries(entries.sort(([a], [b]) => compare(a, b)).map(([name, item]) => [name, canonical(item, name)]));
}

/**
 * SHA-256 (hex) of the canonical JSON of a document: the same for the same meaning, whatever the order of keys where
 * it means nothing, and whether it came as YAML or JSON.
 */
export function digestRiver(document: unknown): string {
  return createHash("sha256")
    .update(JSON.stringify(canonical(document, "")))
    .digest("hex");
}

const order = ["apiVersion", "river", "description", "labels", "parameters", "sources", "steps", "outputs", "resilience", "engine"];

/** Writes a document as people write it: the outline in its usual order, long texts in lines of their own. */
export function renderRiverYaml(document: Readonly<Record<string, unknown>>): string {
  const known = order.filter((key) => document[key] !== undefined);
  const rest = Object.keys(document).filter((key) => !order.includes(key) && document[key] !== undefined);
  return stringify(Object.fromEntries([...known, ...rest].map((key) => [key, document[key]])), {
    lineWidth: 0,
    version: "1.2",
    schema: "core",
    aliasDuplicateObjects: false,
  });
}
