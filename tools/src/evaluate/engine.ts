import type { PlanningAnswer } from "@rivergen/contracts";
import type { EvaluationFolder, EvaluationRecord } from "./records.ts";
import type { Renaming } from "./rename.ts";
import type { Cell } from "./score.ts";

export interface Asked {
  readonly answer: PlanningAnswer;
  /** Rows of the planned river's output; null when nothing was planned. */
  readonly rows: readonly (readonly Cell[])[] | null;
  /** Why a planned river could not be run. */
  readonly error?: string;
  readonly planMs: number;
}

/** Tables that were taken in, ready to be asked about. */
export interface EvaluationSession {
  ask(record: EvaluationRecord): Promise<Asked>;
  close(): void;
}

/** What the evaluation needs of a platform: tables go in, questions are answered with rows or an honest refusal. */
export interface EvaluationEngine {
  /** @param renaming other names for the tables, columns and values of the folder */
  load(folder: EvaluationFolder, renaming: Renaming | undefined): Promise<EvaluationSession>;
  close(): Promise<void>;
}
