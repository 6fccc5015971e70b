import { mkdir, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { AppError } from "@rivergen/contracts";
import { backoffDelay, retry, silentLog, systemClock } from "@rivergen/pipeline";
import type { Clock, Log } from "@rivergen/pipeline";
import pg from "pg";
import type { Client } from "pg";
import { findBinaries, findServerUser } from "./binaries.ts";
import { ADMIN_ROLE, ensureData, findAbandonedData, locateData, readIdentity } from "./cluster.ts";
import type { Cluster } from "./cluster.ts";
import { underMachineLock } from "./lock.ts";
import { findFreePort, isAlive, readLogTail, readPidFile, removePidFile, spawnServer } from "./server.ts";

export interface EmbeddedPostgresOptions {
  /** Folder of everything that the embedded profile keeps; made if absent. Deleting it is a clean start. */
  readonly home: string;
  readonly log?: Log;
  readonly clock?: Clock;
}

export interface EmbeddedPostgres {
  /** URL of the administrator, database `rivergen`. The same as long as the server is used. */
  readonly adminUrl: string;
  /** Generated with the home folder; key for `ensureDatabase`. */
  readonly secret: string;
  /** Whether the server ran already: another process uses it, or a crash left it. */
  readonly adopted: boolean;
  /** Leaves the server; the last process that uses it stops it. */
  stop(): Promise<void>;
}

const DATABASE = "rivergen";

/** Longest wait for a server to start, crash recovery included, ms. */
const START_DEADLINE_MS = 60_000;
const MAX_STARTS = 6;
const STOP_DEADLINE_MS = 15_000;
const POLL_MS = 15;

/** Session lock that every user of a server holds in shared mode; who gets it alone is the last. Goes with its process. */
const USERS_LOCK = "hashtext('rivergen.users')";

/**
 * Gives the Postgres server of a home folder: the one that runs, started by another process or left by a crash, or a new
 * one. While in use it is started again if it dies.
 * @throws EMBEDDED_STORE_FAILED with the server's last words as cause
 */
export async function startEmbeddedPostgres({ home, log = silentLog, clock = systemClock }: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const cluster = await openCluster(home, log, clock);
  const lock = <T>(work: () => Promise<T>) => underMachineLock(cluster.id, clock, work);
  const stopping = new AbortController();
  let seat = await lock(() => takeSeat(cluster, home, clock));
  const { adopted, port } = seat;
  log.info({ port, adopted, dataFolder: cluster.dataFolder }, "the embedded database was started");

  let watched: Promise<void> = Promise.resolve();
  function watch({ client }: Seat): void {
    client.once("end", () => {
      if (!stopping.signal.aborted) watched = restart();
    });
  }
  /** The port stays, for others hold URLs with it. */
  async function restart(): Promise<void> {
    log.warn({ port }, "the embedded database was lost and is started again");
    const again = () => lock(() => takeSeat({ ...cluster, port }, home, clock));
    await retry(again, { attempts: Infinity, isRetryable: () => true, capMs: 5_000, signal: stopping.signal, clock }).then(
      (taken) => watch((seat = taken)),
      (error: unknown) => log.error({ err: error }, "the embedded database could not be started again"),
    );
  }
  watch(seat);

  return {
    adminUrl: `postgres://${ADMIN_ROLE}:${cluster.password}@127.0.0.1:${port}/${DATABASE}`,
    secret: cluster.password,
    adopted,
    async stop() {
      stopping.abort(new AppError("STORE_UNAVAILABLE"));
      await watched;
      await lock(() => leaveSeat(seat, clock));
    },
  };
}

/** Stops the server of a home folder, if it runs, and deletes its data. The folder itself stays. */
export async function removeEmbeddedPostgres({ home, log = silentLog, clock = systemClock }: EmbeddedPostgresOptions): Promise<void> {
  const cluster = await openCluster(home, log, clock);
  await underMachineLock(cluster.id, clock, () => deleteData(cluster.dataFolder, clock));
  await rm(join(home, "postgres.json"), { force: true });
}

async function openCluster(home: string, log: Log, clock: Clock): Promise<Cluster> {
  await mkdir(home, { recursive: true });
  const user = await findServerUser();
  const [identity, binaries] = await Promise.all([readIdentity(home), findBinaries(user)]);
  for (const folder of await findAbandonedData(home, identity.id)) {
    await deleteData(folder, clock);
    log.info({ folder }, "the data of a deleted home folder was removed");
  }
  return { ...identity, user, binaries, dataFolder: await locateData(resolve(home), identity.id, user), logFile: join(home, "postgres.log") };
}

async function deleteData(dataFolder: string, clock: Clock): Promise<void> {
  const server = await readPidFile(dataFolder);
  if (server && (await isAlive(server.pid))) await stopServer(server.pid, clock);
  await rm(dataFolder, { recursive: true, force: true });
}

/** One process's use of the server. */
interface Seat {
  readonly client: Client;
  readonly pid: number;
  readonly port: number;
  readonly adopted: boolean;
}

/** Makes sure that the server runs and registers this process as a user of it. */
async function takeSeat(cluster: Cluster, home: string, clock: Clock): Promise<Seat> {
  await ensureData(cluster, home);
  const deadline = clock.now() + START_DEADLINE_MS;
  let adopted = true;
  let running = false;
  let starts = 0;
  while (clock.now() < deadline && starts <= MAX_STARTS) {
    const server = await readPidFile(cluster.dataFolder);
    if (server && (await isAlive(server.pid))) {
      const client = await tryConnect(cluster, server.port);
      if (client) return { client, pid: server.pid, port: server.port, adopted };
    } else if (!running) {
      // It may fail at first while processes of a killed predecessor are still going.
      if (starts > 0) await clock.sleep(backoffDelay(starts, { baseMs: 50 }));
      await removePidFile(cluster.dataFolder);
      adopted = false;
      running = true;
      starts += 1;
      const { exited } = await spawnServer(cluster, await findFreePort(cluster.port));
      void exited.then(() => (running = false));
    }
    await clock.sleep(POLL_MS);
  }
  throw new AppError("EMBEDDED_STORE_FAILED", { detail: `The embedded database did not start; see ${cluster.logFile}` }, await readLogTail(cluster.logFile));
}

/** Undefined while the server cannot answer yet. */
async function tryConnect({ password }: Cluster, port: number): Promise<Client | undefined> {
  const client = new pg.Client({
    connectionString: `postgres://${ADMIN_ROLE}:${password}@127.0.0.1:${port}/postgres`,
    application_name: "rivergen-home",
    connectionTimeoutMillis: 5_000,
  });
  client.on("error", () => {}); // "end" follows, and that is watched
  try {
    await client.connect();
    await client.query(`select pg_advisory_lock_shared(${USERS_LOCK})`);
    const { rowCount } = await client.query(`select from pg_database where datname = '${DATABASE}'`);
    if (rowCount === 0) await client.query(`create database ${DATABASE}`);
    return client;
  } catch (error) {
    await client.end().catch(() => {});
    if ((error as { code?: string }).code === "28P01")
      throw new AppError("EMBEDDED_STORE_FAILED", { detail: "The data folder belongs to another postgres.json; delete both for a clean start" }, error);
    return undefined;
  }
}

async function leaveSeat({ client, pid }: Seat, clock: Clock): Promise<void> {
  try {
    const { rows } = await client.query(`select pg_advisory_unlock_shared(${USERS_LOCK}), pg_try_advisory_lock(${USERS_LOCK}) as last`);
    if ((rows[0] as { last: boolean }).last) await stopServer(pid, clock);
  } catch {
    // The connection was lost: there is nothing to leave any more.
  } finally {
    await client.end().catch(() => {});
  }
}

/** Fast shutdown; after the deadline an immediate one, which costs a recovery at the next start and no data. */
async function stopServer(pid: number, clock: Clock): Promise<void> {
  for (const signal of ["SIGINT", "SIGQUIT"] as const) {
    if (!(await isAlive(pid))) return;
    process.kill(pid, signal);
    const deadline = clock.now() + STOP_DEADLINE_MS;
    while (clock.now() < deadline) {
      if (!(await isAlive(pid))) return;
      await clock.sleep(POLL_MS);
    }
  }
}
