import type { Run, StageResult } from "@rivergen/contracts";
import type { RunRow } from "./repository.ts";

/** A run as the wire shows it. */
export function toRun(row: RunRow, stages: readonly StageResult[], usage: Run["usage"]): Run {
  const { at: _, ...progress } = row.progress;
  return {
    id: row.id,
    river: { id: row.riverId, name: row.riverName, version: row.riverVersion },
    status: row.status,
    inputs: Object.values(row.inputs).map(({ name, version }) => ({ dataset: name, version })),
    progress: row.status === "succeeded" ? { ...progress, fraction: 1 } : progress,
    attempt: row.attempt,
    steps: row.steps,
    outputs: row.status === "succeeded" ? Object.keys(row.document.outputs).flatMap((name) => outputOf(name, row, stages)) : [],
    error: row.error,
    usage,
    quote: row.quote,
    metered: row.metered,
    parameters: row.parameters,
    createdAt: row.createdAt,
    startedAt: row.startedAt,
    finishedAt: row.finishedAt,
  };
}

function outputOf(name: string, row: RunRow, stages: readonly StageResult[]): Run["outputs"] {
  const stage = stages.find((result) => result.stage === name);
  return stage ? [{ name, dataset: row.draft ? null : name, rowCount: stage.rowCount }] : [];
}
