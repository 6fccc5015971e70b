-- Users, sessions and credentials belong to the accounts library (better-auth spells its tables in the singular).
create table backend_core."user" (
  id text primary key,
  name text not null,
  email text not null unique,
  "emailVerified" boolean not null,
  image text,
  "createdAt" timestamptz not null default now(),
  "updatedAt" timestamptz not null default now()
);
create table backend_core.session (
  id text primary key,
  "expiresAt" timestamptz not null,
  token text not null unique,
  "createdAt" timestamptz not null default now(),
  "updatedAt" timestamptz not null default now(),
  "ipAddress" text,
  "userAgent" text,
  "userId" text not null references backend_core."user" (id) on delete cascade
);
create index on backend_core.session ("userId");
create table backend_core.account (
  id text primary key,
  "accountId" text not null,
  "providerId" text not null,
  "userId" text not null references backend_core."user" (id) on delete cascade,
  "accessToken" text,
  "refreshToken" text,
  "idToken" text,
  "accessTokenExpiresAt" timestamptz,
  "refreshTokenExpiresAt" timestamptz,
  scope text,
  password text,
  "createdAt" timestamptz not null default now(),
  "updatedAt" timestamptz not null default now()
);
create index on backend_core.account ("userId");
create table backend_core.verification (
  id text primary key,
  identifier text not null,
  value text not null,
  "expiresAt" timestamptz not null,
  "createdAt" timestamptz not null default now(),
  "updatedAt" timestamptz not null default now()
);
create index on backend_core.verification (identifier);

create table backend_core.organizations (
  id text primary key,
  name text not null,
  created_at timestamptz not null default now()
);
create table backend_core.workspaces (
  id text primary key,
  organization_id text not null references backend_core.organizations (id),
  name text not null,
  created_at timestamptz not null default now()
);
create table backend_core.members (
  workspace_id text not null references backend_core.workspaces (id),
  user_id text not null references backend_core."user" (id) on delete cascade,
  role text not null check (role in ('owner', 'admin', 'editor', 'viewer')),
  created_at timestamptz not null default now(),
  primary key (user_id, workspace_id)
);
-- Keys are kept as SHA-256: a copy of this table opens nothing.
create table backend_core.api_keys (
  id text primary key,
  user_id text not null references backend_core."user" (id) on delete cascade,
  bound_workspace_id text references backend_core.workspaces (id),
  name text not null,
  key_sha256 text not null unique,
  scopes text[] not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  last_used_at timestamptz
);
create index on backend_core.api_keys (user_id, id);
create table backend_core.local_links (
  code_sha256 text primary key,
  user_id text not null references backend_core."user" (id) on delete cascade,
  created_at timestamptz not null default now(),
  used_at timestamptz
);
-- Idempotency keys with their answers, encrypted; kept 24 hours.
create table backend_core.requests (
  owner text not null,
  key text not null,
  claim text not null,
  operation text not null,
  body_sha256 text not null,
  answer bytea,
  claimed_until timestamptz not null,
  created_at timestamptz not null default now(),
  primary key (owner, key)
);
create index on backend_core.requests (created_at);
select rivergen.shared_table('backend_core."user"');
select rivergen.shared_table('backend_core.session');
select rivergen.shared_table('backend_core.account');
select rivergen.shared_table('backend_core.verification');
select rivergen.shared_table('backend_core.organizations');
select rivergen.shared_table('backend_core.workspaces');
select rivergen.shared_table('backend_core.members');
select rivergen.shared_table('backend_core.api_keys');
select rivergen.shared_table('backend_core.local_links');
select rivergen.shared_table('backend_core.requests');
