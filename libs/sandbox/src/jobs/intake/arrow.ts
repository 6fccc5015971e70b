import { open } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { zstdDecompressSync } from "node:zlib";
import type { DuckDBConnection } from "@duckdb/node-api";
import { DuckDBBlobValue, DuckDBDataChunk } from "@duckdb/node-api";
import { CompressionType, setCompressionCodec, tableFromIPC } from "@uwdata/flechette";
import type { Table } from "@uwdata/flechette";
import { planOf } from "./arrow-columns.ts";
import type { ArrowPlan } from "./arrow-columns.ts";
import { ArrowFault, arrowMessages } from "./arrow-messages.ts";
import { decodeLz4 } from "./lz4.ts";
import { Unreadable } from "./model.ts";
import type { IntakeLimits } from "./model.ts";
import { toColumnNames } from "./names.ts";
import { createRejectList } from "./rejects.ts";
import { row } from "./sql.ts";
import { noDialect } from "./table.ts";
import type { NativeColumn, NativeTable } from "./table.ts";

const stagingTable = "arrow_rows";
const chunkRows = 2_048;
/** A record batch is held as a whole while it is copied. */
const maxBatchBytes = 128 * 2 ** 20;
/** Bytes of the magic word and its padding at the start of a file. */
const fileStart = 8;

/**
 * Reads an Arrow IPC file or stream, batch by batch.
 * @throws Unreadable where the file is damaged, cut off, or written in batches that are too large to hold
 */
export async function readArrow(
  connection: DuckDBConnection,
  path: string,
  isFile: boolean,
  limits: IntakeLimits,
  progress: (rowsDone: number) => void,
): Promise<NativeTable> {
  registerCodecs();
  const file = await open(path, "r");
  try {
    return await stage(connection, file, isFile ? fileStart : 0, limits, progress);
  } catch (error) {
    if (error instanceof Unreadable) throw error;
    const reason =
      error instanceof ArrowFault ? error.message : error instanceof RangeError || error instanceof TypeError ? "its content is damaged" : undefined;
    if (reason === undefined && !(error instanceof Error && error.message.length < 200)) throw error;
    throw new Unreadable(`The Arrow file cannot be read: ${reason ?? (error as Error).message}. Write it again and upload it anew.`);
  } finally {
    await file.close();
  }
}

function registerCodecs(): void {
  const encode = (): never => {
    throw new Error("nothing is written here");
  };
  setCompressionCodec(CompressionType.LZ4_FRAME, { encode, decode: (bytes) => decodeLz4(bytes, maxBatchBytes * 2) });
  setCompressionCodec(CompressionType.ZSTD, { encode, decode: (bytes) => new Uint8Array(zstdDecompressSync(bytes, { maxOutputLength: maxBatchBytes * 2 })) });
}

async function stage(
  connection: DuckDBConnection,
  file: FileHandle,
  start: number,
  limits: IntakeLimits,
  progress: (rowsDone: number) => void,
): Promise<NativeTable> {
  const context: Uint8Array[] = [];
  let plans: ArrowPlan[] | undefined;
  let names: string[] = [];
  let rowCount = 0;
  for await (const message of arrowMessages(file, start, maxBatchBytes)) {
    if (message.kind === "batch") {
      if (plans === undefined) throw new ArrowFault("it holds rows before any schema");
      rowCount += await append(connection, decode([...context, message.bytes]), plans);
      progress(rowCount);
    } else if (message.kind !== "other") context.push(message.bytes);
    if (message.kind === "schema") {
      const { fields } = decode(context).schema;
      if (fields.length > limits.columns)
        throw new Unreadable(`The file has ${fields.length} columns; at most ${limits.columns} are accepted. Split it and upload the parts.`);
      plans = fields.map((field) => planOf(field.type));
      names = fields.map((field) => field.name);
      await connection.run(`CREATE OR REPLACE TABLE ${stagingTable} (${plans.map((plan, index) => `c${index} ${String(plan.staged)}`).join(", ")})`);
    }
  }
  if (plans === undefined) throw new ArrowFault("it has no schema");
  if (plans.length === 0) throw new Unreadable("The Arrow file has no columns. Upload one with at least one column.");
  return tableOf(connection, names, plans, rowCount);
}

const decode = (messages: readonly Uint8Array[]): Table =>
  tableFromIPC(
    [...messages].map((bytes) => new Uint8Array(bytes)),
    { useBigInt: true, useBigIntTimestamp: true, useDecimalInt: true },
  );

async function append(connection: DuckDBConnection, table: Table, plans: readonly ArrowPlan[]): Promise<number> {
  const appender = await connection.createAppender(stagingTable);
  const types = plans.map((plan) => plan.staged);
  const columns = plans.map((_, index) => table.getChildAt(index));
  for (let from = 0; from < table.numRows; from += chunkRows) {
    const count = Math.min(chunkRows, table.numRows - from);
    const chunk = DuckDBDataChunk.create(types, count);
    for (const [index, plan] of plans.entries()) {
      const values = Array.from({ length: count }, (_, at) => {
        const value = plan.convert(columns[index]?.at(from + at));
        return value instanceof Uint8Array ? new DuckDBBlobValue(value) : value;
      });
      chunk.setColumnValues(index, values);
    }
    appender.appendDataChunk(chunk);
  }
  appender.closeSync();
  return table.numRows;
}

async function tableOf(connection: DuckDBConnection, originals: readonly string[], plans: readonly ArrowPlan[], rowCount: number): Promise<NativeTable> {
  const { names, notes } = toColumnNames(originals);
  const columns: NativeColumn[] = [];
  for (const [index, plan] of plans.entries()) {
    const title = names[index] ?? { name: "", originalName: "" };
    columns.push({ ...title, ...(await typeOf(connection, plan, `c${index}`)) });
  }
  return {
    kind: "native",
    relation: stagingTable,
    columns,
    rowCount,
    dialect: { ...noDialect, format: "arrow", notes },
    rejects: createRejectList(),
    inPlace: false,
  };
}

/** The type of one column, after a look at its values where the plan leaves it open. */
async function typeOf(connection: DuckDBConnection, plan: ArrowPlan, column: string): Promise<Pick<NativeColumn, "type" | "sql" | "note">> {
  if (plan.finer !== undefined) {
    const { finer } = await row<{ finer: boolean }>(connection, `SELECT coalesce(bool_or(${plan.finer(column)}), false) AS finer FROM ${stagingTable}`);
    if (finer) return { type: "integer", sql: column, note: "Nanoseconds are finer than our moments hold: kept as whole numbers of nanoseconds." };
  }
  if (plan.type === "decimal(20,0)" && plan.sql(column) !== column) {
    const { fits } = await row<{ fits: boolean }>(connection, `SELECT count(${column}) = count(try_cast(${column} AS BIGINT)) AS fits FROM ${stagingTable}`);
    if (fits) return { type: "integer", sql: `CAST(${column} AS BIGINT)`, note: null };
  }
  return { type: plan.type, sql: plan.sql(column), note: plan.note };
}
