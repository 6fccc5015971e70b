import { stat } from "node:fs/promises";
import type { DuckDBConnection, DuckDBPreparedStatement, DuckDBType } from "@duckdb/node-api";
import { writeArrowStream } from "./arrow-stream.ts";
import { quoteName, quoteString } from "./engine.ts";
import { toEngineType } from "./engine-type.ts";
import type { JobContext } from "./jobs/job.ts";
import { toJsonExpression } from "./json-expression.ts";
import type { ParameterValue } from "./parameters.ts";
import { bindParameters } from "./parameters.ts";
import type { ResultColumn } from "./row-page.ts";
import { uniqueNames } from "./row-page.ts";
import { toRiverType } from "./river-type.ts";

/** Formats a result is written in. `json` is one array of objects, `arrow` an IPC stream. */
export const exportFormats = ["json", "ndjson", "csv", "parquet", "arrow"] as const;
export type ExportFormat = (typeof exportFormats)[number];

export interface ExportRequest {
  /** One SELECT, already checked or made by us. */
  readonly sql: string;
  readonly parameters?: Readonly<Record<string, ParameterValue>>;
  /** Most rows to write; null for all. */
  readonly maxRows: number | null;
  readonly format: ExportFormat;
  /** Name of the file among the outputs. */
  readonly name: string;
}

export interface ExportResult {
  readonly columns: readonly ResultColumn[];
  readonly rowCount: number;
  readonly sizeBytes: number;
  /** Whether `maxRows` was reached: there may be more. */
  readonly truncated: boolean;
}

const copyOptions: Readonly<Record<Exclude<ExportFormat, "arrow">, string>> = {
  json: "FORMAT json, ARRAY true",
  ndjson: "FORMAT json",
  csv: "FORMAT csv, HEADER true",
  parquet: "FORMAT parquet, COMPRESSION zstd",
};

/** Writes the rows of a SELECT to a file among the outputs, in its order, with flat memory. */
export async function exportStatement(context: Pick<JobContext, "connection" | "folder">, request: ExportRequest): Promise<ExportResult> {
  const { connection, folder } = context;
  const { sql, parameters = {}, maxRows, format, name } = request;
  const limited = maxRows === null ? sql : `SELECT * FROM (\n${sql}\n) LIMIT ${BigInt(maxRows)}`;
  const shape = await readShape(connection, limited);
  const columns = shape.map((column) => ({ name: column.name, type: toRiverType(column.type) }));
  const path = `${folder.out}/${name}`;
  const rowCount =
    format === "arrow"
      ? await writeArrowStream(
          await (await prepare(connection, limited, parameters)).stream(),
          columns.map((column) => column.name),
          path,
        )
      : await copy(connection, `COPY (\n${toProjection(limited, shape, format)}\n) TO ${quoteString(path)} (${copyOptions[format]})`, parameters);
  const { size } = await stat(path);
  return { columns, rowCount, sizeBytes: size, truncated: rowCount === maxRows };
}

/** A column of a statement that has not run. */
export interface Shape {
  readonly name: string;
  readonly type: DuckDBType;
}

/** Columns of a statement without running it. */
export async function readShape(connection: DuckDBConnection, sql: string): Promise<readonly Shape[]> {
  const statement = await connection.prepare(sql);
  const positions = Array.from({ length: statement.columnCount }, (_, index) => index);
  const names = uniqueNames(positions.map((index) => statement.columnName(index)));
  return positions.map((index) => ({ name: names[index] ?? "", type: statement.columnType(index) }));
}

/**
 * The same rows with unique column names, and with values that the format can hold: JSON as everywhere else in the API;
 * Parquet without 128-bit integers, which the engine would write as floating point.
 */
export function toProjection(sql: string, shape: readonly Shape[], format: ExportFormat): string {
  const list = shape.map(({ name, type }, index) => `${toColumn(`c${index}`, type, format)} AS ${quoteName(name)}`);
  return `SELECT ${list.join(", ")} FROM (\n${sql}\n) AS result(${shape.map((_, index) => `c${index}`).join(", ")})`;
}

function toColumn(column: string, type: DuckDBType, format: ExportFormat): string {
  if (format === "json" || format === "ndjson") return toJsonExpression(column, type);
  return format === "parquet" && /HUGEINT|BIGNUM/.test(String(type)) ? `CAST(${column} AS ${toEngineType(toRiverType(type))})` : column;
}

async function prepare(connection: DuckDBConnection, sql: string, parameters: Readonly<Record<string, ParameterValue>>): Promise<DuckDBPreparedStatement> {
  const statement = await connection.prepare(sql);
  bindParameters(statement, parameters);
  return statement;
}

async function copy(connection: DuckDBConnection, sql: string, parameters: Readonly<Record<string, ParameterValue>>): Promise<number> {
  const reader = await (await prepare(connection, sql, parameters)).runAndReadAll();
  return Number(reader.getRowsJS()[0]?.[0] ?? 0);
}
