import type { NamePart } from "./ast.ts";
import { suggestion } from "./cursor.ts";
import type { Side, Typed, TypedFrame, TypedOrder } from "./typed.ts";
import type { DataType } from "./types.ts";
import { quoteName, types } from "./types.ts";

export interface ScopeColumn {
  readonly side: Side;
  readonly name: string;
  readonly type: DataType;
  readonly nullable: boolean;
}

/** What calls mean in an operator: aggregates have their place, windows theirs. */
export type CallPlace = "scalar" | "aggregate" | "window";

/** The names an expression may use. */
export interface Scope {
  /** Columns written without a qualifier. */
  readonly columns: readonly ScopeColumn[];
  /** The right side of a join: columns written `qualifier.name`. */
  readonly right?: { readonly qualifier: string; readonly columns: readonly ScopeColumn[] };
  readonly parameters: ReadonlyMap<string, DataType>;
  readonly place: CallPlace;
  /** In an aggregate: what a name outside aggregate calls means (the `by` names; in `having` also the values). */
  readonly keys?: ReadonlyMap<string, Typed>;
  /** In a window: what calls without `over` run over. */
  readonly window?: { readonly partition: readonly Typed[]; readonly order: readonly TypedOrder[]; readonly frame?: TypedFrame };
}

/** Reports one fault at an offset of the text. */
export type Report = (code: string, message: string, at: number) => void;

export type Found<Item> = { readonly found: Item } | { readonly ambiguous: readonly string[] } | undefined;

/** Exact first, then without case if that is unambiguous. */
export function findByName<Item extends { readonly name: string }>(items: readonly Item[], name: string): Found<Item> {
  const exact = items.find((item) => item.name === name);
  if (exact) return { found: exact };
  const lower = name.toLowerCase();
  const alike = items.filter((item) => item.name.toLowerCase() === lower);
  const [only] = alike;
  if (!only) return undefined;
  return alike.length === 1 ? { found: only } : { ambiguous: alike.map((item) => item.name) };
}

/** The same for a list of columns, with the message when it fails. */
export function lookUp<Item extends { readonly name: string }>(items: readonly Item[], name: string): { found: Item } | { code: string; message: string } {
  const result = findByName(items, name);
  if (result && "found" in result) return result;
  if (result) return { code: "AMBIGUOUS_COLUMN", message: `${name} may mean ${result.ambiguous.join(" or ")}: write it with its capitals` };
  const names = items.map((item) => item.name);
  const hint = suggestion(name, names) || (names.length > 0 && names.length <= 12 ? `; there are ${names.join(", ")}` : "");
  return { code: "UNKNOWN_COLUMN", message: `there is no column ${name}${hint}` };
}

function columnNode(column: ScopeColumn, at: number): Typed {
  return { op: "column", side: column.side, name: column.name, type: column.type, nullable: column.nullable, at };
}

const unknownAt = (at: number): Typed => ({ op: "literal", value: null, type: types.unknown, nullable: true, at });

function findKey(scope: Scope, name: string): Typed | undefined {
  const entries = [...(scope.keys ?? [])].map(([key, typed]) => ({ name: key, typed }));
  const result = findByName(entries, name);
  return result && "found" in result ? result.found.typed : undefined;
}

function resolveBare(scope: Scope, part: NamePart, report: Report): Typed {
  const { text: name, at } = part;
  if (scope.place === "aggregate") {
    const key = findKey(scope, name);
    if (key) return { ...key, at };
    const inRows = findByName(scope.columns, name);
    if (inRows && "found" in inRows) {
      report("NOT_AGGREGATED", `${name} has many values in a group: aggregate it, or add it to by`, at);
      return unknownAt(at);
    }
  }
  const result = lookUp(scope.columns, name);
  if ("found" in result) return columnNode(result.found, at);
  const right = scope.right && findByName(scope.right.columns, name);
  if (scope.right && right && "found" in right) {
    report(
      "UNKNOWN_COLUMN",
      `there is no column ${name} on the left; on the right it is ${quoteName(scope.right.qualifier)}.${quoteName(right.found.name)}`,
      at,
    );
  } else report(result.code, result.message, at);
  return unknownAt(at);
}

function readField(base: Typed, part: NamePart, report: Report): Typed {
  if (base.type.kind === "unknown") return base;
  const fields = base.type.kind === "struct" ? base.type.fields : undefined;
  const result = fields && lookUp(fields, part.text);
  if (result && "found" in result) {
    return { op: "field", arg: base, name: result.found.name, type: result.found.type, nullable: true, at: part.at };
  }
  report("UNKNOWN_FIELD", result ? result.message.replace("column", "field") : `only a struct has fields; this is of type ${base.type.kind}`, part.at);
  return unknownAt(part.at);
}

/** The field of a value that is not a plain column. */
export const resolveField = readField;

/** Turns a dotted name into a column, a field of a column, or a reported fault. */
export function resolveName(scope: Scope, parts: readonly NamePart[], report: Report): Typed {
  const [first, second] = parts;
  if (!first) throw new Error("a name has at least one part");
  const { right } = scope;
  const isRight = right && second && first.text.toLowerCase() === right.qualifier.toLowerCase();
  if (right && isRight) {
    const result = lookUp(right.columns, second.text);
    if (!("found" in result)) {
      report(result.code, `${result.message.replace("column ", `column ${right.qualifier}.`)}`, second.at);
      return unknownAt(second.at);
    }
    return parts.slice(2).reduce((base, part) => readField(base, part, report), columnNode(result.found, first.at));
  }
  if (second && !findByName(scope.columns, first.text) && !findKey(scope, first.text)) {
    const hint = right ? `; the right side is ${right.qualifier}, columns of the left stand alone` : `; columns stand alone here: ${quoteName(second.text)}`;
    report("UNKNOWN_COLUMN", `${first.text} is neither a column nor a side of this join${hint}`, first.at);
    return unknownAt(first.at);
  }
  return parts.slice(1).reduce((base, part) => readField(base, part, report), resolveBare(scope, first, report));
}
