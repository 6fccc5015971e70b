import { DuckDBInstance } from "@duckdb/node-api";
import type { DuckDBConnection } from "@duckdb/node-api";
import type { ChildOptions } from "./messages.ts";
import type { RunFolder } from "./jobs/job.ts";

/** An open engine: everything but the lock, so that a job's own settings can still be made. */
export interface Engine {
  readonly connection: DuckDBConnection;
  /** Another connection of the same instance. */
  connect(): Promise<DuckDBConnection>;
  /** Makes the job's settings, then locks the configuration for good. */
  lock(settings: readonly string[]): Promise<void>;
}

/**
 * Opens DuckDB in memory with its limits and without a way out: files only inside the run's folders, no network, no
 * extensions. Some options count only at creation, others only afterwards; this order is the one that holds.
 * @see https://duckdb.org/docs/stable/operations_manual/securing_duckdb/overview
 */
export async function openEngine(options: ChildOptions): Promise<Engine> {
  const { folder } = options;
  const instance = await DuckDBInstance.create(":memory:", {
    memory_limit: `${options.memoryBytes}B`,
    threads: String(options.threads),
    temp_directory: folder.tmp,
    max_temp_directory_size: `${options.tempBytes}B`,
    autoinstall_known_extensions: "false",
    autoload_known_extensions: "false",
    allow_community_extensions: "false",
    allow_persistent_secrets: "false",
  });
  const connection = await instance.connect();
  const allowed = [folder.in, folder.out, folder.tmp].map(quoteString).join(", ");
  for (const statement of ["SET TimeZone = 'UTC'", `SET allowed_directories = [${allowed}]`, "SET enable_external_access = false"]) {
    await connection.run(statement);
  }
  return {
    connection,
    connect: () => instance.connect(),
    async lock(settings) {
      for (const setting of settings) await connection.run(setting.replaceAll("{tmp}", folder.tmp));
      await connection.run("SET lock_configuration = true");
    },
  };
}

/** A text as a string literal of DuckDB. */
export function quoteString(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A name as a quoted identifier of DuckDB. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Makes views over Parquet files of `folder.in`, by view name. */
export async function createViews(connection: DuckDBConnection, folder: RunFolder, views: Readonly<Record<string, string>>): Promise<void> {
  for (const [view, file] of Object.entries(views)) {
    await connection.run(`CREATE VIEW ${quoteName(view)} AS SELECT * FROM read_parquet(${quoteString(`${folder.in}/${file}`)})`);
  }
}
