import type { DuckDBResult, DuckDBValue } from "@duckdb/node-api";
import type { JsonValue, ToJson } from "./json-value.ts";
import { createToJson } from "./json-value.ts";
import { toRiverType } from "./river-type.ts";

/** A column of an answer. */
export interface ResultColumn {
  readonly name: string;
  /** Spelled as RiverGen does: `integer`, `decimal(18,2)`, `list<string>` … */
  readonly type: string;
}

export interface RowPage {
  readonly columns: readonly ResultColumn[];
  readonly rows: readonly Readonly<Record<string, JsonValue>>[];
  /** Whether rows were left out, because of `maxRows` or because the page would be too large to send. */
  readonly truncated: boolean;
}

/** Most characters of JSON in one page; the channel carries no more than 64 MiB. */
const MAX_PAGE_CHARACTERS = 16 * 1024 * 1024;

/** Columns of a result. A name that comes twice gets `_1`, `_2` … so that rows can be objects. */
export function toColumns(result: Pick<DuckDBResult, "columnNames" | "columnTypes">): readonly ResultColumn[] {
  const types = result.columnTypes().map(toRiverType);
  return uniqueNames(result.columnNames()).map((name, index) => ({ name, type: types[index] ?? "json" }));
}

/** Names with `_1`, `_2` … behind those that came before. */
export function uniqueNames(names: readonly string[]): readonly string[] {
  const taken = new Set<string>();
  return names.map((name) => {
    let unique = name;
    for (let count = 1; taken.has(unique); count += 1) unique = `${name}_${count}`;
    taken.add(unique);
    return unique;
  });
}

/** Reads rows from a streamed result until there are enough. Memory is bounded by the page, not by the result. */
export async function readPage(result: DuckDBResult, maxRows: number): Promise<RowPage> {
  const columns = toColumns(result);
  const converters = result.columnTypes().map(createToJson);
  const rows: Record<string, JsonValue>[] = [];
  let characters = 0;
  for (;;) {
    const chunk = await result.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) return { columns, rows, truncated: false };
    const values = chunk.getColumns();
    for (let index = 0; index < chunk.rowCount; index += 1) {
      if (rows.length >= maxRows || characters > MAX_PAGE_CHARACTERS) return { columns, rows, truncated: true };
      // without a prototype: a column may be called __proto__
      const row = Object.create(null) as Record<string, JsonValue>;
      for (const [position, column] of columns.entries()) {
        const json = toJsonOrNull(converters[position], values[position]?.[index]);
        row[column.name] = json;
        characters += column.name.length + measure(json);
      }
      rows.push(row);
    }
  }
}

function toJsonOrNull(toJson: ToJson | undefined, value: DuckDBValue | undefined): JsonValue {
  return value == null || toJson === undefined ? null : toJson(value);
}

/** About how many characters a value takes as JSON. */
function measure(json: JsonValue): number {
  if (typeof json === "string") return json.length + 6;
  return json !== null && typeof json === "object" ? JSON.stringify(json).length : 12;
}
