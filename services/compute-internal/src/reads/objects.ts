import { createReadStream } from "node:fs";
import { AppError, type Format, formatTypes, type StreamAnswer } from "@rivergen/contracts";
import type { ObjectStore } from "@rivergen/object-store";
import type { SandboxPool, SandboxRun } from "@rivergen/sandbox";
import { toRunInput } from "../inputs.ts";
import type { Selection } from "./selection.ts";

export interface ReaderDependencies {
  readonly pool: () => Promise<SandboxPool>;
  readonly objects: Pick<ObjectStore, "localPath" | "get">;
}

const pageTimeoutMs = 20_000;
const exportTimeoutMs = 600_000;

/** Which rows of an object are read: `offset` counts from 0 in those that the selection leaves. */
export type Window = Selection & { readonly objectKey: string; readonly offset: number; readonly limit: number };

/** Rows of one Parquet object, and how many the selection leaves in all. @throws QUERY_FAILED, QUERY_TIMEOUT, QUERY_MEMORY_EXCEEDED */
export async function readPage({ pool, objects }: ReaderDependencies, { objectKey, ...wanted }: Window, signal: AbortSignal) {
  const inputs = [toRunInput(objects, "data", objectKey)];
  const run = await (await pool()).run("page", { file: "data", ...wanted }, { timeoutMs: pageTimeoutMs, purpose: "query", inputs, signal });
  // The answer does not wait for the folder to be removed.
  void run.dispose();
  const { columns, rows, rowCount } = run.result;
  return { columns: columns.map(({ name, type }) => ({ name, type })), rows: rows as Record<string, unknown>[], rowCount };
}

/** A whole Parquet object as a download in a format, under a name. */
export async function exportObject(
  { pool, objects }: ReaderDependencies,
  { objectKey, name }: { objectKey: string; name: string },
  format: Format,
  signal: AbortSignal,
): Promise<StreamAnswer> {
  const headers = { "content-disposition": `attachment; filename="${name}.${format}"` };
  if (format === "parquet") {
    const object = await objects.get(objectKey);
    return { stream: object.stream, contentType: formatTypes.parquet, sizeBytes: object.sizeBytes, headers };
  }
  const inputs = [toRunInput(objects, "data", objectKey)];
  const job = { file: "data", format, output: `content.${format}` };
  const run = await (await pool()).run("convert", job, { timeoutMs: exportTimeoutMs, purpose: "query", inputs, signal });
  return streamOutput(run, format, job.output, headers);
}

/** Streams a file that a job left; its folder goes with the stream's end. */
export function streamOutput(run: SandboxRun<unknown>, format: Format, name: string, headers: Record<string, string>): StreamAnswer {
  const path = run.outputs[name];
  if (path === undefined) throw new AppError("INTERNAL", {}, new Error(`the job left no ${name}`));
  const stream = createReadStream(path, { highWaterMark: 256 * 1024 });
  stream.once("close", () => void run.dispose());
  return { stream, contentType: `${formatTypes[format]}${format === "csv" ? "; charset=utf-8; header=present" : ""}`, headers };
}
