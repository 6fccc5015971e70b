import { memo } from "react";
import { texts } from "../../texts/index.ts";
import classes from "./data-table.module.css";
import { type CellFormat, clip, isAtEnd } from "./format-cell.ts";
import type { TableColumn, TableRow } from "./row-source.ts";
import { formatCount } from "../../texts/format.ts";

/** A column as it is drawn. */
export interface ShownColumn extends TableColumn {
  readonly index: number;
  readonly width: number;
  readonly format: CellFormat;
}

interface GridRowProps {
  readonly id: string;
  readonly index: number;
  readonly top: number;
  readonly width: number;
  /** Where the first shown column begins. */
  readonly left: number;
  readonly columns: readonly ShownColumn[];
  readonly row: TableRow | undefined;
  /** Selected columns of this row, both included; -1 for none. */
  readonly selectedFrom: number;
  readonly selectedTo: number;
  /** Column of the cursor; -1 where it stands in another row. */
  readonly cursor: number;
}

/** One row: its number, and the columns that can be seen. */
export const GridRow = memo(function GridRow({ id, index, top, width, left, columns, row, selectedFrom, selectedTo, cursor }: GridRowProps) {
  return (
    <div role="row" aria-rowindex={index + 2} className={classes.row} style={{ transform: `translateY(${top}px)`, width }} data-row={index}>
      <div role="rowheader" aria-colindex={1} className={classes.number}>
        {formatCount(index + 1)}
      </div>
      <div style={{ width: left, flexShrink: 0 }} />
      {columns.map((column) => (
        <GridCell
          key={column.index}
          id={`${id}-${index}-${column.index}`}
          column={column}
          row={row}
          isSelected={column.index >= selectedFrom && column.index <= selectedTo}
          isCursor={column.index === cursor}
        />
      ))}
    </div>
  );
});

interface GridCellProps {
  readonly id: string;
  readonly column: ShownColumn;
  readonly row: TableRow | undefined;
  readonly isSelected: boolean;
  readonly isCursor: boolean;
}

function GridCell({ id, column, row, isSelected, isCursor }: GridCellProps) {
  const names = [classes.cell, isAtEnd(column.type) && classes.end, isSelected && classes.selected, isCursor && classes.cursor].filter(Boolean).join(" ");
  return (
    <div
      role="gridcell"
      id={id}
      aria-colindex={column.index + 2}
      aria-selected={isSelected}
      className={names}
      style={{ width: column.width }}
      data-column={column.index}
    >
      <CellText column={column} row={row} />
    </div>
  );
}

function CellText({ column, row }: { readonly column: ShownColumn; readonly row: TableRow | undefined }) {
  if (!row) return <span className={classes.bone} />;
  const value = row[column.name];
  if (value === null || value === undefined)
    return (
      <span className={classes.null} role="img" aria-label={texts.table.null}>
        ∅
      </span>
    );
  if (value === "") return <span className={classes.null}>“”</span>;
  if (value === false) return <span className={classes.soft}>false</span>;
  return clip(column.format(value));
}
