import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import type { DuckDBConnection } from "@duckdb/node-api";
import type { JobContext, RunFolder } from "../job.ts";
import { intake } from "./intake.ts";
import type { IntakeInput, IntakeOutput, IntakeReady } from "./model.ts";
import { rows } from "./sql.ts";

/** A folder and an engine as a sandboxed child has them, for tests. */
export interface Bench {
  readonly connection: DuckDBConnection;
  /** A folder for files that a test writes itself. */
  readonly scratch: string;
  /** The folders of the file taken in last. */
  folder(): RunFolder;
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
  const scratch = join(root, "scratch");
  await mkdir(scratch);
  const instance = await DuckDBInstance.create(":memory:", { memory_limit: "1GiB", threads: "2", temp_directory: join(root, "spill") });
  const connection = await instance.connect();
  for (const setting of intake.settings ?? []) await connection.run(setting);
  /** Every file has folders of its own: the engine remembers files by their path. */
  let folder: RunFolder = { in: root, out: root, tmp: root };

  async function take(content: string | Uint8Array | { path: string }, input: Partial<IntakeInput> = {}): Promise<IntakeOutput> {
    await rm(folder.tmp === root ? join(root, "none") : folder.tmp, { recursive: true, force: true });
    const run = await mkdtemp(join(root, "run-"));
    folder = { in: join(run, "in"), out: join(run, "out"), tmp: join(run, "tmp") };
    for (const path of Object.values(folder)) await mkdir(path);
    if (typeof content === "object" && "path" in content) await symlink(content.path, join(folder.in, "upload"));
    else await writeFile(join(folder.in, "upload"), content);
    const context: JobContext = {
      connection,
      folder,
      progress: () => undefined,
      requestInputs: () => Promise.resolve([]),
      connect: () => Promise.resolve(connection),
    };
    const fileName = typeof content === "object" && "path" in content ? content.path : "table.csv";
    return intake.run(context, { file: "upload", fileName, ...input });
  }

  return {
    connection,
    scratch,
    folder: () => folder,
    take,
    async ready(content, input) {
      const output = await take(content, input);
      if (output.status !== "ready") throw new Error(`expected a ready dataset, got ${JSON.stringify(output)}`);
      return output;
    },
    rows: (output) => rows(connection, `SELECT * FROM read_parquet('${join(output.inPlace ? folder.in : folder.out, output.parquet)}')`),
    async close() {
      connection.closeSync();
      instance.closeSync();
      await rm(root, { recursive: true, force: true });
    },
  };
}
