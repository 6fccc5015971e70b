import type { Quote, ReadableDataset, RiverDocument, Run, RunProblem, RunStatus, RunStep, StageResult, Transaction } from "@rivergen/contracts";

export interface RunRow {
  workspaceId: string;
  id: string;
  riverId: string;
  riverName: string;
  riverVersion: number;
  draft: boolean;
  document: RiverDocument;
  digest: string;
  parameters: Record<string, unknown>;
  status: RunStatus;
  attempt: number;
  inputs: Record<string, ReadableDataset>;
  steps: RunStep[];
  stages: { name: string; steps: string[] }[];
  progress: Run["progress"] & { at?: number };
  error: RunProblem | null;
  quote: Quote | null;
  metered: Run["metered"];
  logicalTime: string;
  seed: number;
  deadlineMs: number;
  lease: string | null;
  cancelRequested: boolean;
  faults: number;
  createdBy: string;
  createdAt: string;
  startedAt: string | null;
  finishedAt: string | null;
  /** Trace it was asked for in. */
  traceparent: string | null;
}

const columns = `workspace_id as "workspaceId", id, river_id as "riverId", river_name as "riverName", river_version as "riverVersion", draft, document, digest, parameters,
  status, attempt, inputs, steps, stages, progress, error, quote, metered, logical_time as "logicalTime", seed, deadline_ms as "deadlineMs", lease,
  cancel_requested as "cancelRequested", faults, created_by as "createdBy", created_at as "createdAt", started_at as "startedAt", finished_at as "finishedAt", traceparent`;

export type NewRun = Pick<
  RunRow,
  | "id"
  | "riverId"
  | "riverName"
  | "riverVersion"
  | "draft"
  | "document"
  | "digest"
  | "parameters"
  | "inputs"
  | "steps"
  | "stages"
  | "quote"
  | "logicalTime"
  | "seed"
  | "deadlineMs"
  | "createdBy"
  | "traceparent"
>;

/** SQL of runs and their stages. Whoever reports on a run proves its lease. */
export const runRepository = {
  async find(tx: Transaction, workspaceId: string, id: string): Promise<RunRow | undefined> {
    const [row] = await tx.rows<RunRow>(`select ${columns} from backend_core.runs where workspace_id = $1 and id = $2`, [workspaceId, id]);
    return row;
  },

  async lock(tx: Transaction, workspaceId: string, id: string): Promise<RunRow | undefined> {
    const [row] = await tx.rows<RunRow>(`select ${columns} from backend_core.runs where workspace_id = $1 and id = $2 for update`, [workspaceId, id]);
    return row;
  },

  async list(
    tx: Transaction,
    workspaceId: string,
    filter: { river?: string | undefined; status?: string | undefined; before?: string | undefined; limit: number },
  ): Promise<RunRow[]> {
    return tx.rows<RunRow>(
      `select ${columns} from backend_core.runs where workspace_id = $1 and ($2::text is null or river_id = $2 or river_name = $2) and ($3::text is null or status = $3) and ($4::text is null or id < $4)
       order by id desc limit $5`,
      [workspaceId, filter.river ?? null, filter.status ?? null, filter.before ?? null, filter.limit],
    );
  },

  /** False when the run is there already: the same request came again. */
  async insert(tx: Transaction, workspaceId: string, run: NewRun): Promise<boolean> {
    const rows = await tx.rows(
      `insert into backend_core.runs (workspace_id, id, river_id, river_name, river_version, draft, document, digest, parameters, status, inputs, steps, stages, progress, quote, logical_time, seed, deadline_ms, created_by, traceparent)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'queued', $10, $11, $12, '{"fraction":null,"rowsDone":null,"rowsExpected":null}', $13, $14, $15, $16, $17, $18) on conflict do nothing returning id`,
      [
        workspaceId,
        run.id,
        run.riverId,
        run.riverName,
        run.riverVersion,
        run.draft,
        JSON.stringify(run.document),
        run.digest,
        JSON.stringify(run.parameters),
        JSON.stringify(run.inputs),
        JSON.stringify(run.steps),
        JSON.stringify(run.stages),
        JSON.stringify(run.quote),
        run.logicalTime,
        run.seed,
        run.deadlineMs,
        run.createdBy,
        run.traceparent,
      ],
    );
    return rows.length > 0;
  },

  /**
   * A run whose worker has not been heard of, or one that waits: of the workspace with the fewest runs at work, then of the
   * one that was served the longest ago, the oldest. One that appends waits for the others of its river: it goes on from their rows.
   */
  async nextToClaim(tx: Transaction): Promise<RunRow | undefined> {
    await tx.rows("select pg_advisory_xact_lock(hashtext('backend_core.runs.claim'))");
    const [row] = await tx.rows<RunRow>(
      `select ${columns} from backend_core.runs where (workspace_id, id) = (
         select next.workspace_id, next.id from (select distinct workspace_id from backend_core.runs where status in ('queued', 'running')) tenant
         cross join lateral (
           select workspace_id, id, status, created_at from backend_core.runs run
           where workspace_id = tenant.workspace_id and ((status = 'running' and lease_until < now()) or (status = 'queued' and not (
             not draft and document::text like '%"mode":"append"%'
             and exists (select 1 from backend_core.runs other where other.workspace_id = run.workspace_id and other.river_name = run.river_name and other.status = 'running'))))
           order by status = 'running' desc, created_at limit 1 for update skip locked) next
         order by next.status = 'running' desc,
           (select count(*) from backend_core.runs other where other.workspace_id = next.workspace_id and other.status = 'running'),
           (select max(started_at) from backend_core.runs other where other.workspace_id = next.workspace_id) nulls first,
           next.created_at limit 1)`,
    );
    return row;
  },

  async take(
    tx: Transaction,
    run: RunRow,
    given: { lease: string; worker: string; leaseMs: number; attempt: number; faults: number; steps: RunStep[] },
  ): Promise<void> {
    await tx.rows(
      `update backend_core.runs set status = 'running', lease = $3, worker = $4, lease_until = now() + make_interval(secs => $5), attempt = $6, faults = $7, steps = $8, started_at = coalesce(started_at, now())
       where workspace_id = $1 and id = $2`,
      [run.workspaceId, run.id, given.lease, given.worker, given.leaseMs / 1000, given.attempt, given.faults, JSON.stringify(given.steps)],
    );
  },

  async extend(tx: Transaction, run: RunRow, leaseMs: number, progress: RunRow["progress"]): Promise<void> {
    await tx.rows(`update backend_core.runs set lease_until = now() + make_interval(secs => $3), progress = $4 where workspace_id = $1 and id = $2`, [
      run.workspaceId,
      run.id,
      leaseMs / 1000,
      JSON.stringify(progress),
    ]);
  },

  async setSteps(tx: Transaction, run: RunRow, steps: readonly RunStep[]): Promise<void> {
    await tx.rows(`update backend_core.runs set steps = $3 where workspace_id = $1 and id = $2`, [run.workspaceId, run.id, JSON.stringify(steps)]);
  },

  async requestCancel(tx: Transaction, run: RunRow): Promise<void> {
    await tx.rows(`update backend_core.runs set cancel_requested = true where workspace_id = $1 and id = $2`, [run.workspaceId, run.id]);
  },

  /** Back to the queue: as the next attempt of a resumed run, or for another worker after a fault of the platform. */
  async requeue(tx: Transaction, run: RunRow, given: { attempt: number; faults: number; steps: readonly RunStep[] }): Promise<void> {
    await tx.rows(
      `update backend_core.runs set status = 'queued', attempt = $3, faults = $4, steps = $5, error = null, lease = null, lease_until = null, cancel_requested = false, finished_at = null,
         progress = '{"fraction":null,"rowsDone":null,"rowsExpected":null}' where workspace_id = $1 and id = $2`,
      [run.workspaceId, run.id, given.attempt, given.faults, JSON.stringify(given.steps)],
    );
  },

  async end(
    tx: Transaction,
    run: RunRow,
    given: { status: RunStatus; steps: readonly RunStep[]; error: RunProblem | null; metered: Run["metered"]; progress: Run["progress"] },
  ): Promise<void> {
    await tx.rows(
      `update backend_core.runs set status = $3, steps = $4, error = $5, metered = $6, progress = $7, lease = null, lease_until = null, finished_at = now() where workspace_id = $1 and id = $2`,
      [
        run.workspaceId,
        run.id,
        given.status,
        JSON.stringify(given.steps),
        given.error === null ? null : JSON.stringify(given.error),
        given.metered === null ? null : JSON.stringify(given.metered),
        JSON.stringify(given.progress),
      ],
    );
  },

  /** The checkpoint of a stage; the first one counts. */
  async insertStage(tx: Transaction, run: RunRow, result: StageResult): Promise<boolean> {
    const rows = await tx.rows(
      `insert into backend_core.run_stages (workspace_id, run_id, stage, attempt, result) values ($1, $2, $3, $4, $5) on conflict do nothing returning stage`,
      [run.workspaceId, run.id, result.stage, run.attempt, JSON.stringify(result)],
    );
    return rows.length > 0;
  },

  /** When the newest stage of a run ended; null before the first. */
  async lastCheckpointAt(tx: Transaction, run: RunRow): Promise<string | null> {
    const [row] = await tx.rows<{ at: string | null }>(`select max(created_at) as at from backend_core.run_stages where workspace_id = $1 and run_id = $2`, [
      run.workspaceId,
      run.id,
    ]);
    return row?.at ?? null;
  },

  async stages(tx: Transaction, workspaceId: string, run: string): Promise<StageResult[]> {
    const rows = await tx.rows<{ result: StageResult }>(
      `select result from backend_core.run_stages where workspace_id = $1 and run_id = $2 order by created_at, stage`,
      [workspaceId, run],
    );
    return rows.map(({ result }) => result);
  },

  async dropStages(tx: Transaction, run: RunRow, stages: readonly string[]): Promise<void> {
    await tx.rows(`delete from backend_core.run_stages where workspace_id = $1 and run_id = $2 and stage = any ($3)`, [run.workspaceId, run.id, stages]);
  },
};
