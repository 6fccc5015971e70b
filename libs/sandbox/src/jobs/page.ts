import { quoteName, quoteString } from "../engine.ts";
import type { RowPage } from "../row-page.ts";
import { readPage } from "../row-page.ts";
import type { Job, JobContext } from "./job.ts";

export interface PageInput {
  /** Name of a Parquet file among the inputs. */
  readonly file: string;
  /** Rows to skip. 0 by default. */
  readonly offset?: number;
  /** Most rows to give. */
  readonly limit: number;
  /** Columns to give, in this order; all by default. */
  readonly columns?: readonly string[];
  /** A condition on rows, made by a printer of ours: it is trusted. The table is called `t` in it. All rows by default. */
  readonly where?: string;
  /** The order of the rows, nulls last; rows that are alike stay in the file's order, which is the default. */
  readonly orderBy?: readonly { readonly column: string; readonly descending: boolean }[];
}

export interface PageOutput extends RowPage {
  /** Rows that the condition leaves; all of the file without one. */
  readonly rowCount: number;
}

type Connection = JobContext["connection"];

/** Reads some rows of a Parquet file. */
export const page: Job<PageInput, PageOutput> = async ({ connection, folder }, { file, offset = 0, limit, columns, where, orderBy = [] }) => {
  const path = `${folder.in}/${file}`;
  const names = await columnNames(connection, path);
  const rowCount = where === undefined ? await countRows(connection, path) : await countMatches(connection, path, where);
  const list = (columns ?? names).map((name) => `t.${quoteName(name)}`).join(", ");
  const rows = { path, where, window: `LIMIT ${BigInt(limit)} OFFSET ${BigInt(offset)}` };
  const result = await connection.stream(orderBy.length === 0 ? inFileOrder(list, rows) : inOrder(list, rows, orderBy, names));
  const read = await readPage(result, limit);
  return { ...read, truncated: offset + read.rows.length < rowCount, rowCount };
};

interface Rows {
  readonly path: string;
  readonly where: string | undefined;
  readonly window: string;
}

const condition = (where: string | undefined): string => (where === undefined ? "" : ` WHERE ${where}`);

function inFileOrder(list: string, { path, where, window }: Rows): string {
  return `SELECT ${list} FROM read_parquet(${quoteString(path)}) AS t${condition(where)} ${window}`;
}

const rowNumber = "file_row_number";

/**
 * Only keys and row numbers are sorted; of the other columns no more is read than the page shows. A file that has a
 * column of the number's own name is sorted whole, with the other columns in the number's place.
 */
function inOrder(list: string, { path, where, window }: Rows, orderBy: NonNullable<PageInput["orderBy"]>, names: readonly string[]): string {
  const keys = orderBy.map(({ column, descending }) => `t.${quoteName(column)} ${descending ? "DESC" : "ASC"} NULLS LAST`);
  if (names.some((name) => name.toLowerCase() === rowNumber)) {
    const all = [...keys, ...names.map((name) => `t.${quoteName(name)} ASC NULLS LAST`)].join(", ");
    return `SELECT ${list} FROM read_parquet(${quoteString(path)}) AS t${condition(where)} ORDER BY ${all} ${window}`;
  }
  const source = `read_parquet(${quoteString(path)}, ${rowNumber} = true) AS t`;
  const order = `ORDER BY ${[...keys, `t.${rowNumber}`].join(", ")}`;
  const chosen = `SELECT t.${rowNumber} FROM ${source}${condition(where)} ${order} ${window}`;
  return `SELECT ${list} FROM ${source} WHERE t.${rowNumber} IN (${chosen}) ${order}`;
}

async function columnNames(connection: Connection, path: string): Promise<readonly string[]> {
  return (await connection.run(`SELECT * FROM read_parquet(${quoteString(path)}) LIMIT 0`)).columnNames();
}

async function countMatches(connection: Connection, path: string, where: string): Promise<number> {
  const reader = await connection.runAndReadAll(`SELECT count(*) FROM read_parquet(${quoteString(path)}) AS t${condition(where)}`);
  return Number(reader.getRowsJS()[0]?.[0] ?? 0);
}

/** Rows of a Parquet file as its footer says. */
export async function countRows(connection: Connection, path: string): Promise<number> {
  const reader = await connection.runAndReadAll(`SELECT num_rows FROM parquet_file_metadata(${quoteString(path)})`);
  return Number(reader.getRowsJS()[0]?.[0] ?? 0);
}
