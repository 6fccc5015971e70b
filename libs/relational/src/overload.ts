import type { FunctionEntry, Overload } from "./catalogue/entry.ts";
import { readSignature } from "./catalogue/entry.ts";
import { dateParts, timeParts } from "./catalogue/time.ts";
import { castHint, convert, literalsLast, widenBy } from "./check-shared.ts";
import { parseType } from "./parse-type.ts";
import type { Typed } from "./typed.ts";
import type { DataType } from "./types.ts";
import { fits, isNumeric, printType, sameType, types } from "./types.ts";

export interface Resolved {
  readonly overload: Overload;
  readonly args: readonly Typed[];
  readonly type: DataType;
}

interface Match {
  /** What each argument becomes; undefined keeps it. */
  readonly targets: readonly (DataType | undefined)[];
  /** The type that `T` or `N` stands for. */
  readonly variable?: DataType;
  /** How many arguments have to be widened. */
  readonly cost: number;
}

const isConstant = (typed: Typed): boolean => typed.op === "literal" || typed.op === "parameter";

const anyPart = new Set<string | null>([...dateParts, ...timeParts]);

/** Patterns that no type says: whether an argument fits, and what it becomes. */
const patternRules: Readonly<Record<string, (arg: Typed) => { to?: DataType } | undefined>> = {
  any: () => ({}),
  number: ({ type }) => (isNumeric(type) || type.kind === "null" ? {} : undefined),
  decimal: ({ type }) => (type.kind === "decimal" ? {} : undefined),
  count: (arg) => (isConstant(arg) && arg.type.kind === "integer" ? {} : undefined),
  share: (arg) => (arg.op === "literal" && isNumeric(arg.type) && Number(arg.value) >= 0 && Number(arg.value) <= 1 ? { to: types.double } : undefined),
  text: (arg) => (isConstant(arg) && arg.type.kind === "string" ? {} : undefined),
  part: (arg) => (arg.op === "literal" && anyPart.has(arg.value) ? {} : undefined),
};

function matchPattern(pattern: string, arg: Typed): { to?: DataType } | undefined {
  const rule = patternRules[pattern];
  if (rule) return rule(arg);
  if (pattern.startsWith("'")) return arg.op === "literal" && pattern === `'${arg.value}'` ? {} : undefined;
  const parsed = parseType(pattern);
  return parsed.ok && fits(arg.type, parsed.type) ? { to: parsed.type } : undefined;
}

const isVariable = (pattern: string): boolean => pattern === "T" || pattern === "N" || pattern === "list<T>";

/** The part of an argument that the variable stands for: the argument, or what its list holds. */
function boundPart(pattern: string, arg: Typed): Typed | undefined {
  if (pattern === "list<T>") {
    if (arg.type.kind === "null") return arg;
    return arg.type.kind === "list" ? { ...arg, op: "convert", arg, type: arg.type.element } : undefined;
  }
  return pattern === "N" && !isNumeric(arg.type) && arg.type.kind !== "null" ? undefined : arg;
}

/** The one type that `T` or `N` stands for; undefined when the arguments have none, absent when no pattern asks. */
function bindAll(args: readonly Typed[], patternOf: (index: number) => string): { variable?: DataType } | undefined {
  const parts = args.flatMap((arg, index) => (isVariable(patternOf(index)) ? [boundPart(patternOf(index), arg)] : []));
  const known = parts.filter((part) => part !== undefined);
  if (known.length < parts.length) return undefined;
  let variable: DataType | undefined;
  for (const part of literalsLast(known)) {
    variable = variable ? widenBy(variable, part) : part.type;
    if (!variable) return undefined;
  }
  return variable ? { variable } : {};
}

function matchOverload(overload: Overload, args: readonly Typed[]): Match | undefined {
  const { patterns, repeats } = readSignature(overload.signature);
  if (repeats ? args.length < patterns.length : args.length !== patterns.length) return undefined;
  const patternOf = (index: number): string => patterns[Math.min(index, patterns.length - 1)] ?? "any";
  const bound = bindAll(args, patternOf);
  if (!bound) return undefined;
  const { variable } = bound;
  const targets: (DataType | undefined)[] = [];
  for (const [index, arg] of args.entries()) {
    const pattern = patternOf(index);
    const own = variable && (pattern === "list<T>" ? types.list(variable) : variable);
    const found = isVariable(pattern) ? { to: own } : matchPattern(pattern, arg);
    if (!found) return undefined;
    targets.push(found.to);
  }
  const cost = targets.filter((target, index) => target && !sameType(target, args[index]?.type ?? target)).length;
  return { targets, cost, ...bound };
}

function resultOf(overload: Overload, match: Match, args: readonly Typed[]): DataType {
  const argTypes = args.map((arg) => arg.type);
  if (overload.returns) return overload.returns(argTypes);
  const { returns } = readSignature(overload.signature);
  const variable = match.variable ?? types.null;
  if (returns === "T" || returns === "N") return variable;
  if (returns === "list<T>") return types.list(variable);
  if (returns === "decimal") return argTypes[0] ?? types.unknown;
  const parsed = parseType(returns);
  return parsed.ok ? parsed.type : types.unknown;
}

/** Rounding to fewer places gives a decimal of that scale. */
function roundedScale(entry: FunctionEntry, args: readonly Typed[], type: DataType): DataType {
  const [, places] = args;
  if (entry.name !== "round" || type.kind !== "decimal" || !places) return type;
  const count = places.op === "literal" ? Number(places.value) : type.scale;
  return types.decimal(type.precision, Math.max(0, Math.min(type.scale, count)));
}

/** The way of calling that needs the fewest widenings, with the arguments widened. */
export function resolveOverload(entry: FunctionEntry, args: readonly Typed[]): Resolved | undefined {
  let best: { overload: Overload; match: Match } | undefined;
  for (const overload of entry.overloads) {
    const match = matchOverload(overload, args);
    if (match && (!best || match.cost < best.match.cost)) best = { overload, match };
  }
  if (!best) return undefined;
  const { overload, match } = best;
  const converted = args.map((arg, index) => {
    const target = match.targets[index];
    return target ? convert(arg, target) : arg;
  });
  return { overload, args: converted, type: roundedScale(entry, args, resultOf(overload, match, converted)) };
}

const spelled: Readonly<Record<string, string>> = {
  count: "whole number, written out",
  share: "number from 0 to 1, written out",
  text: "text, written out",
  N: "number",
  T: "value",
};

function describePattern(pattern: string): string {
  if (pattern === "part") return `part: one of ${[...dateParts, ...timeParts].map((part) => `'${part}'`).join(", ")}`;
  return Object.hasOwn(spelled, pattern) ? (spelled[pattern] ?? pattern) : pattern;
}

/** Why no way of calling fits: the number of arguments, or the first argument that is wrong. */
export function explainMismatch(entry: FunctionEntry, args: readonly Typed[]): { code: string; message: string; argument?: number } {
  const ways = entry.overloads.map((overload) => overload.signature.replace(/ ->.*/, ""));
  const sized = entry.overloads.filter((overload) => {
    const { patterns, repeats } = readSignature(overload.signature);
    return repeats ? args.length >= patterns.length : args.length === patterns.length;
  });
  if (sized.length === 0) return { code: "INVALID_ARGUMENT", message: `${entry.name} is called as ${ways.join(" or ")}` };
  for (const [index, arg] of args.entries()) {
    const patterns = sized.map((overload) => readSignature(overload.signature)).map(({ patterns: all }) => all[Math.min(index, all.length - 1)] ?? "any");
    if (patterns.some((pattern) => (isVariable(pattern) ? boundPart(pattern, arg) : matchPattern(pattern, arg)))) continue;
    const wanted = [...new Set(patterns.map(describePattern))].join(" or ");
    const [first = ""] = patterns;
    const parsed = parseType(first === "number" || first === "N" ? "double" : first);
    const zone = arg.type.kind === "timestamptz" && patterns.includes("timestamp") ? ": zones are explicit, write x at time zone 'UTC'" : undefined;
    const hint = zone ?? (parsed.ok ? `: ${castHint(arg, parsed.type)}` : "");
    return {
      code: "TYPE_MISMATCH",
      message: `${entry.name} takes ${wanted} as argument ${index + 1}, and this is ${printType(arg.type)}${hint}`,
      argument: index,
    };
  }
  return {
    code: "TYPE_MISMATCH",
    message: `the arguments of ${entry.name} are of types that do not go together: ${args.map((arg) => printType(arg.type)).join(", ")}`,
    argument: 0,
  };
}
