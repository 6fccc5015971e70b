import type { DuckDBConnection } from "@duckdb/node-api";

/** A name as DuckDB reads it. */
export const name = (text: string): string => `"${text.replaceAll('"', '""')}"`;

/** A string literal. */
export const text = (value: string): string => `'${value.replaceAll("'", "''")}'`;

/**
 * A value where a condition is true, else null. Inside aggregates it stands for FILTER, for which the engine sets memory
 * aside that grows with the square of their number.
 */
export const when = (condition: string, value: string): string => `CASE WHEN ${condition} THEN ${value} END`;

/** Rows of a statement as JSON values: integers of 64 bits and decimals come as strings. */
export async function rows<Row>(connection: DuckDBConnection, sql: string): Promise<Row[]> {
  const reader = await connection.runAndReadAll(sql);
  return reader.getRowObjectsJson() as Row[];
}

/** The only row of a statement. */
export async function row<Row>(connection: DuckDBConnection, sql: string): Promise<Row> {
  const [first] = await rows<Row>(connection, sql);
  if (first === undefined) throw new Error("a statement that always gives a row gave none");
  return first;
}

/** `items` in groups of at most `size`. */
export function* groupsOf<Item>(items: readonly Item[], size: number): Generator<Item[]> {
  for (let start = 0; start < items.length; start += size) yield items.slice(start, start + size);
}
