import { createChecking } from "../check.ts";
import { demand } from "../check-shared.ts";
import type { ExpressionFault } from "../fault.ts";
import { placeAt } from "../fault.ts";
import { parseExpression } from "../parser.ts";
import type { Scope } from "../scope.ts";
import { columnsOf } from "../typed.ts";
import type { DataType } from "../types.ts";
import { types } from "../types.ts";
import { compileExpression } from "./evaluate.ts";
import type { EvaluateContext } from "./evaluate.ts";
import type { Evaluator } from "./value.ts";

/** A column of the rows that an expression works on; it stands at its place in the list. */
export interface RowColumn {
  readonly name: string;
  readonly type: DataType;
  readonly nullable: boolean;
}

/** What all expressions over rows have in common. */
export interface RowContext extends Pick<EvaluateContext, "now"> {
  readonly parameters: { readonly types: ReadonlyMap<string, DataType>; readonly values: ReadonlyMap<string, string | null> };
}

export type RowExpression =
  | { readonly ok: true; readonly type: DataType; readonly nullable: boolean; readonly evaluate: Evaluator; readonly reads: readonly string[] }
  | { readonly ok: false; readonly faults: readonly ExpressionFault[] };

/**
 * Reads an expression over rows of these columns and makes it computable here. Faults are those of the checker, and
 * `NOT_AVAILABLE` for what only an engine computes.
 * @param wanted demands a type; only widening is done for it
 */
export function readRowExpression(given: string | number | boolean, columns: readonly RowColumn[], context: RowContext, wanted?: DataType): RowExpression {
  const text = String(given);
  const parsed = parseExpression(text);
  if (!parsed.ok) return { ok: false, faults: [parsed.fault] };
  const faults: ExpressionFault[] = [];
  const report = (code: string, message: string, at: number): void => void faults.push({ code, message, place: placeAt(text, at) });
  const scope: Scope = { columns: columns.map((column) => ({ side: "input", ...column })), parameters: context.parameters.types, place: "scalar" };
  const checking = createChecking(scope, report);
  const checked = checking.check(parsed.value);
  const value = wanted ? demand(checking, checked, wanted, wanted.kind === types.boolean.kind ? "a condition" : "this") : checked;
  if (faults.length > 0) return { ok: false, faults };
  if (value.type.kind === "null") report("UNTYPED_NULL", "this has no type: write cast(null as …)", value.at);
  const positions = new Map(columns.map(({ name }, index) => [name, index]));
  const evaluate = compileExpression(value, {
    positionOf: (name) => positions.get(name) ?? -1,
    parameters: context.parameters.values,
    now: context.now,
    report,
  });
  if (faults.length > 0) return { ok: false, faults };
  return { ok: true, type: value.type, nullable: value.nullable, evaluate, reads: columnsOf(value).map(({ name }) => name) };
}
