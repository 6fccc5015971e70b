import { quoteName, quoteString } from "../engine.ts";
import type { RowPage } from "../row-page.ts";
import { readPage } from "../row-page.ts";
import type { Job } from "./job.ts";

export interface PageInput {
  /** Name of a Parquet file among the inputs. */
  readonly file: string;
  /** Rows to skip. 0 by default. */
  readonly offset?: number;
  /** Most rows to give. */
  readonly limit: number;
  /** Columns to give, in this order; all by default. */
  readonly columns?: readonly string[];
}

export interface PageOutput extends RowPage {
  /** Rows of the whole file. */
  readonly rowCount: number;
}

/** Reads some rows of a Parquet file, in the file's order. */
export const page: Job<PageInput, PageOutput> = async ({ connection, folder }, { file, offset = 0, limit, columns }) => {
  const source = `${folder.in}/${file}`;
  const rowCount = await countRows(connection, source);
  const list = columns === undefined ? "*" : columns.map(quoteName).join(", ");
  const result = await connection.stream(`SELECT ${list} FROM read_parquet(${quoteString(source)}) LIMIT ${BigInt(limit)} OFFSET ${BigInt(offset)}`);
  const read = await readPage(result, limit);
  return { ...read, truncated: offset + read.rows.length < rowCount, rowCount };
};

/** Rows of a Parquet file as its footer says. */
export async function countRows(connection: Parameters<typeof page>[0]["connection"], path: string): Promise<number> {
  const reader = await connection.runAndReadAll(`SELECT num_rows FROM parquet_file_metadata(${quoteString(path)})`);
  return Number(reader.getRowsJS()[0]?.[0] ?? 0);
}
