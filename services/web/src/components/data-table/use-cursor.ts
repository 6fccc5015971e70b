import { type KeyboardEvent, type MouseEvent, useState } from "react";
import { type Cell, move, type Selection } from "./selection.ts";

interface CursorOptions {
  readonly rows: number;
  readonly columns: number;
  /** Rows that a page key moves by. */
  readonly page: number;
  readonly onShow: (cell: Cell) => void;
  /** A key that does something to the cell at the cursor; says whether it did. */
  readonly onAct: (cell: Cell, event: KeyboardEvent) => boolean;
  readonly onOpen: (cell: Cell) => void;
}

const start: Cell = { row: 0, column: 0 };

/** The cell that a mouse event happened in, if any. */
function cellAt(target: EventTarget): Cell | undefined {
  if (!(target instanceof Element)) return undefined;
  const column = target.closest("[data-column]")?.getAttribute("data-column");
  const row = target.closest("[data-row]")?.getAttribute("data-row");
  return column && row ? { row: Number(row), column: Number(column) } : undefined;
}

const isSame = (a: Cell | undefined, b: Cell): boolean => a?.row === b.row && a.column === b.column;

/** The cursor of a grid and what is selected, by keyboard and mouse. */
export function useCursor({ rows, columns, page, onShow, onAct, onOpen }: CursorOptions) {
  const [selection, setSelection] = useState<Selection>();
  const bounds = { rows, columns, page };
  const onKeyDown = (event: KeyboardEvent<HTMLElement>): void => {
    if (event.target !== event.currentTarget || event.defaultPrevented) return;
    const present = selection ?? { anchor: start, focus: start };
    if (onAct(present.focus, event)) return event.preventDefault();
    const next = event.altKey ? undefined : move(present, event, bounds);
    if (!next) return;
    event.preventDefault();
    setSelection(next);
    if (event.key !== "a") onShow(next.focus);
  };
  const onMouseDown = (event: MouseEvent): void => {
    const cell = event.button === 0 ? cellAt(event.target) : undefined;
    if (cell) setSelection((before) => ({ anchor: event.shiftKey && before ? before.anchor : cell, focus: cell }));
  };
  const onMouseMove = (event: MouseEvent): void => {
    const cell = event.buttons === 1 ? cellAt(event.target) : undefined;
    if (cell) setSelection((before) => (before && !isSame(before.focus, cell) ? { ...before, focus: cell } : before));
  };
  const onDoubleClick = (event: MouseEvent): void => {
    const cell = cellAt(event.target);
    if (cell) onOpen(cell);
  };
  const onFocus = (): void => setSelection((before) => before ?? { anchor: start, focus: start });
  return { selection, setSelection, handlers: { onKeyDown, onMouseDown, onMouseMove, onDoubleClick, onFocus } };
}
