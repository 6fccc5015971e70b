import { toPlainText } from "./format-cell.ts";
import type { TableColumn, TableRow } from "./row-source.ts";

/** A place in the grid: rows from 0, -1 for the head. */
export interface Cell {
  readonly row: number;
  readonly column: number;
}

/** A rectangle of cells from where it was begun to where the cursor stands. */
export interface Selection {
  readonly anchor: Cell;
  readonly focus: Cell;
}

export interface Bounds {
  readonly rows: number;
  readonly columns: number;
  /** Rows that a page key moves by. */
  readonly page: number;
}

export interface Key {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly shiftKey: boolean;
}

const clamp = (value: number, least: number, most: number): number => Math.max(least, Math.min(most, value));

const moves: Readonly<Record<string, (cell: Cell, bounds: Bounds, toEdge: boolean) => Cell>> = {
  ArrowUp: (cell, _, toEdge) => ({ ...cell, row: toEdge ? 0 : cell.row - 1 }),
  ArrowDown: (cell, { rows }, toEdge) => ({ ...cell, row: toEdge ? rows - 1 : cell.row + 1 }),
  ArrowLeft: (cell, _, toEdge) => ({ ...cell, column: toEdge ? 0 : cell.column - 1 }),
  ArrowRight: (cell, { columns }, toEdge) => ({ ...cell, column: toEdge ? columns - 1 : cell.column + 1 }),
  PageUp: (cell, { page }) => ({ ...cell, row: Math.max(0, cell.row - page) }),
  PageDown: (cell, { page }) => ({ ...cell, row: cell.row + page }),
  Home: (cell, _, toEdge) => ({ row: toEdge ? 0 : cell.row, column: 0 }),
  End: (cell, { rows, columns }, toEdge) => ({ row: toEdge ? rows - 1 : cell.row, column: columns - 1 }),
};

/** Where a key leads; undefined where it does not move. */
export function move({ anchor, focus }: Selection, { key, ctrlKey, metaKey, shiftKey }: Key, bounds: Bounds): Selection | undefined {
  if (key === "a" && (ctrlKey || metaKey) && bounds.rows > 0)
    return { anchor: { row: 0, column: 0 }, focus: { row: bounds.rows - 1, column: bounds.columns - 1 } };
  const target = moves[key]?.(focus, bounds, ctrlKey || metaKey);
  if (!target) return undefined;
  const inside = { row: clamp(target.row, shiftKey ? 0 : -1, bounds.rows - 1), column: clamp(target.column, 0, bounds.columns - 1) };
  return shiftKey && anchor.row >= 0 ? { anchor, focus: inside } : { anchor: inside, focus: inside };
}

/** The selected rectangle: both ends included. */
export function rangeOf({ anchor, focus }: Selection) {
  return {
    firstRow: Math.min(anchor.row, focus.row),
    lastRow: Math.max(anchor.row, focus.row),
    firstColumn: Math.min(anchor.column, focus.column),
    lastColumn: Math.max(anchor.column, focus.column),
  };
}

/** Most rows that are copied at once. */
export const mostCopied = 10_000;

const field = (text: string): string => (/["\t\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** Rows as tab-separated text, as spreadsheets take it; more than one column or row comes with names. */
export function toTsv(rows: readonly TableRow[], columns: readonly TableColumn[]): string {
  const lines = rows.map((row) => columns.map(({ name }) => field(toPlainText(row[name]))).join("\t"));
  const isOne = rows.length === 1 && columns.length === 1;
  return isOne ? toPlainText(rows[0]?.[columns[0]?.name ?? ""]) : [columns.map(({ name }) => field(name)).join("\t"), ...lines].join("\n");
}
