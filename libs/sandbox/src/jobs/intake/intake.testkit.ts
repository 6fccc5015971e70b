import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import type { DuckDBConnection } from "@duckdb/node-api";
import type { JobContext } from "../job.ts";
import { intake } from "./intake.ts";
import type { IntakeInput, IntakeOutput, IntakeReady } from "./model.ts";
import { rows } from "./sql.ts";

/** A folder and an engine as a sandboxed child has them, for tests. */
export interface Bench {
  readonly connection: DuckDBConnection;
  readonly folder: JobContext["folder"];
  readonly context: JobContext;
  /** Takes in a file of these bytes, or one that lies elsewhere. */
  take(content: string | Uint8Array | { path: string }, input?: Partial<IntakeInput>): Promise<IntakeOutput>;
  /** As `take`, for files that must be ready. */
  ready(content: string | Uint8Array | { path: string }, input?: Partial<IntakeInput>): Promise<IntakeReady>;
  /** The rows of a ready dataset. */
  rows(output: IntakeReady): Promise<Record<string, unknown>[]>;
  close(): Promise<void>;
}

export async function createBench(): Promise<Bench> {
  const root = await mkdtemp(join(tmpdir(), "intake-"));
  const folder = { in: join(root, "in"), out: join(root, "out"), tmp: join(root, "tmp") };
  const spill = join(root, "spill");
  const instance = await DuckDBInstance.create(":memory:", { memory_limit: "1GiB", threads: "2", temp_directory: spill });
  const connection = await instance.connect();
  for (const setting of intake.settings ?? []) await connection.run(setting);
  const context: JobContext = { connection, folder, progress: () => undefined, requestInputs: () => Promise.resolve() };

  async function take(content: string | Uint8Array | { path: string }, input: Partial<IntakeInput> = {}): Promise<IntakeOutput> {
    for (const path of Object.values(folder)) {
      await rm(path, { recursive: true, force: true });
      await mkdir(path, { recursive: true });
    }
    const isPath = typeof content === "object" && "path" in content;
    const file = isPath ? content.path : join(folder.in, "upload");
    if (!isPath) await writeFile(file, content);
    return intake.run(
      { ...context, folder: { ...folder, in: isPath ? "/" : folder.in } },
      { file: isPath ? file.slice(1) : "upload", fileName: isPath ? file : "table.csv", ...input },
    );
  }

  return {
    connection,
    folder,
    context,
    take,
    async ready(content, input) {
      const output = await take(content, input);
      if (output.status !== "ready") throw new Error(`expected a ready dataset, got ${JSON.stringify(output)}`);
      return output;
    },
    rows: (output) => rows(connection, `SELECT * FROM read_parquet('${output.inPlace ? `/${output.parquet}` : join(folder.out, output.parquet)}')`),
    async close() {
      connection.closeSync();
      instance.closeSync();
      await rm(root, { recursive: true, force: true });
    },
  };
}
