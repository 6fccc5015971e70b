import { AppError } from "@rivergen/contracts";
import type { Transaction } from "@rivergen/contracts";
import { silentLog } from "@rivergen/pipeline";
import type { Log } from "@rivergen/pipeline";
import pg from "pg";
import type { Pool, PoolClient } from "pg";
import { toStoreError } from "./errors.ts";
import { valueTypes } from "./types.ts";

export interface DatabaseOptions {
  /** URL of the app role: row-level security holds for it. May lead through a transaction pooler. */
  readonly url: string;
  /** URL of the system role, which sees every workspace; without it `inSystem` throws. */
  readonly systemUrl?: string;
  /** Connections of the app role. Default 10. */
  readonly max?: number;
  /** Connections of the system role. Default 4. */
  readonly systemMax?: number;
  /** Works that may wait for a connection, per role. Default 500. */
  readonly queue?: number;
  /** Longest wait for a connection, ms. Default 5,000. */
  readonly connectTimeoutMs?: number;
  /** Name shown in `pg_stat_activity`. */
  readonly name?: string;
  readonly log?: Log;
}

export interface WorkOptions {
  /** Ends the work: the connection is closed, so that nothing of it commits. */
  readonly signal?: AbortSignal;
}

/**
 * Transactions on Postgres. All three that run work throw OVERLOADED when too many wait already, STORE_UNAVAILABLE when
 * the connection or the server failed (after a failed commit the outcome is unknown: `details.outcome`), DEADLINE_EXCEEDED
 * for a statement that ran too long, the signal's reason, and whatever the work throws. Nothing is tried again here.
 */
export interface Database {
  /** Runs `work` in one transaction that sees and writes rows of this workspace only. */
  inWorkspace<T>(workspaceId: string, work: (tx: Transaction) => Promise<T>, options?: WorkOptions): Promise<T>;
  /** Runs `work` as the app role without a workspace: only tables that belong to no workspace (accounts, …) show rows. */
  inShared<T>(work: (tx: Transaction) => Promise<T>, options?: WorkOptions): Promise<T>;
  /** Runs `work` across all workspaces: for claims, sweeps and relays, never for a request. */
  inSystem<T>(work: (tx: Transaction) => Promise<T>, options?: WorkOptions): Promise<T>;
  /** One round trip. @throws STORE_UNAVAILABLE */
  ping(): Promise<void>;
  /** Waits for running work, then closes every connection. */
  close(): Promise<void>;
}

const databaseDefaults = { max: 10, systemMax: 4, queue: 500, connectTimeoutMs: 5_000, name: "rivergen", log: silentLog };

/** Opens nothing yet: connections are made on first use. */
export function createDatabase(options: DatabaseOptions): Database {
  const settings = { ...databaseDefaults, ...options };
  const app = createPool(settings.url, settings.max, settings);
  const system = settings.systemUrl === undefined ? undefined : createPool(settings.systemUrl, settings.systemMax, settings);

  return {
    inWorkspace(workspaceId, work, { signal } = {}) {
      if (workspaceId === "") throw new AppError("WORKSPACE_REQUIRED");
      return app.transact(work, { signal, workspaceId });
    },
    inShared: (work, { signal } = {}) => app.transact(work, { signal }),
    inSystem(work, { signal } = {}) {
      if (!system) throw new AppError("INTERNAL", { detail: "This database was opened without a system role" });
      return system.transact(work, { signal });
    },
    async ping() {
      await app.transact((tx) => tx.rows("select 1"), {});
    },
    async close() {
      await Promise.all([app.close(), system?.close()]);
    },
  };
}

interface Scope {
  readonly signal?: AbortSignal | undefined;
  readonly workspaceId?: string;
}

function createPool(url: string, max: number, { queue, connectTimeoutMs, name, log }: typeof databaseDefaults) {
  const pool = new pg.Pool({
    connectionString: url,
    max,
    application_name: name,
    connectionTimeoutMillis: connectTimeoutMs,
    idleTimeoutMillis: 60_000,
    keepAlive: true,
    types: valueTypes,
  });
  // Without a listener an idle connection that the server drops would end the process.
  pool.on("error", (error) => log.warn({ err: error }, "an idle database connection was lost"));

  return {
    async transact<T>(work: (tx: Transaction) => Promise<T>, scope: Scope): Promise<T> {
      scope.signal?.throwIfAborted();
      if (pool.waitingCount >= queue) throw new AppError("OVERLOADED", { retryAfterSeconds: 1 });
      const client = await connect(pool);
      return runTransaction(client, work, scope);
    },
    close: () => pool.end(),
  };
}

async function connect(pool: Pool): Promise<PoolClient> {
  try {
    return await pool.connect();
  } catch (error) {
    throw toStoreError(error);
  }
}

async function runTransaction<T>(client: PoolClient, work: (tx: Transaction) => Promise<T>, { signal, workspaceId }: Scope): Promise<T> {
  const committed: (() => void)[] = [];
  let open = true;
  let broken = false;
  const lost = () => {
    broken = true;
  };
  // A checked-out connection reports its loss here as well as to the statement that runs.
  client.on("error", lost);

  async function query(text: string, values?: readonly unknown[]) {
    if (!open) throw new AppError("INTERNAL", { detail: "A statement was sent after its transaction had ended" });
    try {
      return await client.query(values ? { text, values: values as unknown[] } : text);
    } catch (error) {
      const meaning = toStoreError(error);
      if (meaning instanceof AppError && meaning.code === "STORE_UNAVAILABLE") broken = true;
      throw meaning;
    }
  }

  const tx: Transaction = {
    rows: async <Row>(sql: string, values?: readonly unknown[]) => (await query(sql, values)).rows as Row[],
    afterCommit: (after) => void committed.push(after),
  };

  try {
    // One round trip: the workspace is a literal because a statement with parameters cannot stand beside another.
    await query(workspaceId === undefined ? "begin" : `begin; select set_config('rivergen.workspace', ${client.escapeLiteral(workspaceId)}, true)`);
    const result = await untilAborted(work(tx), signal);
    await commit(query);
    open = false;
    for (const after of committed) runAfterCommit(after);
    return result;
  } catch (error) {
    // An aborted work may have a statement on its way: only closing the connection keeps it from the next user.
    if (signal?.aborted) broken = true;
    if (!broken) await query("rollback").catch(lost);
    throw error;
  } finally {
    open = false;
    client.off("error", lost);
    client.release(broken);
  }
}

/** What failed after the commit undid nothing: it is reported as a rejection nobody awaits, and the rest still runs. */
function runAfterCommit(work: () => void): void {
  try {
    work();
  } catch (error) {
    void Promise.reject(error instanceof Error ? error : new Error(String(error)));
  }
}

async function commit(query: (text: string) => Promise<{ command: string }>): Promise<void> {
  let command: string;
  try {
    ({ command } = await query("commit"));
  } catch (error) {
    if (error instanceof AppError && error.code === "STORE_UNAVAILABLE") throw new AppError("STORE_UNAVAILABLE", { outcome: "unknown" }, error);
    throw error;
  }
  // Postgres answers a commit after a failed statement with ROLLBACK and no error.
  if (command !== "COMMIT") throw new AppError("INTERNAL", { detail: "A statement failed, its error was swallowed, and the transaction was rolled back" });
}

function untilAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work;
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason as Error);
    signal.addEventListener("abort", abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}
