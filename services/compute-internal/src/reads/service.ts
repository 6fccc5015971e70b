import { createReadStream } from "node:fs";
import {
  AppError,
  type Caller,
  type Client,
  type Format,
  formatTypes,
  idFor,
  type ReadableDataset,
  type ServiceRoutes,
  type StreamAnswer,
} from "@rivergen/contracts";
import type { ObjectStore } from "@rivergen/object-store";
import type { SandboxPool, SandboxRun } from "@rivergen/sandbox";
import { toRunInput, toUsage } from "../inputs.ts";

interface Dependencies {
  readonly core: (caller: Caller) => Client<ServiceRoutes["backend-core"]>;
  readonly pool: () => Promise<SandboxPool>;
  readonly objects: Pick<ObjectStore, "localPath" | "get">;
  readonly queryTimeoutMs: number;
}
interface QueryRequest {
  readonly sql: string;
  readonly parameters?: Record<string, string | number | boolean | null> | undefined;
  readonly maxRows: number;
}

export type ReadService = ReturnType<typeof createReadService>;

const pageTimeoutMs = 20_000;
const exportTimeoutMs = 600_000;

/** Everything that reads tenants' rows for people: queries, previews, downloads and results. All of it in the sandbox. */
export function createReadService({ core, pool, objects, queryTimeoutMs }: Dependencies) {
  /** One SELECT, checked and sandboxed. @throws QUERY_REFUSED, QUERY_FAILED, QUERY_TIMEOUT, QUERY_MEMORY_EXCEEDED */
  async function query(caller: Caller, request: QueryRequest, format: Format, signal: AbortSignal) {
    const scanned: ReadableDataset[] = [];
    const resolveInputs = async (names: readonly string[]) => {
      const found = await core(caller).resolveDatasets({ body: { datasets: names.map((name) => ({ name })) } });
      scanned.push(...found);
      const missing = names.filter((name) => !found.some((dataset) => dataset.name === name));
      if (missing.length > 0)
        throw new AppError("QUERY_REFUSED", { detail: `There is no dataset ${missing.join(", ")}. Names of datasets are listed at /v1/datasets.` });
      return found.map(({ name, objectKey }) => toRunInput(objects, name, objectKey));
    };
    const { sql, parameters = {}, maxRows } = request;
    const options = { timeoutMs: queryTimeoutMs, purpose: "query" as const, resolveInputs, signal };
    const run = await (await pool()).run("query", { sql, parameters, maxRows, format: format === "json" ? "rows" : format }, options);
    const bytes = scanned.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    const usage = toUsage(run.usage.cpuMs, bytes);
    const id = idFor("query", caller);
    await core(caller).recordUsage({ body: { id, subject: id, items: usage } });
    if (format !== "json") return streamOutput(run, format, `result.${format}`, { "x-truncated": String(run.result.truncated) });
    await run.dispose();
    const { columns, rows, truncated } = run.result;
    return { columns: columns.map(({ name, type }) => ({ name, type })), rows: rows as Record<string, unknown>[], truncated, usage };
  }

  async function preview(caller: Caller, idOrName: string, limit: number, signal: AbortSignal) {
    const dataset = await readable(caller, idOrName);
    const { columns, rows } = await page(dataset.objectKey, 0, limit, signal);
    return { columns, rows };
  }

  async function content(caller: Caller, idOrName: string, format: Format, signal: AbortSignal): Promise<StreamAnswer> {
    const dataset = await readable(caller, idOrName);
    return exportObject(dataset.objectKey, dataset.name, format, signal);
  }

  /** A page of JSON, or the whole output as a stream. @throws RUN_NOT_FOUND, OUTPUT_NOT_FOUND */
  async function output(caller: Caller, given: { run: string; name: string; format: Format; limit: number; cursor?: string | undefined }, signal: AbortSignal) {
    const found = await core(caller).findRunOutput({ query: { run: given.run, name: given.name } });
    if (given.format !== "json") return exportObject(found.objectKey, given.name, given.format, signal);
    const offset = readCursor(given.cursor);
    const { columns, rows } = await page(found.objectKey, offset, given.limit, signal);
    const end = offset + rows.length;
    return { columns, rows, nextCursor: end < found.rowCount && rows.length > 0 ? String(end) : null };
  }

  async function page(objectKey: string, offset: number, limit: number, signal: AbortSignal) {
    const inputs = [toRunInput(objects, "data", objectKey)];
    await using run = await (await pool()).run("page", { file: "data", offset, limit }, { timeoutMs: pageTimeoutMs, purpose: "query", inputs, signal });
    return { columns: run.result.columns.map(({ name, type }) => ({ name, type })), rows: run.result.rows as Record<string, unknown>[] };
  }

  async function exportObject(objectKey: string, name: string, format: Format, signal: AbortSignal): Promise<StreamAnswer> {
    const headers = { "content-disposition": `attachment; filename="${name}.${format}"` };
    if (format === "parquet") {
      const object = await objects.get(objectKey);
      return { stream: object.stream, contentType: formatTypes.parquet, sizeBytes: object.sizeBytes, headers };
    }
    const inputs = [toRunInput(objects, "data", objectKey)];
    const run = await (
      await pool()
    ).run("convert", { file: "data", format, output: `content.${format}` }, { timeoutMs: exportTimeoutMs, purpose: "query", inputs, signal });
    return streamOutput(run, format, `content.${format}`, headers);
  }

  async function readable(caller: Caller, idOrName: string): Promise<ReadableDataset> {
    const [dataset] = await core(caller).resolveDatasets({ body: { datasets: [{ name: idOrName }] } });
    if (dataset) return dataset;
    // Tells an absent dataset from one without a version yet.
    await core(caller).getDataset({ params: { dataset: idOrName } });
    throw new AppError("DATASET_NOT_READY");
  }

  return { query, preview, content, output };
}

/** Streams a file that a job left; its folder goes with the stream's end. */
function streamOutput(run: SandboxRun<unknown>, format: Format, name: string, headers: Record<string, string>): StreamAnswer {
  const path = run.outputs[name];
  if (path === undefined) throw new AppError("INTERNAL", {}, new Error(`the job left no ${name}`));
  const stream = createReadStream(path, { highWaterMark: 256 * 1024 });
  stream.once("close", () => void run.dispose());
  return { stream, contentType: `${formatTypes[format]}${format === "csv" ? "; charset=utf-8; header=present" : ""}`, headers };
}

function readCursor(cursor: string | undefined): number {
  if (cursor === undefined) return 0;
  if (!/^\d{1,15}$/.test(cursor))
    throw new AppError("INVALID_REQUEST", { errors: [{ path: "query/cursor", code: "INVALID_FORMAT", message: "is not a cursor of this list" }] });
  return Number(cursor);
}
