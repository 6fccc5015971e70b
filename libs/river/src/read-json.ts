import { pointer } from "@rivergen/relational";
import { maxDocumentValues } from "./text-limits.ts";
import type { Places } from "./text-places.ts";

/** Reports a fault of the text itself. */
export type ReportText = (path: string, code: string, message: string, offset: number) => void;

interface Walk {
  readonly text: string;
  readonly places: Places;
  readonly report: ReportText;
  at: number;
  values: number;
}

const space = /[ \t\r\n]*/y;
const jsonText = /"(?:[^"\\]|\\.)*"/y;
const word = /[^,\]}\s]+/y;

function skip(walk: Walk): string {
  space.lastIndex = walk.at;
  space.exec(walk.text);
  walk.at = space.lastIndex;
  return walk.text.charAt(walk.at);
}

function read(walk: Walk, pattern: RegExp): string {
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
    const key = JSON.parse(read(walk, jsonText)) as string;
    const place = pointer(path, key);
    if (seen.has(key)) walk.report(place, "DUPLICATE_KEY", `the key ${JSON.stringify(key.slice(0, 60))} stands twice`, start);
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
  for (let index = 0; skip(walk) !== "]" && walk.at < walk.text.length; index += 1) {
    walkValue(walk, pointer(path, index));
    if (skip(walk) === ",") walk.at += 1;
  }
  walk.at += 1;
}

function walkValue(walk: Walk, path: string, key?: number): void {
  const first = skip(walk);
  const isText = first === '"';
  walk.values += 1;
  if (walk.values === maxDocumentValues + 1) walk.report(path, "DOCUMENT_TOO_LARGE", `a document has at most ${maxDocumentValues} values`, walk.at);
  const start = walk.at;
  walk.places.add(path, { key: key ?? start, value: isText ? start + 1 : start, isExact: true });
  if (first === "{") walkMap(walk, path);
  else if (first === "[") walkList(walk, path);
  else {
    const text = read(walk, isText ? jsonText : word);
    if (/^-?\d+$/.test(text) && !Number.isSafeInteger(Number(text))) walk.report(path, "NUMBER_TOO_LARGE", "write a number beyond 2^53 in quotes", start);
    if (/^-?\d/.test(text) && !Number.isFinite(Number(text))) walk.report(path, "NUMBER_TOO_LARGE", "this number is too large", start);
  }
}

/** Reads a JSON text whose nesting was bounded before; faults are reported. */
export function readJson(text: string, places: Places, report: ReportText): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const found = /at position (\d+)/.exec(error instanceof Error ? error.message : "");
    report("", "TEXT_NOT_PARSEABLE", "this is no JSON here", found ? Number(found[1]) : text.length);
    return undefined;
  }
  walkValue({ text, places, report, at: 0, values: 0 }, "");
  return value;
}
