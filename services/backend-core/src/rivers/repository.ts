import type { River, RiverDocument, Transaction } from "@rivergen/contracts";

const columns = `r.id, r.name, v.version, r.draft, v.document, v.digest, v.created_at as "createdAt"`;
const tables = `backend_core.rivers r join backend_core.river_versions v on v.workspace_id = r.workspace_id and v.river_id = r.id`;
const named = `r.workspace_id = $1 and r.deleted_at is null and (r.id = $2 or (r.name = $2 and not r.draft)) and (r.expires_at is null or r.expires_at > now())`;

/** SQL of rivers and their versions; a version never changes. */
export const riverRepository = {
  async find(tx: Transaction, workspaceId: string, idOrName: string, version?: number): Promise<River | undefined> {
    const [row] = await tx.rows<River>(`select ${columns} from ${tables} where ${named} and v.version = coalesce($3, r.version)`, [
      workspaceId,
      idOrName,
      version ?? null,
    ]);
    return row;
  },

  async lock(tx: Transaction, workspaceId: string, idOrName: string): Promise<River | undefined> {
    await tx.rows(`select 1 from backend_core.rivers r where ${named} for update`, [workspaceId, idOrName]);
    return riverRepository.find(tx, workspaceId, idOrName);
  },

  async list(tx: Transaction, workspaceId: string, after: string | undefined, limit: number): Promise<River[]> {
    return tx.rows<River>(
      `select ${columns} from ${tables} where r.workspace_id = $1 and r.deleted_at is null and not r.draft and v.version = r.version and ($2::text is null or r.name > $2) order by r.name limit $3`,
      [workspaceId, after ?? null, limit],
    );
  },

  async listVersions(tx: Transaction, workspaceId: string, id: string, before: number | undefined, limit: number): Promise<River[]> {
    return tx.rows<River>(
      `select ${columns} from ${tables} where r.workspace_id = $1 and r.id = $2 and ($3::int is null or v.version < $3) order by v.version desc limit $4`,
      [workspaceId, id, before ?? null, limit],
    );
  },

  /** False when a river of this id or name is there already. */
  async insert(tx: Transaction, workspaceId: string, river: { id: string; name: string; draft: boolean; expiresAt: Date | null }): Promise<boolean> {
    const rows = await tx.rows(
      `insert into backend_core.rivers (workspace_id, id, name, version, draft, expires_at) values ($1, $2, $3, 0, $4, $5) on conflict do nothing returning id`,
      [workspaceId, river.id, river.name, river.draft, river.expiresAt?.toISOString() ?? null],
    );
    return rows.length > 0;
  },

  /** Adds the next version and makes it the newest. */
  async addVersion(tx: Transaction, workspaceId: string, id: string, version: { document: RiverDocument; digest: string; createdBy: string }): Promise<River> {
    await tx.rows(
      `insert into backend_core.river_versions (workspace_id, river_id, version, document, digest, created_by)
       select $1, $2, coalesce(max(version), 0) + 1, $3, $4, $5 from backend_core.river_versions where workspace_id = $1 and river_id = $2`,
      [workspaceId, id, JSON.stringify(version.document), version.digest, version.createdBy],
    );
    await tx.rows(
      `update backend_core.rivers set version = (select max(version) from backend_core.river_versions where workspace_id = $1 and river_id = $2), updated_at = now() where workspace_id = $1 and id = $2`,
      [workspaceId, id],
    );
    return (await riverRepository.find(tx, workspaceId, id)) as River;
  },

  async keep(tx: Transaction, workspaceId: string, id: string, name: string): Promise<void> {
    await tx.rows(`update backend_core.rivers set draft = false, expires_at = null, name = $3, updated_at = now() where workspace_id = $1 and id = $2`, [
      workspaceId,
      id,
      name,
    ]);
  },

  async remove(tx: Transaction, workspaceId: string, id: string): Promise<void> {
    await tx.rows(`update backend_core.rivers set deleted_at = now() where workspace_id = $1 and id = $2`, [workspaceId, id]);
  },

  /** Drafts that nobody saved and no run needs. */
  async sweepDrafts(tx: Transaction): Promise<void> {
    await tx.rows(`delete from backend_core.rivers where draft and expires_at < now() - interval '1 day'`);
  },
};
