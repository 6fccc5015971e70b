import { mkdtempSync, readFileSync, readdirSync } from "node:fs";
import { chmod, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { DuckDBInstance } from "@duckdb/node-api";
import type { SandboxPool, SandboxPoolOptions } from "./pool.ts";
import { createSandboxPool } from "./pool.ts";
import type { RunInput } from "./run-folder.ts";

/** A pool with a folder of its own and Parquet files to read. */
export interface TestSandbox extends AsyncDisposable {
  readonly pool: SandboxPool;
  /** Folder of the test; `runs` below it belongs to the pool. */
  readonly folder: string;
  /** Makes a Parquet file from a SELECT and returns its path. */
  write(name: string, sql: string): Promise<string>;
  /** Resolves inputs by the names of files that were written. */
  resolveInputs(names: readonly string[]): Promise<readonly RunInput[]>;
}

/** Opens a pool for tests in a new folder; all of it is removed at the end. */
export async function openTestSandbox(options: Partial<SandboxPoolOptions> = {}): Promise<TestSandbox> {
  const folder = mkdtempSync(join(tmpdir(), "sandbox-"));
  await chmod(folder, 0o711);
  const pool = await createSandboxPool({ root: join(folder, "runs"), threads: 1, memoryBytes: 256 * 1024 ** 2, ...options });
  return {
    pool,
    folder,
    async write(name, sql) {
      const path = join(folder, name);
      const instance = await DuckDBInstance.create(":memory:");
      const connection = await instance.connect();
      await connection.run(`COPY (${sql}) TO '${path}' (FORMAT parquet)`);
      connection.closeSync();
      instance.closeSync();
      await chmod(path, 0o644);
      return path;
    },
    resolveInputs: (names) => Promise.resolve(names.map((name) => ({ name, path: join(folder, name) }))),
    async [Symbol.asyncDispose]() {
      await pool.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Process ids whose command line names a folder, with their resident memory in bytes. */
export function findProcesses(folder: string): readonly { readonly pid: number; readonly residentBytes: number }[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((name) => {
      try {
        if (!readFileSync(`/proc/${name}/cmdline`, "utf8").includes(folder)) return [];
        const kibibytes = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${name}/status`, "utf8"))?.[1] ?? "0";
        return [{ pid: Number(name), residentBytes: Number(kibibytes) * 1_024 }];
      } catch {
        return [];
      }
    });
}

/** Waits for a condition, looking every few milliseconds; fails after the deadline. */
export async function until(what: string, condition: () => boolean, deadlineMs = 5_000): Promise<void> {
  const end = performance.now() + deadlineMs;
  while (!condition()) {
    if (performance.now() > end) throw new Error(`Still not so after ${deadlineMs} ms: ${what}`);
    await setTimeout(5);
  }
}
