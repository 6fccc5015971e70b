import type { CatalogColumn } from "../catalog/compile-catalog.ts";

/** Seconds in a unit of time. */
const seconds: Readonly<Record<string, number>> = { second: 1, sec: 1, minute: 60, min: 60, hour: 3600, hr: 3600, day: 86_400, week: 604_800 };

const durations = new Set(["delay", "lateness", "duration", "runtime", "running", "elapsed", "wait", "waiting", "lead"]);

/** The unit of time that a column counts in, when its name says so. */
const namedUnit = (column: CatalogColumn): string | undefined =>
  column.phrases.flatMap((phrase) => phrase.words).findLast((word) => Object.hasOwn(seconds, word) && word !== "day" && word !== "hour");

/** Whole numbers of time whose unit nobody wrote down are minutes when they are too large for hours and too small for seconds. */
const likelyMinutes = (column: CatalogColumn): boolean =>
  column.integer &&
  Number(column.source.max ?? 0) > 24 &&
  Number(column.source.max ?? 0) < 10_000 &&
  column.phrases.some((phrase) => phrase.words.some((word) => durations.has(word)));

export interface Scaled {
  readonly value: number;
  /** What was taken for granted about the column's unit. */
  readonly assumed?: string;
  /** Whether the unit of the number is one the column is not known to count in. */
  readonly foreign: boolean;
}

/** A number with a unit of time in the unit of the column that it is compared with. */
export const inColumnUnit = (column: CatalogColumn, value: number, unit: string | undefined): Scaled => {
  const own = unit === undefined ? undefined : seconds[unit];
  if (own === undefined || unit === undefined) return { value, foreign: false };
  const named = namedUnit(column);
  if (named !== undefined) return { value: (value * own) / seconds[named]!, foreign: false };
  if (!likelyMinutes(column)) return { value, foreign: unit !== "minute" && unit !== "min" };
  return { value: (value * own) / 60, assumed: `${column.name} is in minutes`, foreign: false };
};
