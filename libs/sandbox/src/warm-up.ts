import { rm } from "node:fs/promises";
import type { DuckDBConnection } from "@duckdb/node-api";
import { quoteName, quoteString } from "./engine.ts";
import type { RunFolder } from "./jobs/job.ts";
import { readPage } from "./row-page.ts";
import { checkStatement } from "./sql/check.ts";

/**
 * Walks the way of a small query once while the child waits for its job: check, view, Parquet, hash aggregate, sort,
 * page. The code is then compiled and the engine's pages are in memory, which a first query would otherwise pay for.
 */
export async function warmUp(connection: DuckDBConnection, folder: RunFolder): Promise<void> {
  const file = `${folder.tmp}/warm-up.parquet`;
  const view = quoteName("warm up");
  const sql = "SELECT t.g, sum(t.v) AS s, count(*) FILTER (WHERE t.i > 1) AS n FROM t WHERE t.d >= $d GROUP BY ALL ORDER BY s DESC LIMIT 10";
  await checkStatement(connection, sql, { clock: true, random: true });
  await connection.run(
    `COPY (SELECT i, i * 2.5 AS v, 'x' || (i % 7) AS g, DATE '2024-01-01' + CAST(i AS INTEGER) AS d FROM range(3000) t(i)) TO ${quoteString(file)} (FORMAT parquet, COMPRESSION zstd)`,
  );
  await connection.run(`CREATE VIEW ${view} AS SELECT * FROM read_parquet(${quoteString(file)})`);
  for (const text of [sql, "SELECT * FROM t LIMIT 100 OFFSET 10"]) {
    const statement = await connection.prepare(text.replace("FROM t ", `FROM ${view} AS t `));
    if (statement.parameterCount > 0) statement.bindVarchar(1, "2024-01-02");
    await readPage(await statement.stream(), 100);
    statement.destroySync();
  }
  await connection.run(`DROP VIEW ${view}`);
  await rm(file, { force: true });
}
