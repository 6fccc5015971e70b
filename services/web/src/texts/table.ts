import type { Operator } from "../components/data-table/conditions.ts";
import { formatCount } from "./format.ts";

const plural = (count: number, one: string, many: string): string => `${formatCount(count)} ${count === 1 ? one : many}`;
const operators: Readonly<Record<Operator, string>> = {
  contains: "contains",
  lacks: "does not contain",
  starts: "starts with",
  equals: "is",
  differs: "is not",
  above: "is above",
  from: "is at least",
  below: "is below",
  to: "is at most",
  between: "is between",
  true: "is true",
  false: "is false",
  empty: "is empty",
  filled: "is not empty",
};

/** The grid of rows. */
export const table = {
  rows: (count: number): string => plural(count, "row", "rows"),
  rowsSoFar: (count: number): string => `${formatCount(count)}+ rows`,
  columns: (count: number): string => plural(count, "column", "columns"),
  selected: (rows: number, columns: number): string => `${formatCount(rows)} × ${formatCount(columns)} selected`,
  copied: (rows: number): string => `${plural(rows, "row", "rows")} copied`,
  copiedSome: (rows: number): string => `Copied the first ${formatCount(rows)} rows of the selection`,
  copyFailed: "The browser did not allow copying.",
  null: "no value",
  rowNumber: "Row",
  operators,
  column: "Column",
  sortUp: "Sort ascending",
  sortDown: "Sort descending",
  sortNot: "Do not sort",
  filter: "Filter",
  filterOf: (column: string): string => `Filter ${column}`,
  condition: "Condition",
  value: "Value",
  and: "and",
  apply: "Apply",
  remove: "Remove",
  removeFilter: (text: string): string => `Remove the filter: ${text}`,
  clear: "Clear all filters",
  badValue: {
    number: "a number, such as 12.5",
    date: "a day, such as 2024-05-31",
    time: "a time, such as 14:30",
    instant: "a day or a time, such as 2024-05-31 14:30",
  },
  noRows: "There are no rows.",
  noMatches: "No row meets the filters.",
  detail: (column: string): string => `Value of ${column}`,
  copy: "Copy",
  close: "Close",
  hint: "Arrow keys move, Shift selects, Ctrl C copies, Enter shows the whole value; above the first row Enter sorts, F filters and Alt with an arrow key resizes.",
} as const;
