import type { Transaction } from "@rivergen/contracts";

/** A run that may go on: it has not ended, or ended without its outputs a short while ago. */
const mayGoOn = `r.status not in ('succeeded', 'partly_succeeded') and (r.finished_at is null or r.finished_at > $3)`;

/** SQL over all rows that lead to objects. */
export const referenceRepository = {
  /**
   * Which of these objects something leads to: a version of a dataset; a file that a dataset is made of, waits for, or has
   * not been heard of yet; what is being read; what a run that may go on reads, and its checkpoints; an output of a run, or what it set aside.
   * @param resumableSince runs that ended without their outputs before then lead to nothing
   */
  async find(tx: Transaction, workspaceId: string, objectKeys: readonly string[], resumableSince: Date): Promise<string[]> {
    const rows = await tx.rows<{ key: string }>(
      `with asked as (select key from unnest($2::text[]) as a (key)),
       read as (select reading from backend_core.datasets where workspace_id = $1 and reading is not null),
       held as (
         select v.object_key as key from backend_core.dataset_versions v where v.workspace_id = $1 and v.object_key = any ($2)
         union all select reading ->> 'objectKey' from read
         union all select reading -> 'onto' ->> 'objectKey' from read
         union all select part ->> 'objectKey' from read, jsonb_array_elements(reading -> 'rest') part
         union all select input.value ->> 'objectKey' from backend_core.runs r, jsonb_each(r.inputs) input where r.workspace_id = $1 and ${mayGoOn}
         union all select unnest(case
             when s.stage in (select json_object_keys(r.document -> 'outputs')) or ${mayGoOn} then array[s.result ->> 'objectKey', s.result -> 'setAside' ->> 'objectKey']
             else array[s.result -> 'setAside' ->> 'objectKey'] end)
           from (select distinct split_part(key, '/', 3) as run_id from asked where key like '%/runs/%') a
           join backend_core.runs r on r.workspace_id = $1 and r.id = a.run_id
           join backend_core.run_stages s on s.workspace_id = $1 and s.run_id = r.id
           where r.status in ('succeeded', 'partly_succeeded') or ${mayGoOn}
         union all select f.object_key from backend_core.file_revisions f
           join backend_core.datasets d on d.workspace_id = $1 and d.id = f.dataset_id
           where f.workspace_id = $1 and f.object_key = any ($2) and (f.waiting is not null or f.created_at >= coalesce((
             select max(w.created_at) from backend_core.file_revisions w
             where w.workspace_id = $1 and w.dataset_id = f.dataset_id and w.waiting is null and w.reading ->> 'mode' is distinct from 'append'), '-infinity'))
       )
       select a.key from asked a where a.key in (select key from held)
         or (a.key like 'files/%' and not exists (select from backend_core.file_revisions f where f.workspace_id = $1 and f.object_key = a.key))`,
      [workspaceId, objectKeys, resumableSince.toISOString()],
    );
    return rows.map(({ key }) => key);
  },
};
