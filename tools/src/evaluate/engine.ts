import type { PlanningAnswer } from "@rivergen/contracts";
import type { EvaluationFolder, EvaluationRecord } from "./records.ts";
import type { Cell } from "./score.ts";

export interface Asked {
  readonly answer: PlanningAnswer;
  /** Rows of the planned river's output; null when nothing was planned. */
  readonly rows: readonly (readonly Cell[])[] | null;
  /** Why a planned river could not be run. */
  readonly error?: string;
  readonly planMs: number;
}

/** What the evaluation needs of a platform: tables go in, questions are answered with rows or an honest refusal. */
export interface EvaluationEngine {
  load(folder: EvaluationFolder): Promise<{ ask(record: EvaluationRecord): Promise<Asked>; close(): void }>;
}
