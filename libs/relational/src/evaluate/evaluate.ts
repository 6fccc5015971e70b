import type { Typed } from "../typed.ts";
import { printType } from "../types.ts";
import type { DataType } from "../types.ts";
import { castOf } from "./casts.ts";
import { comparisonMakers, looseMakers, strictly } from "./conditions.ts";
import { literalValue } from "./literals.ts";
import { arithmetic, numberMakers } from "./numbers.ts";
import type { StrictMaker } from "./numbers.ts";
import { textMakers } from "./texts.ts";
import { shiftTime, timeMakers } from "./times.ts";
import type { Evaluator, Value } from "./value.ts";

/** What an expression needs from around it to be computed here. */
export interface EvaluateContext {
  /** Where a column stands in a row. */
  readonly positionOf: (column: string) => number;
  /** Canonical texts of the parameters; null is null. */
  readonly parameters: ReadonlyMap<string, string | null>;
  /** What `now()` and `today()` mean, RFC 3339 in UTC. */
  readonly now: string;
  /** Told of each part that the language has and that is not computed here; `at` is an offset in the text. */
  readonly report: (code: "NOT_AVAILABLE", message: string, at: number) => void;
}

/** Either meaning of `+` and `-`: of numbers, or of points in time. */
const either =
  (...makers: readonly StrictMaker[]): StrictMaker =>
  (call) => {
    for (const make of makers) {
      const made = make(call);
      if (made) return made;
    }
    return undefined;
  };

const strictMakers: ReadonlyMap<string, StrictMaker> = new Map(
  Object.entries<StrictMaker>({
    ...numberMakers,
    ...textMakers,
    ...timeMakers,
    ...comparisonMakers,
    "+": either(arithmetic("+"), shiftTime("+")),
    "-": either(arithmetic("-"), shiftTime("-")),
    "*": arithmetic("*"),
  }),
);

const nothing: Evaluator = () => null;
const constant =
  (value: Value): Evaluator =>
  () =>
    value;

function refuse(context: EvaluateContext, what: string, at: number): Evaluator {
  context.report("NOT_AVAILABLE", `${what} is part of the language, and not available in flows yet`, at);
  return nothing;
}

function constantOf(context: EvaluateContext, type: DataType, text: string | null, at: number): Evaluator {
  const found = literalValue(type, text);
  return found ? constant(found.value) : refuse(context, `a literal of type ${printType(type)}`, at);
}

function castTo(context: EvaluateContext, typed: Extract<Typed, { op: "cast" | "convert" }>): Evaluator {
  const arg = compileExpression(typed.arg, context);
  const from = typed.arg.type;
  if (from.kind === "null") return arg;
  // Engines read many spellings of a time; here only literals are read.
  const change = from.kind === "string" && typed.type.kind === "time" ? undefined : castOf(from, typed.type);
  if (!change) return refuse(context, `a cast from ${printType(from)} to ${printType(typed.type)}`, typed.at);
  const isLenient = typed.op === "cast" && typed.onError === "null";
  return (row) => {
    const value = arg(row);
    if (value === null) return null;
    if (!isLenient) return change(value);
    try {
      return change(value);
    } catch {
      return null;
    }
  };
}

function compileCase(context: EvaluateContext, typed: Extract<Typed, { op: "case" }>): Evaluator {
  const subject = typed.subject && compileExpression(typed.subject, context);
  const type = typed.subject?.type ?? typed.branches[0]?.when.type;
  const equal = typed.subject && type && comparisonMakers["="]?.({ template: "", types: [type, type], result: type });
  if (subject && !equal) return refuse(context, `case over ${type ? printType(type) : "this"}`, typed.at);
  const branches = typed.branches.map(({ when, then }) => {
    const test = compileExpression(when, context);
    return { holds: subject && equal ? strictly(equal, [subject, test]) : test, then: compileExpression(then, context) };
  });
  const otherwise = compileExpression(typed.otherwise, context);
  return (row) => {
    for (const { holds, then } of branches) if (holds(row) === true) return then(row);
    return otherwise(row);
  };
}

function logicalTime(context: EvaluateContext, name: string): Evaluator {
  const micros = BigInt(Date.parse(context.now)) * 1_000n;
  return constant(name === "now" ? micros : Math.floor(Date.parse(context.now) / 86_400_000));
}

function compileCall(context: EvaluateContext, typed: Extract<Typed, { op: "call" }>): Evaluator {
  const { name, template, at } = typed;
  if (name === "now" || name === "today") return logicalTime(context, name);
  const call = { template, types: typed.args.map((arg) => arg.type), result: typed.type };
  const args = typed.args.map((arg) => compileExpression(arg, context));
  const loose = Object.hasOwn(looseMakers, name) ? looseMakers[name]?.(call, args) : undefined;
  if (loose) return loose;
  const strict = strictMakers.get(name)?.(call);
  if (strict) return strictly(strict, args);
  return refuse(context, typed.args.length > 0 ? `${name} of ${call.types.map(printType).join(", ")}` : name, at);
}

/**
 * Makes a typed expression computable on rows here, with the meaning that the DuckDB printer gives it. Parts that only
 * an engine computes are reported with their place; the evaluator must then not be used.
 */
export function compileExpression(typed: Typed, context: EvaluateContext): Evaluator {
  switch (typed.op) {
    case "column": {
      const position = context.positionOf(typed.name);
      return (row) => row[position] ?? null;
    }
    case "literal":
      return constantOf(context, typed.type, typed.value, typed.at);
    case "parameter":
      return constantOf(context, typed.type, context.parameters.get(typed.name) ?? null, typed.at);
    case "call":
      return compileCall(context, typed);
    case "convert":
    case "cast":
      return castTo(context, typed);
    case "case":
      return compileCase(context, typed);
    case "list":
      return refuse(context, "a list", typed.at);
    case "field":
      return refuse(context, "a field of a struct", typed.at);
    case "aggregate":
      return refuse(context, typed.entry.name, typed.at);
  }
}
