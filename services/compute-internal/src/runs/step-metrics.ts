import type { RunStep } from "@rivergen/contracts";

type StepMetrics = Pick<RunStep, "name" | "rowsIn" | "rowsOut" | "durationMs">;
interface Stage {
  readonly steps: readonly string[];
}
interface Metrics {
  readonly rowsScanned: number | null;
}

/**
 * Rows and time of the steps of a stage. The engine fuses and reorders them, so only the ends are certain: the first
 * reads what was scanned, the last gives what was written and ends when the stage does; the rest is null.
 */
export function stepMetrics(stage: Stage, steps: readonly string[], metrics: Metrics, rowCount: number, wallMs: number): StepMetrics[] {
  const last = stage.steps.at(-1);
  return steps.map((name) => ({
    name,
    rowsIn: name === stage.steps[0] ? metrics.rowsScanned : null,
    rowsOut: name === last ? rowCount : null,
    durationMs: name === last ? Math.round(wallMs * 10) / 10 : null,
  }));
}
