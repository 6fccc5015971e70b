import type { DuckDBConnection } from "@duckdb/node-api";
import type { ColumnProfile, HistogramBin, Profile, ValueCount } from "./model.ts";
import { groupsOf, name, row, rows, when } from "./sql.ts";
import { decimalParts } from "./types.ts";

/** A column to be profiled. */
export interface ProfiledColumn {
  readonly name: string;
  readonly type: string;
}

/** Above so many rows, distinct values are counted exactly only where the estimate is below {@link exactDistinct}. */
const exactRows = 5_000_000;
const exactDistinct = 1_000_000;
const topCount = 20;
/** Most values of one string column, and of all of them together: the profile travels as one message. */
const valueCount = 1_000;
const allValues = 60_000;
const binCount = 20;
/** Longer values are shown cut, and do not stand among `values`. */
const maxText = 200;

interface Basics {
  readonly filled: number;
  readonly estimate: number;
  readonly min: string | null;
  readonly max: string | null;
  readonly mean: number | null;
  /** Bounds of the histogram: the number, or seconds since 1970. */
  readonly low: number | null;
  readonly high: number | null;
}

const isNumber = (type: string): boolean => type === "integer" || type === "double" || decimalParts(type) !== undefined;
const isMoment = (type: string): boolean => type === "date" || type === "timestamp" || type === "timestamptz";
const isOrdered = (type: string): boolean => isNumber(type) || isMoment(type) || type === "string" || type === "time" || type === "boolean";

/**
 * Describes every column over all rows: nulls, distinct values, bounds, mean, frequent values, histogram.
 * @param relation what stands after FROM, with the columns by their names
 */
export async function profileTable(
  connection: DuckDBConnection,
  relation: string,
  columns: readonly ProfiledColumn[],
  rowCount: number,
  progress: (fraction: number) => void,
): Promise<Profile> {
  const profiles: ColumnProfile[] = [];
  const most = Math.max(topCount, Math.min(valueCount, Math.floor(allValues / columns.length)));
  for (const group of groupsOf(columns, sliceWidth(columns.length, rowCount))) {
    const slice = group.length === columns.length ? relation : await takeSlice(connection, relation, group);
    const basics = await readBasics(connection, slice, group);
    for (const column of group) {
      const found = basics.get(column.name);
      if (found !== undefined) profiles.push(await profileColumn(connection, slice, column, rowCount, found, most));
      progress(profiles.length / columns.length);
    }
  }
  await connection.run(`DROP TABLE IF EXISTS ${sliceName}`);
  return { rowCount, sampledRows: rowCount, columns: profiles };
}

/** Statements over a few columns: planning one over a file costs as much as the file has columns. */
const sliceName = "profiled_slice";
const sliceColumns = 50;
const sliceCells = 4_000_000;
/** Up to so many columns, reading the file itself is as fast. */
const narrow = 100;

function sliceWidth(columns: number, rowCount: number): number {
  const fitting = Math.floor(sliceCells / Math.max(1, rowCount));
  return columns <= narrow || fitting < sliceColumns ? Math.max(1, columns) : sliceColumns;
}

async function takeSlice(connection: DuckDBConnection, relation: string, columns: readonly ProfiledColumn[]): Promise<string> {
  await connection.run(`CREATE OR REPLACE TEMP TABLE ${sliceName} AS SELECT ${columns.map((column) => name(column.name)).join(", ")} FROM ${relation}`);
  return sliceName;
}

async function readBasics(connection: DuckDBConnection, relation: string, columns: readonly ProfiledColumn[]): Promise<Map<string, Basics>> {
  const basics = new Map<string, Basics>();
  for (const group of groupsOf(columns, 100)) {
    const list = group.flatMap((column, index) => basicsOf(column, index)).join(", ");
    const found = await row<Record<string, string | number | null>>(connection, `SELECT ${list} FROM ${relation}`);
    group.forEach((column, index) => {
      const number = (key: string): number | null => (found[`${key}${index}`] == null ? null : Number(found[`${key}${index}`]));
      const bound = (key: string): string | null => (found[`${key}${index}`] == null ? null : String(found[`${key}${index}`]));
      basics.set(column.name, {
        filled: number("n") ?? 0,
        estimate: number("d") ?? 0,
        min: bound("min"),
        max: bound("max"),
        mean: number("mean"),
        low: number("low"),
        high: number("high"),
      });
    });
  }
  return basics;
}

function basicsOf(column: ProfiledColumn, index: number): string[] {
  const value = name(column.name);
  const parts = [`count(${value}) AS n${index}`, `approx_count_distinct(${column.type === "json" ? `CAST(${value} AS VARCHAR)` : value}) AS d${index}`];
  if (isOrdered(column.type))
    parts.push(`left(CAST(min(${value}) AS VARCHAR), ${maxText}) AS min${index}`, `left(CAST(max(${value}) AS VARCHAR), ${maxText}) AS max${index}`);
  if (isNumber(column.type)) parts.push(`avg(${finite(column, `CAST(${value} AS DOUBLE)`)}) AS mean${index}`);
  const axis = axisOf(column);
  if (axis !== undefined) parts.push(`min(${finite(column, axis)}) AS low${index}`, `max(${finite(column, axis)}) AS high${index}`);
  return parts;
}

/** Leaves infinities and NaN out of means and histograms. */
const finite = (column: ProfiledColumn, value: string): string => (mayBeInfinite(column) ? when(`isfinite(${name(column.name)})`, value) : value);

const mayBeInfinite = (column: ProfiledColumn): boolean => column.type === "double" || isMoment(column.type);

/** The number that a histogram is drawn over. */
function axisOf(column: ProfiledColumn): string | undefined {
  if (isNumber(column.type)) return `CAST(${name(column.name)} AS DOUBLE)`;
  return isMoment(column.type) ? `epoch(${name(column.name)})` : undefined;
}

async function profileColumn(
  connection: DuckDBConnection,
  relation: string,
  column: ProfiledColumn,
  rowCount: number,
  basics: Basics,
  most: number,
): Promise<ColumnProfile> {
  const exact = rowCount <= exactRows || basics.estimate <= exactDistinct;
  const frequent = exact && basics.filled > 0 ? await frequentValues(connection, relation, column, most) : { distinct: basics.estimate, values: [] };
  const { min, max, mean } = basics;
  const isText = column.type === "string";
  const values = isText ? frequent.values.filter(({ isCut }) => !isCut).map(toValueCount) : [];
  return {
    name: column.name,
    type: column.type,
    nullCount: rowCount - basics.filled,
    distinctCount: basics.filled === 0 ? 0 : frequent.distinct,
    distinctIsExact: exact,
    min,
    max,
    mean: mean !== null && Number.isFinite(mean) ? mean : null,
    topValues: frequent.values.slice(0, topCount).map(toValueCount),
    histogram: await histogramOf(connection, relation, column, basics),
    values,
    valuesComplete: isText && exact && frequent.distinct === values.length,
  };
}

interface FrequentValue extends ValueCount {
  readonly isCut: boolean;
}

const toValueCount = ({ value, count }: FrequentValue): ValueCount => ({ value, count });

async function frequentValues(
  connection: DuckDBConnection,
  relation: string,
  column: ProfiledColumn,
  most: number,
): Promise<{ distinct: number; values: FrequentValue[] }> {
  const value = column.type === "json" ? `CAST(${name(column.name)} AS VARCHAR)` : name(column.name);
  const groups = `SELECT v, c, count(*) OVER () AS groups FROM (SELECT v, count(*) AS c FROM (SELECT ${value} AS v FROM ${relation}) WHERE v IS NOT NULL GROUP BY v)`;
  const found = await rows<{ value: string; count: string; groups: string; cut: boolean }>(
    connection,
    `SELECT left(CAST(v AS VARCHAR), ${maxText}) AS value, length(CAST(v AS VARCHAR)) > ${maxText} AS cut, c AS count, groups FROM (${groups}) ORDER BY c DESC, v LIMIT ${column.type === "string" ? most : topCount}`,
  );
  return { distinct: Number(found[0]?.groups ?? 0), values: found.map(({ value: text, count, cut }) => ({ value: text, count: Number(count), isCut: cut })) };
}

async function histogramOf(connection: DuckDBConnection, relation: string, column: ProfiledColumn, basics: Basics): Promise<HistogramBin[]> {
  const axis = axisOf(column);
  const { low, high } = basics;
  if (axis === undefined || low === null || high === null) return [];
  const { start, step, count } = binsOf(column.type, low, high);
  const found = await rows<{ bin: number; count: string }>(
    connection,
    `SELECT CAST(least(floor((${axis} - ${start}) / ${step}), ${count - 1}) AS INTEGER) AS bin, count(*) AS count FROM ${relation} WHERE ${name(column.name)} IS NOT NULL ${mayBeInfinite(column) ? `AND isfinite(${name(column.name)})` : ""} GROUP BY 1`,
  );
  const counts = new Map(found.map(({ bin, count: times }) => [Number(bin), Number(times)]));
  const edge = (index: number): string => edgeText(column.type, index === count ? Math.max(high, start) : start + index * step);
  return Array.from({ length: count }, (_, index) => ({ from: edge(index), to: edge(index + 1), count: counts.get(index) ?? 0 }));
}

/** Twenty equal bars; for whole numbers and days of a narrow range one per value. */
function binsOf(type: string, low: number, high: number): { start: number; step: number; count: number } {
  const unit = type === "integer" ? 1 : type === "date" ? 86_400 : 0;
  if (unit > 0 && (high - low) / unit < binCount) return { start: low, step: unit, count: Math.round((high - low) / unit) + 1 };
  if (high <= low) return { start: low, step: 1, count: 1 };
  return { start: low, step: (high - low) / binCount, count: binCount };
}

function edgeText(type: string, edge: number): string {
  if (!isMoment(type)) return String(Number(edge.toPrecision(12)));
  const moment = new Date(edge * 1_000);
  if (Number.isNaN(moment.getTime())) return String(edge);
  return type === "date" ? moment.toISOString().slice(0, 10) : moment.toISOString();
}
