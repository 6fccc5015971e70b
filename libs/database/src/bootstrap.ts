import { createHash, createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { AppError } from "@rivergen/contracts";
import type { Client } from "pg";
import { withClient } from "./client.ts";

export interface EnsureDatabaseOptions {
  /** Role that may create roles and owns or administers the database that the URL names. Never used to serve. */
  readonly adminUrl: string;
  /** One per service that keeps state, and one for the event fabric: `[a-z][a-z0-9_]*`. */
  readonly schemas: readonly string[];
  /** Key that the roles' passwords are derived from; changing it changes them. */
  readonly secret: string;
}

/** Where the roles of one schema connect. */
export interface SchemaUrls {
  /** The service's role: no superuser, owns nothing, row-level security holds for it. */
  readonly url: string;
  /** Sees every workspace: for claims, sweeps and relays. */
  readonly systemUrl: string;
}

const BOOTSTRAP_SQL = readFileSync(new URL("bootstrap.sql", import.meta.url), "utf8");

/**
 * Makes roles, schemas and helper functions, as often as it is called and by as many processes as call it at once.
 * `rivergen_owner` owns everything and cannot log in.
 */
export async function ensureDatabase({ adminUrl, schemas, secret }: EnsureDatabaseOptions): Promise<Record<string, SchemaUrls>> {
  for (const schema of schemas) if (!/^[a-z][a-z0-9_]{0,50}$/.test(schema)) throw new AppError("INTERNAL", { detail: `Not a schema name: ${schema}` });
  const sorted = schemas.toSorted();
  const fingerprint = createHash("sha256")
    .update(JSON.stringify([BOOTSTRAP_SQL, secret, ROLE_SETTINGS, sorted]))
    .digest("hex");
  await withClient(adminUrl, async (client) => {
    await client.query("select pg_advisory_lock(hashtext('rivergen.bootstrap'))");
    if ((await readFingerprint(client)) === fingerprint) return;
    await client.query(`begin;${ownerSql(new URL(adminUrl).pathname.slice(1))}${BOOTSTRAP_SQL}`);
    for (const schema of sorted) await client.query(schemaSql(schema, secret, client));
    await client.query({
      text: "insert into rivergen.bootstrap (fingerprint) values ($1) on conflict (only_row) do update set fingerprint = excluded.fingerprint",
      values: [fingerprint],
    });
    await client.query("commit");
  });
  return Object.fromEntries(
    sorted.map((schema) => [schema, { url: roleUrl(adminUrl, `${schema}_app`, secret), systemUrl: roleUrl(adminUrl, `${schema}_system`, secret) }]),
  );
}

async function readFingerprint(client: Client): Promise<string | undefined> {
  const known = await client.query("select to_regclass('rivergen.bootstrap') is not null as known");
  if (!(known.rows[0] as { known: boolean }).known) return undefined;
  const { rows } = await client.query("select fingerprint from rivergen.bootstrap");
  return (rows[0] as { fingerprint: string } | undefined)?.fingerprint;
}

function ownerSql(database: string): string {
  const name = `"${decodeURIComponent(database).replaceAll('"', '""')}"`;
  return `
    do $$ begin if not exists (select from pg_roles where rolname = 'rivergen_owner') then create role rivergen_owner nologin; end if; end $$;
    do $$ begin if not pg_has_role(current_user, 'rivergen_owner', 'member') then execute format('grant rivergen_owner to %I', current_user); end if; end $$;
    grant create, connect, temporary on database ${name} to rivergen_owner;
    revoke all on database ${name} from public;
    revoke create on schema public from public;
  `;
}

/** Limits of every role that serves; a role setting, because poolers do not pass on session settings. */
const ROLE_SETTINGS = [
  "statement_timeout = '30s'",
  "idle_in_transaction_session_timeout = '60s'",
  "lock_timeout = '10s'",
  "timezone = 'UTC'",
  "client_connection_check_interval = '1s'",
];

function schemaSql(schema: string, secret: string, client: Client): string {
  const app = `${schema}_app`;
  const system = `${schema}_system`;
  const role = (name: string, rights: string) => `
    do $$ begin if not exists (select from pg_roles where rolname = '${name}') then create role ${name}; end if; end $$;
    alter role ${name} login nocreatedb nocreaterole noinherit ${rights} password ${client.escapeLiteral(rolePassword(secret, name))};
    ${ROLE_SETTINGS.map((setting) => `alter role ${name} set ${setting};`).join("\n")}
    do $$ begin execute format('grant connect on database %I to ${name}', current_database()); end $$;`;
  return `
    ${role(app, "nobypassrls")}
    ${role(system, "bypassrls")}
    create schema if not exists ${schema} authorization rivergen_owner;
    grant usage on schema ${schema} to ${app}, ${system};
    alter default privileges for role rivergen_owner in schema ${schema} grant select, insert, update, delete on tables to ${system};
    alter default privileges for role rivergen_owner in schema ${schema} grant usage on sequences to ${app}, ${system};
    alter default privileges for role rivergen_owner in schema ${schema} grant execute on functions to ${app}, ${system};`;
}

function rolePassword(secret: string, role: string): string {
  return createHmac("sha256", secret).update(`rivergen.role.${role}`).digest("base64url");
}

function roleUrl(adminUrl: string, role: string, secret: string): string {
  const url = new URL(adminUrl);
  url.username = role;
  url.password = rolePassword(secret, role);
  return url.href;
}

/** A table through which one workspace might see another's rows, and why. */
export interface UnprotectedTable {
  /** `schema.table` */
  readonly name: string;
  readonly reason: string;
}

/** Looks at every table of these schemas; the answer should be empty. */
export async function listUnprotectedTables(adminUrl: string, schemas: readonly string[]): Promise<UnprotectedTable[]> {
  return withClient(adminUrl, async (client) => {
    const { rows } = await client.query({ text: "select name, reason from rivergen.unprotected_tables($1)", values: [schemas] });
    return rows as UnprotectedTable[];
  });
}
