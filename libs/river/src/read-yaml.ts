import { pointer } from "@rivergen/relational";
import type { Alias, Document, Node, Pair, Scalar } from "yaml";
import { isAlias, isMap, isScalar, isSeq, parseDocument } from "yaml";
import type { ReportText } from "./read-json.ts";
import { maxDocumentDepth, maxDocumentValues } from "./text-limits.ts";
import type { Places } from "./text-places.ts";

interface Walk {
  readonly document: Document;
  readonly places: Places;
  readonly report: ReportText;
  readonly text: string;
  /** What each alias stands for: finding it walks the whole document. */
  readonly aliases: Map<Alias, Node | null>;
  values: number;
  isOver: boolean;
}

const startOf = (node: unknown): number =>
  typeof node === "object" && node !== null && "range" in node && Array.isArray(node.range) ? Number(node.range[0]) : 0;

/** Whether the characters of a scalar stand in the text one to one. */
function placeOf(walk: Walk, node: Node, key: number | undefined): Parameters<Places["add"]>[1] {
  const start = startOf(node);
  if (!isScalar(node)) return { key: key ?? start, value: start, isExact: false };
  const isQuoted = node.type === "QUOTE_SINGLE" || node.type === "QUOTE_DOUBLE";
  const isExact = (isQuoted || node.type === "PLAIN") && typeof node.value === "string" && walk.text.startsWith(node.value, start + (isQuoted ? 1 : 0));
  return { key: key ?? start, value: isQuoted ? start + 1 : start, isExact };
}

function readScalar(walk: Walk, node: Scalar, path: string): unknown {
  const { value } = node;
  if (typeof value === "bigint") {
    if (Number.isSafeInteger(Number(value))) return Number(value);
    walk.report(path, "NUMBER_TOO_LARGE", "write a number beyond 2^53 in quotes", startOf(node));
    return null;
  }
  if (typeof value === "number" && !Number.isFinite(value)) {
    walk.report(path, "INVALID_VALUE", "only finite numbers can stand here", startOf(node));
    return null;
  }
  return value ?? null;
}

function readKey(walk: Walk, key: unknown, path: string): string | undefined {
  const value = isScalar(key) && !key.tag ? key.value : undefined;
  if (value === null) return "";
  if (typeof value === "string" || typeof value === "number" || typeof value === "bigint" || typeof value === "boolean") return String(value);
  walk.report(path, "INVALID_KEY", "a key is a plain text", startOf(key));
  return undefined;
}

function readMap(walk: Walk, items: readonly Pair[], path: string, depth: number): unknown {
  const entries = new Map<string, unknown>();
  for (const pair of items) {
    const key = readKey(walk, pair.key, path);
    if (key === undefined) continue;
    const start = startOf(pair.key);
    const place = pointer(path, key);
    if (entries.has(key)) walk.report(place, "DUPLICATE_KEY", `the key ${JSON.stringify(key.slice(0, 60))} stands twice`, start);
    entries.set(key, readNode(walk, pair.value as Node | null, place, depth, start));
  }
  return Object.fromEntries(entries);
}

function resolveAlias(walk: Walk, alias: Alias): Node | null {
  const known = walk.aliases.get(alias);
  if (known !== undefined) return known;
  const found = alias.resolve(walk.document) ?? null;
  walk.aliases.set(alias, found);
  return found;
}

/** Counts a value against the limits; past them the reading ends, with one fault. */
function isWithinLimits(walk: Walk, given: Node | null, depth: number): boolean {
  walk.values += 1;
  if (walk.isOver) return false;
  const isDeep = depth > maxDocumentDepth;
  if (!isDeep && walk.values <= maxDocumentValues) return true;
  walk.isOver = true;
  if (isDeep) walk.report("", "DOCUMENT_TOO_DEEP", `a document is nested at most ${maxDocumentDepth} deep`, startOf(given));
  else walk.report("", "DOCUMENT_TOO_LARGE", `a document has at most ${maxDocumentValues} values`, startOf(given));
  return false;
}

function readContent(walk: Walk, node: Node, path: string, depth: number): unknown {
  if (node.tag) walk.report(path, "INVALID_VALUE", "tags cannot stand in a document", startOf(node));
  if (isMap(node)) return readMap(walk, node.items, path, depth + 1);
  if (isSeq(node)) return node.items.map((item, index) => readNode(walk, item as Node | null, pointer(path, index), depth + 1));
  return isScalar(node) ? readScalar(walk, node, path) : null;
}

function readNode(walk: Walk, given: Node | null, path: string, depth: number, key?: number): unknown {
  if (!isWithinLimits(walk, given, depth)) return null;
  const node = given && isAlias(given) ? resolveAlias(walk, given) : given;
  const place = given ?? node;
  walk.places.add(path, place ? placeOf(walk, place, key) : { key: key ?? 0, value: key ?? 0, isExact: false });
  return node ? readContent(walk, node, path, depth) : null;
}

/** Reads a YAML 1.2 text whose nesting was bounded before; faults are reported. */
export function readYaml(text: string, places: Places, report: ReportText): unknown {
  // The parser's own check for repeated keys takes quadratic time; readMap looks for them itself.
  const document = parseDocument(text, { version: "1.2", schema: "core", uniqueKeys: false, intAsBigInt: true, prettyErrors: false, logLevel: "error" });
  for (const error of document.errors) report("", "TEXT_NOT_PARSEABLE", `this is no YAML here: ${error.message}`, error.pos[0]);
  if (document.errors.length > 0) return undefined;
  return readNode({ document, places, report, text, aliases: new Map(), values: 0, isOver: false }, document.contents as Node | null, "", 0);
}
