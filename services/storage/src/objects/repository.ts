import type { Transaction } from "@rivergen/contracts";

/** An object that nothing leads to. */
export interface Unreferenced {
  readonly workspaceId: string;
  readonly objectKey: string;
  readonly sizeBytes: number;
  /** RFC 3339. */
  readonly foundAt: string;
}

/** SQL of the sweep, over all workspaces. */
export const sweepRepository = {
  /** Which of these objects are revisions of files, and which of those are the newest ones. */
  async revisions(tx: Transaction, workspaceId: string, objectKeys: readonly string[]): Promise<{ objectKey: string; isNewest: boolean }[]> {
    return tx.rows(
      `select r.object_key as "objectKey", f.object_key is not null as "isNewest" from storage.revisions r
       left join storage.files f on f.workspace_id = r.workspace_id and f.id = r.file_id and f.object_key = r.object_key
       where r.workspace_id = $1 and r.object_key = any ($2)`,
      [workspaceId, objectKeys],
    );
  },

  /** Notes objects as unreferenced; those that are noted already keep their time. Gives how many are new. */
  async note(tx: Transaction, found: readonly Unreferenced[]): Promise<number> {
    const rows = await tx.rows(
      `insert into storage.unreferenced_objects (workspace_id, object_key, size_bytes, found_at)
       select workspace_id, object_key, size_bytes, found_at
       from jsonb_to_recordset($1::jsonb) as o (workspace_id text, object_key text, size_bytes bigint, found_at timestamptz) on conflict do nothing returning 1`,
      [
        JSON.stringify(
          found.map((each) => ({ workspace_id: each.workspaceId, object_key: each.objectKey, size_bytes: each.sizeBytes, found_at: each.foundAt })),
        ),
      ],
    );
    return rows.length;
  },

  /** What was noted until then, the oldest first, after a place in that order. */
  async listDue(tx: Transaction, given: { until: string; after: Pick<Unreferenced, "foundAt" | "objectKey"> | null; limit: number }): Promise<Unreferenced[]> {
    return tx.rows(
      `select workspace_id as "workspaceId", object_key as "objectKey", size_bytes as "sizeBytes", found_at as "foundAt" from storage.unreferenced_objects
       where found_at <= $1 and ($2::timestamptz is null or (found_at, object_key) > ($2, $3)) order by found_at, object_key limit $4`,
      [given.until, given.after?.foundAt ?? null, given.after?.objectKey ?? null, given.limit],
    );
  },

  /** Takes notes back: something leads to the objects again, or they are deleted. Gives those that had not been taken back. */
  async unnote(tx: Transaction, workspaceId: string, objectKeys: readonly string[]): Promise<{ sizeBytes: number }[]> {
    return tx.rows(`delete from storage.unreferenced_objects where workspace_id = $1 and object_key = any ($2) returning size_bytes as "sizeBytes"`, [
      workspaceId,
      objectKeys,
    ]);
  },

  /** Forgets revisions whose objects are deleted. */
  async forgetRevisions(tx: Transaction, workspaceId: string, objectKeys: readonly string[]): Promise<void> {
    await tx.rows(`delete from storage.revisions where workspace_id = $1 and object_key = any ($2)`, [workspaceId, objectKeys]);
  },

  async place(tx: Transaction): Promise<string | null> {
    const [row] = await tx.rows<{ objectKey: string | null }>(`select object_key as "objectKey" from storage.sweep_places where name = 'objects'`);
    return row?.objectKey ?? null;
  },

  async setPlace(tx: Transaction, objectKey: string | null): Promise<void> {
    await tx.rows(
      `insert into storage.sweep_places (name, object_key) values ('objects', $1) on conflict (name) do update set object_key = excluded.object_key`,
      [objectKey],
    );
  },
};
