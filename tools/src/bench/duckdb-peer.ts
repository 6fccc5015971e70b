// The peer of `bench sql`: a process that holds DuckDB with the tables as views, answers one statement and ends.
import { DuckDBInstance } from "@duckdb/node-api";

const [threads = "2", memory = "1GiB", views = "{}"] = process.argv.slice(2);
const instance = await DuckDBInstance.create(":memory:", { threads, memory_limit: memory });
const connection = await instance.connect();
for (const [name, path] of Object.entries(JSON.parse(views) as Record<string, string>))
  await connection.run(`create view "${name}" as select * from read_parquet('${path.replaceAll("'", "''")}')`);

process.once("message", (sql: string) => {
  void connection
    .runAndReadAll(sql)
    .then((reader) => process.send?.({ columns: reader.columnNames(), rows: reader.getRowObjectsJson() }))
    .then(() => process.disconnect());
});
process.send?.("open");
