import { type PointerEvent, useRef } from "react";
import { leastWidth, mostWidth } from "./column-widths.ts";
import classes from "./data-table.module.css";

interface ResizeHandleProps {
  readonly width: number;
  readonly onResize: (width: number) => void;
  /** Called on a double click: the column takes the width of its content. */
  readonly onFit: () => void;
}

/** The edge of a column's head: dragged, it makes the column wider or narrower. */
export function ResizeHandle({ width, onResize, onFit }: ResizeHandleProps) {
  const start = useRef<{ readonly x: number; readonly width: number }>(undefined);
  const drag = (event: PointerEvent): void => {
    if (!start.current) return;
    onResize(Math.max(leastWidth, Math.min(mostWidth, start.current.width + event.clientX - start.current.x)));
  };
  const end = (): void => {
    start.current = undefined;
  };
  return (
    <div
      className={classes.handle}
      aria-hidden
      onPointerDown={(event) => {
        event.preventDefault();
        event.stopPropagation();
        event.currentTarget.setPointerCapture(event.pointerId);
        start.current = { x: event.clientX, width };
      }}
      onPointerMove={drag}
      onPointerUp={end}
      onPointerCancel={end}
      onDoubleClick={onFit}
    />
  );
}
