import { spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { open, readFile, rm, stat, truncate } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { SERVER_ENVIRONMENT } from "./cluster.ts";
import type { Cluster } from "./cluster.ts";

/** Durable, and small enough for a laptop. */
const SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: "127.0.0.1",
  unix_socket_directories: "",
  max_connections: "300",
  shared_buffers: "128MB",
  wal_level: "minimal",
  max_wal_senders: "0",
  max_wal_size: "512MB",
  wal_compression: "on",
  checkpoint_timeout: "15min",
  jit: "off",
  log_min_messages: "log",
  log_checkpoints: "off",
  timezone: "UTC",
};

const LOG_LIMIT_BYTES = 4 * 1024 * 1024;

/** The server as the file `postmaster.pid` in its data folder names it. */
export interface RunningServer {
  readonly pid: number;
  readonly port: number;
}

/** What `postmaster.pid` says, if it is there and whole. */
export async function readPidFile(dataFolder: string): Promise<RunningServer | undefined> {
  const lines = (await readFile(join(dataFolder, "postmaster.pid"), "utf8").catch(() => "")).split("\n");
  const [pid, port] = [Number(lines[0]), Number(lines[3])];
  return pid > 0 && port > 0 ? { pid, port } : undefined;
}

/**
 * Whether that process is a live Postgres. A process that died unreaped, or one that got the same number later, is not;
 * both would keep the server from ever starting again.
 */
export async function isAlive(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
  if (process.platform !== "linux") return true;
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  return /^\d+ \(postgres\) [^ZX]/.test(stat);
}

/** Removes the file that a dead server left. Call it only under the start lock. */
export async function removePidFile(dataFolder: string): Promise<void> {
  await rm(join(dataFolder, "postmaster.pid"), { force: true });
}

/**
 * Starts the server in a process group of its own: it outlives this process, however that ends.
 * Resolves as soon as it runs; `exited` resolves when it has ended.
 */
export async function spawnServer({ dataFolder, logFile, user, binaries }: Cluster, port: number): Promise<{ exited: Promise<number | null> }> {
  const size = await stat(logFile).then(
    (facts) => facts.size,
    () => 0,
  );
  if (size > LOG_LIMIT_BYTES) await truncate(logFile);
  const output = await open(logFile, "a", 0o600);
  try {
    const settings = Object.entries({ ...SETTINGS, port: String(port) }).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
    const child = spawn(binaries.postgres, ["-D", dataFolder, ...settings], {
      cwd: "/",
      detached: true,
      env: SERVER_ENVIRONMENT,
      stdio: ["ignore", output.fd, output.fd],
      ...(user ? { uid: user.uid, gid: user.gid } : {}),
    });
    const exited = new Promise<number | null>((resolve) => {
      child.once("exit", resolve);
      child.once("error", () => resolve(null));
    });
    child.unref();
    return { exited };
  } finally {
    await output.close();
  }
}

/** `wanted`, or a random port where that is taken; below the range that the system gives to outgoing connections. */
export async function findFreePort(wanted: number): Promise<number> {
  for (let port = wanted; ; port = randomInt(20_000, 32_000)) if (await isFree(port)) return port;
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}

/** The end of what the server said, for an error's cause. */
export async function readLogTail(logFile: string): Promise<string> {
  return (await readFile(logFile, "utf8").catch(() => "")).slice(-2_000);
}
