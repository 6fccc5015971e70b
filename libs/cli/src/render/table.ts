import { displayWidth, fit, pad, safeText } from "./text.ts";
import type { Canvas } from "./style.ts";

/** One column of a table as it is shown. */
export interface TableColumn {
  readonly name: string;
  /** As the wire spells it; decides the side and how numbers are written. Absent: text. */
  readonly type?: string;
}

export interface TableOptions {
  /** Most rows shown. Default: all. */
  readonly limit?: number;
}

const gap = "   ";
const leastWidth = 4;
const mostWidth = 60;

/** Rows under aligned heads: numbers to the right, everything safe for a terminal, no line wider than the canvas. */
export function renderTable(
  columns: readonly TableColumn[],
  rows: readonly (readonly unknown[])[],
  { style, width }: Canvas,
  { limit = rows.length }: TableOptions = {},
): string[] {
  if (columns.length === 0) return [];
  const shown = rows.slice(0, limit);
  const cells = columns.map((column, at) =>
    formatColumn(
      column,
      shown.map((row) => row[at]),
    ),
  );
  const heads = columns.map(({ name }) => safeText(toHead(name)));
  const natural = cells.map((column, at) => Math.max(displayWidth(heads[at] ?? ""), ...column.map((cell) => displayWidth(cell))));
  const { widths, hidden } = layOut(natural, width);
  const sides = columns.map(({ type }) => (isNumeric(type) ? ("right" as const) : ("left" as const)));
  const toLine = (texts: readonly string[], paint: (text: string, at: number) => string): string =>
    widths.map((size, at) => paint(pad(fit(texts[at] ?? "", size), at === widths.length - 1 && sides[at] === "left" ? 0 : size, sides[at]), at)).join(gap);
  const lines = [toLine(heads, (text) => style.bold(text))];
  for (let row = 0; row < shown.length; row++) {
    lines.push(
      toLine(
        cells.map((column) => column[row] ?? ""),
        (text, at) => (shown[row]?.[at] === null || shown[row]?.[at] === undefined ? style.dim(text) : text),
      ),
    );
  }
  if (hidden > 0) lines.push(style.dim(`… ${hidden} more ${hidden === 1 ? "column" : "columns"}: widen the terminal, or use --json`));
  return lines;
}

/** Simple names are set apart as heads; a name with capitals or other characters stays exactly as it is. */
function toHead(name: string): string {
  return /^[a-z0-9_]+$/.test(name) ? name.toUpperCase() : name;
}

/** Whether values of a type stand to the right. */
export function isNumeric(type: string | undefined): boolean {
  return type === "integer" || type === "double" || type?.startsWith("decimal") === true;
}

/** Shrinks the widest columns first; columns that have no room left are hidden. */
function layOut(natural: readonly number[], width: number): { widths: number[]; hidden: number } {
  if (!Number.isFinite(width)) return { widths: [...natural], hidden: 0 };
  const widths = natural.map((size) => Math.min(size, mostWidth));
  const total = (): number => widths.reduce((sum, size) => sum + size, gap.length * (widths.length - 1));
  while (widths.length > 1 && widths.reduce((sum, size) => sum + Math.min(size, leastWidth), gap.length * (widths.length - 1)) > width) widths.pop();
  while (total() > width) {
    const widest = widths.indexOf(Math.max(...widths));
    const size = widths[widest] ?? 0;
    if (size <= 1) break;
    widths[widest] = Math.max(size - Math.max(1, Math.floor((total() - width) / widths.length)), 1);
  }
  return { widths, hidden: natural.length - widths.length };
}

function formatColumn({ type }: TableColumn, values: readonly unknown[]): string[] {
  if (type === "double") return formatDoubles(values);
  return values.map(formatValue);
}

/** One value as people read it: exact, except that doubles of a column share their decimals. */
export function formatValue(value: unknown): string {
  if (value === null || value === undefined) return "null";
  if (typeof value === "string") return safeText(value);
  if (typeof value === "object") return safeText(JSON.stringify(value));
  return String(value as number | boolean);
}

const mostDecimals = 4;

function formatDoubles(values: readonly unknown[]): string[] {
  const numbers = values.filter((value): value is number => typeof value === "number" && Number.isFinite(value));
  const isPlain = numbers.every((value) => value === 0 || (Math.abs(value) >= 0.001 && Math.abs(value) < 1e15));
  const decimals = isPlain ? Math.max(0, ...numbers.map((value) => decimalsOf(value))) : 0;
  return values.map((value) => {
    if (typeof value !== "number" || !Number.isFinite(value)) return formatValue(value);
    return isPlain ? value.toFixed(decimals) : String(Number(value.toPrecision(6)));
  });
}

function decimalsOf(value: number): number {
  const text = value.toFixed(mostDecimals).replace(/0+$/, "");
  return text.length - text.indexOf(".") - 1;
}
