import { open } from "node:fs/promises";
import type { DuckDBDataChunk, DuckDBResult } from "@duckdb/node-api";
import { columnFromValues, tableFromColumns, tableToIPC } from "@uwdata/flechette";
import type { Field } from "@uwdata/flechette";
import type { ArrowShape } from "./arrow-value.ts";
import { toArrowShape } from "./arrow-value.ts";

/** Rows of one record batch; what is held in memory at a time. */
const BATCH_ROWS = 32_768;
/** What ends a stream: a continuation mark and an empty length. */
const END_OF_STREAM = new Uint8Array([0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0]);

type Values = ReturnType<DuckDBDataChunk["getColumns"]>[number];

/** Rows of one record batch, by column, as the parts they came in. */
interface Batch {
  readonly columns: readonly (readonly Values[])[];
  readonly rowCount: number;
}

/**
 * Writes a streamed result as an Arrow IPC stream, batch by batch.
 * @returns rows written
 */
export async function writeArrowStream(result: DuckDBResult, names: readonly string[], path: string): Promise<number> {
  const shapes = result.columnTypes().map(toArrowShape);
  const file = await open(path, "w");
  let rowCount = 0;
  let isFirst = true;
  try {
    for await (const batch of readBatches(result)) {
      const encoded = encodeBatch(names, shapes, batch);
      await file.appendFile(isFirst ? encoded : encoded.subarray(firstMessageLength(encoded)));
      isFirst = false;
      rowCount += batch.rowCount;
    }
    await file.appendFile(END_OF_STREAM);
  } finally {
    await file.close();
  }
  return rowCount;
}

/** At least one batch, so that an empty result still has its schema. */
async function* readBatches(result: DuckDBResult): AsyncGenerator<Batch> {
  let chunks: DuckDBDataChunk[] = [];
  let rowCount = 0;
  let given = 0;
  for (;;) {
    const chunk = await result.fetchChunk();
    const ended = chunk === null || chunk.rowCount === 0;
    if (!ended) {
      chunks.push(chunk);
      rowCount += chunk.rowCount;
    }
    if (rowCount >= BATCH_ROWS || (ended && (rowCount > 0 || given === 0))) {
      const parts = chunks.map((each) => each.getColumns());
      yield { columns: result.columnNames().map((_, index) => parts.map((part) => part[index] ?? [])), rowCount };
      given += 1;
      chunks = [];
      rowCount = 0;
    }
    if (ended) return;
  }
}

/** One batch as a stream of its own, schema first, without its end. */
function encodeBatch(names: readonly string[], shapes: readonly ArrowShape[], batch: Batch): Uint8Array {
  const columns = shapes.map(({ storage, convert }, index) => {
    const values = (batch.columns[index] ?? []).flatMap((part) => part.map((value) => (value === null ? null : convert(value))));
    return [names[index] ?? "", columnFromValues(values, storage)] as [string, ReturnType<typeof columnFromValues>];
  });
  const table = tableFromColumns(columns);
  const fields = table.schema.fields.map((field, index): Field => ({ ...field, type: shapes[index]?.type ?? field.type }));
  Object.assign(table, { schema: { ...table.schema, fields } });
  const bytes = tableToIPC(table, { format: "stream" });
  if (bytes === null) throw new TypeError("The Arrow encoder gave no bytes");
  return bytes.subarray(0, bytes.length - END_OF_STREAM.length);
}

/** Bytes of the schema message that a stream begins with: mark, length, metadata; a schema has no body. */
function firstMessageLength(bytes: Uint8Array): number {
  return 8 + new DataView(bytes.buffer, bytes.byteOffset).getInt32(4, true);
}
