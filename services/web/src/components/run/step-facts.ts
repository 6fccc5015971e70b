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

/** Something of a run that has rows: an output, or what a flow set aside. */
export interface Written {
  readonly name: string;
  /** Rows that can be read. */
  readonly rowCount: number;
  /** Where a flow set it aside: its step, and all records that it set aside, of which the first may be kept only. */
  readonly aside?: { readonly step: string; readonly rows: number };
}

/** All that can be read of a run, what it was made for first. */
export const writtenBy = ({ outputs, steps }: Pick<Run, "outputs" | "steps">): Written[] => [
  ...outputs.map(({ name, rowCount }) => ({ name, rowCount })),
  ...steps.flatMap(({ name, setAside }) => (setAside ? [{ name: setAside.output, rowCount: setAside.kept, aside: { step: name, rows: setAside.rows } }] : [])),
];

/** Whether going on with a run is possible. */
export const isResumable = ({ status }: Pick<Run, "status">): boolean => status === "failed" || status === "cancelled";
