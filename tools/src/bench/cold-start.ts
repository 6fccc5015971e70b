import { spawn } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createBarePostgres } from "./bare-postgres.ts";
import type { BarePostgres } from "./bare-postgres.ts";
import { type BenchResult, compare } from "./compare.ts";
import { startPlatform, withFolder } from "./platform.ts";
import { endProcess, waitForLine } from "./process.ts";

const ROUNDS = 5;

/**
 * `npm start` on a warm home folder, from the command to its ready line, beside a bare Node process that listens and after
 * it a bare Postgres that takes connections.
 */
export async function benchColdStart(): Promise<BenchResult> {
  return withFolder(async (folder) => {
    const home = join(folder, "home");
    await mkdir(home);
    const postgres = await createBarePostgres(join(folder, "bare"));
    console.log(`first start, with its database made: ${Math.round(await startOnce(home))} ms`);
    await startBare(postgres);
    return compare({
      name: "cold-start",
      unit: "ms",
      peerName: "bare Node, then bare Postgres",
      rounds: ROUNDS,
      versions: { postgres: postgres.version },
      ours: () => startOnce(home),
      peer: () => startBare(postgres),
    });
  });
}

async function startOnce(home: string): Promise<number> {
  const platform = await startPlatform(home);
  await platform.stop();
  return platform.readyMs;
}

async function startBare(postgres: BarePostgres): Promise<number> {
  const begun = performance.now();
  const node = spawn(process.execPath, [fileURLToPath(import.meta.resolve("./bare-start.ts"))], { stdio: ["ignore", "pipe", "inherit"] });
  await waitForLine(node, node.stdout, /listening/, 30_000);
  const nodeMs = performance.now() - begun;
  const postgresMs = await postgres.start();
  await Promise.all([postgres.stop(), endProcess(node)]);
  return nodeMs + postgresMs;
}
