import { hostname } from "node:os";
import { join } from "node:path";
import { AppError, serviceRoutes } from "@rivergen/contracts";
import { createSandboxPool, type SandboxPool } from "@rivergen/sandbox";
import { defineService, toAppError } from "@rivergen/service-kit";
import { z } from "zod";
import { createDescriber } from "./describe.ts";
import { createFlowTests } from "./flow-tests.ts";
import { chooseFormat } from "./reads/formats.ts";
import { createReadService } from "./reads/service.ts";
import { createWorker } from "./runs/worker.ts";

const count = z.coerce.number().int().min(1);
const config = z.object({
  QUERY_TIMEOUT_MS: count.default(20_000).describe("Longest time of an ad-hoc query"),
  QUERY_MEMORY_BYTES: count.default(2 ** 30).describe("Memory of the engine for an ad-hoc query"),
  FLOW_TEST_TIMEOUT_MS: count.default(20_000).describe("Longest time of a test of a flow"),
  RUN_MEMORY_BYTES: count.default(2 * 2 ** 30).describe("Memory of the engine for a run"),
  RUN_CONCURRENCY: count.default(2).describe("Runs this worker executes at a time"),
  ENGINE_THREADS: count.default(2).describe("Threads of the engine for a query or run"),
});

export const definition = defineService({
  name: "compute-internal",
  summary: "Executes runs, queries, previews and downloads on DuckDB, each in a sandboxed process of its own",
  config,
  routes: serviceRoutes["compute-internal"],
  calls: ["backend-core"],
  async setup(resources) {
    const { config: own, objects, log, faultPoint, fabric } = resources;
    const core = (caller: Parameters<typeof resources.client>[1]) => resources.client("backend-core", caller);
    const { queries, runs } = openPools(own, join(resources.home, "sandboxes"));
    const describer = createDescriber(queries.get);
    const reads = createReadService({ core, pool: queries.get, objects, queryTimeoutMs: own.QUERY_TIMEOUT_MS });
    const flowTests = createFlowTests({ core, pool: queries.get, timeoutMs: own.FLOW_TEST_TIMEOUT_MS });
    const worker = createWorker({
      client: core,
      pool: runs.get,
      asService: resources.asService,
      objects,
      describeSql: describer.describeRiver,
      faultPoint,
      log,
      name: `${hostname()}:${process.pid}`,
      concurrency: own.RUN_CONCURRENCY,
    });
    const subscription = await fabric.subscribe({
      topics: ["backend-core.run.v1"],
      handler: ({ type, subject }) => (type === "run.cancel-requested" ? worker.cancel(subject) : worker.wake()),
    });
    return {
      handlers: {
        query: ({ caller, body, query, headers, signal }) => reads.query(caller, body, chooseFormat(query.format, headers["accept"]), signal),
        previewDataset: ({ caller, params, query, signal }) => reads.preview(caller, params.dataset, query, signal),
        getDatasetContent: ({ caller, params, query, headers, signal }) =>
          reads.content(caller, params.dataset, chooseFormat(query.format, headers["accept"]), signal),
        getRunOutput: ({ caller, params, query, headers, signal }) =>
          reads.output(caller, { ...params, ...query, format: chooseFormat(query.format, headers["accept"]) }, signal),
        testDocument: ({ body, signal }) => flowTests.testDocument(body.document, body.records, signal),
        testFlow: ({ caller, params, body, signal }) => flowTests.testFlow(caller, params.flow, body.version, body.records, signal),
        describeSql: ({ body }) => describer.describe(body.statements),
      },
      async start() {
        void queries
          .get()
          .catch((error: unknown) => toAppError(error).code !== "SERVICE_UNAVAILABLE" && log.error({ err: error }, "no sandbox could be opened"));
        void runs.get().then(undefined, () => undefined);
        worker.wake();
      },
      async stop() {
        await subscription.stop();
        await worker.stop();
        await Promise.all([queries.close(), runs.close()]);
      },
      async health() {
        const { level } = await queries.get();
        return { sandbox: { ok: true, detail: `${level.name} (${level.mechanisms.join(", ")})` } };
      },
    };
  },
});

/**
 * One pool for what people wait for, one for runs: neither takes the other's children. Each keeps two open, so that the
 * next piece of work finds one while that of the last is replaced.
 */
function openPools(own: z.output<typeof config>, root: string) {
  const queries = openLater((signal) =>
    createSandboxPool({ root: join(root, "queries"), size: 2, memoryBytes: own.QUERY_MEMORY_BYTES, threads: own.ENGINE_THREADS, signal }),
  );
  const runs = openLater((signal) =>
    createSandboxPool({
      signal,
      root: join(root, "runs"),
      size: 2,
      concurrency: own.RUN_CONCURRENCY,
      memoryBytes: own.RUN_MEMORY_BYTES,
      threads: own.ENGINE_THREADS,
    }),
  );
  return { queries, runs };
}

/** Opening a pool takes a moment: it begins with the service's start and is awaited by the first who needs it. */
function openLater(open: (signal: AbortSignal) => Promise<SandboxPool>): { get(): Promise<SandboxPool>; close(): Promise<void> } {
  const closing = new AbortController();
  let opened: Promise<SandboxPool> | undefined;
  return {
    get: () => (opened ??= open(closing.signal)),
    async close() {
      closing.abort(new AppError("SERVICE_UNAVAILABLE", { detail: "The service is stopping" }));
      await (await opened?.catch(() => undefined))?.close();
    },
  };
}
