/** A column of a table, its type spelled as the API spells it. */
export interface TableColumn {
  readonly name: string;
  readonly type: string;
}
export type TableRow = Readonly<Record<string, unknown>>;

/** What the API takes to choose and order rows; absent for all rows in the table's own order. */
export interface RowQuery {
  readonly sort?: string;
  readonly filter?: string;
}

/** Rows that are read page by page. A new object stands for new rows: keep it while they are the same. */
export interface PagedRows {
  readonly columns: readonly TableColumn[];
  /** Rows without a filter; null where nobody knows. */
  readonly rowCount: number | null;
  /** Reads rows from `offset` (from 0) in those that the query leaves. `rowCount` is what it leaves in all; null where unknown. */
  loadPage(
    offset: number,
    limit: number,
    query: RowQuery,
    signal: AbortSignal,
  ): Promise<{ readonly rows: readonly TableRow[]; readonly rowCount: number | null }>;
}

/** Rows that are here already. A new object stands for new rows. */
export interface MemoryRows {
  readonly columns: readonly TableColumn[];
  readonly rows: readonly TableRow[];
}

export type RowSource = PagedRows | MemoryRows;

/** What a column's values are like, as far as showing and filtering them goes. */
export type ColumnKind = "number" | "text" | "boolean" | "date" | "time" | "timestamp" | "timestamptz" | "other";

const kinds: Readonly<Record<string, ColumnKind>> = {
  integer: "number",
  double: "number",
  string: "text",
  boolean: "boolean",
  date: "date",
  time: "time",
  timestamp: "timestamp",
  timestamptz: "timestamptz",
};

export const kindOf = (type: string): ColumnKind => (type.startsWith("decimal") ? "number" : (kinds[type] ?? "other"));
