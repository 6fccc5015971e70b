import type { DuckDBConnection } from "@duckdb/node-api";
import type { JsonValue } from "./json-value.ts";
import { readPage } from "./row-page.ts";

/** The row that broke a stage, as far as a second look found it. */
export interface Diagnosis {
  /** Name of the question that found it: the caller knows which step and column it stands for. */
  readonly name: string;
  /** At most three of the rows. */
  readonly rows: readonly Readonly<Record<string, JsonValue>>[];
}

const MOST_ROWS = 3;

/** Asks questions in order until one gives rows. A question that itself fails is passed over. */
export async function diagnose(connection: DuckDBConnection, questions: readonly { readonly name: string; readonly sql: string }[]): Promise<Diagnosis | null> {
  for (const { name, sql } of questions) {
    const rows = await connection
      .stream(sql)
      .then((result) => readPage(result, MOST_ROWS))
      .then(
        (page) => page.rows,
        () => [],
      );
    if (rows.length > 0) return { name, rows };
  }
  return null;
}
