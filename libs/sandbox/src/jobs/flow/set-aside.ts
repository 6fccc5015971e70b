import { stat } from "node:fs/promises";
import type { DuckDBConnection } from "@duckdb/node-api";
import { DuckDBDataChunk, INTEGER, VARCHAR } from "@duckdb/node-api";
import { toEngineType } from "../../engine-type.ts";
import { quoteName, quoteString } from "../../engine.ts";
import { hashFile } from "../../hash-file.ts";
import type { Ending, SetAside } from "./run-records.ts";
import { isSetAside } from "./run-records.ts";

/** Records that are kept of those that a flow sets aside: the first; the others are counted. */
const MOST_KEPT = 100_000;
/** Rows that the engine takes at once. */
const CHUNK_ROWS = 2_048;

/** What a flow set aside, gathered as it comes. */
export interface AsideRows {
  readonly count: number;
  readonly kept: number;
  /** For each record null where it goes on, its number (from 1) among those that are kept, or 0 beyond the bound. */
  add(endings: readonly Ending[], first: number): (number | null)[];
  /** A table `aside_rows` of what is kept: `n`, `row`, `node`, `code`, `reason`. */
  store(connection: DuckDBConnection): Promise<void>;
}

export function createAsideRows(): AsideRows {
  const kept: (SetAside & { readonly row: number })[] = [];
  let count = 0;
  return {
    get count() {
      return count;
    },
    get kept() {
      return kept.length;
    },
    add(endings, first) {
      return endings.map((ending, index) => {
        if (!isSetAside(ending)) return null;
        count += 1;
        return kept.length < MOST_KEPT ? kept.push({ ...ending, row: first + index }) : 0;
      });
    },
    async store(connection) {
      await connection.run("CREATE TEMP TABLE aside_rows (n INTEGER, row INTEGER, node VARCHAR, code VARCHAR, reason VARCHAR)");
      const appender = await connection.createAppender("aside_rows", "main", "temp");
      for (let from = 0; from < kept.length; from += CHUNK_ROWS) {
        const part = kept.slice(from, from + CHUNK_ROWS);
        const chunk = DuckDBDataChunk.create([INTEGER, INTEGER, VARCHAR, VARCHAR, VARCHAR], part.length);
        const columns = [part.map((_, index) => from + index + 1), ...(["row", "node", "code", "reason"] as const).map((key) => part.map((each) => each[key]))];
        for (const [index, column] of columns.entries()) chunk.setColumnValues(index, column);
        appender.appendDataChunk(chunk);
      }
      appender.closeSync();
    },
  };
}

/** What was written of the records that a flow set aside. */
export interface SetAsideFile {
  /** All of them. */
  readonly count: number;
  /** Rows of the file: the first of them. */
  readonly rowCount: number;
  readonly sizeBytes: number;
  /** SHA-256, hexadecimal. */
  readonly sha256: string;
}

interface Given {
  /** The rows that the flow read. */
  readonly sql: string;
  /** What became of them, in the same order. */
  readonly rows: string;
  /** Columns of the rows, then of row number, nodes, code and reason. */
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly target: string;
}

/** Writes the records that were set aside, as they came, with the reason; undefined where there are none. */
export async function writeSetAside(connection: DuckDBConnection, aside: AsideRows, { sql, rows, columns, target }: Given): Promise<SetAsideFile | undefined> {
  if (aside.count === 0) return undefined;
  await aside.store(connection);
  const reasons = ["row", "node", "code", "reason"];
  const list = columns.map(({ name, type }, index) => {
    const reason = reasons[index - (columns.length - reasons.length)];
    return `CAST(${reason === undefined ? `t.${quoteName(name)}` : `a.${reason}`} AS ${toEngineType(type)}) AS ${quoteName(name)}`;
  });
  const from = `(\n${sql}\n) AS t POSITIONAL JOIN (SELECT aside FROM ${rows}) AS r JOIN aside_rows AS a ON a.n = r.aside ORDER BY a.n`;
  const copied = await connection.runAndReadAll(`COPY (SELECT ${list.join(", ")} FROM ${from}) TO ${quoteString(target)} (FORMAT parquet, COMPRESSION zstd)`);
  const { size } = await stat(target);
  return { count: aside.count, rowCount: Number(copied.getRowsJS()[0]?.[0] ?? 0), sizeBytes: size, sha256: await hashFile(target) };
}
