import type { Role, Transaction, WorkspaceRef } from "@rivergen/contracts";

export interface UserRow {
  id: string;
  email: string;
  name: string;
}
export interface KeyRow {
  id: string;
  name: string;
  scopes: string[];
  workspaceId: string | null;
  createdAt: string;
  expiresAt: string | null;
  lastUsedAt: string | null;
}
export interface WorkspaceRow extends WorkspaceRef {
  organizationId: string;
  createdAt: string;
}

const keyColumns = `id, name, scopes, bound_workspace_id as "workspaceId", created_at as "createdAt", expires_at as "expiresAt", last_used_at as "lastUsedAt"`;

/** SQL of users, sessions, workspaces and keys. These tables belong to no workspace: every statement names the user. */
export const accountRepository = {
  async findUser(tx: Transaction, userId: string): Promise<UserRow | undefined> {
    const [row] = await tx.rows<UserRow>(`select id, email, name from backend_core."user" where id = $1`, [userId]);
    return row;
  },

  async findUserByEmail(tx: Transaction, email: string): Promise<UserRow | undefined> {
    const [row] = await tx.rows<UserRow>(`select id, email, name from backend_core."user" where email = $1`, [email]);
    return row;
  },

  async insertUser(tx: Transaction, user: UserRow): Promise<void> {
    await tx.rows(`insert into backend_core."user" (id, email, name, "emailVerified") values ($1, $2, $3, false) on conflict do nothing`, [
      user.id,
      user.email,
      user.name,
    ]);
  },

  async listWorkspaces(tx: Transaction, userId: string): Promise<WorkspaceRow[]> {
    return tx.rows<WorkspaceRow>(
      `select w.id, w.name, m.role, w.organization_id as "organizationId", w.created_at as "createdAt"
       from backend_core.members m join backend_core.workspaces w on w.id = m.workspace_id where m.user_id = $1 order by w.id`,
      [userId],
    );
  },

  async insertOrganization(tx: Transaction, id: string, name: string): Promise<void> {
    await tx.rows(`insert into backend_core.organizations (id, name) values ($1, $2) on conflict do nothing`, [id, name]);
  },

  async insertWorkspace(tx: Transaction, workspace: { id: string; organizationId: string; name: string }, userId: string, role: Role): Promise<void> {
    await tx.rows(`insert into backend_core.workspaces (id, organization_id, name) values ($1, $2, $3) on conflict do nothing`, [
      workspace.id,
      workspace.organizationId,
      workspace.name,
    ]);
    await tx.rows(`insert into backend_core.members (workspace_id, user_id, role) values ($1, $2, $3) on conflict do nothing`, [workspace.id, userId, role]);
  },

  async renameWorkspace(tx: Transaction, id: string, name: string): Promise<void> {
    await tx.rows(`update backend_core.workspaces set name = $2 where id = $1`, [id, name]);
  },

  /** Who a session belongs to; a session in use is prolonged once a day. */
  async findSession(tx: Transaction, token: string): Promise<{ userId: string } | undefined> {
    const [row] = await tx.rows<{ userId: string; stale: boolean }>(
      `select "userId", "updatedAt" < now() - interval '1 day' as stale from backend_core.session where token = $1 and "expiresAt" > now()`,
      [token],
    );
    if (row?.stale) await tx.rows(`update backend_core.session set "updatedAt" = now(), "expiresAt" = now() + interval '30 days' where token = $1`, [token]);
    return row;
  },

  async deleteSession(tx: Transaction, token: string): Promise<void> {
    await tx.rows(`delete from backend_core.session where token = $1`, [token]);
  },

  async findKey(tx: Transaction, sha256: string): Promise<{ id: string; userId: string; workspaceId: string | null; scopes: string[] } | undefined> {
    const [row] = await tx.rows<{ id: string; userId: string; workspaceId: string | null; scopes: string[]; stale: boolean }>(
      `select id, user_id as "userId", bound_workspace_id as "workspaceId", scopes, coalesce(last_used_at < now() - interval '1 minute', true) as stale
       from backend_core.api_keys where key_sha256 = $1 and (expires_at is null or expires_at > now())`,
      [sha256],
    );
    if (row?.stale) await tx.rows(`update backend_core.api_keys set last_used_at = now() where id = $1`, [row.id]);
    return row;
  },

  async insertKey(
    tx: Transaction,
    key: { id: string; userId: string; workspaceId: string | null; name: string; sha256: string; scopes: readonly string[]; expiresAt: string | null },
  ): Promise<KeyRow> {
    const [row] = await tx.rows<KeyRow>(
      `insert into backend_core.api_keys (id, user_id, bound_workspace_id, name, key_sha256, scopes, expires_at) values ($1, $2, $3, $4, $5, $6, $7)
       on conflict (id) do update set key_sha256 = excluded.key_sha256 returning ${keyColumns}`,
      [key.id, key.userId, key.workspaceId, key.name, key.sha256, key.scopes, key.expiresAt],
    );
    return row as KeyRow;
  },

  async listKeys(tx: Transaction, userId: string, before: string | undefined, limit: number): Promise<KeyRow[]> {
    return tx.rows<KeyRow>(`select ${keyColumns} from backend_core.api_keys where user_id = $1 and ($2::text is null or id < $2) order by id desc limit $3`, [
      userId,
      before ?? null,
      limit,
    ]);
  },

  async deleteKey(tx: Transaction, userId: string, id: string): Promise<boolean> {
    const rows = await tx.rows(`delete from backend_core.api_keys where user_id = $1 and id = $2 returning id`, [userId, id]);
    return rows.length > 0;
  },

  async insertLocalLink(tx: Transaction, sha256: string, userId: string): Promise<void> {
    await tx.rows(`delete from backend_core.local_links where user_id = $1 or created_at < now() - interval '1 day'`, [userId]);
    await tx.rows(`insert into backend_core.local_links (code_sha256, user_id) values ($1, $2)`, [sha256, userId]);
  },

  /** Uses a one-time link up. */
  async takeLocalLink(tx: Transaction, sha256: string): Promise<string | undefined> {
    const [row] = await tx.rows<{ userId: string }>(
      `update backend_core.local_links set used_at = now() where code_sha256 = $1 and used_at is null returning user_id as "userId"`,
      [sha256],
    );
    return row?.userId;
  },
};
