import type { FileConventions } from "./infer.ts";
import { plainNumber } from "./numbers.ts";
import type { NumberEvidence, NumberStyle } from "./numbers.ts";
import { name, text } from "./sql.ts";
import type { TextColumn } from "./table.ts";
import { isNullWord, patterns } from "./text-stats.ts";
import type { TextStats } from "./text-stats.ts";
import { decimalParts, duckType } from "./types.ts";

const booleans = { yes: ["true", "yes", "t", "y", "1"], no: ["false", "no", "f", "n", "0"] };

/**
 * SQL for a column whose type was asked for: its values, and a condition that is true where a value does not fit.
 * Values are never rounded, cut or guessed into the type.
 */
export function forcedValue(
  column: TextColumn,
  type: string,
  stats: TextStats,
  numbers: NumberEvidence,
  conventions: FileConventions,
): { sql: string; misfit: string | null } {
  const raw = name(column.id);
  if (type === "string") return { sql: raw, misfit: null };
  const value = `trim(${raw})`;
  const missing = `(${value} = '' OR ${isNullWord(value)})`;
  const cast = castOf(type, value, stats, styleOf(numbers, conventions), conventions);
  const sql = `CASE WHEN ${missing} THEN NULL ELSE ${cast} END`;
  return { sql, misfit: `(${raw} IS NOT NULL AND NOT ${missing} AND (${cast}) IS NULL)` };
}

function styleOf(numbers: NumberEvidence, conventions: FileConventions): NumberStyle {
  if (numbers.kind === "sure") return numbers.style;
  return conventions.decimal === "," ? "comma groups" : "point groups";
}

/** An expression that is NULL where the value does not fit. */
function castOf(type: string, value: string, stats: TextStats, style: NumberStyle, conventions: FileConventions): string {
  if (type === "boolean") {
    const list = (words: readonly string[]): string => words.map(text).join(", ");
    return `CASE WHEN lower(${value}) IN (${list(booleans.yes)}) THEN true WHEN lower(${value}) IN (${list(booleans.no)}) THEN false END`;
  }
  if (type === "integer" || type === "double" || decimalParts(type) !== undefined) return numberCast(type, value, style, conventions.padded);
  if (type === "time") return `CASE WHEN regexp_full_match(${value}, ${text(patterns.time)}) THEN try_cast(${value} AS TIME) END`;
  if (type === "date" || type === "timestamp" || type === "timestamptz") return momentCast(type, value, stats, conventions);
  return `try_cast(${value} AS ${duckType(type) ?? "VARCHAR"})`;
}

function numberCast(type: string, value: string, style: NumberStyle, padded: boolean): string {
  const allowed: string[] = style.startsWith("point")
    ? [patterns.point, patterns.pointGroups, patterns.exponent]
    : [patterns.whole, patterns.comma, patterns.commaGroups];
  if (type === "double") allowed.push("(?i:[-+]?inf(inity)?)");
  const bare = `regexp_replace(${value}, '^(?:\\+|(-))?${padded ? "0*" : ""}([0-9]|[.,][0-9])', '\\1\\2')`;
  const plain = plainNumber(bare, style === "point" ? "point groups" : style);
  const scale = type === "integer" ? 0 : decimalParts(type)?.scale;
  const places = scale === undefined ? "" : ` AND NOT contains(lower(${plain}), 'e') AND length(rtrim(split_part(${plain}, '.', 2), '0')) <= ${scale}`;
  return `CASE WHEN regexp_full_match(${bare}, ${text(allowed.join("|"))})${places} THEN try_cast(${plain} AS ${duckType(type) ?? "DOUBLE"}) END`;
}

/** The first reading that fits a value, best evidence first; of two orders of day and month only one is tried. */
function momentCast(type: string, value: string, stats: TextStats, conventions: FileConventions): string {
  const ranked = stats.dates.filter((date) => date.fits > 0 && date.reading.zoned === (type === "timestamptz")).toSorted((a, b) => b.fits - a.fits);
  const order = conventions.dateOrder ?? ranked.find((date) => date.reading.order !== null)?.reading.order ?? null;
  const usable = ranked.filter((date) => date.reading.order === null || date.reading.order === order);
  if (usable.length === 0) return `try_cast(NULL AS ${duckType(type) ?? "TIMESTAMP"})`;
  const moment = `coalesce(${usable.map((date) => date.reading.sql(value)).join(", ")})`;
  if (type !== "date") return moment;
  return `CASE WHEN ${moment} = date_trunc('day', ${moment}) THEN CAST(${moment} AS DATE) END`;
}
