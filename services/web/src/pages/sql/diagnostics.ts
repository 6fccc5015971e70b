import { AppError } from "@rivergen/contracts";
import type { EditorDiagnostic } from "../../components/code-editor/code-editor.tsx";
import type { QueryState } from "./use-query-run.ts";

const none: readonly EditorDiagnostic[] = [];

/** Faults of the statement that failed, while it still stands in the editor. */
export function findDiagnostics(state: QueryState, text: string): readonly EditorDiagnostic[] {
  if (state.kind !== "failed" || state.text !== text || !(state.error instanceof AppError)) return none;
  return (state.error.details.errors ?? []).map(({ line, column, message }) => ({ line: line ?? 0, column, message, severity: "error" }));
}
