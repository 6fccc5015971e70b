import type { Column, Dataset, Dialect, DialectHints, PlanningKey, Profile, ReadableDataset, RejectionCode, Transaction } from "@rivergen/contracts";

type Source = Dataset["source"];
/** What people said of a column. */
export interface Described {
  labels?: string[] | undefined;
  description?: string | undefined;
  synonyms?: string[] | undefined;
}
/** One of the files that a dataset is made of. */
export interface Part {
  fileId: string;
  path: string;
  objectKey: string;
  contentType: string;
}
/** A file revision that waits to be read, or is being read. */
export interface Reading extends Part {
  mode: "replace" | "append";
  dialect: DialectHints | null;
  types: Record<string, string> | null;
  /** What the files before it gave, where several are read anew into one version. */
  onto?: { columns: readonly Column[]; objectKey: string };
  /** Files whose rows come after its own into the same version. */
  rest?: readonly Part[];
}
export interface DatasetRow {
  id: string;
  name: string;
  title: string;
  description: string;
  synonyms: string[];
  status: Dataset["status"];
  version: number;
  source: Source;
  described: Record<string, Described>;
  reason: string | null;
  code: RejectionCode | null;
  rejected: NonNullable<Dataset["rejected"]> | null;
  dialect: Dialect | null;
  reading: Reading | null;
  createdAt: string;
  updatedAt: string;
  /** Of the newest version; null before the first. */
  rowCount: number | null;
  sizeBytes: number | null;
  columns: Column[] | null;
}
export interface VersionRow {
  version: number;
  objectKey: string;
  rowCount: number;
  sizeBytes: number;
  sha256: string;
  columns: Column[];
  source: Source;
  createdAt: string;
}
export interface NewVersion {
  objectKey: string;
  rowCount: number;
  sizeBytes: number;
  sha256: string;
  columns: readonly Column[];
  profile: Profile | null;
  values: readonly { column: string; values: readonly { value: string; count: number }[]; complete: boolean }[];
  source: Source;
}

const datasetColumns = `d.id, d.name, d.title, d.description, d.synonyms, d.status, d.version, d.source, d.described, d.reason, d.code, d.rejected, d.dialect,
  d.reading, d.created_at as "createdAt", d.updated_at as "updatedAt", v.row_count as "rowCount", v.size_bytes as "sizeBytes", v.columns`;
const datasetTables = `backend_core.datasets d left join backend_core.dataset_versions v on v.workspace_id = d.workspace_id and v.dataset_id = d.id and v.version = d.version`;

/** SQL of datasets, their versions and keys, and nothing else. The workspace is set on the transaction and asked for again here. */
export const datasetRepository = {
  async find(tx: Transaction, workspaceId: string, idOrName: string): Promise<DatasetRow | undefined> {
    const [row] = await tx.rows<DatasetRow>(`select ${datasetColumns} from ${datasetTables} where d.workspace_id = $1 and (d.id = $2 or d.name = $2)`, [
      workspaceId,
      idOrName,
    ]);
    return row;
  },

  async lock(tx: Transaction, workspaceId: string, name: string): Promise<DatasetRow | undefined> {
    await tx.rows(`select 1 from backend_core.datasets where workspace_id = $1 and (name = $2 or id = $2) for update`, [workspaceId, name]);
    return datasetRepository.find(tx, workspaceId, name);
  },

  async list(tx: Transaction, workspaceId: string, after: string | undefined, limit: number): Promise<DatasetRow[]> {
    return tx.rows<DatasetRow>(
      `select ${datasetColumns} from ${datasetTables} where d.workspace_id = $1 and ($2::text is null or d.name > $2) order by d.name limit $3`,
      [workspaceId, after ?? null, limit],
    );
  },

  async insert(
    tx: Transaction,
    workspaceId: string,
    dataset: { id: string; name: string; title: string; source: Source; status: Dataset["status"] },
  ): Promise<void> {
    await tx.rows(`insert into backend_core.datasets (workspace_id, id, name, title, source, status) values ($1, $2, $3, $4, $5, $6)`, [
      workspaceId,
      dataset.id,
      dataset.name,
      dataset.title,
      JSON.stringify(dataset.source),
      dataset.status,
    ]);
  },

  async startReading(tx: Transaction, workspaceId: string, id: string, reading: Reading): Promise<void> {
    await tx.rows(
      `update backend_core.datasets set reading = $3, status = 'profiling', reason = null, code = null, updated_at = now() where workspace_id = $1 and id = $2`,
      [workspaceId, id, JSON.stringify(reading)],
    );
  },

  async reject(
    tx: Transaction,
    workspaceId: string,
    id: string,
    given: { code: RejectionCode; reason: string; rejected: unknown; dialect: unknown },
  ): Promise<void> {
    await tx.rows(
      `update backend_core.datasets set reading = null, status = 'rejected', reason = $3, rejected = $4, dialect = $5, code = $6, updated_at = now() where workspace_id = $1 and id = $2`,
      [workspaceId, id, given.reason, json(given.rejected), json(given.dialect), given.code],
    );
  },

  /** Makes the next version the newest. Gives its number. */
  async addVersion(tx: Transaction, workspaceId: string, id: string, version: NewVersion): Promise<number> {
    const [row] = await tx.rows<{ version: number }>(
      `insert into backend_core.dataset_versions (workspace_id, dataset_id, version, object_key, row_count, size_bytes, sha256, columns, profile, column_values, source)
       select $1, $2, coalesce(max(version), 0) + 1, $3, $4, $5, $6, $7, $8, $9, $10 from backend_core.dataset_versions where workspace_id = $1 and dataset_id = $2 returning version`,
      [
        workspaceId,
        id,
        version.objectKey,
        version.rowCount,
        version.sizeBytes,
        version.sha256,
        JSON.stringify(version.columns),
        json(version.profile),
        JSON.stringify(version.values),
        JSON.stringify(version.source),
      ],
    );
    const number = row?.version ?? 0;
    await tx.rows(
      `update backend_core.datasets set version = $3, status = 'ready', reading = null, reason = null, code = null, source = $4, updated_at = now() where workspace_id = $1 and id = $2`,
      [workspaceId, id, number, JSON.stringify(version.source)],
    );
    return number;
  },

  async setReadFacts(tx: Transaction, workspaceId: string, id: string, given: { rejected: unknown; dialect: unknown }): Promise<void> {
    await tx.rows(`update backend_core.datasets set rejected = $3, dialect = $4 where workspace_id = $1 and id = $2`, [
      workspaceId,
      id,
      json(given.rejected),
      json(given.dialect),
    ]);
  },

  async describe(tx: Transaction, workspaceId: string, id: string, given: { description: string; described: Record<string, Described> }): Promise<void> {
    await tx.rows(`update backend_core.datasets set description = $3, described = $4, updated_at = now() where workspace_id = $1 and id = $2`, [
      workspaceId,
      id,
      given.description,
      JSON.stringify(given.described),
    ]);
  },

  async remove(tx: Transaction, workspaceId: string, id: string): Promise<void> {
    await tx.rows(`delete from backend_core.datasets where workspace_id = $1 and id = $2`, [workspaceId, id]);
  },

  async listVersions(tx: Transaction, workspaceId: string, id: string, before: number | undefined, limit: number): Promise<VersionRow[]> {
    return tx.rows<VersionRow>(
      `select version, object_key as "objectKey", row_count as "rowCount", size_bytes as "sizeBytes", sha256, columns, source, created_at as "createdAt"
       from backend_core.dataset_versions where workspace_id = $1 and dataset_id = $2 and ($3::int is null or version < $3) order by version desc limit $4`,
      [workspaceId, id, before ?? null, limit],
    );
  },

  async findProfile(tx: Transaction, workspaceId: string, id: string, version: number): Promise<Profile | null> {
    const [row] = await tx.rows<{ profile: Profile | null }>(
      `select profile from backend_core.dataset_versions where workspace_id = $1 and dataset_id = $2 and version = $3`,
      [workspaceId, id, version],
    );
    return row?.profile ?? null;
  },

  async setProfile(
    tx: Transaction,
    workspaceId: string,
    id: string,
    version: number,
    given: { profile: Profile; columns: readonly Column[]; values: NewVersion["values"] },
  ): Promise<void> {
    await tx.rows(
      `update backend_core.dataset_versions set profile = $4, columns = $5, column_values = $6 where workspace_id = $1 and dataset_id = $2 and version = $3`,
      [workspaceId, id, version, JSON.stringify(given.profile), JSON.stringify(given.columns), JSON.stringify(given.values)],
    );
  },

  /** Readable versions by id or name; all newest ones when `wanted` is null. */
  async readable(
    tx: Transaction,
    workspaceId: string,
    wanted: readonly { name: string; version?: number | undefined }[] | null,
  ): Promise<(ReadableDataset & { described: Record<string, Described> })[]> {
    return tx.rows(
      `with wanted as (select * from jsonb_to_recordset($2::jsonb) as w (name text, version int))
       select d.id, d.name, v.version, v.object_key as "objectKey", v.row_count as "rowCount", v.size_bytes as "sizeBytes", v.columns, d.described
       from backend_core.datasets d join backend_core.dataset_versions v on v.workspace_id = d.workspace_id and v.dataset_id = d.id
       where d.workspace_id = $1 and case when $2::jsonb is null then v.version = d.version
         else exists (select from wanted w where (w.name = d.name or w.name = d.id) and v.version = coalesce(w.version, d.version)) end
       order by d.name`,
      [workspaceId, wanted === null ? null : JSON.stringify(wanted)],
    );
  },

  /** What is known of the values of versions; those that were never looked at are missing. */
  async profiles(
    tx: Transaction,
    workspaceId: string,
    versions: readonly { id: string; version: number }[],
  ): Promise<{ id: string; version: number; profile: Profile }[]> {
    return tx.rows(
      `select v.dataset_id as id, v.version, v.profile from jsonb_to_recordset($2::jsonb) as w (id text, version int)
       join backend_core.dataset_versions v on v.workspace_id = $1 and v.dataset_id = w.id and v.version = w.version where v.profile is not null`,
      [workspaceId, JSON.stringify(versions.map(({ id, version }) => ({ id, version })))],
    );
  },

  async columnValues(
    tx: Transaction,
    workspaceId: string,
  ): Promise<{ id: string; values: { column: string; values: { value: string; count: number }[]; complete: boolean }[]; profile: Profile | null }[]> {
    return tx.rows(
      `select d.id, v.column_values as values, v.profile from backend_core.datasets d join backend_core.dataset_versions v on v.workspace_id = d.workspace_id and v.dataset_id = d.id and v.version = d.version where d.workspace_id = $1`,
      [workspaceId],
    );
  },

  async findKeys(
    tx: Transaction,
    workspaceId: string,
  ): Promise<{ fingerprint: string; keys: PlanningKey[]; primaryKeys: Record<string, string[]> } | undefined> {
    const [row] = await tx.rows<{ fingerprint: string; keys: PlanningKey[]; primaryKeys: Record<string, string[]> }>(
      `select fingerprint, keys, primary_keys as "primaryKeys" from backend_core.dataset_keys where workspace_id = $1`,
      [workspaceId],
    );
    return row;
  },

  async saveKeys(
    tx: Transaction,
    workspaceId: string,
    given: { fingerprint: string; keys: readonly PlanningKey[]; primaryKeys: Record<string, string[]> },
  ): Promise<void> {
    await tx.rows(
      `insert into backend_core.dataset_keys (workspace_id, fingerprint, keys, primary_keys) values ($1, $2, $3, $4)
       on conflict (workspace_id) do update set fingerprint = excluded.fingerprint, keys = excluded.keys, primary_keys = excluded.primary_keys, updated_at = now()`,
      [workspaceId, given.fingerprint, JSON.stringify(given.keys), JSON.stringify(given.primaryKeys)],
    );
  },

  /** Work left by a process that died: files that were never read to the end. */
  async listUnread(tx: Transaction): Promise<{ workspaceId: string; id: string }[]> {
    return tx.rows(`select workspace_id as "workspaceId", id from backend_core.datasets where reading is not null order by updated_at limit 10000`);
  },

  /** Newest versions that nobody has looked at: what rivers wrote just before a process died. */
  async listUnprofiled(tx: Transaction): Promise<{ workspaceId: string; id: string }[]> {
    return tx.rows(
      `select d.workspace_id as "workspaceId", d.id from backend_core.datasets d
       join backend_core.dataset_versions v on v.workspace_id = d.workspace_id and v.dataset_id = d.id and v.version = d.version
       where v.profile is null and d.source ->> 'kind' = 'river' order by v.created_at desc limit 1000`,
    );
  },
};

function json(value: unknown): string | null {
  return value === null || value === undefined ? null : JSON.stringify(value);
}
