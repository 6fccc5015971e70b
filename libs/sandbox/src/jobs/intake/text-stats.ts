import type { DuckDBConnection } from "@duckdb/node-api";
import { dateReadings } from "./dates.ts";
import type { DateReading } from "./dates.ts";
import { groupsOf, name, row, rows, text } from "./sql.ts";
import type { TextColumn, TextTable } from "./table.ts";

/** Words that stand for a missing value in a column of numbers, dates or booleans; in a column of text they stay text. */
export const nullWords = ["na", "n/a", "#n/a", "null", "none", "nan", "nil", "\\n", "-", "--", "?", "."];

const whole = "-?(0|[1-9][0-9]*)";
/** Patterns of RE2, matched against the whole trimmed value. */
export const patterns = {
  whole,
  leadingZero: "[-+]?0[0-9]+([.,][0-9]+)?",
  point: `${whole}|-?(0|[1-9][0-9]*)?\\.[0-9]+|-?(0|[1-9][0-9]*)\\.`,
  exponent: "-?([0-9]+\\.?[0-9]*|\\.[0-9]+)[eE][-+]?[0-9]+",
  pointGroups: "-?[1-9][0-9]{0,2}(,[0-9]{3})+(\\.[0-9]+)?",
  comma: "-?(0|[1-9][0-9]*)?,[0-9]+",
  commaGroups: "-?[1-9][0-9]{0,2}(\\.[0-9]{3})+(,[0-9]+)?",
  time: "([01]?[0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\\.[0-9]{1,6})?)?",
} as const;

/** Families of types whose evidence is worth counting over all rows. */
export interface Candidates {
  readonly numbers: boolean;
  readonly booleans: boolean;
  readonly times: boolean;
  readonly dates: readonly DateReading[];
}

export interface DateCount {
  readonly reading: DateReading;
  readonly fits: number;
  readonly withTime: number;
}

/** Counts of one column over all rows. */
export interface TextStats {
  /** Values that are neither null nor empty. */
  readonly filled: number;
  /** Empty or blank values that are no null. */
  readonly blanks: number;
  /** Values that are words for "missing". */
  readonly words: number;
  /** One of those words as it stands in the file. */
  readonly word: string | null;
  readonly counts: Readonly<Record<string, number>>;
  readonly dates: readonly DateCount[];
  /** Whether two date readings that both fit all values ever differ. */
  readonly datesDiffer: boolean;
}

const sampleValues = 200_000;

/** Tells from the first rows which families a column may belong to. A column that is empty there may belong to any. */
export async function findCandidates(connection: DuckDBConnection, table: TextTable, forced: ReadonlySet<string>): Promise<Map<string, Candidates>> {
  const limit = Math.max(50, Math.min(2_000, Math.floor(sampleValues / Math.max(1, table.columns.length))));
  const open = table.columns.filter((column) => column.fixed === undefined);
  const sample =
    open.length === 0
      ? []
      : await rows<Record<string, string | null>>(
          connection,
          `SELECT ${open.map((column) => name(column.id)).join(", ")} FROM ${table.relation} LIMIT ${limit}`,
        );
  return new Map(
    open.map((column) => [
      column.id,
      candidatesOf(
        column,
        sample.flatMap((found) => valueOf(found[column.id])),
        forced.has(column.id),
      ),
    ]),
  );
}

function valueOf(value: string | null | undefined): string[] {
  const bare = value?.trim() ?? "";
  return bare === "" || nullWords.includes(bare.toLowerCase()) ? [] : [bare];
}

const looseNumber = /^[-+]?[\d.,' ]*\d[\d.,' ]*(?:[eE][-+]?\d+)?$/;
const looseTime = /^\d{1,2}:\d\d(?::\d\d(?:\.\d+)?)?$/;
const looseBoolean = /^(?:true|false|yes|no|t|f|y|n|0|1)$/i;

function candidatesOf(column: TextColumn, values: readonly string[], forced: boolean): Candidates {
  const share = (test: (value: string) => boolean): number => (values.length === 0 ? 1 : values.filter(test).length / values.length);
  const { evidence } = column;
  const texts = evidence === "any" || evidence === "strings" || forced;
  const likely = (test: (value: string) => boolean): boolean => forced || share(test) >= 0.5;
  return {
    numbers: (evidence === "any" || evidence === "numbers" || forced) && likely((value) => looseNumber.test(value)),
    booleans: (evidence === "any" || evidence === "booleans" || forced) && likely((value) => looseBoolean.test(value)),
    times: texts && likely((value) => looseTime.test(value)),
    dates: texts ? dateReadings.filter((reading) => forced || share((value) => reading.looks.test(value)) >= 0.5) : [],
  };
}

interface Aggregate {
  readonly key: string;
  readonly sql: string;
}

/** Counts the evidence of every column over all rows, as few passes as the number of expressions allows. */
export async function countEvidence(
  connection: DuckDBConnection,
  table: TextTable,
  candidates: ReadonlyMap<string, Candidates>,
): Promise<Map<string, TextStats>> {
  const work = [...candidates].map(([id, found]) => ({ id, found, aggregates: aggregatesOf(found, `v_${id}`) }));
  const stats = new Map<string, TextStats>();
  for (const group of groupsOf(work, 120)) {
    const inner = group.map(({ id }) => `trim(${name(id)}) AS ${name(`v_${id}`)}`).join(", ");
    const outer = group.flatMap(({ id, aggregates }) => aggregates.map(({ key, sql }) => `${sql} AS ${name(`${id}:${key}`)}`)).join(", ");
    const found = await row<Record<string, string | number | boolean | null>>(connection, `SELECT ${outer} FROM (SELECT ${inner} FROM ${table.relation})`);
    for (const { id, found: candidate } of group)
      stats.set(
        id,
        toStats(candidate, (key) => found[`${id}:${key}`] ?? null),
      );
  }
  return stats;
}

function aggregatesOf(candidates: Candidates, id: string): Aggregate[] {
  const value = name(id);
  const match = (pattern: string): string => `regexp_full_match(${value}, ${text(pattern)})`;
  const words = `lower(${value}) IN (${nullWords.map(text).join(", ")})`;
  const found: Aggregate[] = [
    { key: "filled", sql: `count_if(${value} <> '')` },
    { key: "blanks", sql: `count_if(${value} = '')` },
  ];
  const add = (key: string, condition: string): unknown => found.push({ key, sql: `count_if(${condition})` });
  if (candidates.numbers || candidates.booleans || candidates.times || candidates.dates.length > 0) {
    add("words", words);
    found.push({ key: "word", sql: `min(${value}) FILTER (${words})` });
  }
  if (candidates.numbers) found.push(...numberAggregates(value, match));
  if (candidates.booleans) for (const word of ["true", "false", "yes", "no"]) add(word, `lower(${value}) = '${word}'`);
  if (candidates.times) add("time", match(patterns.time));
  candidates.dates.forEach((reading, index) => {
    add(`date${index}`, `${reading.sql(value)} IS NOT NULL`);
    add(`timed${index}`, `contains(${value}, ':')`);
  });
  const [first, second] = candidates.dates.filter((reading) => reading.order !== null);
  if (first !== undefined && second !== undefined) add("differ", `${first.sql(value)} <> ${second.sql(value)}`);
  return found;
}

function numberAggregates(value: string, match: (pattern: string) => string): Aggregate[] {
  const digits = (expression: string): string => `length(replace(${expression}, '-', ''))`;
  const stripped = { point: `replace(${value}, ',', '')`, comma: `replace(${value}, '.', '')` };
  const points = `${match(patterns.point)} OR ${match(patterns.pointGroups)}`;
  const commas = `${match(patterns.whole)} OR ${match(patterns.comma)} OR ${match(patterns.commaGroups)}`;
  return [
    { key: "whole", sql: `count_if(${match(patterns.whole)})` },
    { key: "fits64", sql: `count_if(${match(patterns.whole)} AND try_cast(${value} AS BIGINT) IS NOT NULL)` },
    { key: "zero", sql: `count_if(${match(patterns.leadingZero)})` },
    { key: "point", sql: `count_if(${match(patterns.point)})` },
    { key: "exponent", sql: `count_if(${match(patterns.exponent)} AND isfinite(try_cast(${value} AS DOUBLE)))` },
    { key: "pointGroups", sql: `count_if(${match(patterns.pointGroups)})` },
    { key: "comma", sql: `count_if(${match(patterns.comma)})` },
    { key: "commaGroups", sql: `count_if(${match(patterns.commaGroups)})` },
    { key: "pointScale", sql: `max(length(split_part(${value}, '.', 2))) FILTER (${points})` },
    { key: "pointDigits", sql: `max(${digits(`split_part(${stripped.point}, '.', 1)`)}) FILTER (${points})` },
    { key: "commaScale", sql: `max(length(split_part(${value}, ',', 2))) FILTER (${commas})` },
    { key: "commaDigits", sql: `max(${digits(`split_part(${stripped.comma}, ',', 1)`)}) FILTER (${commas})` },
  ];
}

function toStats(candidates: Candidates, get: (key: string) => string | number | boolean | null): TextStats {
  const count = (key: string): number => Number(get(key) ?? 0);
  const keys = [
    "whole",
    "fits64",
    "zero",
    "point",
    "exponent",
    "pointGroups",
    "comma",
    "commaGroups",
    "pointScale",
    "pointDigits",
    "commaScale",
    "commaDigits",
    "true",
    "false",
    "yes",
    "no",
    "time",
  ];
  return {
    filled: count("filled"),
    blanks: count("blanks"),
    words: count("words"),
    word: get("word") === null ? null : String(get("word")),
    counts: Object.fromEntries(keys.map((key) => [key, count(key)])),
    dates: candidates.dates.map((reading, index) => ({ reading, fits: count(`date${index}`), withTime: count(`timed${index}`) })),
    datesDiffer: count("differ") > 0,
  };
}
