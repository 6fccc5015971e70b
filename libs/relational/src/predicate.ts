import { createChecking } from "./check.ts";
import { demand } from "./check-shared.ts";
import { printExpression } from "./duckdb/expression.ts";
import type { ExpressionFault } from "./fault.ts";
import { placeAt } from "./fault.ts";
import { parseExpression } from "./parser.ts";
import type { Scope } from "./scope.ts";
import { isRandom } from "./typed.ts";
import type { DataType } from "./types.ts";
import { types } from "./types.ts";

export type PredicateReading = { readonly ok: true; readonly sql: string } | { readonly ok: false; readonly faults: readonly ExpressionFault[] };

/**
 * Reads a condition on the rows of one table and prints it for DuckDB, where the table is called `t`. There is no run
 * around it: it has no parameters, and `random()` is refused.
 * @param now What `now()` means, RFC 3339 in UTC.
 */
export function readPredicate(text: string, columns: readonly { readonly name: string; readonly type: DataType }[], now: string): PredicateReading {
  const parsed = parseExpression(text);
  if (!parsed.ok) return { ok: false, faults: [parsed.fault] };
  const faults: ExpressionFault[] = [];
  const report = (code: string, message: string, at: number): void => void faults.push({ code, message, place: placeAt(text, at) });
  const scope: Scope = {
    columns: columns.map(({ name, type }) => ({ side: "input", name, type, nullable: true })),
    parameters: new Map(),
    place: "scalar",
  };
  const checking = createChecking(scope, report);
  const value = demand(checking, checking.check(parsed.value), types.boolean, "a filter");
  if (isRandom(value)) report("INVALID_ARGUMENT", "random() gives other rows every time: a filter cannot use it", value.at);
  if (faults.length > 0) return { ok: false, faults };
  return { ok: true, sql: printExpression({ parameters: new Map(), now, seed: "", place: "", lenient: false }, value) };
}
