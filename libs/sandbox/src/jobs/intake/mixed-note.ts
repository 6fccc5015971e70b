import type { DuckDBConnection } from "@duckdb/node-api";
import { name, row } from "./sql.ts";
import type { TextColumn, TextTable } from "./table.ts";
import { isNullWord } from "./text-stats.ts";
import type { TextStats } from "./text-stats.ts";

/** What most values of a column of text are, and SQL that is true for those. */
interface Majority {
  readonly count: number;
  readonly kind: string;
  readonly fits: string;
}

/** Says what a column of text nearly was: how many values fit, and one that does not. */
export async function mixedNote(connection: DuckDBConnection, table: TextTable, column: TextColumn, stats: TextStats): Promise<string | undefined> {
  const all = stats.filled - stats.words;
  const { whole = 0, point = 0, zero = 0 } = stats.counts;
  if (zero > 0 && zero + Math.max(whole, point) === all) return `${zero} of ${all} values have leading zeros, so the column is text.`;
  const value = `trim(${name(column.id)})`;
  const { count, kind, fits } = majorityOf(stats, value);
  if (count === 0 || count * 2 < all) return undefined;
  const others = `${value} <> '' AND NOT coalesce(${fits}, false) AND NOT ${isNullWord(value)}`;
  const { other } = await row<{ other: string | null }>(connection, `SELECT min(${value}) FILTER (${others}) AS other FROM ${table.relation}`);
  const example = other === null ? "" : ` ("${other.slice(0, 60)}")`;
  return `Mixed: ${count} of ${all} values are ${kind}, others are not${example}; kept as text.`;
}

function majorityOf(stats: TextStats, value: string): Majority {
  const { point = 0, exponent = 0, pointGroups = 0 } = stats.counts;
  const numbers = point + exponent + pointGroups;
  const best = stats.dates.toSorted((a, b) => b.fits - a.fits)[0];
  if (best === undefined || best.fits <= numbers)
    return { count: numbers, kind: "numbers", fits: `try_cast(replace(${value}, ',', '') AS DOUBLE) IS NOT NULL` };
  return { count: best.fits, kind: `dates like ${best.reading.example}`, fits: `${best.reading.sql(value)} IS NOT NULL` };
}
