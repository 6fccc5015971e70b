import { formatCount } from "./format.ts";

const plural = (count: number, one: string, many: string): string => `${formatCount(count)} ${count === 1 ? one : many}`;
const signs: Readonly<Record<string, string>> = {
  ",": "comma ,",
  ";": "semicolon ;",
  "\t": "tab",
  "|": "bar |",
  " ": "space",
  ".": "point .",
  '"': 'double quote "',
  "'": "single quote '",
};
const escapes: Readonly<Record<string, string>> = { doubled: "doubled inside quotes", backslash: "after a backslash" };
const orders: Readonly<Record<string, string>> = { dmy: "day, month, year", mdy: "month, day, year" };

/** How a file was read, what was left out of it, and what wrote a table's versions. */
export const reading = {
  found: "How the file was read",
  unknown: "Nothing was noted while it was read.",
  notes: "Noticed while reading",
  correct: "Read it differently",
  guess: "Guess",
  none: "none",
  signs,
  escapes,
  orders,
  format: "Format",
  encoding: "Encoding",
  delimiter: "Separator",
  quote: "Quotes",
  escape: "A quote in quotes",
  decimal: "Decimal sign",
  thousands: "Thousands sign",
  header: "First line",
  hasHeader: "holds the names",
  noHeader: "is a row already",
  skipLines: "Lines to skip",
  dateOrder: "Order of dates",
  quotedEmpty: "An empty value in quotes is",
  types: "Types of the columns",
  typeOf: (column: string): string => `Type of ${column}`,
  reread: "Read again",
  rereadHint: "Makes a new version; what is left open is guessed.",
  rejected: {
    about: (count: number, shown: number): string =>
      count === shown
        ? `${plural(count, "row", "rows")} of the file could not be read.`
        : `${plural(count, "row", "rows")} of the file could not be read; the first ${formatCount(shown)} are shown.`,
    line: "Line",
    column: "Column",
    reason: "Reason",
    text: "Text",
  },
  rereadRejected: "The file could not be read so",
  done: (rows: number): string => `Read again: ${plural(rows, "row", "rows")}`,
  versions: {
    version: "Version",
    newest: "newest",
    written: "Written",
    rows: "Rows",
    size: "Size",
    source: "By",
    run: (river: string): string => `a run of ${river}`,
  },
  lineage: (title: string): string => `Where ${title} comes from`,
  kinds: { file: "file", dataset: "table", step: "step", output: "output" },
} as const;
