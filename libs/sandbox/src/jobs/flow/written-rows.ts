import type { DuckDBAppender, DuckDBConnection, DuckDBType, DuckDBValue } from "@duckdb/node-api";
import { DuckDBDataChunk, INTEGER } from "@duckdb/node-api";
import { quoteString } from "../../engine.ts";
import type { RunFolder } from "../job.ts";

/** Rows held in the engine at a time, before they go to a scratch file. */
const PART_ROWS = 245_760;

/** Rows that are written as they come, in their order; read as a relation at the end. */
export interface WrittenRows {
  /** Adds rows, by column; `aside` is null for those that count. */
  add(columns: readonly (readonly DuckDBValue[])[], aside: readonly (number | null)[]): Promise<void>;
  /** What to select from: columns `c0`, `c1` … and `aside`. */
  finish(): Promise<string>;
}

/** Takes rows of these types with bounded memory: what is full goes to a file of its own among the scratch files. */
export async function createWrittenRows(connection: DuckDBConnection, folder: RunFolder, types: readonly DuckDBType[]): Promise<WrittenRows> {
  const columns = [...types.map((type, index) => `c${index} ${type.toString()}`), "aside INTEGER"].join(", ");
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
    async add(values, aside) {
      const chunk = DuckDBDataChunk.create([...types, INTEGER], aside.length);
      for (const [index, column] of values.entries()) chunk.setColumnValues(index, column);
      chunk.setColumnValues(types.length, aside);
      appender.appendDataChunk(chunk);
      rows += aside.length;
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
