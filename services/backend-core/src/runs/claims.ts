import { randomUUID } from "node:crypto";
import type { ClaimedRun, RunProblem, RunStep, StageResult, Transaction } from "@rivergen/contracts";
import { datasetRepository as datasets } from "../datasets/repository.ts";
import { appendToRun, endRun, type LeaseDependencies, leaseMs, mostFaults, stepsAfter } from "./lease.ts";
import { runRepository as runs, type RunRow } from "./repository.ts";

/** Gives runs to workers: those that wait, and those whose worker was lost. */
export function createClaims(dependencies: Pick<LeaseDependencies, "inSystem" | "events" | "usage" | "trace">) {
  const { inSystem, events } = dependencies;

  async function claim(worker: string): Promise<ClaimedRun | null> {
    return inSystem(async (tx) => {
      const run = await runs.nextToClaim(tx);
      if (!run) return null;
      const lost = run.status === "running";
      if (run.cancelRequested) return cancelAbandoned(dependencies, tx, run);
      if (lost && run.faults + 1 >= mostFaults) return failAbandoned(dependencies, tx, run);
      const attempt = lost ? run.attempt + 1 : run.attempt;
      const lease = randomUUID();
      const appendTo = await findAppendTargets(tx, run);
      const completed = await readCheckpoints(tx, run, appendTo);
      const done = new Set(completed.flatMap(({ steps }) => steps.map(({ name }) => name)));
      const steps = stepsToRun(run.steps, done, lost || attempt > 1);
      await runs.take(tx, run, { lease, worker, leaseMs, attempt, faults: lost ? run.faults + 1 : run.faults, steps });
      await appendToRun(events, tx, run, { type: "run.started", data: { river: run.riverName, attempt } });
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
        traceparent: run.traceparent,
      };
    });
  }

  return { claim };
}

/** Steps of an earlier attempt's checkpoints are reused, the others wait. */
function stepsToRun(steps: readonly RunStep[], done: ReadonlySet<string>, isLaterAttempt: boolean): RunStep[] {
  return steps.map((step) => ({ ...step, status: done.has(step.name) ? (isLaterAttempt ? "reused" : step.status) : "pending" }));
}

async function cancelAbandoned({ events, ...ending }: Pick<LeaseDependencies, "events" | "usage" | "trace">, tx: Transaction, run: RunRow): Promise<null> {
  await endRun(ending, tx, run, { status: "cancelled", steps: stepsAfter(run.steps, "cancelled"), error: null });
  await appendToRun(events, tx, run, { type: "run.cancelled", data: { river: run.riverName, attempt: run.attempt } });
  return null;
}

async function failAbandoned({ events, ...ending }: Pick<LeaseDependencies, "events" | "usage" | "trace">, tx: Transaction, run: RunRow): Promise<null> {
  const problem: RunProblem = {
    code: "PLATFORM_FAULT",
    title: "The platform failed while running this",
    detail: `Its worker stopped ${mostFaults} times in a row. Nothing is charged for that.`,
    advice: "Resume the run; if it happens again, look at the log of compute-internal.",
  };
  await endRun(ending, tx, run, { status: "failed", steps: stepsAfter(run.steps, "skipped"), error: problem });
  await appendToRun(events, tx, run, {
    type: "run.failed",
    data: { river: run.riverName, attempt: run.attempt, code: problem.code, detail: problem.detail },
  });
  return null;
}

/** Checkpoints of earlier attempts. One that went on from rows which are no longer the newest would undo what came since: it is dropped. */
async function readCheckpoints(tx: Transaction, run: RunRow, appendTo: ClaimedRun["appendTo"]): Promise<StageResult[]> {
  const stages = await runs.stages(tx, run.workspaceId, run.id);
  const isStale = ({ stage, appendedTo }: StageResult): boolean =>
    run.document.outputs[stage]?.mode === "append" && (appendedTo ?? null) !== (appendTo[stage]?.version ?? null);
  const stale = stages.filter(isStale).map(({ stage }) => stage);
  if (stale.length > 0) await runs.dropStages(tx, run, stale);
  return stages.filter((each) => !isStale(each));
}

async function findAppendTargets(tx: Transaction, run: RunRow): Promise<ClaimedRun["appendTo"]> {
  const names = run.draft ? [] : Object.entries(run.document.outputs).flatMap(([name, { mode }]) => (mode === "append" ? [{ name }] : []));
  if (names.length === 0) return {};
  const rows = await datasets.readable(tx, run.workspaceId, names);
  return Object.fromEntries(rows.map(({ described: _, ...row }) => [row.name, row]));
}
