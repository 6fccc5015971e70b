import type { DataType } from "../types.ts";
import { isNumeric } from "../types.ts";

type Value = string | number | boolean | null;

/** What is known of a column's values; as a profile of the catalogue gives it. */
export interface ColumnStatistics {
  readonly name: string;
  readonly nullCount: number;
  /** Different values, null aside. */
  readonly distinctCount: number;
  readonly distinctIsExact: boolean;
  readonly min: Value;
  readonly max: Value;
  /** The most frequent values, with the rows that have them. */
  readonly topValues: readonly { readonly value: Value; readonly count: number }[];
  /** Rows by range: `low` ≤ value < `high`. */
  readonly histogram: readonly { readonly low: Value; readonly high: Value; readonly count: number }[] | null;
}

/** What is known of a table before anything runs. */
export interface TableStatistics {
  readonly rowCount: number;
  /** Null where nobody has looked at the values yet: only the rows are counted then. */
  readonly columns: readonly ColumnStatistics[] | null;
}

/**
 * What an estimate stands on, from best to worst: rows that were counted, distributions of the profile, or (somewhere on
 * its way) a share that is assumed because nothing is known.
 */
export type EstimateBasis = "counted" | "profile" | "assumed";

const order: readonly EstimateBasis[] = ["counted", "profile", "assumed"];

/** The weakest of several. */
export const weakest = (...given: readonly EstimateBasis[]): EstimateBasis => order[Math.max(0, ...given.map((basis) => order.indexOf(basis)))] ?? "assumed";

/** A column of an estimated relation. Shares are of all its rows, null ones included. */
export interface ColumnFacts {
  /** Different values, null aside. */
  readonly distinct: number;
  /** Whether `distinct` was counted and is still true. */
  readonly isExact: boolean;
  readonly nulls: number;
  /** Bounds as numbers, where the type has such. */
  readonly low?: number;
  readonly high?: number;
  /** Share of each frequent value, by {@link keyOf}. */
  readonly top: ReadonlyMap<string, number>;
  readonly bins: readonly { readonly low: number; readonly high: number; readonly share: number }[];
}

/** How many rows a relation is expected to have, and what its columns then hold. */
export interface Estimate {
  readonly rows: number;
  readonly basis: EstimateBasis;
  /** By physical name; a column that nothing is known of is missing. */
  readonly columns: ReadonlyMap<string, ColumnFacts>;
}

const isMoment = (type: DataType): boolean => type.kind === "date" || type.kind === "timestamp" || type.kind === "timestamptz";

/** A value as a number that keeps its order: numbers as they are, points in time in seconds; else undefined. */
export function axisOf(value: Value, type: DataType): number | undefined {
  if (value === null || typeof value === "boolean") return undefined;
  if (isNumeric(type)) return finite(Number(value));
  if (!isMoment(type)) return undefined;
  const text = String(value).trim().replace(" ", "T");
  const zoned = /^\d{4}-\d{2}-\d{2}$/.test(text) || /(Z|[+-]\d{2}(:?\d{2})?)$/.test(text.slice(10)) ? text : `${text}Z`;
  return finite(Date.parse(zoned.replace(/([+-]\d{2})$/, (found) => (zoned.length > 10 ? `${found}:00` : found))) / 1000);
}

const finite = (value: number): number | undefined => (Number.isFinite(value) ? value : undefined);

/** What makes two values of a type the same, however they are written. */
export function keyOf(value: Value, type: DataType): string {
  const axis = axisOf(value, type);
  return axis === undefined ? String(value) : String(axis);
}

/** Whether every value stands among the frequent ones. */
export const isComplete = (facts: ColumnFacts): boolean => facts.top.size > 0 && facts.top.size >= facts.distinct;

/** A column of one value. */
export const constantFacts = (key?: string): ColumnFacts => ({
  distinct: 1,
  isExact: true,
  nulls: 0,
  top: new Map(key === undefined ? [] : [[key, 1]]),
  bins: [],
});

export function readColumn(column: ColumnStatistics, type: DataType, rowCount: number): ColumnFacts {
  const share = (count: number): number => (rowCount === 0 ? 0 : count / rowCount);
  const low = axisOf(column.min, type);
  const high = axisOf(column.max, type);
  const bins = (column.histogram ?? []).flatMap((bin) => {
    const from = axisOf(bin.low, type);
    const to = axisOf(bin.high, type);
    return from === undefined || to === undefined ? [] : [{ low: from, high: to, share: share(bin.count) }];
  });
  return {
    distinct: column.distinctCount,
    isExact: column.distinctIsExact,
    nulls: share(column.nullCount),
    ...(low !== undefined && { low }),
    ...(high !== undefined && { high }),
    top: new Map(column.topValues.map(({ value, count }) => [keyOf(value, type), share(count)])),
    bins,
  };
}

/** Values seen when `rows` of `before` rows are taken by chance (Cardenas' formula). */
export function distinctAfter(distinct: number, before: number, rows: number): number {
  if (rows >= before || distinct <= 0) return Math.min(distinct, Math.max(rows, 0));
  return Math.min(rows, distinct * (1 - (1 - rows / before) ** Math.max(1, before / distinct)));
}

/** A column after a choice of rows that does not look at it. */
export function thin(facts: ColumnFacts, before: number, rows: number): ColumnFacts {
  if (rows >= before) return facts;
  const filled = 1 - facts.nulls;
  return { ...facts, distinct: distinctAfter(facts.distinct, before * filled, rows * filled), isExact: false };
}
