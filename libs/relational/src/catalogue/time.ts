import type { FunctionEntry } from "./entry.ts";

/** Parts of a date. */
export const dateParts = ["year", "quarter", "month", "week", "day"] as const;
/** Parts of a time of day. */
export const timeParts = ["hour", "minute", "second", "millisecond", "microsecond"] as const;
/** Parts that can be taken out but not truncated to. */
export const extraParts = ["isoyear", "dow", "isodow", "doy", "epoch"] as const;

const time = (entry: Omit<FunctionEntry, "kind" | "group">): FunctionEntry => ({ kind: "scalar", group: "Dates and times", ...entry });

/** Weeks begin on Mondays, so their boundaries are counted between Mondays. */
const weeks = "((CAST(date_trunc('week', #3) AS DATE) - CAST(date_trunc('week', #2) AS DATE)) // 7)";

const partOf = (name: string, part: string, doc: string): FunctionEntry =>
  time({
    name,
    doc,
    example: `${name}(date '2024-03-31')`,
    overloads: [
      { signature: `${name}(date) -> integer`, duckdb: `date_part('${part}', #1)` },
      { signature: `${name}(timestamp) -> integer`, duckdb: `date_part('${part}', #1)` },
    ],
  });

const clockPart = (name: string): FunctionEntry =>
  time({
    name,
    doc: `The ${name} of a time, as extract(${name} from x).`,
    example: `${name}(timestamp '2024-03-31 10:20:30')`,
    overloads: [
      { signature: `${name}(timestamp) -> integer`, duckdb: `date_part('${name}', #1)` },
      { signature: `${name}(time) -> integer`, duckdb: `date_part('${name}', #1)` },
    ],
  });

const nameOf = (name: string, doc: string): FunctionEntry =>
  time({ name, doc, example: `${name}(date '2024-03-31')`, overloads: [{ signature: `${name}(timestamp) -> string`, duckdb: `${name}(#1)` }] });

export const timeFunctions: readonly FunctionEntry[] = [
  time({
    name: "date_trunc",
    doc: "The start of the year, quarter, month, week (Monday), day, hour, minute or second. A date stays a date.",
    example: "date_trunc('month', date '2024-03-31')",
    overloads: [
      { signature: "date_trunc(part, date) -> date", duckdb: "CAST(date_trunc(#1, #2) AS DATE)" },
      { signature: "date_trunc(part, timestamp) -> timestamp", duckdb: "CAST(date_trunc(#1, #2) AS TIMESTAMP)" },
    ],
  }),
  time({
    name: "date_diff",
    doc: "How many boundaries of a part lie between two points, negative backwards: from 31 December to 1 January is one year.",
    example: "date_diff('day', date '2024-02-28', date '2024-03-01')",
    overloads: [
      { signature: "date_diff('week', date, date) -> integer", duckdb: weeks },
      { signature: "date_diff('week', timestamp, timestamp) -> integer", duckdb: weeks },
      { signature: "date_diff('week', timestamptz, timestamptz) -> integer", duckdb: weeks.replaceAll(/#\d/g, (arg) => `timezone('UTC', ${arg})`) },
      { signature: "date_diff(part, date, date) -> integer", duckdb: "date_diff(#1, #2, #3)" },
      { signature: "date_diff(part, timestamp, timestamp) -> integer", duckdb: "date_diff(#1, #2, #3)" },
      { signature: "date_diff(part, timestamptz, timestamptz) -> integer", duckdb: "date_diff(#1, timezone('UTC', #2), timezone('UTC', #3))" },
    ],
  }),
  partOf("year", "year", "The year, as extract(year from x)."),
  partOf("quarter", "quarter", "1 to 4."),
  partOf("month", "month", "1 to 12."),
  partOf("week", "week", "The ISO week, 1 to 53; it belongs to extract(isoyear from x)."),
  partOf("day", "day", "The day of the month."),
  partOf("weekday", "isodow", "Monday is 1, Sunday 7, as extract(isodow from x)."),
  clockPart("hour"),
  clockPart("minute"),
  clockPart("second"),
  nameOf("monthname", "The English name of the month."),
  nameOf("dayname", "The English name of the day of the week."),
  time({
    name: "last_day",
    doc: "The last day of the month.",
    example: "last_day(date '2024-02-01')",
    overloads: [{ signature: "last_day(timestamp) -> date", duckdb: "last_day(#1)" }],
  }),
  time({
    name: "make_date",
    doc: "A date of year, month and day; an impossible one is an error.",
    example: "make_date(2024, 2, 29)",
    overloads: [{ signature: "make_date(integer, integer, integer) -> date", duckdb: "make_date(#1, #2, #3)" }],
  }),
  time({
    name: "now",
    doc: "The run's logical time, the same everywhere in the run.",
    example: "now()",
    overloads: [{ signature: "now() -> timestamptz", duckdb: "#now", nulls: "never" }],
  }),
  time({
    name: "today",
    doc: "The day (UTC) of the run's logical time.",
    example: "today()",
    overloads: [{ signature: "today() -> date", duckdb: "#today", nulls: "never" }],
  }),
];
