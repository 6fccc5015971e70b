import type { DuckDBConnection } from "@duckdb/node-api";
import { Unreadable } from "./model.ts";
import type { DialectHints, ExpectedColumn } from "./model.ts";
import { decimalOf, fractionType, numberEvidence, plainNumber } from "./numbers.ts";
import type { NumberEvidence, NumberStyle } from "./numbers.ts";
import { name } from "./sql.ts";
import type { TextColumn, TextTable } from "./table.ts";
import { countEvidence, findCandidates, isNullWord } from "./text-stats.ts";
import type { DateCount, TextStats } from "./text-stats.ts";
import { forcedValue } from "./forced.ts";
import { mixedNote } from "./mixed-note.ts";
import { duckType } from "./types.ts";

/** A column with its type, and the SQL that makes its values. */
export interface TypedColumn {
  readonly name: string;
  readonly originalName: string;
  readonly type: string;
  readonly sql: string;
  /** True for rows that do not fit a type that was asked for. */
  readonly misfit: string | null;
  readonly note: string | null;
}

export interface TypedTable {
  readonly columns: readonly TypedColumn[];
  readonly decimal: "." | "," | null;
  readonly thousands: string | null;
  readonly dateOrder: "dmy" | "mdy" | null;
}

/** What the file as a whole says about doubtful values. */
export interface FileConventions {
  readonly decimal: "." | "," | null;
  readonly dateOrder: "dmy" | "mdy" | null;
  readonly delimiter: string | null;
  /** Whether leading zeros may stand before numbers that were asked for. */
  readonly padded: boolean;
}

/**
 * Gives every column of text a type by the evidence of all its rows. A type is taken only where every value has it
 * (missing values aside); what is open stays text and says so.
 * @param asked types that must be kept: values that do not fit are misfits
 * @param padded whether leading zeros may stand before numbers that were asked for
 */
export async function inferTypes(
  connection: DuckDBConnection,
  table: TextTable,
  hints: DialectHints,
  asked: readonly ExpectedColumn[],
  padded: boolean,
): Promise<TypedTable> {
  const forced = new Map(
    table.columns.flatMap((column) => asked.filter((one) => one.name === column.name).map((one) => [column.id, checkedType(one)] as const)),
  );
  const candidates = await findCandidates(connection, table, new Set(forced.keys()));
  const stats = await countEvidence(connection, table, candidates);
  const numbers = new Map([...stats].map(([id, found]) => [id, numberEvidence(found)]));
  const conventions = { ...conventionsOf(table, hints, [...numbers.values()], [...stats.values()]), padded };
  const columns: TypedColumn[] = [];
  for (const column of table.columns) {
    const found = stats.get(column.id);
    const type = forced.get(column.id);
    if (found === undefined || column.fixed !== undefined) columns.push(fixedColumn(column, type));
    else if (type !== undefined) columns.push(forcedColumn(column, type, found, numbers.get(column.id) ?? { kind: "none" }, conventions));
    else columns.push(await typed(connection, table, column, found, numbers.get(column.id) ?? { kind: "none" }, conventions));
  }
  return { columns, decimal: conventions.decimal, thousands: thousandsOf([...numbers.values()]), dateOrder: conventions.dateOrder };
}

function checkedType(asked: ExpectedColumn): string {
  if (duckType(asked.type) !== undefined) return asked.type;
  throw new Unreadable(
    `There is no type "${asked.type.slice(0, 80)}" for column "${asked.name}". Use integer, decimal(18,2), double, string, boolean, date, time, timestamp or timestamptz.`,
  );
}

/** A nested column: it keeps its type, or becomes JSON or its text where that was asked for. */
function fixedColumn(column: TextColumn, asked: string | undefined): TypedColumn {
  const { name: title, originalName } = column;
  const type = column.fixed?.type ?? "string";
  const base = { name: title, originalName, misfit: null, note: column.note ?? null };
  const value = name(column.id);
  if (asked === undefined || asked === type) return { ...base, type, sql: column.fixed?.sql ?? value };
  if (asked === "json") return { ...base, type: asked, sql: `CAST(to_json(${value}) AS JSON)` };
  if (asked === "string") return { ...base, type: asked, sql: `CAST(to_json(${value}) AS VARCHAR)` };
  throw new Unreadable(`Column "${title}" holds values of type ${type}, which cannot be read as ${asked}.`, {
    code: "DATASET_SCHEMA_MISMATCH",
    columns: [title],
  });
}

function forcedColumn(column: TextColumn, type: string, stats: TextStats, numbers: NumberEvidence, conventions: FileConventions): TypedColumn {
  const { sql, misfit } = forcedValue(column, type, stats, numbers, conventions);
  return { name: column.name, originalName: column.originalName, type, sql, misfit, note: column.note ?? null };
}

/** Decimal sign and order of dates that some columns prove; null where none does, or where they disagree. */
function conventionsOf(
  table: TextTable,
  hints: DialectHints,
  numbers: readonly NumberEvidence[],
  stats: readonly TextStats[],
): Omit<FileConventions, "padded"> {
  const signs = new Set(numbers.flatMap((found) => (found.kind === "sure" ? [decimalOf(found.style)] : [])));
  const orders = new Set(stats.flatMap((found) => orderOf(found) ?? []));
  const only = <Value>(values: ReadonlySet<Value>): Value | null => (values.size === 1 ? ([...values][0] ?? null) : null);
  return { decimal: hints.decimal ?? only(signs), dateOrder: hints.dateOrder ?? only(orders), delimiter: table.dialect.delimiter };
}

const wanted = (stats: TextStats): number => stats.filled - stats.words;
const fitting = (stats: TextStats): DateCount[] => stats.dates.filter((date) => wanted(stats) > 0 && date.fits === wanted(stats));

/** The order of day and month that one column proves. */
function orderOf(stats: TextStats): "dmy" | "mdy" | null {
  const orders = new Set(fitting(stats).map((date) => date.reading.order));
  const [order] = orders;
  return orders.size === 1 && order !== undefined ? order : null;
}

function thousandsOf(numbers: readonly NumberEvidence[]): string | null {
  const styles = new Set(numbers.flatMap((found) => (found.kind === "sure" ? [found.style] : [])));
  if (styles.has("point groups")) return ",";
  return styles.has("comma groups") ? "." : null;
}

/** A decision: the type, the SQL of the trimmed value, and what to tell. */
interface Decision {
  readonly type: string;
  readonly sql: string;
  readonly note?: string;
}

async function typed(
  connection: DuckDBConnection,
  table: TextTable,
  column: TextColumn,
  stats: TextStats,
  numbers: NumberEvidence,
  conventions: FileConventions,
): Promise<TypedColumn> {
  const value = `trim(${name(column.id)})`;
  const base = { name: column.name, originalName: column.originalName, misfit: null };
  const decision = wanted(stats) === 0 ? undefined : decide(stats, numbers, value, conventions);
  if (decision === undefined) {
    const mixed = await mixedNote(connection, table, column, stats);
    return { ...base, type: "string", sql: name(column.id), note: joined([column.note, mixed]) };
  }
  if (decision.type === "string") return { ...base, type: "string", sql: name(column.id), note: joined([column.note, decision.note]) };
  return { ...base, type: decision.type, sql: withNulls(stats, value, decision.sql), note: joined([column.note, decision.note, wordsNote(stats)]) };
}

function decide(stats: TextStats, numbers: NumberEvidence, value: string, conventions: FileConventions): Decision | undefined {
  return asBoolean(stats, value) ?? asNumber(stats, numbers, value, conventions) ?? asTime(stats, value) ?? asDate(stats, value, conventions);
}

function wordsNote(stats: TextStats): string | undefined {
  if (stats.words === 0) return undefined;
  return `${stats.words} ${stats.words === 1 ? "value" : "values"} like "${stats.word ?? ""}" ${stats.words === 1 ? "was" : "were"} read as missing.`;
}

const joined = (notes: readonly (string | undefined)[]): string | null => notes.filter((note) => note !== undefined).join(" ") || null;

/** Null for blanks and for words that mean "missing", where there are any; a cast that fails in spite of the evidence stops the statement. */
function withNulls(stats: TextStats, value: string, sql: string): string {
  if (stats.words > 0) return `CASE WHEN ${value} = '' OR ${isNullWord(value)} THEN NULL ELSE ${sql} END`;
  return stats.blanks > 0 ? `CASE WHEN ${value} <> '' THEN ${sql} END` : sql;
}

function asBoolean(stats: TextStats, value: string): Decision | undefined {
  const { true: yes = 0, false: no = 0, yes: agreed = 0, no: denied = 0 } = stats.counts;
  const all = wanted(stats);
  if (yes + no === all) return { type: "boolean", sql: `lower(${value}) = 'true'` };
  return agreed + denied === all && agreed > 0 && denied > 0 ? { type: "boolean", sql: `lower(${value}) = 'yes'` } : undefined;
}

function asNumber(stats: TextStats, evidence: NumberEvidence, value: string, conventions: FileConventions): Decision | undefined {
  if (evidence.kind === "none") return undefined;
  if (evidence.kind === "whole") {
    if (evidence.fits) return { type: "integer", sql: `CAST(${value} AS BIGINT)` };
    return { type: "string", sql: value, note: "Whole numbers beyond 64 bits: kept as text so that no digit is lost." };
  }
  if (evidence.kind === "sure") return numberIn(stats, evidence.style, value);
  return openNumber(stats, evidence.separator, value, conventions);
}

function numberIn(stats: TextStats, style: NumberStyle, value: string, note?: string): Decision {
  const type = fractionType(stats, style);
  const { pointDigits = 0, commaDigits = 0, wholeDigits = 0, pointScale = 0, commaScale = 0 } = stats.counts;
  const digits = Math.max(pointDigits, commaDigits, wholeDigits) + Math.max(pointScale, commaScale);
  const lossy =
    type === "double" && digits > 18
      ? `Numbers of up to ${digits} digits were read as double, which holds 15 to 17: ask for decimal(38,s) to keep all.`
      : undefined;
  note = joined([note, lossy]) ?? undefined;
  return { type, sql: `CAST(${plainNumber(value, style)} AS ${duckType(type) ?? "DOUBLE"})`, ...(note === undefined ? {} : { note }) };
}

/** `1.234` or `1,234`: decided by the other columns, else `1.234` is a fraction except in files of semicolons. */
function openNumber(stats: TextStats, separator: "." | ",", value: string, conventions: FileConventions): Decision {
  const { decimal, delimiter } = conventions;
  if (decimal === null) {
    if (separator === "." && delimiter !== ";") return numberIn(stats, "point", value);
    return {
      type: "string",
      sql: value,
      note: `"${separator}" may separate thousands or a fraction: kept as text. Give the decimal sign and read the file again.`,
    };
  }
  if (decimal === separator) return numberIn(stats, separator === "." ? "point" : "comma", value);
  return numberIn(
    stats,
    separator === "." ? "comma groups" : "point groups",
    value,
    `"${separator}" was read as a thousands separator, because other columns use "${decimal}" for fractions.`,
  );
}

function asTime(stats: TextStats, value: string): Decision | undefined {
  return stats.counts["time"] === wanted(stats) ? { type: "time", sql: `CAST(${value} AS TIME)` } : undefined;
}

function asDate(stats: TextStats, value: string, conventions: FileConventions): Decision | undefined {
  const readings = fitting(stats);
  const [first] = readings;
  if (first === undefined) return undefined;
  const ordered = readings.filter((date) => date.reading.order !== null);
  if (ordered.length < 2 || !stats.datesDiffer) return dateIn(first, value);
  const chosen = ordered.find((date) => date.reading.order === conventions.dateOrder);
  if (chosen !== undefined) return dateIn(chosen, value, `Day and month are open in this column; read like "${chosen.reading.example}".`);
  return {
    type: "string",
    sql: value,
    note: "Day and month cannot be told apart (no value is above 12): kept as text. Give the order of dates and read the file again.",
  };
}

function dateIn(date: DateCount, value: string, note?: string): Decision {
  const moment = date.reading.sql(value);
  const notes = [note, date.reading.shortYear ? "Years of two digits were read as 1969 to 2068." : undefined].filter((one) => one !== undefined);
  const type = date.reading.zoned ? "timestamptz" : date.withTime > 0 ? "timestamp" : "date";
  return { type, sql: type === "date" ? `CAST(${moment} AS DATE)` : moment, ...(notes.length === 0 ? {} : { note: notes.join(" ") }) };
}
