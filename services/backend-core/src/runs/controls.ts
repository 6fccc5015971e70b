import { AppError, isRunOver, type Run, type Transaction } from "@rivergen/contracts";
import type { EventLog } from "../events/log.ts";
import { requireLockedRun, showRun } from "./find.ts";
import { runRepository as runs, type RunRow } from "./repository.ts";
import type { StarterDependencies } from "./start.ts";

/** What people do to runs that exist: cancel, resume. */
export function createRunControls({
  inWorkspace,
  events,
  usage,
  references,
  signal: announce,
}: Pick<StarterDependencies, "inWorkspace" | "events" | "usage" | "references" | "signal">) {
  /** @throws RUN_NOT_FOUND, RUN_ENDED */
  async function cancel(workspaceId: string, id: string): Promise<Run> {
    return inWorkspace(workspaceId, async (tx) => {
      const run = await requireLockedRun(tx, workspaceId, id);
      if (isRunOver(run.status)) throw new AppError("RUN_ENDED", { detail: `The run has ${run.status.replace("_", " ")} already.` });
      if (run.status === "queued") await endQueued(events, tx, run);
      else {
        await runs.requestCancel(tx, run);
        await announce(tx, "run.cancel-requested", { id, workspaceId });
      }
      return showRun(usage, tx, workspaceId, id);
    });
  }

  /** The next attempt of a run that failed or was cancelled: completed stages are kept. @throws RUN_NOT_RESUMABLE, INPUT_GONE */
  async function resume(workspaceId: string, id: string): Promise<Run> {
    return inWorkspace(workspaceId, async (tx) => {
      const run = await requireLockedRun(tx, workspaceId, id);
      if (run.status !== "failed" && run.status !== "cancelled") throw new AppError("RUN_NOT_RESUMABLE", { detail: `The run is ${run.status}.` });
      await dropGone(references, tx, run);
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
      return showRun(usage, tx, workspaceId, id);
    });
  }

  return { cancel, resume };
}

/**
 * A run that ended long ago keeps nothing itself: checkpoints may be deleted, and are made anew; what it reads must be
 * kept by something else. @throws INPUT_GONE
 */
async function dropGone({ findIn }: StarterDependencies["references"], tx: Transaction, run: RunRow): Promise<void> {
  const stages = await runs.stages(tx, run.workspaceId, run.id);
  const inputs = Object.values(run.inputs);
  const kept = await findIn(
    tx,
    run.workspaceId,
    [...inputs, ...stages].map(({ objectKey }) => objectKey),
  );
  const gone = inputs.filter(({ objectKey }) => !kept.has(objectKey)).map(({ name, version }) => `version ${version} of ${name}`);
  if (gone.length > 0) {
    const detail = `The run reads ${[...new Set(gone)].join(", ")}, deleted since and no longer kept for it. Run the river again: it reads what there is now.`;
    throw new AppError("INPUT_GONE", { detail });
  }
  const lost = stages.filter(({ objectKey }) => !kept.has(objectKey)).map(({ stage }) => stage);
  if (lost.length > 0) await runs.dropStages(tx, run, lost);
}

async function endQueued(events: EventLog, tx: Transaction, run: RunRow): Promise<void> {
  const steps = run.steps.map((step) => (step.status === "pending" ? { ...step, status: "cancelled" as const } : step));
  await runs.end(tx, run, { status: "cancelled", steps, error: null, metered: run.metered, progress: run.progress });
  await events.append(tx, run.workspaceId, {
    type: "run.cancelled",
    subject: run.id,
    channels: [`run:${run.id}`],
    data: { river: run.riverName, attempt: run.attempt },
  });
}
