import { AppError, type Caller, type Client, type Format, idFor, type ReadableDataset, type ServiceRoutes, type StreamAnswer } from "@rivergen/contracts";
import { toRunInput, toUsage } from "../inputs.ts";
import { exportObject, readPage, type ReaderDependencies, streamOutput } from "./objects.ts";
import { readSelection } from "./selection.ts";

interface Dependencies extends ReaderDependencies {
  readonly core: (caller: Caller) => Client<ServiceRoutes["backend-core"]>;
  readonly queryTimeoutMs: number;
}
interface QueryRequest {
  readonly sql: string;
  readonly parameters?: Record<string, string | number | boolean | null> | undefined;
  readonly maxRows: number;
}

interface PageRequest {
  readonly limit: number;
  readonly offset?: number | undefined;
  readonly sort?: string | undefined;
  readonly filter?: string | undefined;
}

/** Everything that reads tenants' rows for people: queries, previews, downloads and results. All of it in the sandbox. */
export function createReadService(dependencies: Dependencies) {
  const { core, pool, objects, queryTimeoutMs } = dependencies;

  /** One SELECT, checked and sandboxed. @throws QUERY_REFUSED, QUERY_FAILED, QUERY_TIMEOUT, QUERY_MEMORY_EXCEEDED */
  async function query(caller: Caller, request: QueryRequest, format: Format, signal: AbortSignal) {
    const scanned: ReadableDataset[] = [];
    const resolveInputs = async (names: readonly string[]) => {
      const found = await core(caller).resolveDatasets({ body: { datasets: names.map((name) => ({ name })) } });
      scanned.push(...found);
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
    void run.dispose();
    const { columns, rows, truncated } = run.result;
    return { columns: columns.map(({ name, type }) => ({ name, type })), rows: rows as Record<string, unknown>[], truncated, usage };
  }

  /** @throws DATASET_NOT_FOUND, DATASET_NOT_READY, INVALID_REQUEST */
  async function preview(caller: Caller, idOrName: string, { limit, offset = 0, sort, filter }: PageRequest, signal: AbortSignal) {
    const { objectKey, columns } = await readable(core(caller), idOrName);
    return readPage(dependencies, { objectKey, offset, limit, ...readSelection(columns, { sort, filter }) }, signal);
  }

  async function content(caller: Caller, idOrName: string, format: Format, signal: AbortSignal): Promise<StreamAnswer> {
    return exportObject(dependencies, await readable(core(caller), idOrName), format, signal);
  }

  /** A page of JSON, or the whole output as a stream. @throws RUN_NOT_FOUND, OUTPUT_NOT_FOUND, INVALID_REQUEST */
  async function output(
    caller: Caller,
    given: PageRequest & { readonly run: string; readonly name: string; readonly format: Format; readonly cursor?: string | undefined },
    signal: AbortSignal,
  ) {
    const { objectKey, columns: known } = await core(caller).findRunOutput({ query: { run: given.run, name: given.name } });
    if (given.format !== "json") return exportObject(dependencies, { objectKey, name: given.name }, given.format, signal);
    const offset = given.cursor === undefined ? (given.offset ?? 0) : readCursor(given.cursor);
    const page = await readPage(dependencies, { objectKey, offset, limit: given.limit, ...readSelection(known, given) }, signal);
    const end = offset + page.rows.length;
    return { ...page, nextCursor: end < page.rowCount && page.rows.length > 0 ? String(end) : null };
  }

  return { query, preview, content, output };
}

/** @throws DATASET_NOT_FOUND, DATASET_NOT_READY */
async function readable(core: Client<ServiceRoutes["backend-core"]>, idOrName: string): Promise<ReadableDataset> {
  const [dataset] = await core.resolveDatasets({ body: { datasets: [{ name: idOrName }] } });
  if (dataset) return dataset;
  // Tells an absent dataset from one without a version yet.
  await core.getDataset({ params: { dataset: idOrName } });
  throw new AppError("DATASET_NOT_READY");
}

function readCursor(cursor: string): number {
  if (!/^\d{1,15}$/.test(cursor))
    throw new AppError("INVALID_REQUEST", { errors: [{ path: "query/cursor", code: "INVALID_FORMAT", message: "is not a cursor of this list" }] });
  return Number(cursor);
}
