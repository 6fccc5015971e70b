import { type KeyboardEvent, type RefObject, useCallback, useEffect, useId, useMemo, useRef, useState } from "react";
import { formatCount } from "../../texts/format.ts";
import { columnsBetween, leastWidth } from "./column-widths.ts";
import { formatOf } from "./format-cell.ts";
import type { ShownColumn } from "./grid-row.tsx";
import type { PageStore } from "./page-store.ts";
import type { TableColumn } from "./row-source.ts";
import type { Cell } from "./selection.ts";
import { useCursor } from "./use-cursor.ts";
import { useViewport, type View } from "./use-viewport.ts";
import { useWidths } from "./use-widths.ts";

export const rowHeight = 30;
export const headHeight = 46;
const spareRows = 10;
const sparePixels = 200;
const resizeStep = 16;

/** What hangs open at a cell: its value, or the filter of its column. */
export interface OpenPart {
  readonly kind: "value" | "filter";
  readonly cell: Cell;
}

interface GridOptions {
  readonly columns: readonly TableColumn[];
  readonly store: PageStore;
  readonly onSort: (column: string, add: boolean) => void;
}

/** Everything a grid knows: what is in sight, how wide columns are, where the cursor stands and what hangs open. */
export function useGrid({ columns, store, onSort }: GridOptions) {
  const id = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState<OpenPart>();
  const { rowCount } = store;
  const { view, goTo, topNow } = useViewport(scroller, rowCount * rowHeight, headHeight);
  const sizes = useWidths(columns, store);
  const { widths, starts } = sizes;
  const gutter = 24 + formatCount(rowCount).length * 6.6;
  const rows = rowsInView(view, rowCount);
  useEffect(() => store.look(rows.first, rows.end), [store, rows.first, rows.end]);
  const shown = useShownColumns(columns, sizes, view, gutter);
  const close = useCallback(() => {
    setOpen(undefined);
    scroller.current?.focus({ preventScroll: true });
  }, []);

  const actOnHead = ({ column: index }: Cell, event: KeyboardEvent): boolean => {
    const column = columns[index];
    if (!column) return false;
    if (event.altKey && /^Arrow(Left|Right)$/.test(event.key)) {
      sizes.resize(index, Math.max(leastWidth, (widths[index] ?? 0) + (event.key === "ArrowLeft" ? -resizeStep : resizeStep)));
    } else if (isOpening(event)) onSort(column.name, event.shiftKey);
    else if (event.key === "f" && !event.ctrlKey && !event.metaKey) setOpen({ kind: "filter", cell: { row: -1, column: index } });
    else return false;
    return true;
  };
  const onAct = (cell: Cell, event: KeyboardEvent): boolean => {
    if (cell.row < 0) return actOnHead(cell, event);
    if (isOpening(event)) setOpen({ kind: "value", cell });
    return isOpening(event);
  };
  const cursor = useCursor({
    rows: rowCount,
    columns: columns.length,
    page: Math.max(1, Math.floor(view.height / rowHeight) - 1),
    onShow: (cell) => showCell(scroller, cell, { starts, gutter, top: topNow(), goTo }),
    onAct,
    onOpen: (cell) => setOpen({ kind: "value", cell }),
  });
  return { id, scroller, view, rows, sizes, gutter, shown, cursor, open, setOpen, close, goTo, width: gutter + (starts.at(-1) ?? 0) };
}

const isOpening = ({ key }: KeyboardEvent): boolean => key === "Enter" || key === " " || key === "F2";

function rowsInView({ top, height }: View, count: number): { readonly first: number; readonly end: number } {
  const first = Math.max(0, Math.floor(top / rowHeight) - spareRows);
  return { first: Math.min(first, count), end: Math.min(count, Math.ceil((top + height) / rowHeight) + spareRows) };
}

function useShownColumns(
  columns: readonly TableColumn[],
  { widths, starts }: Pick<ReturnType<typeof useWidths>, "widths" | "starts">,
  view: View,
  gutter: number,
) {
  const formats = useMemo(() => columns.map(formatOf), [columns]);
  const { first, end } = columnsBetween(starts, view.left - sparePixels, view.left + view.width - gutter + sparePixels);
  return useMemo(() => {
    const shown = columns.slice(first, end).map((column, offset): ShownColumn => {
      const index = first + offset;
      return { ...column, index, width: widths[index] ?? 0, format: formats[index] ?? String };
    });
    return { columns: shown, left: starts[first] ?? 0 };
  }, [columns, formats, widths, starts, first, end]);
}

interface ShowOptions {
  readonly starts: readonly number[];
  readonly gutter: number;
  readonly top: number;
  readonly goTo: (top: number) => void;
}

/** Scrolls as little as needed for a cell to be seen. */
function showCell(scroller: RefObject<HTMLDivElement | null>, { row, column }: Cell, { starts, gutter, top, goTo }: ShowOptions): void {
  const element = scroller.current;
  if (!element) return;
  const [left = 0, right = 0] = [starts[column], starts[column + 1]];
  const room = element.clientWidth - gutter;
  if (left < element.scrollLeft) element.scrollLeft = left;
  else if (right > element.scrollLeft + room) element.scrollLeft = Math.min(left, right - room);
  if (row < 0) return;
  const height = element.clientHeight - headHeight;
  if (row * rowHeight < top) goTo(row * rowHeight);
  else if ((row + 1) * rowHeight > top + height) goTo((row + 1) * rowHeight - height);
}
