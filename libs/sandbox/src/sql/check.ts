import type { DuckDBConnection } from "@duckdb/node-api";
import type { JobFailure } from "../jobs/job.ts";
import { explainStatement, refuse, refuseAll } from "./failures.ts";
import type { CheckRules, Tree } from "./walk.ts";
import { walkStatement } from "./walk.ts";

export interface CheckedStatement {
  /** Names of the tables it reads, in lower case, without its own common table expressions. */
  readonly tables: readonly string[];
  /** Refuses the statement because there are no such tables, each with the place where it is first named. */
  refuseTables(names: readonly string[]): JobFailure;
}

/** Longest statement, in characters. */
const MAX_SQL_CHARACTERS = 200_000;
/**
 * Reads a statement without running it and lets only one SELECT through that names datasets, its own expressions, and
 * functions of the allow-list. The engine's parser makes the tree, so there is no second grammar to fool.
 * @throws JobFailure QUERY_REFUSED with the place; QUERY_FAILED for text that is no SQL
 */
export async function checkStatement(connection: DuckDBConnection, sql: string, rules: CheckRules): Promise<CheckedStatement> {
  if (sql.length > MAX_SQL_CHARACTERS) throw refuse(sql, `The statement is longer than ${MAX_SQL_CHARACTERS} characters`);
  if (sql.includes("\0")) throw refuse(sql, "The statement holds a null character");
  const statement = await parseStatement(connection, sql);
  const found = walkStatement(statement, sql, rules);
  const refuseTables = (names: readonly string[]): JobFailure =>
    refuseAll(
      sql,
      names.map((name) => ({ message: `There is no table ${name}`, byteOffset: found.get(name) })),
    );
  return { tables: [...found.keys()], refuseTables };
}

async function parseStatement(connection: DuckDBConnection, sql: string): Promise<Tree> {
  const reader = await connection.runAndReadAll("SELECT json_serialize_sql($1::VARCHAR)", [sql]);
  const parsed = JSON.parse(reader.getRowsJS()[0]?.[0] as string) as {
    readonly error: boolean;
    readonly error_type?: string;
    readonly error_message?: string;
    readonly position?: string;
    readonly statements?: readonly Tree[];
  };
  if (parsed.error) {
    if (parsed.error_message?.startsWith("Only SELECT") === true)
      throw refuse(sql, "Only SELECT statements are allowed; a PIVOT needs its values listed with IN", 0);
    throw explainStatement(
      sql,
      new Error(JSON.stringify({ exception_type: parsed.error_type, exception_message: parsed.error_message, position: parsed.position })),
    );
  }
  const [statement, ...more] = parsed.statements ?? [];
  if (statement === undefined) throw refuse(sql, "There is no statement");
  if (more.length > 0) throw refuse(sql, "Only one statement can be asked at a time");
  return statement;
}
