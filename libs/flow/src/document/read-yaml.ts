import type { Alias, Document, Node, Pair, Scalar } from "yaml";
import { isAlias, isMap, isScalar, isSeq, parseDocument } from "yaml";
import { fields } from "./grammar.ts";
import { forbiddenKeys, maxDepth, maxValues } from "./scan.ts";
import { isUnsafe, pointer } from "./source.ts";
import type { Place, Report, Source } from "./source.ts";

/** How a value is read: as a node, as a map of nodes, as the text it was written as, or as what YAML takes it for. */
type Mode = "node" | "nodes" | "routes" | "text" | "any";

const modes: ReadonlyMap<string, Mode> = new Map([
  ["version", "text"],
  ...Object.entries(fields).map(([key, { kind }]): [string, Mode] => {
    if (kind === "node" || kind === "nodes" || kind === "routes") return [key, kind];
    return [key, kind === "text" || kind === "duration" ? "text" : "any"];
  }),
]);

interface Walk {
  readonly report: Report;
  /** The latest node of each anchor. */
  readonly anchors: Map<string, Node>;
  /** Anchored nodes that are being read: an alias to one of them has no end. */
  readonly reading: Set<Node>;
  readonly places: Map<string, Place> | undefined;
  values: number;
  isOver: boolean;
}

const startOf = (node: unknown): number => (node as { range?: readonly number[] | null } | null)?.range?.[0] ?? 0;

function keyOf(walk: Walk, key: unknown, path: string): string | undefined {
  if (isScalar(key)) {
    const { value, source } = key;
    if (typeof value === "string") return value;
    if (source !== undefined) return source;
  }
  walk.report({ path, code: "INVALID_KEY", message: "a key is a plain text", offset: startOf(key) });
  return undefined;
}

const isMerge = ({ key }: Pair): boolean => isScalar(key) && key.value === "<<" && key.type === "PLAIN";

function modeOf(mode: Mode, key: string): Mode {
  if (mode === "node") return modes.get(key) ?? "any";
  return mode === "routes" ? "node" : "any";
}

/** Where the entries of a map go, and how they are read. */
interface Target {
  readonly map: Record<string, unknown>;
  readonly mode: Mode;
  readonly path: string;
  readonly depth: number;
}

/** Takes in what `<<` names: a map, or a list of maps of which the earlier win. Each counts as a value, or maps without keys could be merged without end. */
function merge(walk: Walk, given: Node | null, target: Target): void {
  if (!isWithinLimits(walk, target.depth, startOf(given))) return;
  const node = given && isAlias(given) ? resolve(walk, given, target.path) : given;
  if (isMap(node)) {
    walk.reading.add(node);
    readPairs(walk, node.items, target);
    walk.reading.delete(node);
  } else if (isSeq(node)) for (const item of node.items.toReversed()) merge(walk, item as Node | null, target);
  else walk.report({ path: target.path, code: "WRONG_TYPE", message: "only maps can be merged in", offset: startOf(given) });
}

function readPairs(walk: Walk, pairs: readonly Pair[], target: Target): void {
  const { map, mode, path, depth } = target;
  // What is merged in comes first, so that the map's own keys win.
  for (const pair of pairs) if (isMerge(pair)) merge(walk, pair.value as Node | null, target);
  for (const pair of pairs) {
    const key = isMerge(pair) ? undefined : keyOf(walk, pair.key, path);
    if (key === undefined) continue;
    const start = startOf(pair.key);
    const place = pointer(path, key);
    if (forbiddenKeys.has(key)) walk.report({ path: place, code: "FORBIDDEN_KEY", message: `${key} cannot be a key`, offset: start });
    else map[key] = readNode(walk, pair.value as Node | null, modeOf(mode, key), place, depth, start);
  }
}

/** Says which keys of a map stand twice; the parser's own check takes quadratic time. */
function reportRepeated(walk: Walk, pairs: readonly Pair[], path: string): void {
  const seen = new Set<string>();
  for (const { key } of pairs) {
    if (!isScalar(key)) continue;
    const name = typeof key.value === "string" ? key.value : String(key.source);
    if (seen.has(name)) walk.report({ path: pointer(path, name), code: "DUPLICATE_KEY", message: "this key stands twice", offset: startOf(key) });
    seen.add(name);
  }
}

function readMap(walk: Walk, pairs: readonly Pair[], mode: Mode, path: string, depth: number): unknown {
  const map: Record<string, unknown> = {};
  if (pairs.length > 1) reportRepeated(walk, pairs, path);
  readPairs(walk, pairs, { map, mode, path, depth });
  return map;
}

function resolve(walk: Walk, alias: Alias, path: string): Node | null {
  const found = walk.anchors.get(alias.source);
  if (found && !walk.reading.has(found)) return found;
  walk.report({ path, code: "TEXT_NOT_PARSEABLE", message: `the alias *${alias.source} stands for nothing before it`, offset: startOf(alias) });
  return null;
}

function isWithinLimits(walk: Walk, depth: number, offset: number): boolean {
  walk.values += 1;
  if (walk.isOver) return false;
  if (depth <= maxDepth && walk.values <= maxValues) return true;
  walk.isOver = true;
  if (depth > maxDepth) walk.report({ path: "", code: "DOCUMENT_TOO_DEEP", message: `a document is nested at most ${maxDepth} deep`, offset });
  else walk.report({ path: "", code: "DOCUMENT_TOO_LARGE", message: `a document has at most ${maxValues} values`, offset });
  return false;
}

function readScalar(walk: Walk, node: Scalar, mode: Mode, path: string): unknown {
  const { value } = node;
  if (value === null || value === undefined || typeof value === "string") return value ?? null;
  if (mode === "text" && node.source !== undefined) return node.source;
  if (typeof value === "number" && isUnsafe(node.source ?? "")) {
    walk.report({ path, code: "WRONG_TYPE", message: "write a number beyond 2^53 in quotes" });
  }
  return value;
}

function readContent(walk: Walk, node: Node, mode: Mode, path: string, depth: number): unknown {
  if (isScalar(node)) return readScalar(walk, node, mode, path);
  if (isMap(node)) return readMap(walk, node.items, mode, path, depth + 1);
  if (isSeq(node)) {
    const inner: Mode = mode === "nodes" ? "node" : "any";
    return node.items.map((item, index) => readNode(walk, item as Node | null, inner, pointer(path, index), depth + 1));
  }
  return null;
}

function readNode(walk: Walk, given: Node | null, mode: Mode, path: string, depth: number, key?: number): unknown {
  const offset = given ? startOf(given) : (key ?? 0);
  if (!isWithinLimits(walk, depth, offset)) return null;
  walk.places?.set(path, { key: key ?? offset, value: offset });
  const node = given && isAlias(given) ? resolve(walk, given, path) : given;
  if (!node) return null;
  const anchor = (node as { anchor?: string }).anchor;
  if (anchor === undefined) return readContent(walk, node, mode, path, depth);
  walk.anchors.set(anchor, node);
  walk.reading.add(node);
  const value = readContent(walk, node, mode, path, depth);
  walk.reading.delete(node);
  return value;
}

function walkDocument(document: Document, report: Report, places?: Map<string, Place>): unknown {
  const walk: Walk = { report, anchors: new Map(), reading: new Set(), places, values: 0, isOver: false };
  return readNode(walk, document.contents as Node | null, "node", "", 0);
}

/** One slip makes many errors behind it; nobody reads more. */
const mostSyntaxErrors = 20;

function parse(text: string, report: Report): Document | undefined {
  try {
    const document = parseDocument(text, { version: "1.2", schema: "core", uniqueKeys: false, prettyErrors: false, logLevel: "error" });
    // Of several documents in one text the first is read.
    const errors = document.errors.filter(({ code }) => code !== "MULTIPLE_DOCS");
    for (const error of errors.slice(0, mostSyntaxErrors))
      report({ path: "", code: "TEXT_NOT_PARSEABLE", message: `this is no YAML here: ${error.message}`, offset: error.pos[0] });
    return errors.length > 0 ? undefined : document;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    report({ path: "", code: "DOCUMENT_TOO_DEEP", message: `a document is nested at most ${maxDepth} deep`, offset: 0 });
    return undefined;
  }
}

/** Reads the first document of a YAML 1.2 text (core schema, with merge keys) whose nesting was bounded before. */
export function readYaml(text: string, report: Report): Source | undefined {
  const document = parse(text, report);
  if (!document) return undefined;
  const value = walkDocument(document, report);
  let places: Map<string, Place> | undefined;
  return {
    value,
    placeOf(path) {
      if (!places) walkDocument(document, () => {}, (places = new Map()));
      return places.get(path);
    },
  };
}
