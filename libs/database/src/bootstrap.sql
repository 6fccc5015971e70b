-- What every schema of the platform relies on. Run by ensureDatabase() as an administrator; safe to run again.
create schema if not exists rivergen authorization rivergen_owner;
grant usage on schema rivergen to public;

create table if not exists rivergen.bootstrap (only_row boolean primary key default true check (only_row), fingerprint text not null);
alter table rivergen.bootstrap owner to rivergen_owner;

-- Tables that belong to no workspace, named so on purpose.
create table if not exists rivergen.shared_tables (name text primary key);
alter table rivergen.shared_tables owner to rivergen_owner;

-- Makes a table with a workspace_id column visible only to transactions of that workspace, its owner included.
create or replace function rivergen.tenant_table(target regclass) returns void language plpgsql set search_path = pg_catalog as $body$
declare
  own_schema text := (select n.nspname from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = target);
begin
  execute format('alter table %s enable row level security', target);
  execute format('alter table %s force row level security', target);
  -- The subselect is evaluated once per statement; a pooler leaves '' behind where nothing was set.
  execute format('create policy workspace on %s using (workspace_id = (select nullif(current_setting(''rivergen.workspace'', true), '''')))', target);
  execute format('grant select, insert, update, delete on %s to %I, %I', target, own_schema || '_app', own_schema || '_system');
end
$body$;
alter function rivergen.tenant_table(regclass) owner to rivergen_owner;

-- Grants a table that belongs to no workspace to its service, and says so.
create or replace function rivergen.shared_table(target regclass) returns void language plpgsql set search_path = pg_catalog as $body$
declare
  own_schema text := (select n.nspname from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = target);
  own_name text := (select relname from pg_class where oid = target);
begin
  execute format('grant select, insert, update, delete on %s to %I, %I', target, own_schema || '_app', own_schema || '_system');
  insert into rivergen.shared_tables (name) values (own_schema || '.' || own_name) on conflict do nothing;
end
$body$;
alter function rivergen.shared_table(regclass) owner to rivergen_owner;

-- Tables through which one workspace might see another's rows, each with the reason. Empty is right.
create or replace function rivergen.unprotected_tables(schemas text[]) returns table (name text, reason text) language sql stable set search_path = pg_catalog as $body$
  with tables as (
    select c.oid, n.nspname || '.' || c.relname as name, c.relrowsecurity, c.relforcerowsecurity, c.relowner,
      exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'workspace_id' and not a.attisdropped) as has_workspace,
      exists (select from pg_policy p where p.polrelid = c.oid and pg_get_expr(p.polqual, p.polrelid) like '%rivergen.workspace%') as has_policy,
      has_any_column_privilege(n.nspname || '_app', c.oid, 'select, insert, update') or has_table_privilege(n.nspname || '_app', c.oid, 'delete') as open_to_app,
      pg_has_role(n.nspname || '_app', c.relowner, 'member') as owned_by_app
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p') and n.nspname = any (schemas)
  )
  select t.name, r.reason
  from tables t cross join lateral (
    select 'the app role owns it' where t.owned_by_app
    union all select 'row-level security is off' where t.has_workspace and t.open_to_app and not t.relrowsecurity
    union all select 'row-level security is not forced' where t.has_workspace and t.open_to_app and not t.relforcerowsecurity
    union all select 'it has no policy on the workspace' where t.has_workspace and t.open_to_app and not t.has_policy
    union all select 'it has no workspace_id and is not declared shared'
      where not t.has_workspace and t.open_to_app and not exists (select from rivergen.shared_tables s where s.name = t.name)
  ) as r (reason)
  order by 1, 2
$body$;
alter function rivergen.unprotected_tables(text[]) owner to rivergen_owner;
