import type { Item, Relation } from "../plan/relation.ts";
import type { Typed } from "../typed.ts";
import { columnsOf, some, visit } from "../typed.ts";
import type { StatementContext, StatementPart } from "./plan.ts";
import { printParts, printPrelude } from "./plan.ts";
import { printExpression } from "./expression.ts";
import { quoteIdentifier } from "./names.ts";
import { printType } from "../types.ts";

/** A search for one value that a cast cannot read. */
export interface Diagnostic {
  readonly step: string;
  /** JSON Pointer of the operator that holds the cast. */
  readonly pointer: string;
  /** The column that the cast computes; empty in a condition. */
  readonly column: string;
  /** The type that the value should have become. */
  readonly type: string;
  /** One SELECT with one column `value` (text); a row means that this is the culprit. */
  readonly sql: string;
}

interface Place {
  readonly column: string;
  readonly value: Typed;
}

function placesOf(relation: Relation): Place[] {
  const ofItems = (items: readonly Item[]): Place[] => items.map((item) => ({ column: item.name, value: item.value }));
  switch (relation.kind) {
    case "project":
      return ofItems(relation.items);
    case "filter":
      return [{ column: "", value: relation.predicate }];
    case "join":
      return ofItems(relation.items);
    case "aggregate":
      return ofItems(relation.values);
    default:
      return [];
  }
}

function castsIn(value: Typed): Extract<Typed, { op: "cast" }>[] {
  const found: Extract<Typed, { op: "cast" }>[] = [];
  visit(value, (node) => {
    if (node.op === "cast" && node.onError === "fail" && !some(node.arg, (part) => part.op === "aggregate")) found.push(node);
  });
  return found;
}

function readFrom(relation: Relation, value: Typed, names: ReadonlyMap<Relation, string>): string {
  const nameOf = (input: Relation): string => quoteIdentifier(names.get(input) ?? "");
  if (relation.kind === "join") {
    const sides = new Set(columnsOf(value).map((column) => column.side));
    if (sides.size < 2) return sides.has("right") ? `${nameOf(relation.right)} AS r` : `${nameOf(relation.from)} AS l`;
    return `${nameOf(relation.from)} AS l CROSS JOIN ${nameOf(relation.right)} AS r`;
  }
  return "from" in relation ? `${nameOf(relation.from)} AS t` : "";
}

/** For every cast that may fail, the statement that finds one bad value. Run them in order after a failed run. */
export function printDiagnostics(root: Relation, statement: StatementContext): Diagnostic[] {
  const context: StatementContext = { ...statement, lenient: true };
  const parts = printParts(root, context);
  const names = new Map(parts.map((part) => [part.relation, part.name]));
  const diagnose = (part: StatementPart): Diagnostic[] => {
    const casts = placesOf(part.relation).flatMap(({ column, value }) => castsIn(value).map((cast) => ({ column, cast })));
    if (casts.length === 0) return [];
    // One text for all casts of a part: there may be thousands, and it may be long.
    const prelude = printPrelude(parts, part);
    const print = { ...context, place: part.relation.path };
    return casts.map(({ column, cast }) => {
      const value = printExpression(print, cast.arg);
      const from = readFrom(part.relation, cast.arg, names);
      const sql = `${prelude}SELECT CAST(${value} AS VARCHAR) AS value FROM ${from} WHERE ${value} IS NOT NULL AND ${printExpression(print, cast)} IS NULL LIMIT 1`;
      return { step: part.step, pointer: part.relation.path, column, type: printType(cast.type), sql };
    });
  };
  return parts.flatMap(diagnose);
}
