import type { StorageRecord, Transaction } from "@rivergen/contracts";

/** A file with what its uploader asked for. */
export interface FileRow extends StorageRecord {
  readonly dataset: string | null;
  readonly mode: "replace" | "append";
}

/** What the newest revision of a file is. */
export type Revision = Pick<FileRow, "objectKey" | "sizeBytes" | "sha256" | "contentType" | "dataset" | "mode">;

const columns = `id, workspace_id as "workspaceId", path, object_key as "objectKey", size_bytes as "sizeBytes", sha256, content_type as "contentType", dataset, mode, created_at as "createdAt"`;

/** SQL of the files' tables. The workspace is set on the transaction (row-level security) and asked for again here. */
export const fileRepository = {
  /** Lets one transaction at a time decide what a path holds. */
  async lockPath(tx: Transaction, workspaceId: string, path: string): Promise<void> {
    await tx.rows(`select pg_advisory_xact_lock(hashtextextended($1, 0))`, [`${workspaceId}/${path}`]);
  },

  async find(tx: Transaction, workspaceId: string, idOrPath: string): Promise<FileRow | undefined> {
    const [row] = await tx.rows<FileRow>(`select ${columns} from storage.files where workspace_id = $1 and (id = $2 or path = $2)`, [workspaceId, idOrPath]);
    return row;
  },

  /** Files after a file's place, by path. */
  async list(tx: Transaction, workspaceId: string, selection: { prefix: string; after: string | null; limit: number }): Promise<FileRow[]> {
    return tx.rows<FileRow>(
      `select ${columns} from storage.files where workspace_id = $1 and starts_with(path, $2) and ($3::text is null or path > $3) order by path limit $4`,
      [workspaceId, selection.prefix, selection.after, selection.limit],
    );
  },

  async insert(tx: Transaction, workspaceId: string, file: { id: string; path: string } & Revision): Promise<FileRow> {
    const rows = await tx.rows<FileRow>(
      `insert into storage.files (workspace_id, id, path, object_key, size_bytes, sha256, content_type, dataset, mode) values ($1, $2, $3, $4, $5, $6, $7, $8, $9) returning ${columns}`,
      [workspaceId, file.id, file.path, ...toValues(file)],
    );
    return rows[0] as FileRow;
  },

  async replace(tx: Transaction, workspaceId: string, id: string, revision: Revision): Promise<FileRow> {
    const rows = await tx.rows<FileRow>(
      `update storage.files set object_key = $3, size_bytes = $4, sha256 = $5, content_type = $6, dataset = $7, mode = $8, updated_at = now() where workspace_id = $1 and id = $2 returning ${columns}`,
      [workspaceId, id, ...toValues(revision)],
    );
    return rows[0] as FileRow;
  },

  async keepRevision(tx: Transaction, { workspaceId, id, objectKey, sizeBytes, sha256 }: FileRow): Promise<void> {
    await tx.rows(`insert into storage.revisions (workspace_id, object_key, file_id, size_bytes, sha256) values ($1, $2, $3, $4, $5)`, [
      workspaceId,
      objectKey,
      id,
      sizeBytes,
      sha256,
    ]);
  },

  /** Forgets a file with its revisions; their objects stay until the sweep finds them old enough. */
  async remove(tx: Transaction, workspaceId: string, id: string): Promise<void> {
    await tx.rows(`delete from storage.files where workspace_id = $1 and id = $2`, [workspaceId, id]);
    await tx.rows(
      `with gone as (delete from storage.revisions where workspace_id = $1 and file_id = $2 returning object_key, size_bytes)
       insert into storage.unreferenced_objects (workspace_id, object_key, size_bytes, found_at) select $1, object_key, size_bytes, now() from gone
       on conflict (workspace_id, object_key) do nothing`,
      [workspaceId, id],
    );
  },
};

function toValues({ objectKey, sizeBytes, sha256, contentType, dataset, mode }: Revision): unknown[] {
  return [objectKey, sizeBytes, sha256, contentType, dataset, mode];
}
