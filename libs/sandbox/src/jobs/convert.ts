import { quoteName, quoteString } from "../engine.ts";
import type { ExportFormat, ExportResult } from "../export.ts";
import { exportStatement } from "../export.ts";
import type { Job } from "./job.ts";

export interface ConvertInput {
  /** Name of a Parquet file among the inputs. */
  readonly file: string;
  readonly format: ExportFormat;
  /** Name of the file to write among the outputs. Default `content.<format>`. */
  readonly output?: string;
  /** Rows to skip. 0 by default. */
  readonly offset?: number;
  /** Most rows; all by default. */
  readonly limit?: number;
  /** Columns, in this order; all by default. */
  readonly columns?: readonly string[];
}

/** Writes a Parquet file, or a part of it, in another format, in its own order. */
export const convert: Job<ConvertInput, ExportResult> = (context, { file, format, output, offset = 0, limit, columns }) => {
  const list = columns === undefined ? "*" : columns.map(quoteName).join(", ");
  const skip = offset === 0 ? "" : ` OFFSET ${BigInt(offset)}`;
  const sql = `SELECT ${list} FROM read_parquet(${quoteString(`${context.folder.in}/${file}`)})${skip}`;
  return exportStatement(context, { sql, maxRows: limit ?? null, format, name: output ?? `content.${format}` });
};
