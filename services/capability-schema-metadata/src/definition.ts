import { join } from "node:path";
import { AppError, serviceRoutes } from "@rivergen/contracts";
import { createSandboxPool, type SandboxPool } from "@rivergen/sandbox";
import { defineService, toAppError } from "@rivergen/service-kit";
import { z } from "zod";
import { createFileReader } from "./read-file.ts";

const config = z.object({
  INTAKE_TIMEOUT_MS: z.coerce.number().int().min(1_000).default(900_000).describe("Longest time that reading one file may take"),
  INTAKE_MEMORY_BYTES: z.coerce
    .number()
    .int()
    .min(1)
    .default(2 ** 30)
    .describe("Memory of the engine for reading one file"),
});

const keysTimeoutMs = 120_000;

export const definition = defineService({
  name: "capability-schema-metadata",
  summary: "Reads files as tables: dialect, types, rejected rows, profile, labels; finds keys between tables",
  config,
  routes: serviceRoutes["capability-schema-metadata"],
  setup(resources) {
    const { config: own, objects, log } = resources;
    const closing = new AbortController();
    let opened: Promise<SandboxPool> | undefined;
    const pool = () =>
      (opened ??= createSandboxPool({
        signal: closing.signal,
        root: join(resources.home, "sandboxes", "intake"),
        size: 1,
        concurrency: 2,
        memoryBytes: own.INTAKE_MEMORY_BYTES,
        tempBytes: 64 * 2 ** 30,
        outputBytes: 64 * 2 ** 30,
      }));
    const files = createFileReader({ pool, objects, timeoutMs: own.INTAKE_TIMEOUT_MS });
    return {
      handlers: {
        readFile: ({ body, signal }) => files.read(body, signal),
        findKeys: async ({ body, signal }) => {
          const tables = body.tables.map(({ objectKey: _, ...table }) => ({ ...table, file: table.name }));
          const inputs = body.tables.map(({ name, objectKey }) => files.local(name, objectKey));
          await using run = await (await pool()).run("keys", { tables }, { timeoutMs: keysTimeoutMs, purpose: "file", inputs, signal });
          const primaryKeys = Object.fromEntries(Object.entries(run.result.primaryKeys).map(([table, columns]) => [table, [...columns]]));
          return { primaryKeys, keys: [...run.result.keys] };
        },
      },
      async start() {
        void pool().catch((error: unknown) => toAppError(error).code !== "SERVICE_UNAVAILABLE" && log.error({ err: error }, "no sandbox could be opened"));
      },
      async stop() {
        closing.abort(new AppError("SERVICE_UNAVAILABLE", { detail: "The service is stopping" }));
        await (await opened?.catch(() => undefined))?.close();
      },
      async health() {
        const { level } = await pool();
        return { sandbox: { ok: true, detail: `${level.name} (${level.mechanisms.join(", ")})` } };
      },
    };
  },
});
