import type { Ast } from "./ast.ts";
import type { Report, Scope } from "./scope.ts";
import type { Typed } from "./typed.ts";
import type { DataType } from "./types.ts";
import { fits, printType, sameType, types, widen } from "./types.ts";

/** What every part of the checker needs. */
export interface Checking {
  readonly scope: Scope;
  readonly report: Report;
  /** Checks a part in the same scope, or in another. */
  readonly check: (ast: Ast, scope?: Scope) => Typed;
}

/** Stands where a fault was reported: fits everything, so that one mistake is told once. */
export const unknownAt = (at: number): Typed => ({ op: "literal", value: null, type: types.unknown, nullable: true, at });

export const isUnknown = (typed: Typed): boolean => typed.type.kind === "unknown";

/** A call of an operator or function that is already resolved. */
export function callOf(name: string, template: string, args: readonly Typed[], type: DataType, at: number, nullable?: boolean): Typed {
  return { op: "call", name, template, args, type, nullable: nullable ?? args.some((arg) => arg.nullable), at };
}

/** The value as another type it widens to. */
export function convert(typed: Typed, to: DataType): Typed {
  if (sameType(typed.type, to) || isUnknown(typed) || to.kind === "unknown") return typed;
  return { op: "convert", arg: typed, type: to, nullable: typed.nullable, at: typed.at };
}

/** How to write the missing cast: a date literal for a text literal, else `cast`. */
export function castHint(from: Typed, to: DataType): string {
  const word = printType(to);
  if (from.op === "literal" && from.type.kind === "string" && ["date", "timestamp", "time", "interval"].includes(word))
    return `write ${word} '${from.value ?? ""}'`;
  if (from.op === "literal" && from.type.kind === "string" && /^-?[0-9.]+$/.test(from.value ?? "") && word !== "string")
    return `write ${from.value ?? ""} without quotes`;
  return `write cast(… as ${word})`;
}

/** Whether a number literal fits a decimal type exactly: beside such a value it takes that type, and widens nothing. */
function adopts(literal: Typed, type: DataType): boolean {
  if (literal.op !== "literal" || literal.value === null || type.kind !== "decimal") return false;
  if (literal.type.kind !== "integer" && literal.type.kind !== "decimal") return false;
  const [whole = "", places = ""] = literal.value.replace("-", "").split(".");
  return whole.replace(/^0+/, "").length <= type.precision - type.scale && places.length <= type.scale;
}

const adopt = (literal: Typed, other: Typed): Typed => (other.op !== "literal" && adopts(literal, other.type) ? { ...literal, type: other.type } : literal);

/** Widens a type by one more value, by nothing where that is a literal which fits. */
export const widenBy = (type: DataType, value: Typed): DataType | undefined => (adopts(value, type) ? type : widen(type, value.type));

/** Columns before literals, so that literals find the type that they may take. */
export const literalsLast = <Item extends Typed>(values: readonly Item[]): Item[] => [
  ...values.filter((value) => value.op !== "literal"),
  ...values.filter((value) => value.op === "literal"),
];

/** Widens two values to one type, or reports which cast is missing. */
export function unify(checking: Checking, one: Typed, other: Typed, what: string): { left: Typed; right: Typed; type: DataType } | undefined {
  if (isUnknown(one) || isUnknown(other)) return undefined;
  const left = adopt(one, other);
  const right = adopt(other, one);
  const type = widen(left.type, right.type);
  if (type) return { left: convert(left, type), right: convert(right, type), type };
  const hint = right.op === "literal" || left.op !== "literal" ? castHint(right, left.type) : castHint(left, right.type);
  const from = right.op === "literal" || left.op !== "literal" ? right : left;
  checking.report("TYPE_MISMATCH", `${what} ${printType(left.type)} and ${printType(right.type)}: ${hint}`, from.at);
  return undefined;
}

/** Demands a type, widening if need be. */
export function demand(checking: Checking, typed: Typed, to: DataType, what: string): Typed {
  if (fits(typed.type, to)) return convert(typed, to);
  const hint = to.kind === "boolean" ? "compare it with something" : castHint(typed, to);
  checking.report("TYPE_MISMATCH", `${what} must be ${printType(to)}, and this is ${printType(typed.type)}: ${hint}`, typed.at);
  return unknownAt(typed.at);
}
