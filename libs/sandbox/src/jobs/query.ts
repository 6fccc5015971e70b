import type { DuckDBConnection, DuckDBPreparedStatement } from "@duckdb/node-api";
import { createViews } from "../engine.ts";
import type { ExportFormat } from "../export.ts";
import { exportStatement } from "../export.ts";
import type { ParameterValue } from "../parameters.ts";
import { bindParameters } from "../parameters.ts";
import type { RowPage } from "../row-page.ts";
import { readPage } from "../row-page.ts";
import { checkStatement } from "../sql/check.ts";
import { errorSettings, explainStatement } from "../sql/failures.ts";
import type { Job } from "./job.ts";

export interface QueryInput {
  /** What the caller wrote. */
  readonly sql: string;
  /** Values of `$name`. */
  readonly parameters?: Readonly<Record<string, ParameterValue>>;
  /** Most rows of the answer; null for all of them, in a file. */
  readonly maxRows: number | null;
  /** `rows`: in the answer itself; else a file `result.<format>` among the outputs. */
  readonly format: "rows" | ExportFormat;
}

export interface QueryOutput extends RowPage {
  /** Datasets the statement reads. */
  readonly tables: readonly string[];
  /** Rows written to the file; null for `rows`. */
  readonly rowCount: number | null;
}

const queryRules = { clock: true, random: true } as const;

/** Rows of an answer where the caller set no bound. */
const DEFAULT_ROWS = 10_000;

/**
 * Checks one SELECT of a tenant, asks the parent for the datasets it names (each expected as an input of that name),
 * and runs it.
 */
export const query: Job<QueryInput, QueryOutput> = async (context, { sql, parameters = {}, maxRows, format }) => {
  const { connection, folder } = context;
  const { tables, refuseTables } = await checkStatement(connection, sql, queryRules);
  const given = tables.length > 0 ? await context.requestInputs(tables) : [];
  const missing = tables.filter((name) => !given.includes(name));
  if (missing.length > 0) throw refuseTables(missing);
  await createViews(connection, folder, Object.fromEntries(tables.map((name) => [name, name])));
  try {
    if (format !== "rows") {
      const bare = await withoutEnd(connection, sql);
      const written = await exportStatement(context, { sql: bare, parameters, maxRows, format, name: `result.${format}` });
      return { ...written, tables, rows: [] };
    }
    const result = await (await prepare(connection, sql, parameters)).stream();
    return { ...(await readPage(result, maxRows ?? DEFAULT_ROWS)), tables, rowCount: null };
  } catch (error) {
    throw explainStatement(sql, error);
  }
};

/**
 * A statement that goes into another one must lose its semicolon. What is left is checked anew, so that cutting cannot
 * make something else of it; where it does not pass, the text stays as it was.
 */
async function withoutEnd(connection: DuckDBConnection, sql: string): Promise<string> {
  const bare = sql.replace(/;(?:\s|--[^\n]*(?:\n|$)|\/\*(?:[^*]|\*(?!\/))*\*\/|;)*$/, "");
  if (bare === sql) return sql;
  return checkStatement(connection, bare, queryRules).then(
    () => bare,
    () => sql,
  );
}

export const querySettings = errorSettings;

async function prepare(connection: DuckDBConnection, sql: string, parameters: Readonly<Record<string, ParameterValue>>): Promise<DuckDBPreparedStatement> {
  const statement = await connection.prepare(sql);
  bindParameters(statement, parameters);
  return statement;
}
