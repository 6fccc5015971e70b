import { AppError, type Run, type RunProblem, type RunStep, type Transaction } from "@rivergen/contracts";
import type { EventLog, Happening } from "../events/log.ts";
import type { UsageService } from "../usage/service.ts";
import { runRepository as runs, type RunRow } from "./repository.ts";
import type { TraceRun } from "./trace.ts";

export interface LeaseDependencies {
  readonly inSystem: <T>(work: (tx: Transaction) => Promise<T>) => Promise<T>;
  readonly inWorkspace: <T>(workspaceId: string, work: (tx: Transaction) => Promise<T>) => Promise<T>;
  readonly events: EventLog;
  readonly usage: UsageService;
  readonly signal: (tx: Transaction, type: "run.requested" | "run.cancel-requested", run: { id: string; workspaceId: string }) => Promise<void>;
  /** Profiles what a river wrote, after the commit. */
  readonly profile: (workspaceId: string, dataset: string) => void;
  readonly faultPoint: (name: string) => void;
  readonly trace: TraceRun;
}
/** What a worker shows with everything it says of a run. */
export interface Lease {
  readonly run: string;
  readonly lease: string;
}

/** A worker that is not heard of for this long has lost its run. */
export const leaseMs = 6_000;
/** Attempts that may end by the platform's fault before the run fails. */
export const mostFaults = 3;

/** The run of a lease, locked. @throws LEASE_LOST when another worker has the run, or it has ended */
export async function leased(tx: Transaction, workspaceId: string, given: Lease): Promise<RunRow> {
  const run = await runs.lock(tx, workspaceId, given.run);
  if (!run || run.status !== "running" || run.lease !== given.lease) throw new AppError("LEASE_LOST");
  return run;
}

/** Logs what happened to a run, on its own channel too. */
export function appendToRun(events: EventLog, tx: Transaction, run: RunRow, happening: Pick<Happening, "type" | "data">): Promise<number> {
  return events.append(tx, run.workspaceId, { ...happening, subject: run.id, channels: [`run:${run.id}`] });
}

/** Ends a run, with what it took. */
export async function endRun(
  { usage, trace }: Pick<LeaseDependencies, "usage" | "trace">,
  tx: Transaction,
  run: RunRow,
  given: { status: Run["status"]; steps: readonly RunStep[]; error: RunProblem | null; progress?: Run["progress"] },
): Promise<void> {
  const { price, currency } = await usage.ofRun(tx, run.workspaceId, run.id);
  const durationMs = run.startedAt === null ? 0 : Math.max(0, Date.now() - Date.parse(run.startedAt));
  await runs.end(tx, run, { progress: run.progress, ...given, metered: { durationMs, price, currency } });
  const attributes = { "rivergen.run.status": given.status };
  tx.afterCommit(() => trace(run, { name: "run", startedAt: run.startedAt, attributes, problem: given.error?.code }));
}

/** The steps of a run that ended early: what was done stays, the culprit has failed, the rest did not happen. */
export function stepsAfter(steps: readonly RunStep[], rest: "skipped" | "cancelled", culprit?: string, problem?: RunProblem): RunStep[] {
  return steps.map((step) => {
    if (step.status === "succeeded" || step.status === "reused") return step;
    if (problem && step.name === culprit) return { ...step, status: "failed", error: problem };
    return { ...step, status: rest };
  });
}
