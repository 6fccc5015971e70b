import type { Flow, SavedFlow, Transaction } from "@rivergen/contracts";

const columns = `f.id, f.name, v.version, v.document, v.digest, v.created_at as "createdAt"`;
const tables = `backend_core.flows f join backend_core.flow_versions v on v.workspace_id = f.workspace_id and v.flow_id = f.id`;
const named = `f.workspace_id = $1 and f.deleted_at is null and (f.id = $2 or f.name = $2)`;

/** SQL of flows and their versions; a version never changes. */
export const flowRepository = {
  async find(tx: Transaction, workspaceId: string, idOrName: string, version?: number): Promise<Flow | undefined> {
    const [row] = await tx.rows<Flow>(`select ${columns} from ${tables} where ${named} and v.version = coalesce($3, f.version)`, [
      workspaceId,
      idOrName,
      version ?? null,
    ]);
    return row;
  },

  /** The newest version, locked until the transaction ends. */
  async lock(tx: Transaction, workspaceId: string, idOrName: string): Promise<Flow | undefined> {
    await tx.rows(`select 1 from backend_core.flows f where ${named} for update`, [workspaceId, idOrName]);
    return flowRepository.find(tx, workspaceId, idOrName);
  },

  async list(tx: Transaction, workspaceId: string, after: string | undefined, limit: number): Promise<Flow[]> {
    return tx.rows<Flow>(
      `select ${columns} from ${tables} where f.workspace_id = $1 and f.deleted_at is null and v.version = f.version and ($2::text is null or f.name > $2) order by f.name limit $3`,
      [workspaceId, after ?? null, limit],
    );
  },

  async listVersions(tx: Transaction, workspaceId: string, id: string, before: number | undefined, limit: number): Promise<Flow[]> {
    return tx.rows<Flow>(
      `select ${columns} from ${tables} where f.workspace_id = $1 and f.id = $2 and ($3::int is null or v.version < $3) order by v.version desc limit $4`,
      [workspaceId, id, before ?? null, limit],
    );
  },

  /** The versions asked for of the flows that there are, and their newest. */
  async usable(tx: Transaction, workspaceId: string, wanted: readonly { name: string; version?: number }[]): Promise<SavedFlow[]> {
    return tx.rows<SavedFlow>(
      `select f.id, f.name, v.version, v.document from ${tables}
       where f.workspace_id = $1 and f.deleted_at is null
         and exists (select from jsonb_to_recordset($2::jsonb) as w (name text, version int) where w.name in (f.name, f.id) and v.version in (w.version, f.version))`,
      [workspaceId, JSON.stringify(wanted)],
    );
  },

  /**
   * False when a flow of this id or name is there already. Versions go on where those of a deleted flow of the name
   * ended: a name with a version never comes to mean something else.
   */
  async insert(tx: Transaction, workspaceId: string, flow: { readonly id: string; readonly name: string }): Promise<boolean> {
    const rows = await tx.rows(
      `insert into backend_core.flows (workspace_id, id, name, version)
       values ($1, $2, $3, coalesce((select max(version) from backend_core.flows where workspace_id = $1 and name = $3), 0)) on conflict do nothing returning id`,
      [workspaceId, flow.id, flow.name],
    );
    return rows.length > 0;
  },

  /** Adds the next version and makes it the newest; the flow is locked, or new. */
  async addVersion(tx: Transaction, workspaceId: string, id: string, version: { document: object; digest: string; createdBy: string }): Promise<Flow> {
    await tx.rows(
      `with newest as (update backend_core.flows set version = version + 1, updated_at = now() where workspace_id = $1 and id = $2 returning version)
       insert into backend_core.flow_versions (workspace_id, flow_id, version, document, digest, created_by) select $1, $2, version, $3, $4, $5 from newest`,
      [workspaceId, id, JSON.stringify(version.document), version.digest, version.createdBy],
    );
    return (await flowRepository.find(tx, workspaceId, id)) as Flow;
  },

  async remove(tx: Transaction, workspaceId: string, id: string): Promise<void> {
    await tx.rows(`update backend_core.flows set deleted_at = now() where workspace_id = $1 and id = $2`, [workspaceId, id]);
  },
};
