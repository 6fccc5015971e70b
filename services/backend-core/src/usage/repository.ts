import type { PastStage, Transaction, UsageItem } from "@rivergen/contracts";

export interface NewUsage {
  id: string;
  key: string;
  meter: string;
  quantity: number;
  unit: string;
  amount: string;
  run: string | null;
  stage: string | null;
  step: string | null;
  attempt: number | null;
  digest: string | null;
  facts: object;
}
export interface UsageFilter {
  from?: string | undefined;
  to?: string | undefined;
  run?: string | undefined;
}

const matches = `workspace_id = $1 and ($2::timestamptz is null or occurred_at >= $2) and ($3::timestamptz is null or occurred_at < $3) and ($4::text is null or run_id = $4)`;

/** Lines are only ever added: the roles have no right to change or delete them. */
export const usageRepository = {
  /** The same key again adds nothing. Gives what was new. */
  async insert(tx: Transaction, workspaceId: string, items: readonly NewUsage[]): Promise<{ key: string }[]> {
    return tx.rows<{ key: string }>(
      `insert into backend_core.usage (workspace_id, id, key, meter, quantity, unit, amount, run_id, stage, step, attempt, digest, facts)
       select $1, u.id, u.key, u.meter, u.quantity, u.unit, u.amount::numeric, u.run, u.stage, u.step, u.attempt, u.digest, u.facts
       from jsonb_to_recordset($2::jsonb) as u (id text, key text, meter text, quantity float8, unit text, amount text, run text, stage text, step text, attempt int, digest text, facts jsonb)
       on conflict (workspace_id, key) do nothing returning key`,
      [workspaceId, JSON.stringify(items)],
    );
  },

  async list(tx: Transaction, workspaceId: string, filter: UsageFilter, before: string | undefined, limit: number): Promise<UsageItem[]> {
    return tx.rows<UsageItem>(
      `select id, meter, quantity, unit, run_id as run, stage, step, attempt, occurred_at as "occurredAt", amount::text as amount
       from backend_core.usage where ${matches} and ($5::text is null or id < $5) order by id desc limit $6`,
      [workspaceId, filter.from ?? null, filter.to ?? null, filter.run ?? null, before ?? null, limit],
    );
  },

  async totals(tx: Transaction, workspaceId: string, filter: UsageFilter): Promise<{ meter: string; quantity: number; unit: string; amount: string }[]> {
    return tx.rows(
      `select meter, sum(quantity)::float8 as quantity, unit, sum(amount)::text as amount from backend_core.usage where ${matches} group by meter, unit order by meter`,
      [workspaceId, filter.from ?? null, filter.to ?? null, filter.run ?? null],
    );
  },

  /** Sums by one of the fixed groupings; days in order, others by what they cost. */
  async summarize(
    tx: Transaction,
    workspaceId: string,
    by: "day" | "river" | "meter",
    filter: UsageFilter,
  ): Promise<{ key: string | null; amount: string; runs: number }[]> {
    const group = { day: `to_char(occurred_at at time zone 'UTC', 'YYYY-MM-DD')`, river: "river_name", meter: "meter" }[by];
    return tx.rows(
      `select ${group} as key, sum(amount)::text as amount, count(distinct run_id)::int as runs
       from (select u.*, r.river_name from backend_core.usage u left join backend_core.runs r on r.workspace_id = u.workspace_id and r.id = u.run_id
             where u.workspace_id = $1) as usage
       where ${matches} group by 1 order by ${by === "day" ? "1" : "sum(amount) desc, 1"} limit 1000`,
      [workspaceId, filter.from ?? null, filter.to ?? null, null],
    );
  },

  async ofRun(tx: Transaction, workspaceId: string, run: string): Promise<{ meter: string; quantity: number; unit: string; amount: string }[]> {
    return usageRepository.totals(tx, workspaceId, { run });
  },

  /** How long past stages took: of this very stage first, then of any. */
  async history(tx: Transaction, workspaceId: string, digest: string): Promise<PastStage[]> {
    const rows = await tx.rows<{ digest: string; run: string; stage: string; facts: Omit<PastStage, "digest" | "run" | "stage"> }>(
      `(select digest, run_id as run, stage, facts, occurred_at, 0 as other from backend_core.usage where workspace_id = $1 and meter = 'compute.cpu' and digest = $2 and run_id is not null order by occurred_at desc limit 50)
       union all (select digest, run_id, stage, facts, occurred_at, 1 from backend_core.usage where workspace_id = $1 and meter = 'compute.cpu' and digest <> $2 and run_id is not null order by occurred_at desc limit 100)
       order by other, occurred_at desc`,
      [workspaceId, digest],
    );
    return rows.map(({ digest: of, run, stage, facts }) => ({ ...facts, digest: of, run, stage }));
  },
};
