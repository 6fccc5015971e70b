import { ActionIcon, Button, Tooltip } from "@mantine/core";
import { IconFilterOff } from "@tabler/icons-react";
import { type ReactNode, useCallback, useRef, useState } from "react";
import { texts } from "../../texts/index.ts";
import { ErrorState } from "../error-state.tsx";
import { ConditionChips } from "./condition-chips.tsx";
import { type Condition, nextSort, type SortKey } from "./conditions.ts";
import classes from "./data-table.module.css";
import { Grid } from "./grid.tsx";
import type { PageStore } from "./page-store.ts";
import type { RowSource } from "./row-source.ts";
import { rangeOf, type Selection } from "./selection.ts";
import { useCopy } from "./use-copy.ts";
import { headHeight, rowHeight } from "./use-grid.ts";
import { useRows } from "./use-rows.ts";

const words = texts.table;
const barHeight = 40;
/** Borders and a scroll bar that lies below. */
const edges = 18;
/** Room for a sentence where there are no rows, and for a popover. */
const leastRows = 6;
const noKeys: readonly SortKey[] = [];
const noConditions: readonly Condition[] = [];

export interface DataTableProps {
  /** The rows. A new object stands for new rows, so keep it while they are the same. */
  readonly source: RowSource;
  /** What the rows are, for those who do not see the table. */
  readonly label: string;
  /** The table grows with its rows up to this, a CSS length. `min(70dvh, 760px)` by default. */
  readonly maxHeight?: string;
  /** Stands at the end of the line above the rows: downloads and the like. */
  readonly actions?: ReactNode;
}

/** Rows of any number: sorted by a click on a column's name, filtered by its funnel, selected and copied by mouse or keyboard. */
export function DataTable({ source, label, maxHeight = "min(70dvh, 760px)", actions }: DataTableProps) {
  const [sort, setSort] = useState(noKeys);
  const [conditions, setConditions] = useState(noConditions);
  const [selection, setSelection] = useState<Selection>();
  const { store, isBusy } = useRows(source, conditions, sort);
  const { message, onCopy } = useCopy(store, source.columns);
  const height = useHeight(source, store, maxHeight);
  const onSort = useCallback((column: string, add: boolean) => setSort((keys) => nextSort(keys, column, add)), []);
  const onCondition = (column: string, condition: Condition | undefined): void =>
    setConditions((before) => [...before.filter((other) => other.column !== column), ...(condition ? [condition] : [])]);
  const reset = (): void => {
    setSort(noKeys);
    setConditions(noConditions);
  };
  return (
    <section className={classes.table} style={{ height }} aria-label={label}>
      <div className={classes.bar}>
        <Count store={store} columns={source.columns.length} />
        <div className={classes.chips}>
          <ConditionChips conditions={conditions} onChange={setConditions} />
        </div>
        {conditions.length > 1 && <ClearFilters onClear={() => setConditions(noConditions)} />}
        <span className={classes.selection} role="status">
          {message || sizeOf(selection)}
        </span>
        {actions && <div className={classes.actions}>{actions}</div>}
      </div>
      {store.error === undefined && !store.isOpen && <Bones columns={source.columns.length} />}
      {store.error !== undefined && <Failure error={store.error} onRetry={store.retry} onClear={conditions.length + sort.length === 0 ? undefined : reset} />}
      {store.error === undefined && store.isOpen && (
        <Grid
          label={label}
          columns={source.columns}
          store={store}
          isBusy={isBusy}
          sort={sort}
          conditions={conditions}
          onSort={onSort}
          onCondition={onCondition}
          onSelection={setSelection}
          onCopy={onCopy}
        >
          {store.rowCount === 0 && <p className={classes.note}>{conditions.length > 0 ? words.noMatches : words.noRows}</p>}
        </Grid>
      )}
    </section>
  );
}

/** As high as the most rows that were there, so that a filter does not move what stands below. */
function useHeight(source: RowSource, store: PageStore, maxHeight: string): string {
  const known = "rows" in source ? source.rows.length : source.rowCount;
  const most = useRef({ source, rows: 0 });
  if (most.current.source !== source) most.current = { source, rows: 0 };
  most.current.rows = Math.max(most.current.rows, leastRows, known ?? 0, store.rowCount);
  if (known === null && !store.isOpen) return maxHeight;
  return `min(${most.current.rows * rowHeight + headHeight + barHeight + edges}px, ${maxHeight})`;
}

function sizeOf(selection: Selection | undefined): string {
  if (!selection || selection.focus.row < 0) return "";
  const { firstRow, lastRow, firstColumn, lastColumn } = rangeOf(selection);
  const [rows, columns] = [lastRow - firstRow + 1, lastColumn - firstColumn + 1];
  return rows * columns > 1 ? words.selected(rows, columns) : "";
}

function Count({ store, columns }: { readonly store: PageStore; readonly columns: number }) {
  if (!store.isOpen) return <span className={classes.count}>{words.columns(columns)}</span>;
  return (
    <span className={classes.count}>
      <b>{store.isCounted ? words.rows(store.rowCount) : words.rowsSoFar(store.rowCount)}</b> · {words.columns(columns)}
    </span>
  );
}

function ClearFilters({ onClear }: { readonly onClear: () => void }) {
  return (
    <Tooltip label={words.clear}>
      <ActionIcon size="sm" variant="subtle" color="gray" aria-label={words.clear} onClick={onClear}>
        <IconFilterOff size={15} />
      </ActionIcon>
    </Tooltip>
  );
}

interface FailureProps {
  readonly error: unknown;
  readonly onRetry: () => void;
  readonly onClear: (() => void) | undefined;
}

function Failure({ error, onRetry, onClear }: FailureProps) {
  return (
    <div className={classes.failure}>
      <ErrorState error={error} onRetry={onRetry} />
      {onClear && (
        <Button size="xs" variant="default" onClick={onClear}>
          {words.reset}
        </Button>
      )}
    </div>
  );
}

const boneRows = 14;

/** The shape of a table while its first rows are read. */
function Bones({ columns }: { readonly columns: number }) {
  const count = Math.min(8, columns);
  return (
    <div className={classes.bones} aria-busy aria-label={texts.frame.loading}>
      {Array.from({ length: boneRows }, (_, row) => (
        <div key={row}>
          {Array.from({ length: count }, (_row, column) => (
            <span key={column} className={classes.bone} style={{ width: `${60 + ((row * 7 + column * 13) % 5) * 18}px`, flex: "none" }} />
          ))}
        </div>
      ))}
    </div>
  );
}
