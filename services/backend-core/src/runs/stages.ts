import type { Run, StageResult, Transaction } from "@rivergen/contracts";
import { appendToRun, type Lease, leased, type LeaseDependencies, leaseMs } from "./lease.ts";
import { runRepository as runs, type RunRow } from "./repository.ts";

const progressEventMs = 1_000;

/** What a worker says while it runs: that it lives, which stage it is at, what a stage gave. */
export function createStages({ inWorkspace, events, usage, faultPoint, trace }: Omit<LeaseDependencies, "inSystem" | "signal" | "profile">) {
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
        await appendToRun(events, tx, run, {
          type: "run.step.progressed",
          data: { step, stage: given.stage, attempt: run.attempt, ...given.progress },
        });
      }
      return { cancel: run.cancelRequested };
    });
  }

  async function startStage(workspaceId: string, given: Lease & { stage: string; steps: readonly string[] }): Promise<void> {
    await inWorkspace(workspaceId, async (tx) => {
      const run = await leased(tx, workspaceId, given);
      const steps = run.steps.map((step) => (given.steps.includes(step.name) ? { ...step, status: "running" as const, attempts: step.attempts + 1 } : step));
      await runs.setSteps(tx, run, steps);
      for (const step of given.steps)
        await appendToRun(events, tx, run, { type: "run.step.started", data: { step, stage: given.stage, attempt: run.attempt } });
    });
  }

  /** Checkpoint, step states, usage and events in one transaction; saying it twice is harmless. */
  async function completeStage(workspaceId: string, given: Lease & { result: StageResult }): Promise<void> {
    const { result } = given;
    await inWorkspace(workspaceId, async (tx) => {
      const run = await leased(tx, workspaceId, given);
      const begunAt = (await runs.lastCheckpointAt(tx, run)) ?? run.startedAt;
      if (!(await runs.insertStage(tx, run, result))) return;
      const steps = run.steps.map((step) => {
        const known = result.steps.find(({ name }) => name === step.name);
        return known ? { ...step, ...known, status: "succeeded" as const } : step;
      });
      await runs.setSteps(tx, run, steps);
      await tellSteps(events, tx, run, result);
      faultPoint("run.before-metering");
      await usage.record(tx, workspaceId, {
        key: `${run.id}/${result.stage}`,
        run: run.id,
        stage: result.stage,
        attempt: run.attempt,
        digest: run.digest,
        facts: factsOf(run, result, begunAt),
        items: result.usage,
      });
      const attributes = { "rivergen.stage": result.stage, "rivergen.rows": result.rowCount };
      tx.afterCommit(() => trace(run, { name: "run stage", startedAt: begunAt, attributes }));
    });
  }

  return { heartbeat, startStage, completeStage };
}

async function tellSteps(events: LeaseDependencies["events"], tx: Transaction, run: RunRow, { steps, stage }: StageResult): Promise<void> {
  for (const { name, rowsOut, durationMs } of steps)
    await appendToRun(events, tx, run, { type: "run.step.succeeded", data: { step: name, stage, attempt: run.attempt, rowsOut, durationMs } });
}

function isNews(before: Run["progress"], now: Run["progress"]): boolean {
  return before.fraction !== now.fraction || before.rowsDone !== now.rowsDone;
}

/** What quotes are made of. Only a first attempt went straight from one checkpoint to the next: of later ones the engine's own time is told. */
function factsOf(run: RunRow, result: StageResult, begunAt: string | null): object {
  const engineMs = result.steps.reduce((most, { durationMs }) => Math.max(most, durationMs ?? 0), 0);
  const passedMs = run.attempt === 1 && begunAt !== null ? Date.now() - Date.parse(begunAt) : 0;
  const inputs = Object.values(run.inputs);
  const cpu = result.usage.find(({ meter }) => meter === "compute.cpu");
  return {
    inputRows: inputs.reduce((sum, { rowCount }) => sum + rowCount, 0),
    inputBytes: inputs.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    outputRows: result.rowCount,
    cpuMs: (cpu?.quantity ?? 0) * 1000,
    durationMs: Math.max(engineMs, passedMs),
  };
}
