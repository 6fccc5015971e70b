import type { DuckDBConnection } from "@duckdb/node-api";
import { dateReadings } from "./dates.ts";
import type { DateReading } from "./dates.ts";
import { groupsOf, name, row, rows, text, when } from "./sql.ts";
import type { TextColumn, TextTable } from "./table.ts";

/** Words that stand for a missing value in a column of numbers, dates or booleans; in a column of text they stay text. */
const nullWords = ["na", "n/a", "#n/a", "null", "none", "nan", "nil", "\\n", "-", "--", "?", "."];

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

/** Condition that a trimmed value is a word for "missing". One pattern: a list of constants costs memory per column. */
export const isNullWord = (value: string): string =>
  `(length(${value}) <= 4 AND regexp_full_match(${value}, ${text("(?i)n/?a|#n/a|null|none|nan|nil|\\\\n|-|--|\\?|\\.")}))`;

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

/** What a value looks like; each value has one form, so that every pattern is tried once. */
const form = { whole: 1, openPoint: 2, point: 3, openComma: 4, pointGroups: 5, comma: 6, commaGroups: 7, exponent: 8, zero: 9, word: 10 } as const;
/** Columns whose evidence is counted in one pass: planning a statement costs more the more of them it has. */
const columnsPerPass = 24;

/** Counts the evidence of every column over all rows. */
export async function countEvidence(
  connection: DuckDBConnection,
  table: TextTable,
  candidates: ReadonlyMap<string, Candidates>,
): Promise<Map<string, TextStats>> {
  const work = [...candidates].map(([id, found], index) => ({ id, found, value: `v${index}`, form: `f${index}` }));
  const stats = new Map<string, TextStats>();
  for (const group of groupsOf(work, columnsPerPass)) {
    const values = group.map(({ id, value }) => `trim(${name(id)}) AS ${value}`).join(", ");
    const forms = group.map(({ found, value, form: column }) => `${formOf(found, value)} AS ${column}`).join(", ");
    const outer = group
      .flatMap(({ found, value, form: column }) => aggregatesOf(found, value, column).map(({ key, sql }) => `${sql} AS "${value}:${key}"`))
      .join(", ");
    const counted = await row<Record<string, string | number | boolean | null>>(
      connection,
      `SELECT ${outer} FROM (SELECT *, ${forms} FROM (SELECT ${values} FROM ${table.relation}))`,
    );
    for (const { id, found, value } of group)
      stats.set(
        id,
        toStats(found, (key) => counted[`${value}:${key}`] ?? null),
      );
  }
  return stats;
}

/** SQL for the form of a value; 0 where it has none of them. */
function formOf(candidates: Candidates, value: string): string {
  const match = (pattern: string): string => `regexp_full_match(${value}, ${text(pattern)})`;
  const tests = [`WHEN ${isNullWord(value)} THEN ${form.word}`];
  if (candidates.numbers) {
    const both = (first: string, second: string): string => `${match(first)} AND ${match(second)}`;
    tests.unshift(
      `WHEN ${match(patterns.whole)} THEN ${form.whole}`,
      `WHEN ${both(patterns.commaGroups, patterns.point)} THEN ${form.openPoint}`,
      `WHEN ${match(patterns.point)} THEN ${form.point}`,
      `WHEN ${both(patterns.comma, patterns.pointGroups)} THEN ${form.openComma}`,
      `WHEN ${match(patterns.pointGroups)} THEN ${form.pointGroups}`,
      `WHEN ${match(patterns.comma)} THEN ${form.comma}`,
      `WHEN ${match(patterns.commaGroups)} THEN ${form.commaGroups}`,
      `WHEN ${match(patterns.exponent)} AND isfinite(try_cast(${value} AS DOUBLE)) THEN ${form.exponent}`,
      `WHEN ${match(patterns.leadingZero)} THEN ${form.zero}`,
    );
  }
  return isTyped(candidates) ? `CASE ${tests.join(" ")} ELSE 0 END` : "0";
}

const isTyped = (candidates: Candidates): boolean => candidates.numbers || candidates.booleans || candidates.times || candidates.dates.length > 0;

function aggregatesOf(candidates: Candidates, value: string, column: string): Aggregate[] {
  const found: Aggregate[] = [
    { key: "filled", sql: `count_if(${value} <> '')` },
    { key: "blanks", sql: `count_if(${value} = '')` },
  ];
  const add = (key: string, condition: string): unknown => found.push({ key, sql: `count_if(${condition})` });
  if (isTyped(candidates)) {
    add("words", `${column} = ${form.word}`);
    found.push({ key: "word", sql: `min(${when(`${column} = ${form.word}`, value)})` });
  }
  if (candidates.numbers) found.push(...numberAggregates(value, column));
  if (candidates.booleans) for (const word of ["true", "false", "yes", "no"]) add(word, `lower(${value}) = '${word}'`);
  if (candidates.times) add("time", `regexp_full_match(${value}, ${text(patterns.time)})`);
  candidates.dates.forEach((reading, index) => {
    add(`date${index}`, `${reading.sql(value)} IS NOT NULL`);
    add(`timed${index}`, `contains(${value}, ':')`);
  });
  const [first, second] = candidates.dates.filter((reading) => reading.order !== null);
  if (first !== undefined && second !== undefined) add("differ", `${first.sql(value)} <> ${second.sql(value)}`);
  return found;
}

function numberAggregates(value: string, column: string): Aggregate[] {
  const count = (key: string, ...forms: number[]): Aggregate => ({ key, sql: `count_if(${column} IN (${forms.join(", ")}))` });
  const longest = (key: string, part: string, ...forms: number[]): Aggregate => ({
    key,
    sql: `max(${when(`${column} IN (${forms.join(", ")})`, `length(${part})`)})`,
  });
  const points = [form.openPoint, form.point, form.openComma, form.pointGroups];
  const commas = [form.openPoint, form.openComma, form.comma, form.commaGroups];
  return [
    count("whole", form.whole),
    { key: "fits64", sql: `count_if(${column} = ${form.whole} AND try_cast(${value} AS BIGINT) IS NOT NULL)` },
    count("zero", form.zero),
    count("point", form.whole, form.openPoint, form.point),
    count("exponent", form.exponent),
    count("pointGroups", form.openComma, form.pointGroups),
    count("comma", form.openComma, form.comma),
    count("commaGroups", form.openPoint, form.commaGroups),
    longest("wholeDigits", value, form.whole),
    longest("pointScale", `split_part(${value}, '.', 2)`, ...points),
    longest("pointDigits", `replace(replace(split_part(${value}, '.', 1), '-', ''), ',', '')`, ...points),
    longest("commaScale", `split_part(${value}, ',', 2)`, ...commas),
    longest("commaDigits", `replace(replace(split_part(${value}, ',', 1), '-', ''), '.', '')`, ...commas),
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
    "wholeDigits",
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
