import { IconArrowDown, IconArrowUp, IconFilter, IconFilterFilled } from "@tabler/icons-react";
import { texts } from "../../texts/index.ts";
import type { Condition, SortKey } from "./conditions.ts";
import classes from "./data-table.module.css";
import { isAtEnd } from "./format-cell.ts";
import type { ShownColumn } from "./grid-row.tsx";
import { ResizeHandle } from "./resize-handle.tsx";

interface GridHeadProps {
  readonly id: string;
  readonly columns: readonly ShownColumn[];
  readonly left: number;
  readonly width: number;
  readonly sort: readonly SortKey[];
  readonly conditions: readonly Condition[];
  /** Column of the cursor while it stands in the head; -1 otherwise. */
  readonly cursor: number;
  readonly onSort: (column: string, add: boolean) => void;
  readonly onFilter: (column: number) => void;
  readonly onResize: (column: number, width: number) => void;
  readonly onFit: (column: number) => void;
}

/** The names of the columns; it stays in sight while rows are scrolled. */
export function GridHead({ id, columns, left, width, cursor, sort, conditions, ...actions }: GridHeadProps) {
  return (
    <div role="row" aria-rowindex={1} className={classes.head} style={{ width }}>
      <div role="columnheader" aria-colindex={1} className={classes.corner}>
        <span className={classes.hidden}>{texts.table.rowNumber}</span>
      </div>
      <div style={{ width: left, flexShrink: 0 }} />
      {columns.map((column) => (
        <HeadCell
          key={column.index}
          id={`${id}-head-${column.index}`}
          column={column}
          isCursor={cursor === column.index}
          keyIndex={sort.findIndex((key) => key.column === column.name)}
          sort={sort}
          isFiltered={conditions.some((condition) => condition.column === column.name)}
          {...actions}
        />
      ))}
    </div>
  );
}

interface HeadCellProps extends Pick<GridHeadProps, "onSort" | "onFilter" | "onResize" | "onFit" | "sort"> {
  readonly id: string;
  readonly column: ShownColumn;
  readonly isCursor: boolean;
  readonly keyIndex: number;
  readonly isFiltered: boolean;
}

function HeadCell({ id, column, isCursor, keyIndex, sort, isFiltered, onSort, onFilter, onResize, onFit }: HeadCellProps) {
  const key = sort[keyIndex];
  const names = [classes.title, isAtEnd(column.type) && classes.end, isCursor && classes.cursor].filter(Boolean).join(" ");
  const FilterIcon = isFiltered ? IconFilterFilled : IconFilter;
  return (
    <div
      role="columnheader"
      id={id}
      aria-colindex={column.index + 2}
      aria-sort={key ? (key.descending ? "descending" : "ascending") : "none"}
      className={names}
      style={{ width: column.width }}
      data-head={column.index}
    >
      <button type="button" tabIndex={-1} className={classes.sorter} onClick={(event) => onSort(column.name, event.shiftKey)} title={column.name}>
        <span className={classes.name}>
          <span className={classes.nameText}>{column.name}</span>
          {key && <SortMark isDescending={key.descending} place={sort.length > 1 ? keyIndex + 1 : undefined} />}
        </span>
        <span className={classes.type}>{column.type}</span>
      </button>
      <button
        type="button"
        tabIndex={-1}
        className={isFiltered ? classes.filtered : classes.filter}
        aria-label={texts.table.filterOf(column.name)}
        onClick={() => onFilter(column.index)}
      >
        <FilterIcon size={14} stroke={1.8} aria-hidden />
      </button>
      <ResizeHandle width={column.width} onResize={(width) => onResize(column.index, width)} onFit={() => onFit(column.index)} />
    </div>
  );
}

function SortMark({ isDescending, place }: { readonly isDescending: boolean; readonly place: number | undefined }) {
  const Icon = isDescending ? IconArrowDown : IconArrowUp;
  return (
    <span className={classes.sortMark} aria-hidden>
      <Icon size={14} stroke={2.2} />
      {place}
    </span>
  );
}
