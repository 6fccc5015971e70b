import { pointer } from "./source.ts";

const space = /[ \t\r\n]*/y;
const quoted = /"(?:[^"\\]|\\.)*"/y;
const word = /[^,\]}\s]+/y;

/** What is told of a JSON text, in its order. Paths are JSON Pointers, places are offsets. */
export interface JsonVisitor {
  /** A key of a map, before its value. */
  readonly key?: (path: string, key: string, at: number, isRepeated: boolean) => void;
  /** A value, before what is in it. `key` is where its key stands, or itself where it has none. */
  readonly value: (path: string, place: { readonly key: number; readonly value: number }, isText: boolean) => void;
  /** A number, a truth value or null, as it is written. */
  readonly word?: (path: string, text: string, at: number) => void;
}

interface Walk {
  readonly text: string;
  readonly visitor: JsonVisitor;
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
  const seen = new Set<string>();
  walk.at += 1;
  while (skip(walk) === '"') {
    const start = walk.at;
    const key = JSON.parse(take(walk, quoted)) as string;
    const place = pointer(path, key);
    walk.visitor.key?.(place, key, start, seen.has(key));
    seen.add(key);
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
  const start = walk.at;
  walk.visitor.value(path, { key: key ?? start, value: start }, first === '"');
  if (first === "{") walkMap(walk, path);
  else if (first === "[") walkList(walk, path);
  else if (first === '"') take(walk, quoted);
  else walk.visitor.word?.(path, take(walk, word), start);
}

/** Tells where everything in a text stands, and what JSON.parse does not tell. The text was parsed before, so it is JSON; its nesting is bounded. */
export function walkJson(text: string, visitor: JsonVisitor): void {
  walkValue({ text, visitor, at: 0 }, "");
}

/** Where a message of JSON.parse says that a text is none; else its end. */
export function faultOffset(error: unknown, text: string): number {
  const found = /at position (\d+)/.exec(error instanceof Error ? error.message : "");
  return found ? Number(found[1]) : text.length;
}
