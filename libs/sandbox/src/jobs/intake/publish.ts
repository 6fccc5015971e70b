import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import type { DuckDBConnection } from "@duckdb/node-api";
import { name, row, rows, text } from "./sql.ts";

/** Cells that one row group may hold: the writer keeps a group and its dictionaries in memory. */
const groupCells = 3_000_000;
const mostGroupRows = 122_880;
const fewestGroupRows = 2_048;

/**
 * Writes a SELECT as Parquet: zstd, rows in the order of the source, groups of fewer rows where rows are wide.
 * @returns the rows written
 */
export async function writeParquet(connection: DuckDBConnection, select: string, path: string, columns: number): Promise<number> {
  const groupRows = Math.max(fewestGroupRows, Math.min(mostGroupRows, Math.floor(groupCells / columns)));
  const options = `FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, ROW_GROUP_SIZE ${groupRows}`;
  const { Count } = await row<{ Count: string }>(connection, `COPY (${select}) TO ${text(path)} (${options})`);
  return Number(Count);
}

/** Size and SHA-256 (hex) of a file. */
export async function digest(path: string): Promise<{ sizeBytes: number; sha256: string }> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path, { highWaterMark: 2 ** 20 }), hash);
  return { sizeBytes: (await stat(path)).size, sha256: hash.digest("hex") };
}

/** Names and DuckDB types of what a SELECT gives. */
export async function describeSelect(connection: DuckDBConnection, relation: string): Promise<{ name: string; type: string }[]> {
  const found = await rows<{ column_name: string; column_type: string }>(connection, `DESCRIBE SELECT * FROM ${relation}`);
  return found.map((column) => ({ name: column.column_name, type: column.column_type }));
}

/** `expression AS "name"`, comma-joined. */
export const selectList = (columns: readonly { readonly name: string; readonly sql: string }[]): string =>
  columns.map((column) => `${column.sql} AS ${name(column.name)}`).join(", ");
