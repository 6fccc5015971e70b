import type { DataType } from "../types.ts";

/** How a call's nullability follows from its arguments'. */
export type NullRule = "any" | "all" | "never" | "always";

/** One way to call a function, and how DuckDB says it. */
export interface Overload {
  /**
   * `name(pattern, …) -> type`. Patterns: a type; `number`, `decimal` (any), `N` (one numeric type, kept), `T` (one type, kept),
   * `list<T>`, `part` (a date part as text literal), `count` (a whole number literal), `text` (a text literal); `, ...` repeats the last.
   */
  readonly signature: string;
  /** `#1`, `#2` … are the arguments, `#*` all of them. */
  readonly duckdb: string;
  /** What is put around an aggregate's whole call (`#call`, with filter and window). */
  readonly wrap?: string;
  /** The result where the signature cannot say it. */
  readonly returns?: (types: readonly DataType[]) => DataType;
  /** Default `any`: null when an argument is. */
  readonly nulls?: NullRule;
}

/** Where a function may stand. */
export type FunctionKind = "scalar" | "aggregate" | "window";

/** A function of the expression language: what people read about it, and what the checker and the printers need. */
export interface FunctionEntry {
  readonly name: string;
  readonly kind: FunctionKind;
  readonly group: string;
  readonly doc: string;
  /** An expression that uses it; the documentation shows it and a test runs it. */
  readonly example: string;
  readonly overloads: readonly Overload[];
  /** An aggregate whose result depends on the order of rows: `required` must be written, `tie` is broken by the value itself. */
  readonly order?: "required" | "none";
  /** Windows: `required` needs an order; `ties` keeps its ties (they are not broken). */
  readonly windowOrder?: "required" | "ties";
  /** The result is an estimate; the plan says so. */
  readonly approximate?: boolean;
  /** Whether `distinct` changes anything and is allowed. */
  readonly distinct?: boolean;
}

/** A parsed signature. */
export interface Signature {
  readonly patterns: readonly string[];
  readonly repeats: boolean;
  readonly returns: string;
}

/** Splits at commas outside `<…>` and `(…)`. */
function splitPatterns(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let current = "";
  for (const character of text) {
    if ("<(".includes(character)) depth += 1;
    if (">)".includes(character)) depth -= 1;
    if (character === "," && depth === 0) {
      parts.push(current.trim());
      current = "";
    } else current += character;
  }
  if (current.trim() !== "") parts.push(current.trim());
  return parts;
}

export function readSignature(signature: string): Signature {
  const arrow = signature.lastIndexOf("->");
  const open = signature.indexOf("(");
  const patterns = splitPatterns(signature.slice(open + 1, signature.lastIndexOf(")", arrow)));
  const repeats = patterns.at(-1) === "...";
  return { patterns: repeats ? patterns.slice(0, -1) : patterns, repeats, returns: signature.slice(arrow + 2).trim() };
}
