import type { DuckDBAppender, DuckDBConnection, DuckDBType, DuckDBValue } from "@duckdb/node-api";
import { BOOLEAN, DuckDBDataChunk } from "@duckdb/node-api";
import { quoteString } from "../../engine.ts";
import type { RunFolder } from "../job.ts";

/** Rows held in the engine at a time, before they go to a scratch file. */
const PART_ROWS = 245_760;

/** Rows that are written as they come, in their order; read as a relation at the end. */
export interface WrittenRows {
  /** Adds rows, by column; `kept` says which of them count. */
  add(columns: readonly (readonly DuckDBValue[])[], kept: readonly boolean[]): Promise<void>;
  /** What to select from: columns `c0`, `c1` … and `kept`. */
  finish(): Promise<string>;
}

/** Takes rows of these types with bounded memory: what is full goes to a file of its own among the scratch files. */
export async function createWrittenRows(connection: DuckDBConnection, folder: RunFolder, types: readonly DuckDBType[]): Promise<WrittenRows> {
  const columns = [...types.map((type, index) => `c${index} ${type.toString()}`), "kept BOOLEAN"].join(", ");
  const parts: string[] = [];
  let rows = 0;
  let appender: DuckDBAppender;

  async function open(): Promise<void> {
    await connection.run(`CREATE OR REPLACE TEMP TABLE written_rows (${columns})`);
    appender = await connection.createAppender("written_rows", "main", "temp");
    rows = 0;
  }

  async function spill(): Promise<void> {
    appender.closeSync();
    const path = `${folder.tmp}/part-${parts.length}.parquet`;
    await connection.run(`COPY written_rows TO ${quoteString(path)} (FORMAT parquet, COMPRESSION lz4_raw)`);
    parts.push(path);
    await open();
  }

  await open();
  return {
    async add(values, kept) {
      const chunk = DuckDBDataChunk.create([...types, BOOLEAN], kept.length);
      for (const [index, column] of values.entries()) chunk.setColumnValues(index, column);
      chunk.setColumnValues(types.length, kept);
      appender.appendDataChunk(chunk);
      rows += kept.length;
      if (rows >= PART_ROWS) await spill();
    },
    async finish() {
      if (parts.length === 0) {
        appender.closeSync();
        return "written_rows";
      }
      await spill();
      return `read_parquet([${parts.map(quoteString).join(", ")}])`;
    },
  };
}
