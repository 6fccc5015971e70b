import type { DuckDBConnection } from "@duckdb/node-api";
import { quoteName, quoteString } from "../engine.ts";
import { toEngineType } from "../engine-type.ts";
import { readShape } from "../export.ts";
import type { ResultColumn } from "../row-page.ts";
import { toRiverType } from "../river-type.ts";
import { checkStatement } from "../sql/check.ts";
import { errorSettings, explainStatement } from "../sql/failures.ts";
import type { Origin, StatementLineage } from "../sql/lineage.ts";
import { traceLineage } from "../sql/lineage.ts";
import { fillParameters } from "../sql/parameters.ts";
import type { CheckRules, Tree } from "../sql/walk.ts";
import type { Job } from "./job.ts";

export interface DescribeInput {
  readonly sql: string;
  /** Tables by name: either their columns, or the name of a Parquet file among the inputs. */
  readonly tables: Readonly<Record<string, { readonly columns: readonly ResultColumn[] } | { readonly file: string }>>;
  /** Types of `$name` parameters. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** What the statement may use beyond pure functions. Default: neither the clock nor chance, as in a river. */
  readonly rules?: CheckRules;
}

export interface DescribeOutput {
  readonly columns: readonly (ResultColumn & { readonly origins: readonly Origin[] | null })[];
  /** Tables the statement reads. */
  readonly tables: readonly string[];
  /** Columns that decide which rows there are; null, like the columns' origins, where lineage is not known: then everything may depend on everything. */
  readonly influences: StatementLineage["influences"] | null;
}

const riverRules: CheckRules = { clock: false, random: false };

/**
 * Checks one SELECT and says what it gives, without running it: columns, types, and where each value comes from.
 * @throws JobFailure QUERY_REFUSED, QUERY_FAILED with places
 */
export const describe: Job<DescribeInput, DescribeOutput> = async ({ connection, folder }, { sql, tables, parameters = {}, rules = riverRules }) => {
  const checked = await checkStatement(connection, sql, rules);
  const known = new Map(Object.entries(tables).map(([name, table]) => [name.toLowerCase(), table]));
  for (const name of checked.tables) {
    const table = known.get(name);
    if (table === undefined) throw checked.refuseTables([name]);
    const body =
      "file" in table
        ? `AS SELECT * FROM read_parquet(${quoteString(`${folder.in}/${table.file}`)}) LIMIT 0`
        : `(${table.columns.map((column) => `${quoteName(column.name)} ${toEngineType(column.type)}`).join(", ")})`;
    await connection.run(`CREATE TABLE ${quoteName(name)} ${body}`);
  }
  try {
    await connection.prepare(sql);
    const filled = await fillParameters(connection, sql, parameters);
    const columns = await readColumns(connection, filled);
    const lineage = await readLineage(connection, filled);
    const origins = lineage?.values.length === columns.length ? lineage.values : null;
    return {
      columns: columns.map((column, index) => ({ ...column, origins: origins?.[index] ?? null })),
      tables: checked.tables,
      influences: origins === null ? null : (lineage?.influences ?? null),
    };
  } catch (error) {
    throw explainStatement(sql, error);
  }
};

export const describeSettings = errorSettings;

async function readColumns(connection: DuckDBConnection, sql: string): Promise<readonly ResultColumn[]> {
  return (await readShape(connection, sql)).map(({ name, type }) => ({ name, type: toRiverType(type) }));
}

async function readLineage(connection: DuckDBConnection, sql: string): Promise<StatementLineage | null> {
  const reader = await connection.runAndReadAll("SELECT json_serialize_plan($1::VARCHAR)", [sql]);
  const answer = JSON.parse(reader.getRowsJS()[0]?.[0] as string) as { readonly error: boolean; readonly plans?: readonly Tree[] };
  const [plan] = answer.plans ?? [];
  return answer.error || plan === undefined ? null : traceLineage(plan);
}
