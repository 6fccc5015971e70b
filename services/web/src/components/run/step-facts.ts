import type { Run, RunStep } from "@rivergen/contracts";

/**
 * Rows a second that a step took in. Steps of one statement are timed as one, at its last step: its rows are those of the
 * largest input of the statement. Null while it cannot be said.
 */
export function rateOf(name: string, steps: readonly Pick<RunStep, "name" | "rowsIn" | "durationMs">[]): number | null {
  const at = steps.findIndex((step) => step.name === name);
  const durationMs = steps[at]?.durationMs ?? null;
  if (durationMs === null || durationMs <= 0) return null;
  const before = steps.slice(0, at).findLastIndex((step) => step.durationMs !== null);
  const rows = steps.slice(before + 1, at + 1).flatMap(({ rowsIn }) => (rowsIn === null ? [] : [rowsIn]));
  return rows.length === 0 ? null : (Math.max(...rows) / durationMs) * 1_000;
}

/** How long a run has gone on, or went on; null before it began. */
export function tookMs({ startedAt, finishedAt }: Pick<Run, "startedAt" | "finishedAt">, now: number): number | null {
  if (startedAt === null) return null;
  return Math.max(0, (finishedAt === null ? now : new Date(finishedAt).getTime()) - new Date(startedAt).getTime());
}

/** Whether going on with a run is possible. */
export const isResumable = ({ status }: Pick<Run, "status">): boolean => status === "failed" || status === "cancelled";
