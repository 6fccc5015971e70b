import { randomUUID } from "node:crypto";
import { AppError, type ClaimedRun, createId, type Run, type RunProblem, type RunStep, type StageResult, type Transaction } from "@rivergen/contracts";
import { datasetRepository as datasets } from "../datasets/repository.ts";
import type { EventLog, Happening } from "../events/log.ts";
import type { UsageService } from "../usage/service.ts";
import { runRepository as runs, type RunRow } from "./repository.ts";
import { assertOutputs } from "./service.ts";

interface Dependencies {
  readonly inSystem: <T>(work: (tx: Transaction) => Promise<T>) => Promise<T>;
  readonly inWorkspace: <T>(workspaceId: string, work: (tx: Transaction) => Promise<T>) => Promise<T>;
  readonly events: EventLog;
  readonly usage: UsageService;
  readonly signal: (tx: Transaction, type: "run.requested" | "run.cancel-requested", run: { id: string; workspaceId: string }) => Promise<void>;
  readonly faultPoint: (name: string) => void;
}
interface Lease {
  readonly run: string;
  readonly lease: string;
}

/** A worker that is not heard of for this long has lost its run. */
const leaseMs = 6_000;
/** Attempts that may end by the platform's fault before the run fails. */
const mostFaults = 3;
const progressEventMs = 1_000;

export type LeaseService = ReturnType<typeof createLeaseService>;

/** The workers' side of runs: claim, heartbeat, checkpoints, the end. Every effect is one transaction guarded by the lease. */
export function createLeaseService({ inSystem, inWorkspace, events, usage, signal, faultPoint }: Dependencies) {
  async function claim(worker: string): Promise<ClaimedRun | null> {
    return inSystem(async (tx) => {
      const run = await runs.nextToClaim(tx);
      if (!run) return null;
      const lost = run.status === "running";
      if (run.cancelRequested) return cancelAbandoned(tx, run);
      if (lost && run.faults + 1 >= mostFaults) return failAbandoned(tx, run);
      const attempt = lost ? run.attempt + 1 : run.attempt;
      const lease = randomUUID();
      const completed = await runs.stages(tx, run.workspaceId, run.id);
      const done = new Set(completed.flatMap(({ steps }) => steps.map(({ name }) => name)));
      const steps = run.steps.map((step) => ({
        ...step,
        status: done.has(step.name) ? (lost || attempt > 1 ? ("reused" as const) : step.status) : ("pending" as const),
      }));
      await runs.take(tx, run, { lease, worker, leaseMs, attempt, faults: lost ? run.faults + 1 : run.faults, steps });
      const appendTo = await findAppendTargets(tx, run);
      await append(tx, run, { type: "run.started", data: { river: run.riverName, attempt } });
      return {
        id: run.id,
        workspaceId: run.workspaceId,
        attempt,
        lease,
        leaseMs,
        document: run.document,
        parameters: run.parameters,
        now: run.logicalTime,
        seed: run.seed,
        inputs: run.inputs,
        appendTo,
        completed,
        deadlineMs: run.deadlineMs,
      };
    });
  }

  async function cancelAbandoned(tx: Transaction, run: RunRow): Promise<null> {
    await end(tx, run, "cancelled", stepsAfter(run.steps, "cancelled"), null);
    await append(tx, run, { type: "run.cancelled", data: { river: run.riverName, attempt: run.attempt } });
    return null;
  }

  async function failAbandoned(tx: Transaction, run: RunRow): Promise<null> {
    const problem: RunProblem = {
      code: "PLATFORM_FAULT",
      title: "The platform failed while running this",
      detail: `Its worker stopped ${mostFaults} times in a row. Nothing is charged for that.`,
      advice: "Resume the run; if it happens again, look at the log of compute-internal.",
    };
    await end(tx, run, "failed", stepsAfter(run.steps, "skipped"), problem);
    await append(tx, run, { type: "run.failed", data: { river: run.riverName, attempt: run.attempt, code: problem.code, detail: problem.detail } });
    return null;
  }

  /** Keeps the lease and tells how far it is; progress is logged at most once a second. */
  async function heartbeat(workspaceId: string, given: Lease & { stage: string | null; progress: Run["progress"] | null }): Promise<{ cancel: boolean }> {
    return inWorkspace(workspaceId, async (tx) => {
      const run = await leased(tx, workspaceId, given);
      const now = Date.now();
      const tell = given.progress !== null && given.stage !== null && now - (run.progress.at ?? 0) >= progressEventMs && isNews(run.progress, given.progress);
      const { at } = run.progress;
      await runs.extend(tx, run, leaseMs, { ...(given.progress ?? run.progress), ...(tell ? { at: now } : at === undefined ? {} : { at }) });
      if (tell) {
        const step = run.stages.find(({ name }) => name === given.stage)?.steps.at(-1) ?? given.stage;
        await append(tx, run, { type: "run.step.progressed", data: { step, stage: given.stage, attempt: run.attempt, ...given.progress } });
      }
      return { cancel: run.cancelRequested };
    });
  }

  async function startStage(workspaceId: string, given: Lease & { stage: string; steps: readonly string[] }): Promise<void> {
    await inWorkspace(workspaceId, async (tx) => {
      const run = await leased(tx, workspaceId, given);
      const steps = run.steps.map((step) => (given.steps.includes(step.name) ? { ...step, status: "running" as const, attempts: step.attempts + 1 } : step));
      await runs.setSteps(tx, run, steps);
      for (const step of given.steps) await append(tx, run, { type: "run.step.started", data: { step, stage: given.stage, attempt: run.attempt } });
    });
  }

  /** Checkpoint, step states, usage and events in one transaction; saying it twice is harmless. */
  async function completeStage(workspaceId: string, given: Lease & { result: StageResult }): Promise<void> {
    const { result } = given;
    await inWorkspace(workspaceId, async (tx) => {
      const run = await leased(tx, workspaceId, given);
      if (!(await runs.insertStage(tx, run, result))) return;
      const steps = run.steps.map((step) => {
        const known = result.steps.find(({ name }) => name === step.name);
        return known ? { ...step, ...known, status: "succeeded" as const } : step;
      });
      await runs.setSteps(tx, run, steps);
      for (const { name, rowsOut, durationMs } of result.steps)
        await append(tx, run, { type: "run.step.succeeded", data: { step: name, stage: result.stage, attempt: run.attempt, rowsOut, durationMs } });
      faultPoint("run.before-metering");
      await usage.record(tx, workspaceId, {
        key: `${run.id}/${result.stage}`,
        run: run.id,
        stage: result.stage,
        attempt: run.attempt,
        digest: run.digest,
        facts: factsOf(run, result),
        items: result.usage,
      });
    });
  }

  /** All stages are done: outputs of a saved river become dataset versions, the run succeeds. */
  async function complete(workspaceId: string, given: Lease): Promise<void> {
    await inWorkspace(workspaceId, async (tx) => {
      const run = await leased(tx, workspaceId, given);
      const stages = await runs.stages(tx, workspaceId, run.id);
      const happened = run.draft ? [] : await publish(tx, run, stages);
      const progress = { fraction: 1, rowsDone: run.progress.rowsDone, rowsExpected: run.progress.rowsExpected };
      await end(tx, run, "succeeded", run.steps, null, progress);
      for (const happening of happened) await events.append(tx, workspaceId, happening);
      await append(tx, run, { type: "run.succeeded", data: { river: run.riverName, attempt: run.attempt, outputs: Object.keys(run.document.outputs) } });
    });
  }

  async function publish(tx: Transaction, run: RunRow, stages: readonly StageResult[]): Promise<Happening[]> {
    const happened: Happening[] = [];
    await assertOutputs(tx, run.workspaceId, run.riverName, Object.keys(run.document.outputs));
    for (const name of Object.keys(run.document.outputs)) {
      const stage = stages.find((result) => result.stage === name);
      if (!stage) throw new AppError("INTERNAL", { detail: `Output ${name} has no result.` });
      const known = await datasets.lock(tx, run.workspaceId, name);
      const id = known?.id ?? createId("dataset");
      const source = { kind: "river" as const, river: run.riverName, run: run.id };
      if (!known) await datasets.insert(tx, run.workspaceId, { id, name, title: name, source, status: "ready" });
      const columns = stage.columns.map((column) => ({ ...column, description: "" }));
      const version = await datasets.addVersion(tx, run.workspaceId, id, { ...stage, columns, profile: null, values: [], source });
      const data = { name, version, status: "ready", rowCount: stage.rowCount, run: run.id };
      happened.push({ type: "dataset.ready", subject: id, channels: [`dataset:${id}`, `run:${run.id}`], data });
      if (version > 1) happened.push({ type: "dataset.updated", subject: id, channels: [`dataset:${id}`, `run:${run.id}`], data });
    }
    return happened;
  }

  /** The attempt ended without its outputs; a fault of the platform is tried again and costs nothing. */
  async function fail(
    workspaceId: string,
    given: Lease & { stage: string | null; steps: readonly string[]; cancelled: boolean; problem: RunProblem; retryable: boolean; usage: StageResult["usage"] },
  ): Promise<void> {
    await inWorkspace(workspaceId, async (tx) => {
      const run = await leased(tx, workspaceId, given);
      if (given.retryable && !given.cancelled && run.faults + 1 < mostFaults) {
        await runs.requeue(tx, run, {
          attempt: run.attempt + 1,
          faults: run.faults + 1,
          steps: run.steps.map((step) => (step.status === "running" ? { ...step, status: "pending" as const } : step)),
        });
        await signal(tx, "run.requested", { id: run.id, workspaceId });
        return;
      }
      const culprit = given.problem.step ?? given.steps.at(-1);
      const status = given.cancelled ? ("cancelled" as const) : ("failed" as const);
      const steps = stepsAfter(run.steps, given.cancelled ? "cancelled" : "skipped", culprit, given.cancelled ? undefined : given.problem);
      // What the tenant's own work used before it failed is metered; what the platform broke is not.
      if (!given.retryable && given.stage !== null && given.usage.length > 0) {
        await usage.record(tx, workspaceId, {
          key: `${run.id}/${given.stage}/${run.attempt}/failed`,
          run: run.id,
          stage: given.stage,
          attempt: run.attempt,
          digest: null,
          facts: {},
          items: given.usage,
        });
      }
      await end(tx, run, status, steps, given.cancelled ? null : given.problem);
      await tellEnd(tx, run, steps, given);
    });
  }

  async function tellEnd(
    tx: Transaction,
    run: RunRow,
    steps: readonly RunStep[],
    given: { stage: string | null; cancelled: boolean; problem: RunProblem },
  ): Promise<void> {
    for (const step of steps) {
      const data = { step: step.name, stage: given.stage ?? "", attempt: run.attempt };
      if (step.status === "failed")
        await append(tx, run, { type: "run.step.failed", data: { ...data, code: given.problem.code, detail: given.problem.detail } });
      if (step.status === "skipped") await append(tx, run, { type: "run.step.skipped", data });
    }
    const data = { river: run.riverName, attempt: run.attempt };
    if (given.cancelled) await append(tx, run, { type: "run.cancelled", data });
    else await append(tx, run, { type: "run.failed", data: { ...data, code: given.problem.code, detail: given.problem.detail } });
  }

  async function end(
    tx: Transaction,
    run: RunRow,
    status: Run["status"],
    steps: readonly RunStep[],
    error: RunProblem | null,
    progress: Run["progress"] = run.progress,
  ): Promise<void> {
    const { price, currency } = await usage.ofRun(tx, run.workspaceId, run.id);
    const durationMs = run.startedAt === null ? 0 : Math.max(0, Date.now() - Date.parse(run.startedAt));
    await runs.end(tx, run, { status, steps, error, metered: { durationMs, price, currency }, progress });
  }

  function append(tx: Transaction, run: RunRow, happening: Pick<Happening, "type" | "data">): Promise<number> {
    return events.append(tx, run.workspaceId, { ...happening, subject: run.id, channels: [`run:${run.id}`] });
  }

  return { claim, heartbeat, startStage, completeStage, complete, fail };
}

/** @throws LEASE_LOST when another worker has the run, or it has ended */
async function leased(tx: Transaction, workspaceId: string, given: Lease): Promise<RunRow> {
  const run = await runs.lock(tx, workspaceId, given.run);
  if (!run || run.status !== "running" || run.lease !== given.lease) throw new AppError("LEASE_LOST");
  return run;
}

function stepsAfter(steps: readonly RunStep[], rest: "skipped" | "cancelled", culprit?: string, problem?: RunProblem): RunStep[] {
  return steps.map((step) => {
    if (step.status === "succeeded" || step.status === "reused") return step;
    if (problem && step.name === culprit) return { ...step, status: "failed", error: problem };
    return { ...step, status: rest };
  });
}

function isNews(before: Run["progress"], now: Run["progress"]): boolean {
  return before.fraction !== now.fraction || before.rowsDone !== now.rowsDone;
}

function factsOf(run: RunRow, result: StageResult): object {
  const inputs = Object.values(run.inputs);
  const cpu = result.usage.find(({ meter }) => meter === "compute.cpu");
  return {
    inputRows: inputs.reduce((sum, { rowCount }) => sum + rowCount, 0),
    inputBytes: inputs.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    outputRows: result.rowCount,
    cpuMs: (cpu?.quantity ?? 0) * 1000,
    durationMs: result.steps.reduce((most, { durationMs }) => Math.max(most, durationMs ?? 0), 0),
  };
}

async function findAppendTargets(tx: Transaction, run: RunRow): Promise<ClaimedRun["appendTo"]> {
  const names = run.draft ? [] : Object.entries(run.document.outputs).flatMap(([name, { mode }]) => (mode === "append" ? [{ name }] : []));
  if (names.length === 0) return {};
  const rows = await datasets.readable(tx, run.workspaceId, names);
  return Object.fromEntries(rows.map(({ described: _, ...row }) => [row.name, row]));
}
