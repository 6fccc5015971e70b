import type { Transaction } from "@rivergen/contracts";
import type { Reading } from "./repository.ts";

/** What became of an uploaded revision of a file. */
export interface RevisionRow {
  readonly datasetId: string | null;
  /** Set while another file of the same dataset is read first. */
  readonly waiting: Reading | null;
}

/** SQL of the revisions of files that were heard of. */
export const revisionRepository = {
  async find(tx: Transaction, workspaceId: string, objectKey: string): Promise<RevisionRow | undefined> {
    const [row] = await tx.rows<RevisionRow>(
      `select dataset_id as "datasetId", waiting from backend_core.file_revisions where workspace_id = $1 and object_key = $2`,
      [workspaceId, objectKey],
    );
    return row;
  },

  async insert(tx: Transaction, workspaceId: string, given: { objectKey: string; fileId: string } & RevisionRow): Promise<void> {
    await tx.rows(
      `insert into backend_core.file_revisions (workspace_id, object_key, file_id, dataset_id, waiting, created_at) values ($1, $2, $3, $4, $5, clock_timestamp()) on conflict do nothing`,
      [workspaceId, given.objectKey, given.fileId, given.datasetId, given.waiting === null ? null : JSON.stringify(given.waiting)],
    );
  },

  /** Takes the revision that has waited longest for its dataset. */
  async takeWaiting(tx: Transaction, workspaceId: string, datasetId: string): Promise<Reading | undefined> {
    const [row] = await tx.rows<{ waiting: Reading }>(
      `with next as (
         select object_key, waiting from backend_core.file_revisions where workspace_id = $1 and dataset_id = $2 and waiting is not null order by created_at limit 1 for update)
       update backend_core.file_revisions r set waiting = null from next where r.workspace_id = $1 and r.object_key = next.object_key returning next.waiting`,
      [workspaceId, datasetId],
    );
    return row?.waiting;
  },

  /** Nothing that waits counts any more: a file that replaces all has come. */
  async dropWaiting(tx: Transaction, workspaceId: string, datasetId: string): Promise<void> {
    await tx.rows(`update backend_core.file_revisions set waiting = null where workspace_id = $1 and dataset_id = $2 and waiting is not null`, [
      workspaceId,
      datasetId,
    ]);
  },
};
