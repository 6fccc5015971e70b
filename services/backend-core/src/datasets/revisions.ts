import type { Transaction } from "@rivergen/contracts";
import type { Part, Reading } from "./repository.ts";

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

  /** @param given.reading how it is to be read; null: it is no table */
  async insert(
    tx: Transaction,
    workspaceId: string,
    given: { objectKey: string; fileId: string; datasetId: string | null; reading: Reading | null; isWaiting: boolean },
  ): Promise<void> {
    await tx.rows(
      `insert into backend_core.file_revisions (workspace_id, object_key, file_id, dataset_id, reading, waiting, created_at)
       values ($1, $2, $3, $4, $5::jsonb, case when $6 then $5::jsonb end, clock_timestamp()) on conflict do nothing`,
      [workspaceId, given.objectKey, given.fileId, given.datasetId, given.reading === null ? null : JSON.stringify(given.reading), given.isWaiting],
    );
  },

  /** The files that a dataset is made of, but for those that still wait: the last one that replaced all, and what was appended since. */
  async parts(tx: Transaction, workspaceId: string, datasetId: string): Promise<(Pick<Part, "fileId" | "objectKey"> & Partial<Part>)[]> {
    const rows = await tx.rows<{ fileId: string; objectKey: string; reading: Reading | null }>(
      `select file_id as "fileId", object_key as "objectKey", reading from backend_core.file_revisions
       where workspace_id = $1 and dataset_id = $2 and waiting is null order by created_at`,
      [workspaceId, datasetId],
    );
    const first = rows.findLastIndex(({ reading }) => reading?.mode !== "append");
    return rows.slice(Math.max(0, first)).map(({ fileId, objectKey, reading }) => ({
      fileId,
      objectKey,
      ...(reading && { path: reading.path, contentType: reading.contentType }),
    }));
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
