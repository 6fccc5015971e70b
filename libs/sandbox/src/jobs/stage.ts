import { readFile, stat } from "node:fs/promises";
import { createViews, quoteString } from "../engine.ts";
import type { StageMetrics } from "../profile.ts";
import { readProfile } from "../profile.ts";
import { watchProgress } from "../progress.ts";
import type { Diagnosis } from "../diagnose.ts";
import { diagnose } from "../diagnose.ts";
import { hashFile } from "../hash-file.ts";
import { toPlainMessage } from "../engine-failure.ts";
import { readShape, toProjection } from "../export.ts";
import type { Job, JobContext } from "./job.ts";
import { countRows } from "./page.ts";
import { JobFailure } from "./job.ts";

export interface StageInput {
  /** View name → name of a Parquet file among the inputs. */
  readonly views: Readonly<Record<string, string>>;
  /** One SELECT, made by the compiler: it is trusted to be one statement. */
  readonly sql: string;
  /** Name of the Parquet file to write into the outputs. */
  readonly output: string;
  /** SELECTs to run after a failure, in this order; the first that gives rows says which row was bad. */
  readonly diagnose?: readonly { readonly name: string; readonly sql: string }[];
}

export interface StageOutput {
  readonly rowCount: number;
  readonly sizeBytes: number;
  /** SHA-256 of the file, hexadecimal. */
  readonly sha256: string;
  /** Absent parts are null: the engine did not say. */
  readonly metrics: StageMetrics;
}

/** Runs one stage of a river: views over Parquet in, one Parquet file out. */
export const stage: Job<StageInput, StageOutput> = async (context, { views, sql, output, diagnose: questions = [] }) => {
  const { connection, folder } = context;
  await createViews(connection, folder, views);
  const fileRows = new Map<string, number>();
  for (const file of new Set(Object.values(views))) fileRows.set(`${folder.in}/${file}`, await countRows(connection, `${folder.in}/${file}`));
  const target = `${folder.out}/${output}`;
  const progress = watchProgress(context);
  let rowCount: number;
  try {
    const rows = toProjection(sql, await readShape(connection, sql), "parquet");
    const result = await connection.runAndReadAll(`COPY (\n${rows}\n) TO ${quoteString(target)} (FORMAT parquet, COMPRESSION zstd)`);
    rowCount = Number(result.getRowsJS()[0]?.[0] ?? 0);
  } catch (error) {
    progress.stop();
    throw await explainFailure(context, error, questions);
  }
  progress.stop();
  const metrics = readProfile(await readFile(`${folder.tmp}/profile.json`, "utf8"), fileRows);
  const { size } = await stat(target);
  context.progress(1, rowCount);
  return { rowCount, sizeBytes: size, sha256: await hashFile(target), metrics };
};

/** `SET` statements a stage needs before the lock. */
export const stageSettings = [
  "SET enable_progress_bar = true",
  "SET enable_progress_bar_print = false",
  "SET enable_profiling = 'json'",
  "SET profiling_output = '{tmp}/profile.json'",
] as const;

async function explainFailure(context: JobContext, error: unknown, questions: NonNullable<StageInput["diagnose"]>): Promise<unknown> {
  const message = error instanceof Error ? error.message : String(error);
  if (questions.length === 0 || message.startsWith("Out of Memory")) return error;
  const diagnosis: Diagnosis | null = await diagnose(context.connection, questions);
  if (diagnosis === null) return error;
  return new JobFailure("STEP_FAILED", { detail: toPlainMessage(message, context.folder), diagnosis }, error);
}
