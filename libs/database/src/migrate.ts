import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { AppError } from "@rivergen/contracts";
import { silentLog } from "@rivergen/pipeline";
import type { Log } from "@rivergen/pipeline";
import type { Client } from "pg";
import { withClient } from "./client.ts";

/** One step of a schema's history. It never changes once it has been applied anywhere. */
export interface Migration {
  /** Unique in its schema. */
  readonly name: string;
  /** Any statements; they run as `rivergen_owner` in one transaction. */
  readonly sql: string;
}

export interface MigrateOptions {
  /** As for `ensureDatabase`: a direct connection, not a pooled one. */
  readonly adminUrl: string;
  readonly schema: string;
  /** Folder of files `NNNN-name.sql`, applied in the order of their numbers. */
  readonly folder?: string | URL;
  /** Migrations of libraries (outbox and inbox), applied before the folder's. */
  readonly before?: readonly Migration[];
  readonly log?: Log;
}

/**
 * Brings a schema up to date; several processes may call it at once. Gives the names applied now.
 *
 * Convention: a table whose rows belong to a workspace has `workspace_id text not null` and is followed by
 * `select rivergen.tenant_table('schema.table')`; any other table that the service uses by `select rivergen.shared_table(…)`.
 * @throws MIGRATION_CONFLICT when an applied migration was changed or a name is malformed or double
 */
export async function migrate({ adminUrl, schema, folder, before = [], log = silentLog }: MigrateOptions): Promise<string[]> {
  const migrations = [...before, ...(folder === undefined ? [] : await readFolder(folder))];
  const names = new Set(migrations.map(({ name }) => name));
  if (names.size < migrations.length) throw new AppError("MIGRATION_CONFLICT", { detail: `Two migrations of ${schema} have the same name`, schema });

  return withClient(adminUrl, async (client) => {
    await client.query({ text: "select pg_advisory_lock(hashtext('rivergen.migrate'), hashtext($1))", values: [schema] });
    const applied = await readHistory(client, schema);
    const unknown = [...applied.keys()].filter((name) => !names.has(name));
    if (unknown.length > 0) log.warn({ schema, unknown }, "the schema was migrated by a newer version");
    const pending = migrations.filter(({ name, sql }) => isPending(applied.get(name), schema, name, sql));
    for (const migration of pending) await apply(client, schema, migration);
    if (pending.length > 0) log.info({ schema, migrations: pending.map(({ name }) => name) }, "a schema was migrated");
    return pending.map(({ name }) => name);
  });
}

async function readFolder(folder: string | URL): Promise<Migration[]> {
  const path = folder instanceof URL ? fileURLToPath(folder) : folder;
  const files = (await readdir(path)).filter((file) => file.endsWith(".sql")).toSorted();
  const numbers = new Set(files.map((file) => /^(\d{4})-[a-z0-9-]+\.sql$/.exec(file)?.[1]));
  if (numbers.has(undefined) || numbers.size < files.length)
    throw new AppError("MIGRATION_CONFLICT", { detail: `Files in ${path} must be named NNNN-name.sql, each number once` });
  return Promise.all(files.map(async (file) => ({ name: file.slice(0, -".sql".length), sql: await readFile(join(path, file), "utf8") })));
}

/** Name → checksum of what was applied. */
async function readHistory(client: Client, schema: string): Promise<Map<string, string>> {
  const { rows } = await client.query({ text: "select to_regclass($1) is not null as known", values: [`${schema}.migrations`] });
  if (!(rows[0] as { known: boolean }).known) return new Map();
  const history = await client.query(`select name, checksum from ${schema}.migrations`);
  return new Map((history.rows as { name: string; checksum: string }[]).map(({ name, checksum }) => [name, checksum]));
}

function isPending(appliedChecksum: string | undefined, schema: string, name: string, sql: string): boolean {
  if (appliedChecksum === undefined) return true;
  if (appliedChecksum !== checksum(sql))
    throw new AppError("MIGRATION_CONFLICT", { detail: `Migration ${schema}/${name} was changed after it had been applied`, schema, name });
  return false;
}

async function apply(client: Client, schema: string, { name, sql }: Migration): Promise<void> {
  await client.query("begin; set local role rivergen_owner");
  try {
    await client.query(
      `create table if not exists ${schema}.migrations (name text primary key, checksum text not null, applied_at timestamptz not null default now())`,
    );
    await client.query(sql);
    await client.query({ text: `insert into ${schema}.migrations (name, checksum) values ($1, $2)`, values: [name, checksum(sql)] });
    await client.query("commit");
  } catch (error) {
    await client.query("rollback").catch(() => {});
    throw error;
  }
}

function checksum(sql: string): string {
  return createHash("sha256").update(sql).digest("hex");
}
