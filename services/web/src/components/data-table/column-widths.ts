import { formatOf } from "./format-cell.ts";
import { kindOf, type TableColumn, type TableRow } from "./row-source.ts";

export const leastWidth = 56;
export const mostWidth = 1_200;
const characterWidth = 7.2;
/** Digits are wider than most letters, and a number or a day that is cut off misleads. */
const digitWidth = 8.4;
const headRoom = 76;
const cellRoom = 22;

/** Widths that show a column's name and most of its first values; none is wider than `widest` pixels. */
export function fitColumns(columns: readonly TableColumn[], rows: readonly TableRow[], widest = Number.POSITIVE_INFINITY): number[] {
  const sample = rows.slice(0, 100);
  return columns.map((column) => {
    const format = formatOf(column);
    const longest = sample.reduce((most, row) => {
      const value = row[column.name];
      return Math.max(most, value === null || value === undefined ? 1 : Math.min(60, format(value).length));
    }, 0);
    const head = Math.min(28, column.name.length) * characterWidth + headRoom;
    const isText = kindOf(column.type) === "text" || kindOf(column.type) === "other";
    const body = longest * (isText ? characterWidth : digitWidth) + cellRoom;
    return Math.round(Math.min(isText ? 320 : 260, widest, Math.max(72, head, body)));
  });
}

/** Where each column begins; the last number is the whole width. */
export function startsOf(widths: readonly number[]): number[] {
  const starts = [0];
  for (const width of widths) starts.push((starts.at(-1) ?? 0) + width);
  return starts;
}

/** The columns that a view from `left` to `right` touches: first, and one behind the last. */
export function columnsBetween(starts: readonly number[], left: number, right: number): { readonly first: number; readonly end: number } {
  const count = starts.length - 1;
  const first = Math.max(0, countBelow(starts, left + 1) - 1);
  return { first: Math.min(first, count), end: Math.min(count, countBelow(starts, right)) };
}

/** How many numbers of a sorted list are below a limit. */
function countBelow(sorted: readonly number[], limit: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
