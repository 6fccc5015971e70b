import { forbiddenKeys } from "./scan.ts";
import { isUnsafe, pointer } from "./source.ts";
import type { Place, Report, Source } from "./source.ts";

const space = /[ \t\r\n]*/y;
const quoted = /"(?:[^"\\]|\\.)*"/y;
const word = /[^,\]}\s]+/y;

interface Walk {
  readonly text: string;
  readonly places: Map<string, Place>;
  readonly report: Report;
  at: number;
}

function skip(walk: Walk): string {
  space.lastIndex = walk.at;
  space.exec(walk.text);
  walk.at = space.lastIndex;
  return walk.text.charAt(walk.at);
}

function take(walk: Walk, pattern: RegExp): string {
  pattern.lastIndex = walk.at;
  const found = pattern.exec(walk.text)?.[0] ?? "";
  walk.at += found.length;
  return found;
}

function walkMap(walk: Walk, path: string): void {
  walk.at += 1;
  while (skip(walk) === '"') {
    const start = walk.at;
    const key = JSON.parse(take(walk, quoted)) as string;
    const place = pointer(path, key);
    if (walk.places.has(place)) walk.report({ path: place, code: "DUPLICATE_KEY", message: "this key stands twice", offset: start });
    if (forbiddenKeys.has(key)) walk.report({ path: place, code: "FORBIDDEN_KEY", message: `${key} cannot be a key`, offset: start });
    skip(walk);
    walk.at += 1;
    walkValue(walk, place, start);
    if (skip(walk) === ",") walk.at += 1;
  }
  walk.at += 1;
}

function walkList(walk: Walk, path: string): void {
  walk.at += 1;
  for (let index = 0; skip(walk) !== "]"; index += 1) {
    walkValue(walk, pointer(path, index));
    if (skip(walk) === ",") walk.at += 1;
  }
  walk.at += 1;
}

function walkValue(walk: Walk, path: string, key?: number): void {
  const first = skip(walk);
  walk.places.set(path, { key: key ?? walk.at, value: walk.at });
  if (first === "{") walkMap(walk, path);
  else if (first === "[") walkList(walk, path);
  else if (first === '"') take(walk, quoted);
  else if (isUnsafe(take(walk, word))) walk.report({ path, code: "WRONG_TYPE", message: "write a number beyond 2^53 in quotes" });
}

function places(text: string, report: Report): Map<string, Place> {
  const walk: Walk = { text, places: new Map(), report, at: 0 };
  walkValue(walk, "");
  return walk.places;
}

/** How many keys there are; not a number where a closer look is needed. */
function countKeys(value: unknown): number {
  if (typeof value === "number") return Number.isInteger(value) && !Number.isSafeInteger(value) ? Number.NaN : 0;
  if (typeof value !== "object" || value === null) return 0;
  let count = 0;
  if (Array.isArray(value)) for (const item of value) count += countKeys(item);
  else for (const [key, item] of Object.entries(value)) count += forbiddenKeys.has(key) ? Number.NaN : 1 + countKeys(item);
  return count;
}

/** Reads a JSON text that has `keys` keys and whose nesting was bounded before. */
export function readJson(text: string, keys: number, report: Report): Source | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const found = /at position (\d+)/.exec(error instanceof Error ? error.message : "");
    report({ path: "", code: "TEXT_NOT_PARSEABLE", message: "this is no JSON here", offset: found ? Number(found[1]) : text.length });
    return undefined;
  }
  // JSON.parse keeps the last of equal keys: fewer keys than the text has say that there are some.
  if (countKeys(value) !== keys) places(text, report);
  let found: Map<string, Place> | undefined;
  return { value, placeOf: (path) => (found ??= places(text, () => {})).get(path) };
}
