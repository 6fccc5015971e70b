import type { Run, RunStep } from "@rivergen/contracts";

/** Rows a second that a step took in (or gave, where what it took is not known); null while that cannot be said. */
export function rateOf({ rowsIn, rowsOut, durationMs }: Pick<RunStep, "rowsIn" | "rowsOut" | "durationMs">): number | null {
  const rows = rowsIn ?? rowsOut;
  return rows === null || durationMs === null || durationMs <= 0 ? null : (rows / durationMs) * 1_000;
}

/** How long a run has gone on, or went on; null before it began. */
export function tookMs({ startedAt, finishedAt }: Pick<Run, "startedAt" | "finishedAt">, now: number): number | null {
  if (startedAt === null) return null;
  return Math.max(0, (finishedAt === null ? now : new Date(finishedAt).getTime()) - new Date(startedAt).getTime());
}

/** Whether going on with a run is possible. */
export const isResumable = ({ status }: Pick<Run, "status">): boolean => status === "failed" || status === "cancelled";
