import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { type Caller, pricesVariable, serviceRoutes } from "@rivergen/contracts";
import { createFlows } from "@rivergen/flow";
import { createRecordRegistry } from "@rivergen/river/flows";
import { currentContext, defineService, type Resources, runInBackground, writeTrace } from "@rivergen/service-kit";
import { z } from "zod";
import { type AccountLibrary, openAccountLibrary } from "./accounts/library.ts";
import { createAccountHandlers } from "./accounts/routes.ts";
import { createAccountService } from "./accounts/service.ts";
import { createAnnouncements, topics } from "./announcements.ts";
import { createDatasetConsumers } from "./datasets/consumers.ts";
import { createKeyFinder } from "./datasets/keys.ts";
import { createReader } from "./datasets/reader.ts";
import { createDatasetHandlers } from "./datasets/routes.ts";
import { createDatasetService } from "./datasets/service.ts";
import { createEventLog } from "./events/log.ts";
import { createEventHandlers } from "./events/routes.ts";
import { createFlowChecks } from "./flows/checks.ts";
import { createFlowHandlers } from "./flows/routes.ts";
import { createFlowService } from "./flows/service.ts";
import { createObjectHandlers } from "./objects/routes.ts";
import { createReferenceService } from "./objects/service.ts";
import { createPromptHandlers } from "./prompts/routes.ts";
import { createPromptService } from "./prompts/service.ts";
import { createRequestService } from "./requests/service.ts";
import { createRiverHandlers } from "./rivers/routes.ts";
import { createRiverService } from "./rivers/service.ts";
import { createLeaseService } from "./runs/leases.ts";
import { createRunLineage } from "./runs/lineage.ts";
import { createRunHandlers } from "./runs/routes.ts";
import { createRunService } from "./runs/service.ts";
import { createRunTracer } from "./runs/trace.ts";
import { createUsageService } from "./usage/service.ts";

const config = z.object({
  PRICES: pricesVariable,
  RUN_TIMEOUT_MS: z.coerce.number().int().min(1_000).default(1_800_000).describe("Longest time of a run whose river sets none"),
  KEEP_RESUMABLE_RUNS_MS: z.coerce
    .number()
    .int()
    .min(0)
    .default(604_800_000)
    .describe("How long a run that failed or was cancelled keeps what it read and its checkpoints, whatever is deleted meanwhile"),
});

const sweepMs = 3_600_000;

export const definition = defineService({
  name: "backend-core",
  summary: "State of accounts, the catalog, rivers, runs, prompts, the workspace event log and usage",
  config,
  routes: serviceRoutes["backend-core"],
  calls: ["capability-schema-metadata", "capability-execution-support"],
  emits: Object.values(topics),
  state: { schema: "backend_core", migrations: new URL("migrations/", import.meta.url) },
  setup(resources) {
    const { database, outbox, faultPoint, log } = resources;
    const { inWorkspace, inSystem, inShared } = database;
    const library = lazily(() => openAccountLibrary({ databaseUrl: resources.databaseUrls.url, secret: resources.secrets.accountsKey }));
    const intake = (workspaceId: string) => resources.client("capability-schema-metadata", resources.asService(workspaceId));
    const wait = (ms: number, signal: AbortSignal) => delay(ms, undefined, { signal });
    const now = () => new Date();
    const announcements = createAnnouncements(outbox);
    const signal = announcements.run;
    const events = createEventLog({ announce: announcements.event });
    const accounts = createAccountService({ inShared, library: library.get });
    const requests = createRequestService({ inShared, answersKey: resources.secrets.answersKey });
    const keys = createKeyFinder({ inWorkspace, intake, log });
    const onReady = (workspaceId: string) => void keys.find(workspaceId).catch((error: unknown) => log.warn({ err: error }, "the catalog could not be read"));
    const reader = createReader({ inWorkspace, inSystem, events, intake, onReady, log, faultPoint, inBackground: runInBackground });
    const execution = (caller: Caller) => resources.client("capability-execution-support", caller);
    const datasets = createDatasetService({ inWorkspace, events, reader, runLineage: createRunLineage({ inWorkspace, execution }), delay: wait });
    const usage = createUsageService({ inWorkspace, events, prices: resources.config.PRICES });
    const rivers = createRiverService({ inWorkspace, events, usage, execution });
    const flows = createFlowService({ inWorkspace, events, checks: createFlowChecks(createFlows({ registry: createRecordRegistry() })) });
    const starting = { defaultDeadlineMs: resources.config.RUN_TIMEOUT_MS, now, traceparent };
    const references = createReferenceService({ inWorkspace, keepResumableMs: resources.config.KEEP_RESUMABLE_RUNS_MS, now });
    const runs = createRunService({ inWorkspace, events, rivers, usage, references, signal, delay: wait, ...starting });
    const trace = createRunTracer(resources.tracing);
    const leases = createLeaseService({ inSystem, inWorkspace, events, usage, signal, profile: reader.profileLater, faultPoint, trace });
    const prompts = createPromptService({ inWorkspace, rivers, keys, now });
    const sweep = () =>
      void Promise.all([requests.sweep(), inSystem((tx) => rivers.sweepDrafts(tx))]).catch((error: unknown) => log.warn({ err: error }, "a sweep failed"));
    const timer = setInterval(sweep, sweepMs).unref();
    return {
      handlers: {
        ...createAccountHandlers(accounts, requests),
        ...createDatasetHandlers(datasets),
        ...createObjectHandlers(references),
        ...createRiverHandlers(rivers),
        ...createFlowHandlers(flows),
        ...createRunHandlers(runs, leases, usage),
        ...createPromptHandlers(prompts),
        ...createEventHandlers({ inWorkspace }),
      },
      consumers: createDatasetConsumers(datasets),
      async start() {
        if (resources.config.LOCAL_OWNER) await welcomeLocalOwner(resources, accounts);
        await reader.resume();
      },
      async stop() {
        clearInterval(timer);
        await reader.stop();
        await library.close();
      },
    };
  },
});

/** The trace of the request being served, for what goes on after it. */
function traceparent(): string | null {
  const context = currentContext();
  return context ? writeTrace(context) : null;
}

/** Gives the local owner an account, the CLI of this machine a key, and the start line a one-time link. */
async function welcomeLocalOwner(resources: Resources<object>, accounts: ReturnType<typeof createAccountService>): Promise<void> {
  const path = join(resources.home, "owner.json");
  const owner = await accounts.ensureLocalOwner(await readKey(path));
  await writeFile(`${path}.new`, JSON.stringify(owner), { mode: 0o600 });
  await rename(`${path}.new`, path);
  resources.note("local-link", await accounts.createLocalLink());
}

async function readKey(path: string): Promise<string | undefined> {
  const text = await readFile(path, "utf8").catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as { token?: string }).token;
}

function lazily(open: () => Promise<AccountLibrary>): { get(): Promise<AccountLibrary>; close(): Promise<void> } {
  let opened: Promise<AccountLibrary> | undefined;
  return { get: () => (opened ??= open()), close: async () => (await opened)?.close() };
}
