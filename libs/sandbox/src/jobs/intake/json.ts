import { open } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { join } from "node:path";
import { pointer } from "@rivergen/contracts";
import { inspect, jsonDocuments, layoutOf } from "./json-documents.ts";
import type { JsonDocument, JsonLayout } from "./json-documents.ts";
import { Unreadable } from "./model.ts";
import type { Dialect, IntakeLimits } from "./model.ts";
import { toColumnNames } from "./names.ts";
import { createRejectList } from "./rejects.ts";
import type { RejectList } from "./rejects.ts";
import { name, text } from "./sql.ts";
import { noDialect } from "./table.ts";
import type { TextColumn, TextTable } from "./table.ts";

export interface JsonSource {
  /** The text in UTF-8. */
  readonly path: string;
  readonly markBytes: number;
  readonly encoding: string;
  readonly compression: Dialect["compression"];
  readonly head: Buffer;
  readonly claimsLines: boolean;
  readonly limits: IntakeLimits;
  readonly tmp: string;
  progress(rowsDone: number): void;
}

const maxDepth = 200;
const lineKey = "\u27e6line\u27e7";

/** What one key was seen to hold. */
interface KeyEvidence {
  strings: number;
  numbers: number;
  booleans: number;
  objects: number;
  arrays: number;
  /** Kinds of the items of arrays. */
  items: Set<ItemKind>;
}
type ItemKind = "string" | "integer" | "double" | "boolean" | "other";

interface Collected {
  readonly keys: Map<string, KeyEvidence>;
  /** Whether rows are objects; null before the first row. */
  objects: boolean | null;
  rowCount: number;
}

/**
 * Reads JSON: an array of objects, one object, objects after another or one per line. Values that are no objects
 * become a column `value`.
 * @throws Unreadable where no value can be read
 */
export async function readJson(source: JsonSource): Promise<TextTable> {
  const layout = layoutOf(source.head, source.claimsLines);
  const rejects = createRejectList();
  const collected: Collected = { keys: new Map(), objects: null, rowCount: 0 };
  const cleanPath = join(source.tmp, "clean.ndjson");
  const target = await open(cleanPath, "w");
  try {
    await collect(source, layout, target, collected, rejects);
  } finally {
    await target.close();
  }
  const dialect: Dialect = { ...noDialect, format: layout === "lines" ? "ndjson" : "json", compression: source.compression, encoding: source.encoding };
  if (collected.rowCount === 0) throw new Unreadable(emptyReason(rejects), { rejected: rejects.toRows(), dialect });
  const keys = [...collected.keys];
  if (keys.length === 0)
    throw new Unreadable("The objects of the JSON name no keys, so there are no columns. Upload objects with at least one key.", { dialect });
  const { names, notes } = toColumnNames(keys.map(([key]) => key));
  const columns = keys.map(([, evidence], index) => toColumn(evidence, names[index] ?? { name: "", originalName: "" }, `c${index}`));
  return {
    kind: "text",
    relation: relationOf(cleanPath, keys, columns),
    line: "line",
    columns: columns.map(({ column }) => column),
    rowCount: collected.rowCount,
    dialect: { ...dialect, notes },
    rejects,
  };
}

function emptyReason(rejects: RejectList): string {
  const first = rejects.toRows().sample[0];
  if (first === undefined) return "The JSON holds no rows. Upload an array of objects or one object per line.";
  return `No row of the JSON can be read. Line ${first.line}: ${first.reason} Correct it and upload the file again.`;
}

async function collect(source: JsonSource, layout: JsonLayout, target: FileHandle, collected: Collected, rejects: RejectList): Promise<void> {
  for await (const documents of jsonDocuments(source.path, source.markBytes, layout, source.limits.recordBytes)) {
    const lines: string[] = [];
    for (const document of documents) {
      const fault = document.fault ?? take(document, collected, lines, source.limits);
      if (fault !== undefined) rejects.add(document.line, null, fault, () => document.bytes.subarray(0, 2_000).toString("utf8"));
    }
    if (lines.length > 0) await target.write(lines.join(""));
    source.progress(collected.rowCount);
  }
}

/** Writes one document as a line of the clean file; gives the reason where it is no row. */
function take(document: JsonDocument, collected: Collected, lines: string[], limits: IntakeLimits): string | undefined {
  const { depth, topKeys } = inspect(document.bytes);
  if (depth > maxDepth) return `The value is nested deeper than ${maxDepth} levels.`;
  const raw = document.bytes.toString("utf8").trim();
  const parsed = parse(raw);
  if ("fault" in parsed) return parsed.fault;
  if (mayHoldHalves.test(raw) && !isWhole(parsed.value)) return "An escape stands for half a character (a lone surrogate), which no text can hold.";
  const object = asObject(parsed.value);
  collected.objects ??= object !== undefined;
  if (collected.objects !== (object !== undefined))
    return object === undefined ? "This is no object, while the first value is one." : "This is an object, while the first value is not.";
  const row = object ?? { value: parsed.value };
  const keys = Object.keys(row);
  if (object !== undefined && topKeys !== keys.length) return "The object names a key twice.";
  for (const key of keys) note(collected.keys, key, row[key], limits);
  lines.push(cleanLine(document.line, raw, object !== undefined));
  collected.rowCount += 1;
  return undefined;
}

const asObject = (value: unknown): Record<string, unknown> | undefined =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;

/** The document on one line, its line number first. Line ends only stand between tokens: inside strings they are escaped. */
function cleanLine(line: number, raw: string, isObject: boolean): string {
  const oneLine = raw.replaceAll(/[\r\n]+/g, " ");
  const body = isObject ? oneLine.slice(1, -1).trim() : `"value":${oneLine}`;
  return `{"${lineKey}":${line}${body === "" ? "" : ","}${body}}\n`;
}

/** The start of an escaped surrogate. Most text has none: only where one stands is the value walked. */
const mayHoldHalves = /\\u[dD][89a-fA-F]/;

/** Whether every text of a value, keys too, is made of whole characters. */
function isWhole(value: unknown): boolean {
  if (typeof value === "string") return value.isWellFormed();
  if (typeof value !== "object" || value === null) return true;
  return Object.entries(value).every(([key, inner]) => key.isWellFormed() && isWhole(inner));
}

function parse(raw: string): { value: unknown } | { fault: string } {
  try {
    return { value: JSON.parse(raw) };
  } catch (error) {
    return { fault: `This is no JSON: ${error instanceof Error ? error.message.slice(0, 160) : "it cannot be parsed"}.` };
  }
}

function note(keys: Map<string, KeyEvidence>, key: string, value: unknown, limits: IntakeLimits): void {
  let evidence = keys.get(key);
  if (evidence === undefined) {
    if (keys.size >= limits.columns)
      throw new Unreadable(`The objects have more than ${limits.columns} different keys. Turn keys into rows (one row per name and value) and upload again.`);
    evidence = { strings: 0, numbers: 0, booleans: 0, objects: 0, arrays: 0, items: new Set() };
    keys.set(key, evidence);
  }
  if (typeof value === "string") evidence.strings += 1;
  else if (typeof value === "number") evidence.numbers += 1;
  else if (typeof value === "boolean") evidence.booleans += 1;
  else if (Array.isArray(value)) {
    evidence.arrays += 1;
    for (const item of value) evidence.items.add(itemKind(item));
  } else if (value !== null) evidence.objects += 1;
}

function itemKind(item: unknown): ItemKind {
  if (typeof item === "string") return "string";
  if (typeof item === "boolean") return "boolean";
  if (typeof item === "number") return Number.isSafeInteger(item) ? "integer" : "double";
  return "other";
}

/** How a column is read from the clean file, beside what the typing stage needs to know. */
function toColumn(evidence: KeyEvidence, names: { name: string; originalName: string }, id: string): { column: TextColumn; readAs: string } {
  const { strings, numbers, booleans, objects, arrays } = evidence;
  const base = { ...names, id };
  if (arrays > 0 && strings + numbers + booleans + objects === 0) {
    const item = listItem(evidence.items);
    if (item !== undefined) return { column: { ...base, evidence: "nested", fixed: { type: `list<${item.type}>`, sql: name(id) } }, readAs: `${item.duck}[]` };
  }
  if (arrays + objects > 0) return { column: { ...base, evidence: "nested", fixed: { type: "json", sql: name(id) } }, readAs: "JSON" };
  const kinds = [strings, numbers, booleans].filter((count) => count > 0).length;
  if (kinds > 1) {
    const counts = [
      [strings, "strings"],
      [numbers, "numbers"],
      [booleans, "booleans"],
    ]
      .filter(([count]) => count !== 0)
      .map(([count, kind]) => `${count} ${kind}`);
    return { column: { ...base, evidence: "mixed", note: `Mixed: ${counts.join(", ")}; kept as text.` }, readAs: "VARCHAR" };
  }
  return { column: { ...base, evidence: numbers > 0 ? "numbers" : booleans > 0 ? "booleans" : "strings" }, readAs: "VARCHAR" };
}

function listItem(items: ReadonlySet<ItemKind>): { type: string; duck: string } | undefined {
  const only = (...kinds: ItemKind[]): boolean => items.size > 0 && [...items].every((item) => kinds.includes(item));
  if (only("string")) return { type: "string", duck: "VARCHAR" };
  if (only("boolean")) return { type: "boolean", duck: "BOOLEAN" };
  if (only("integer")) return { type: "integer", duck: "BIGINT" };
  return only("integer", "double") ? { type: "double", duck: "DOUBLE" } : undefined;
}

/** What stands after FROM. Keys that differ only in case cannot be columns of one reader: they are taken out one by one. */
function relationOf(path: string, keys: readonly (readonly [string, KeyEvidence])[], columns: readonly { column: TextColumn; readAs: string }[]): string {
  const distinct = new Set(keys.map(([key]) => key.toLowerCase()));
  if (distinct.size === keys.length) {
    const types = keys.map(([key], index) => `${text(key)}: ${text(columns[index]?.readAs ?? "VARCHAR")}`);
    const list = keys.map(([key], index) => `${name(key)} AS c${index}`);
    return `(SELECT ${[`${name(lineKey)} AS line`, ...list].join(", ")} FROM read_json(${text(path)}, format='newline_delimited', columns={${[`${text(lineKey)}: 'BIGINT'`, ...types].join(", ")}}))`;
  }
  const list = keys.map(([key], index) => {
    const place = text(pointer("", key));
    const readAs = columns[index]?.readAs ?? "VARCHAR";
    if (readAs === "VARCHAR") return `json ->> ${place} AS c${index}`;
    return readAs === "JSON" ? `json -> ${place} AS c${index}` : `CAST(json -> ${place} AS ${readAs}) AS c${index}`;
  });
  return `(SELECT ${[`CAST(json ->> ${text(`/${lineKey}`)} AS BIGINT) AS line`, ...list].join(", ")} FROM read_ndjson_objects(${text(path)}))`;
}
