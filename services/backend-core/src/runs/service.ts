import { randomInt } from "node:crypto";
import { AppError, type Caller, idFor, isRunOver, type Run, type RunStatus, type Transaction } from "@rivergen/contracts";
import { parseDuration } from "@rivergen/river";
import type { EventLog } from "../events/log.ts";
import { readEvents } from "../events/log.ts";
import { datasetRepository } from "../datasets/repository.ts";
import { invalid, type RiverService } from "../rivers/service.ts";
import type { UsageService } from "../usage/service.ts";
import { runRepository as runs, type RunRow } from "./repository.ts";
import { toRun } from "./view.ts";

interface Dependencies {
  readonly inWorkspace: <T>(workspaceId: string, work: (tx: Transaction) => Promise<T>) => Promise<T>;
  readonly events: EventLog;
  readonly rivers: RiverService;
  readonly usage: UsageService;
  /** Tells workers that there is something to do, once the transaction has committed. */
  readonly signal: (tx: Transaction, type: "run.requested" | "run.cancel-requested", run: { id: string; workspaceId: string }) => Promise<void>;
  readonly delay: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly defaultDeadlineMs: number;
  readonly now: () => Date;
}

export type RunService = ReturnType<typeof createRunService>;

export function createRunService({ inWorkspace, events, rivers, usage, signal: announce, delay, defaultDeadlineMs, now }: Dependencies) {
  /** Asks for a run: everything it reads is pinned now. @throws RIVER_NOT_FOUND, RIVER_INVALID, DATASET_NAME_TAKEN */
  async function start(
    caller: Caller,
    idOrName: string,
    given: { parameters?: Record<string, unknown> | undefined; version?: number | undefined },
  ): Promise<Run> {
    const { workspaceId } = caller;
    const river = await rivers.get(workspaceId, idOrName, given.version);
    const parameters = given.parameters ?? {};
    const checked = await rivers.check(caller, { kind: "document", document: river.document }, parameters, true);
    const { plan, document, digest } = checked;
    if (!plan || !document || !digest) throw invalid(checked.errors);
    const sources = Object.entries(document.sources).map(([source, { dataset, version }]) => {
      const found = checked.datasets.find((row) => (row.name === dataset || row.id === dataset) && (version === undefined || row.version === version));
      if (!found) throw new AppError("DATASET_NOT_FOUND", { detail: `There is no dataset ${dataset}.` });
      const { described: _, ...readable } = found;
      return [source, readable] as const;
    });
    const id = idFor("run", caller);
    return inWorkspace(workspaceId, async (tx) => {
      if (!river.draft) await assertOutputs(tx, workspaceId, river.name, Object.keys(document.outputs));
      const isNew = await runs.insert(tx, workspaceId, {
        id,
        riverId: river.id,
        riverName: river.name,
        riverVersion: river.version,
        draft: river.draft,
        document,
        digest,
        parameters,
        inputs: Object.fromEntries(sources),
        steps: plan.steps.map(({ name, kind }) => ({ name, kind, status: "pending", attempts: 0, rowsIn: null, rowsOut: null, durationMs: null })),
        stages: plan.stages.map(({ name, steps }) => ({ name, steps })),
        quote: plan.quote,
        logicalTime: now().toISOString(),
        seed: randomInt(2 ** 31),
        deadlineMs: (document.resilience?.timeout === undefined ? undefined : parseDuration(document.resilience.timeout)) ?? defaultDeadlineMs,
        createdBy: caller.userId,
      });
      if (isNew) {
        await announce(tx, "run.requested", { id, workspaceId });
        await events.append(tx, workspaceId, { type: "run.queued", subject: id, channels: [`run:${id}`], data: { river: river.name, attempt: 1 } });
      }
      return shown(tx, await required(tx, workspaceId, id));
    });
  }

  async function get(workspaceId: string, id: string): Promise<Run> {
    return inWorkspace(workspaceId, async (tx) => shown(tx, await required(tx, workspaceId, id)));
  }

  /** The run once it has ended, or as it stands when the time is over. */
  async function waitFor(workspaceId: string, id: string, waitMs: number, signal: AbortSignal): Promise<Run> {
    const deadline = Date.now() + waitMs;
    for (;;) {
      const status = await inWorkspace(workspaceId, async (tx) => (await required(tx, workspaceId, id)).status);
      if (isRunOver(status) || Date.now() >= deadline) return get(workspaceId, id);
      await delay(25, signal);
    }
  }

  async function list(
    workspaceId: string,
    { limit, cursor, ...filter }: { limit: number; cursor?: string | undefined; river?: string | undefined; status?: RunStatus | undefined },
  ) {
    return inWorkspace(workspaceId, async (tx) => {
      const rows = await runs.list(tx, workspaceId, { ...filter, before: cursor, limit: limit + 1 });
      const items: Run[] = [];
      for (const row of rows.slice(0, limit)) items.push(await shown(tx, row));
      return { items, nextCursor: rows.length > limit ? (rows[limit - 1]?.id ?? null) : null };
    });
  }

  async function listEvents(workspaceId: string, id: string, { after, limit }: { after: number; limit: number }) {
    return inWorkspace(workspaceId, async (tx) => {
      await required(tx, workspaceId, id);
      return readEvents(tx, workspaceId, { after, limit, channels: [`run:${id}`] });
    });
  }

  /** @throws RUN_NOT_FOUND, RUN_ENDED */
  async function cancel(workspaceId: string, id: string): Promise<Run> {
    return inWorkspace(workspaceId, async (tx) => {
      const run = await requiredLocked(tx, workspaceId, id);
      if (isRunOver(run.status)) throw new AppError("RUN_ENDED", { detail: `The run has ${run.status.replace("_", " ")} already.` });
      if (run.status === "queued") await endQueued(tx, run);
      else {
        await runs.requestCancel(tx, run);
        await announce(tx, "run.cancel-requested", { id, workspaceId });
      }
      return shown(tx, await required(tx, workspaceId, id));
    });
  }

  async function endQueued(tx: Transaction, run: RunRow): Promise<void> {
    const steps = run.steps.map((step) => (step.status === "pending" ? { ...step, status: "cancelled" as const } : step));
    await runs.end(tx, run, { status: "cancelled", steps, error: null, metered: run.metered, progress: run.progress });
    await events.append(tx, run.workspaceId, {
      type: "run.cancelled",
      subject: run.id,
      channels: [`run:${run.id}`],
      data: { river: run.riverName, attempt: run.attempt },
    });
  }

  /** The next attempt of a run that failed or was cancelled: completed stages are kept. @throws RUN_NOT_RESUMABLE */
  async function resume(workspaceId: string, id: string): Promise<Run> {
    return inWorkspace(workspaceId, async (tx) => {
      const run = await requiredLocked(tx, workspaceId, id);
      if (run.status !== "failed" && run.status !== "cancelled") throw new AppError("RUN_NOT_RESUMABLE", { detail: `The run is ${run.status}.` });
      const done = new Set((await runs.stages(tx, workspaceId, id)).flatMap(({ steps }) => steps.map(({ name }) => name)));
      const steps = run.steps.map(({ error: _, ...step }) => ({ ...step, status: done.has(step.name) ? ("reused" as const) : ("pending" as const) }));
      await runs.requeue(tx, run, { attempt: run.attempt + 1, faults: 0, steps });
      await announce(tx, "run.requested", { id, workspaceId });
      await events.append(tx, workspaceId, {
        type: "run.queued",
        subject: id,
        channels: [`run:${id}`],
        data: { river: run.riverName, attempt: run.attempt + 1 },
      });
      return shown(tx, await required(tx, workspaceId, id));
    });
  }

  /** Where an output of a finished run lies. @throws RUN_NOT_FOUND, OUTPUT_NOT_FOUND */
  async function findOutput(workspaceId: string, id: string, name: string) {
    return inWorkspace(workspaceId, async (tx) => {
      const run = await required(tx, workspaceId, id);
      const stage = run.status === "succeeded" ? (await runs.stages(tx, workspaceId, id)).find((result) => result.stage === name) : undefined;
      if (!stage || !Object.hasOwn(run.document.outputs, name))
        throw new AppError("OUTPUT_NOT_FOUND", {
          detail:
            run.status === "succeeded"
              ? `Its outputs are ${Object.keys(run.document.outputs).join(", ")}.`
              : `The run is ${run.status}; outputs can be read when it has succeeded.`,
        });
      const { objectKey, sha256, rowCount, sizeBytes, columns } = stage;
      return { objectKey, sha256, rowCount, sizeBytes, columns: columns.map(({ name: column, type }) => ({ name: column, type })) };
    });
  }

  async function shown(tx: Transaction, row: RunRow): Promise<Run> {
    const { items } = await usage.ofRun(tx, row.workspaceId, row.id);
    return toRun(row, row.status === "succeeded" ? await runs.stages(tx, row.workspaceId, row.id) : [], items);
  }

  return { start, get, waitFor, list, listEvents, cancel, resume, findOutput };
}

async function required(tx: Transaction, workspaceId: string, id: string): Promise<RunRow> {
  const run = await runs.find(tx, workspaceId, id);
  if (!run) throw new AppError("RUN_NOT_FOUND");
  return run;
}

async function requiredLocked(tx: Transaction, workspaceId: string, id: string): Promise<RunRow> {
  const run = await runs.lock(tx, workspaceId, id);
  if (!run) throw new AppError("RUN_NOT_FOUND");
  return run;
}

/** Outputs of a saved river are datasets: their names must be free, or this river's own. */
export async function assertOutputs(tx: Transaction, workspaceId: string, river: string, outputs: readonly string[]): Promise<void> {
  for (const name of outputs) {
    const known = await datasetRepository.find(tx, workspaceId, name);
    if (known && (known.source.kind !== "river" || known.source.river !== river)) {
      const owner = known.source.kind === "file" ? `the file ${known.source.path}` : `the river ${known.source.river}`;
      throw new AppError("DATASET_NAME_TAKEN", { detail: `The output ${name} would replace the dataset made from ${owner}. Give the output another name.` });
    }
  }
}
