/** A named step of a schema's history, as the database library's `migrate` takes it (`before`). */
interface Migration {
  readonly name: string;
  readonly sql: string;
}

/** Schema of the fabric's own tables on the Postgres engine; must be among those given to `ensureDatabase`. */
export const FABRIC_SCHEMA = "fabric";

/** Columns of a message, in the order that all statements use. */
export const MESSAGE_COLUMNS = "id, topic, key, type, source, subject, workspace_id, time, data, traceparent";

const MESSAGE_TABLE = `
  id text not null, topic text not null, key text not null, type text not null, source text not null,
  subject text not null, workspace_id text, time timestamptz not null, data json not null`;

/** Outbox, inbox and dead letters of one service: put them before the service's own migrations. */
export function eventTables(schema: string): Migration[] {
  return [
    {
      name: "event-tables-1",
      sql: `
        create table ${schema}.outbox (seq bigint generated always as identity primary key, ${MESSAGE_TABLE})
          with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 20000);
        alter table ${schema}.outbox enable row level security;
        alter table ${schema}.outbox force row level security;
        create policy workspace on ${schema}.outbox using (workspace_id is not distinct from nullif(current_setting('rivergen.workspace', true), ''));
        grant insert on ${schema}.outbox to ${schema}_app;
        grant usage on schema ${schema} to ${FABRIC_SCHEMA}_system;
        grant select, delete on ${schema}.outbox to ${FABRIC_SCHEMA}_system;

        -- handled_at is null while a message has only failed.
        create table ${schema}.inbox (group_name text, message_id text, tries int not null default 0, handled_at timestamptz, touched_at timestamptz not null default now(), primary key (group_name, message_id));
        create index inbox_touched_at on ${schema}.inbox (touched_at);
        select rivergen.shared_table('${schema}.inbox');

        create table ${schema}.dead_letters (
          group_name text, ${MESSAGE_TABLE}, position bigint not null, tries int not null, cause json not null,
          failed_at timestamptz not null default now(), replay_at timestamptz, primary key (group_name, id));
        create index dead_letters_replay_at on ${schema}.dead_letters (group_name, replay_at) where replay_at is not null;
        alter table ${schema}.dead_letters enable row level security;
        alter table ${schema}.dead_letters force row level security;
        create policy workspace on ${schema}.dead_letters using (workspace_id is not distinct from nullif(current_setting('rivergen.workspace', true), ''));
        grant select, insert, update, delete on ${schema}.dead_letters to ${schema}_app, ${schema}_system;`,
    },
    {
      name: "event-tables-2",
      sql: `
        alter table ${schema}.outbox add column traceparent text;
        alter table ${schema}.dead_letters add column traceparent text;`,
    },
  ];
}

/** The log itself and the groups' places in it: migrations of schema `fabric`. */
export function fabricTables(): Migration[] {
  return [
    {
      name: "log-1",
      sql: `
        -- Whoever appends holds this row until the commit: positions appear in order and without gaps.
        create table fabric.log (only_row boolean primary key default true check (only_row), last_position bigint not null);
        insert into fabric.log (last_position) values (0);
        create table fabric.messages (position bigint primary key, ${MESSAGE_TABLE}, appended_at timestamptz not null default now());
        create index messages_topic on fabric.messages (topic, position);
        create index messages_appended_at on fabric.messages (appended_at);
        create table fabric.groups (name text primary key, position bigint not null, owner text, lease_until timestamptz not null, created_at timestamptz not null default now());`,
    },
    { name: "log-2", sql: "alter table fabric.messages add column traceparent text;" },
  ];
}
