import { type ClipboardEvent, type ReactNode, useEffect } from "react";
import { CellDetail, CellPopover } from "./cell-popover.tsx";
import type { Condition, SortKey } from "./conditions.ts";
import { texts } from "../../texts/index.ts";
import classes from "./data-table.module.css";
import { FilterForm } from "./filter-form.tsx";
import { GridHead } from "./grid-head.tsx";
import { GridRow } from "./grid-row.tsx";
import type { PageStore } from "./page-store.ts";
import type { TableColumn } from "./row-source.ts";
import { laidOutHeight } from "./scroll-map.ts";
import { rangeOf, type Selection } from "./selection.ts";
import { headHeight, rowHeight, useGrid } from "./use-grid.ts";

const words = texts.table;
type GridModel = ReturnType<typeof useGrid>;

export interface GridProps {
  readonly label: string;
  readonly columns: readonly TableColumn[];
  readonly store: PageStore;
  readonly isBusy: boolean;
  readonly sort: readonly SortKey[];
  readonly conditions: readonly Condition[];
  readonly onSort: (column: string, add: boolean) => void;
  readonly onCondition: (column: string, condition: Condition | undefined) => void;
  readonly onSelection: (selection: Selection | undefined) => void;
  readonly onCopy: (event: ClipboardEvent, selection: Selection | undefined) => void;
  /** Shown in place of rows. */
  readonly children?: ReactNode;
}

/** The scroller with head and rows: only what can be seen is drawn. */
export function Grid({ label, columns, store, isBusy, sort, conditions, onSort, onCondition, onSelection, onCopy, children }: GridProps) {
  const grid = useGrid({ columns, store, onSort });
  const { id, scroller, gutter, width, sizes, shown, cursor, setOpen } = grid;
  const focus = cursor.selection?.focus;
  useEffect(() => onSelection(cursor.selection), [onSelection, cursor.selection]);
  return (
    <div
      ref={scroller}
      role="grid"
      tabIndex={0}
      aria-label={label}
      aria-rowcount={store.isCounted ? store.rowCount + 1 : -1}
      aria-colcount={columns.length + 1}
      aria-multiselectable
      aria-busy={isBusy}
      aria-activedescendant={focus && (focus.row < 0 ? `${id}-head-${focus.column}` : `${id}-${focus.row}-${focus.column}`)}
      aria-describedby={`${id}-hint`}
      className={classes.scroller}
      style={{ "--gutter": `${gutter}px` } as React.CSSProperties}
      onCopy={(event) => onCopy(event, cursor.selection)}
      {...cursor.handlers}
    >
      <GridHead
        id={id}
        columns={shown.columns}
        left={shown.left}
        width={width}
        sort={sort}
        conditions={conditions}
        cursor={focus?.row === -1 ? focus.column : -1}
        onSort={onSort}
        onFilter={(column) => setOpen({ kind: "filter", cell: { row: -1, column } })}
        onResize={sizes.resize}
        onFit={sizes.fit}
      />
      <div role="rowgroup" className={classes.body} data-busy={isBusy || undefined} style={{ height: laidOutHeight(store.rowCount * rowHeight), width }}>
        <Rows grid={grid} store={store} />
        {children}
      </div>
      <OpenAtCell grid={grid} columns={columns} store={store} conditions={conditions} onCondition={onCondition} />
      <span id={`${id}-hint`} className={classes.hidden}>
        {words.hint}
      </span>
    </div>
  );
}

function Rows({ grid, store }: { readonly grid: GridModel; readonly store: PageStore }) {
  const { id, rows, view, width, shown, cursor } = grid;
  const { selection } = cursor;
  const range = selection && rangeOf(selection);
  const indexes = Array.from({ length: Math.max(0, rows.end - rows.first) }, (_, offset) => rows.first + offset);
  return indexes.map((index) => {
    const isSelected = range !== undefined && index >= range.firstRow && index <= range.lastRow;
    return (
      <GridRow
        key={index}
        id={id}
        index={index}
        top={index * rowHeight - view.shift}
        width={width}
        left={shown.left}
        columns={shown.columns}
        row={store.rowAt(index)}
        selectedFrom={isSelected ? range.firstColumn : -1}
        selectedTo={isSelected ? range.lastColumn : -1}
        cursor={selection?.focus.row === index ? selection.focus.column : -1}
      />
    );
  });
}

interface OpenAtCellProps extends Pick<GridProps, "columns" | "store" | "conditions" | "onCondition"> {
  readonly grid: GridModel;
}

function OpenAtCell({ grid, columns, store, conditions, onCondition }: OpenAtCellProps) {
  const { open, close, gutter, sizes, view } = grid;
  const column = open && columns[open.cell.column];
  if (!open || !column) return null;
  const left = gutter + (sizes.starts[open.cell.column] ?? 0);
  const width = sizes.widths[open.cell.column] ?? 0;
  const place = { left, width, height: rowHeight, top: headHeight + open.cell.row * rowHeight - view.shift };
  if (open.kind === "value") {
    return (
      <CellPopover place={place} label={words.detail(column.name)} width={360} onClose={close}>
        <CellDetail column={column} value={store.rowAt(open.cell.row)?.[column.name]} onClose={close} />
      </CellPopover>
    );
  }
  return (
    <CellPopover place={{ ...place, top: view.top - view.shift, height: headHeight }} label={words.filterOf(column.name)} onClose={close}>
      <FilterForm
        column={column}
        present={conditions.find((condition) => condition.column === column.name)}
        onApply={(condition) => {
          onCondition(column.name, condition);
          close();
        }}
      />
    </CellPopover>
  );
}
