import type { Reading, SampleRow } from "./csv-dialect.ts";
import type { DialectHints } from "./model.ts";

/** Where the table of a text file begins, and what its columns are called. */
export interface TableStart {
  /** Names of the header, or null where there is none. */
  readonly header: readonly string[] | null;
  readonly width: number;
  /** Byte of the first row. */
  readonly offset: number;
  /** Physical line of the first row, from 1. */
  readonly line: number;
  /** Lines above the header or the first row. */
  readonly skipLines: number;
  readonly notes: readonly string[];
}

const maxPreamble = 50;

/** Finds the header and what stands above it. The reading has at least one row. */
export function findTableStart(reading: Reading, hints: DialectHints): TableStart {
  const notes: string[] = [];
  const first = hints.skipLines === undefined ? preambleLength(reading) : 0;
  const top = reading.rows[first];
  if (top === undefined) throw new Error("the sample has no rows");
  if (first > 0) notes.push(preambleNote(first, reading.rows[0]));
  const data = reading.rows.slice(first + 1);
  const skipLines = hints.skipLines ?? top.line - 1;
  if (hints.header ?? looksLikeHeader(top, data)) {
    const header = fitHeader(top.cells, reading.width, data, notes);
    return { header, width: header.length, ...top.next, skipLines, notes };
  }
  if (hints.header === undefined) notes.push("No row names the columns; they are called column_1, column_2 …");
  return { header: null, width: reading.width, offset: top.offset, line: top.line, skipLines, notes };
}

const preambleNote = (count: number, first: SampleRow | undefined): string =>
  `${count} ${count === 1 ? "row" : "rows"} above the table were left out, beginning with "${(first?.cells.join(" ") ?? "").slice(0, 80)}".`;

/** Rows above the table: narrower ones, or ones that are mostly empty while a full row follows. */
function preambleLength(reading: Reading): number {
  const { rows, width } = reading;
  if (width === 1) return 0;
  const isFull = (row: SampleRow | undefined): boolean =>
    row !== undefined && row.cells.length >= width && row.cells.filter((cell) => cell.trim() !== "").length * 2 > width;
  const limit = Math.min(maxPreamble, rows.length - 1);
  if (isFull(rows[0]) || isShortHeader(rows, width)) return 0;
  for (let index = 1; index <= limit; index += 1) if (isFull(rows[index])) return index;
  return 0;
}

/** A header that lacks one name: row names without a title, or a delimiter at the end of every row. */
function isShortHeader(rows: readonly SampleRow[], width: number): boolean {
  const [header, ...data] = rows;
  return header !== undefined && header.cells.length === width - 1 && width > 2 && data.length > 0 && data.every((row) => row.cells.length === width);
}

function fitHeader(cells: readonly string[], width: number, data: readonly SampleRow[], notes: string[]): string[] {
  if (cells.length !== width - 1 || data.length === 0) return [...cells];
  if (data.every((row) => row.cells[width - 1] === "" || row.cells.length !== width)) {
    notes.push("Every row ends in a delimiter; the empty last column is kept.");
    return [...cells, ""];
  }
  if (!data.every((row) => row.cells.length === width)) return [...cells];
  notes.push("The header has one name less than the rows have values; the first column holds row names.");
  return ["row", ...cells];
}

const numberCell = /^[-+]?(?:\d[\d.,' ]*|[.,]\d+)(?:[eE][-+]?\d+)?%?$/;
const dateCell = /^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?:[ T].*)?$/;
const booleanCell = /^(?:true|false)$/i;
const yearCell = /^(?:1[6-9]|20|21)\d\d$/;

const shapeOf = (cell: string): "empty" | "value" | "text" => {
  const bare = cell.trim();
  if (bare === "") return "empty";
  return numberCell.test(bare) || dateCell.test(bare) || booleanCell.test(bare) ? "value" : "text";
};

/** Whether a row names columns: text above values says yes, values above values no, and text above text yes unless it comes again. */
function looksLikeHeader(top: SampleRow, data: readonly SampleRow[]): boolean {
  const cells = top.cells.map((cell) => cell.trim());
  if (cells.every((cell) => cell === "")) return false;
  if (data.length === 0) return cells.some((cell) => shapeOf(cell) === "text");
  let votes = 0;
  for (const [column, cell] of cells.entries()) votes += vote(cell, valuesOf(data, column));
  if (votes === 0) return isPlainHeader(cells, data);
  return votes > 0 || isYearHeader(cells);
}

const valuesOf = (data: readonly SampleRow[], column: number): string[] =>
  data.slice(0, 200).flatMap((row) => {
    const cell = row.cells[column]?.trim() ?? "";
    return cell === "" ? [] : [cell];
  });

function vote(cell: string, values: readonly string[]): number {
  if (values.length === 0) return 0;
  const shaped = values.filter((value) => shapeOf(value) === "value").length / values.length;
  const shape = shapeOf(cell);
  if (shape === "text" && shaped > 0.5) return 1;
  if (shape === "value" && shaped > 0.5) return -1;
  return shape === "value" ? -0.5 : 0;
}

/** Text above text: a header unless a name stands twice, is missing, or is a value of its own column. */
function isPlainHeader(cells: readonly string[], data: readonly SampleRow[]): boolean {
  if (cells.some((cell) => shapeOf(cell) === "value")) return false;
  const named = cells.filter((cell) => cell !== "");
  if (named.length * 2 < cells.length) return false;
  const repeated = cells.filter((cell, column) => cell !== "" && data.some((row) => row.cells[column]?.trim() === cell)).length;
  return repeated * 2 < named.length || repeated === 0;
}

/** `country,1990,2000`: numbers above numbers that are years in order. */
function isYearHeader(cells: readonly string[]): boolean {
  const years = cells.filter((cell) => shapeOf(cell) === "value");
  const ordered = years.every((year, index) => yearCell.test(year) && (index === 0 || Number(year) !== Number(years[index - 1])));
  return years.length >= 2 && ordered && new Set(years).size === years.length && cells.some((cell) => shapeOf(cell) === "text");
}
