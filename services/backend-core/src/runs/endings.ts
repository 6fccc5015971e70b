import { AppError, createId, type RunProblem, type RunStep, type StageResult, type Transaction } from "@rivergen/contracts";
import { datasetRepository as datasets } from "../datasets/repository.ts";
import type { EventLog, Happening } from "../events/log.ts";
import { appendToRun, endRun, type Lease, leased, type LeaseDependencies, mostFaults, stepsAfter } from "./lease.ts";
import { assertOutputs } from "./outputs.ts";
import { runRepository as runs, type RunRow } from "./repository.ts";

interface Failure {
  readonly stage: string | null;
  readonly steps: readonly string[];
  readonly cancelled: boolean;
  readonly problem: RunProblem;
  readonly retryable: boolean;
  readonly usage: StageResult["usage"];
}

/** How a worker ends an attempt: with its outputs, or without. */
export function createEndings(dependencies: Omit<LeaseDependencies, "inSystem" | "faultPoint">) {
  const { inWorkspace, events } = dependencies;

  /** All stages are done: outputs of a saved river become dataset versions, the run succeeds. */
  async function complete(workspaceId: string, given: Lease): Promise<void> {
    await inWorkspace(workspaceId, async (tx) => {
      const run = await leased(tx, workspaceId, given);
      const stages = await runs.stages(tx, workspaceId, run.id);
      const happened = run.draft ? [] : await publish(dependencies, tx, run, stages);
      const { rowsExpected } = run.progress;
      const progress = { fraction: 1, rowsDone: rowsExpected ?? run.progress.rowsDone, rowsExpected };
      await endRun(dependencies, tx, run, { status: "succeeded", steps: run.steps, error: null, progress });
      for (const happening of happened) await events.append(tx, workspaceId, happening);
      await appendToRun(events, tx, run, {
        type: "run.succeeded",
        data: { river: run.riverName, attempt: run.attempt, outputs: Object.keys(run.document.outputs) },
      });
    });
  }

  /** The attempt ended without its outputs; a fault of the platform is tried again and costs nothing. */
  async function fail(workspaceId: string, reported: Lease & Failure): Promise<void> {
    await inWorkspace(workspaceId, async (tx) => {
      const run = await leased(tx, workspaceId, reported);
      // Somebody cancelled it before the worker that failed could hear of it: another try would undo that.
      const given = { ...reported, cancelled: reported.cancelled || (reported.retryable && run.cancelRequested) };
      if (given.retryable && !given.cancelled && run.faults + 1 < mostFaults) return retry(dependencies, tx, run);
      const culprit = given.problem.step ?? given.steps.at(-1);
      const steps = stepsAfter(run.steps, given.cancelled ? "cancelled" : "skipped", culprit, given.cancelled ? undefined : given.problem);
      await meterFailure(dependencies, tx, run, given);
      await endRun(dependencies, tx, run, { status: given.cancelled ? "cancelled" : "failed", steps, error: given.cancelled ? null : given.problem });
      await tellEnd(events, tx, run, steps, given);
    });
  }

  return { complete, fail };
}

async function publish({ profile }: Pick<LeaseDependencies, "profile">, tx: Transaction, run: RunRow, stages: readonly StageResult[]): Promise<Happening[]> {
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
    tx.afterCommit(() => profile(run.workspaceId, id));
    const data = { name, version, status: "ready", rowCount: stage.rowCount, run: run.id };
    happened.push({ type: "dataset.ready", subject: id, channels: [`dataset:${id}`, `run:${run.id}`], data });
    if (version > 1) happened.push({ type: "dataset.updated", subject: id, channels: [`dataset:${id}`, `run:${run.id}`], data });
  }
  return happened;
}

async function retry({ signal }: Pick<LeaseDependencies, "signal">, tx: Transaction, run: RunRow): Promise<void> {
  await runs.requeue(tx, run, {
    attempt: run.attempt + 1,
    faults: run.faults + 1,
    steps: run.steps.map((step) => (step.status === "running" ? { ...step, status: "pending" as const } : step)),
  });
  await signal(tx, "run.requested", { id: run.id, workspaceId: run.workspaceId });
}

/** What the tenant's own work used before it failed is metered; what the platform broke is not. */
async function meterFailure({ usage }: Pick<LeaseDependencies, "usage">, tx: Transaction, run: RunRow, given: Failure): Promise<void> {
  if (given.retryable || given.stage === null || given.usage.length === 0) return;
  await usage.record(tx, run.workspaceId, {
    key: `${run.id}/${given.stage}/${run.attempt}/failed`,
    run: run.id,
    stage: given.stage,
    attempt: run.attempt,
    digest: null,
    facts: {},
    items: given.usage,
  });
}

async function tellEnd(
  events: EventLog,
  tx: Transaction,
  run: RunRow,
  steps: readonly RunStep[],
  given: Pick<Failure, "stage" | "cancelled" | "problem">,
): Promise<void> {
  for (const step of steps) {
    const data = { step: step.name, stage: given.stage ?? "", attempt: run.attempt };
    if (step.status === "failed")
      await appendToRun(events, tx, run, { type: "run.step.failed", data: { ...data, code: given.problem.code, detail: given.problem.detail } });
    if (step.status === "skipped") await appendToRun(events, tx, run, { type: "run.step.skipped", data });
  }
  const data = { river: run.riverName, attempt: run.attempt };
  if (given.cancelled) await appendToRun(events, tx, run, { type: "run.cancelled", data });
  else await appendToRun(events, tx, run, { type: "run.failed", data: { ...data, code: given.problem.code, detail: given.problem.detail } });
}
