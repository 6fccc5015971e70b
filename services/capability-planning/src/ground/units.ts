import type { CatalogColumn } from "../catalog/compile-catalog.ts";

type Units = Readonly<Record<string, number>>;

/** Seconds in a unit of time. */
const seconds: Units = { second: 1, sec: 1, minute: 60, min: 60, hour: 3600, hr: 3600, day: 86_400, week: 604_800 };

/** Grams in a unit of mass. */
const grams: Units = {
  g: 1,
  gram: 1,
  mg: 0.001,
  milligram: 0.001,
  kg: 1000,
  kilo: 1000,
  kilogram: 1000,
  lbs: 453.592_37,
  lb: 453.592_37,
  pound: 453.592_37,
  oz: 28.349_523,
  ounce: 28.349_523,
};

/** Metres in a unit of length. */
const metres: Units = {
  mm: 0.001,
  millimeter: 0.001,
  cm: 0.01,
  centimeter: 0.01,
  m: 1,
  meter: 1,
  metre: 1,
  km: 1000,
  kilometer: 1000,
  kilometre: 1000,
  mile: 1609.344,
  foot: 0.3048,
  feet: 0.3048,
  ft: 0.3048,
};

const durations = new Set(["delay", "lateness", "duration", "runtime", "running", "elapsed", "wait", "waiting", "lead"]);

const wordsOf = (column: CatalogColumn): string[] => column.phrases.flatMap((phrase) => phrase.words);

/** The unit of time that a column counts in, when its name says so. */
const namedUnit = (column: CatalogColumn): string | undefined =>
  wordsOf(column).findLast((word) => Object.hasOwn(seconds, word) && word !== "day" && word !== "hour");

/** Whole numbers of time whose unit nobody wrote down are minutes when they are too large for hours and too small for seconds. */
const likelyMinutes = (column: CatalogColumn): boolean =>
  column.integer && Number(column.source.max ?? 0) > 24 && Number(column.source.max ?? 0) < 10_000 && wordsOf(column).some((word) => durations.has(word));

export interface Scaled {
  readonly value: number;
  /** What was taken for granted about the column's unit. */
  readonly assumed?: string;
  /** Whether the unit of the number is one the column is not known to count in. */
  readonly foreign: boolean;
}

/** A mass or length in the unit that ends the column's name: "6 kg" of "body mass (g)" are 6000. */
const measuredIn = (units: Units, column: CatalogColumn, value: number, unit: string): Scaled => {
  const named = wordsOf(column).findLast((word) => Object.hasOwn(units, word));
  return named === undefined ? { value, foreign: false } : { value: Number(((value * units[unit]!) / units[named]!).toPrecision(12)), foreign: false };
};

/** A number with a unit of time, mass or length in the unit of the column that it is compared with. */
export const inColumnUnit = (column: CatalogColumn, value: number, unit: string | undefined): Scaled => {
  if (unit === undefined) return { value, foreign: false };
  const measure = [grams, metres].find((units) => Object.hasOwn(units, unit));
  if (measure !== undefined) return measuredIn(measure, column, value, unit);
  const own = Object.hasOwn(seconds, unit) ? seconds[unit] : undefined;
  if (own === undefined) return { value, foreign: false };
  const named = namedUnit(column);
  if (named !== undefined) return { value: (value * own) / seconds[named]!, foreign: false };
  if (!likelyMinutes(column)) return { value, foreign: unit !== "minute" && unit !== "min" };
  return { value: (value * own) / 60, assumed: `${column.name} is in minutes`, foreign: false };
};
