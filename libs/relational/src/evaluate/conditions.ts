import type { DataType } from "../types.ts";
import { compareOf } from "./compare.ts";
import type { Call, Strict, StrictMaker } from "./numbers.ts";
import { isKnown } from "./value.ts";
import type { Evaluator, Value } from "./value.ts";

/** A call whose meaning with nulls is its own. */
export type LooseMaker = (call: Call, args: readonly Evaluator[]) => Evaluator | undefined;

const areKnown = (types: readonly DataType[]): boolean => types.every((type) => isKnown(type) || type.kind === "null");

const comparison =
  (holds: (order: number) => boolean): StrictMaker =>
  ({ types }) => {
    const [type] = types;
    if (!type || !areKnown(types)) return undefined;
    const compare = compareOf(type);
    return (a: Value, b: Value) => holds(compare(a, b));
  };

export const comparisonMakers: Readonly<Record<string, StrictMaker>> = {
  "=": comparison((order) => order === 0),
  "<>": comparison((order) => order !== 0),
  "<": comparison((order) => order < 0),
  "<=": comparison((order) => order <= 0),
  ">": comparison((order) => order > 0),
  ">=": comparison((order) => order >= 0),
  not: () => (a: boolean) => !a,
};

const absent: Evaluator = () => null;

/** Both sides are always computed, as the engines do: an error on either is an error of the whole. */
const junction =
  (decisive: boolean): LooseMaker =>
  (_call, [left = absent, right = absent]) =>
  (row) => {
    const a = left(row);
    const b = right(row);
    if (a === decisive || b === decisive) return decisive;
    return a === null || b === null ? null : !decisive;
  };

const membership: LooseMaker = ({ types, template }, [operand = absent, ...items]) => {
  const [type] = types;
  if (!type || !areKnown(types)) return undefined;
  const compare = compareOf(type);
  const isNegated = template.includes("NOT IN");
  return (row) => {
    const value = operand(row);
    const others = items.map((item) => item(row));
    if (value === null) return null;
    if (others.some((other) => other !== null && compare(value, other) === 0)) return !isNegated;
    return others.includes(null) ? null : isNegated;
  };
};

const between: LooseMaker = ({ types, template }, [operand = absent, low = absent, high = absent]) => {
  const [type] = types;
  if (!type || !areKnown(types)) return undefined;
  const compare = compareOf(type);
  const isNegated = template.includes("NOT BETWEEN");
  return (row) => {
    const [value, from, to] = [operand(row), low(row), high(row)];
    const isAbove = value === null || from === null ? null : compare(value, from) >= 0;
    const isBelow = value === null || to === null ? null : compare(value, to) <= 0;
    if (isAbove === false || isBelow === false) return isNegated;
    return isAbove === null || isBelow === null ? null : !isNegated;
  };
};

const distinct: LooseMaker = ({ types, template }, [left = absent, right = absent]) => {
  const [type] = types;
  if (!type || !areKnown(types)) return undefined;
  const compare = compareOf(type);
  const isNegated = template.includes("NOT DISTINCT");
  return (row) => {
    const [a, b] = [left(row), right(row)];
    const differs = a === null || b === null ? a !== b : compare(a, b) !== 0;
    return differs !== isNegated;
  };
};

const truth: LooseMaker = ({ template }, [operand = absent]) => {
  const isNegated = template.includes("NOT ");
  const wanted = template.includes("TRUE");
  return (row) => (operand(row) === wanted) !== isNegated;
};

const coalesce: LooseMaker = (_call, args) => (row) => {
  for (const arg of args) {
    const value = arg(row);
    if (value !== null) return value;
  }
  return null;
};

const nullif: LooseMaker = ({ types }, [left = absent, right = absent]) => {
  const [type] = types;
  if (!type || !areKnown(types)) return undefined;
  const compare = compareOf(type);
  return (row) => {
    const [a, b] = [left(row), right(row)];
    return a !== null && b !== null && compare(a, b) === 0 ? null : a;
  };
};

const extreme =
  (sign: 1 | -1): LooseMaker =>
  ({ types }, args) => {
    const [type] = types;
    if (!type || !areKnown(types)) return undefined;
    const compare = compareOf(type);
    return (row) => {
      let best: Value = null;
      for (const arg of args) {
        const value = arg(row);
        if (value !== null && (best === null || compare(value, best) * sign > 0)) best = value;
      }
      return best;
    };
  };

export const looseMakers: Readonly<Record<string, LooseMaker>> = {
  and: junction(false),
  or: junction(true),
  in: membership,
  "not in": membership,
  between,
  "not between": between,
  "is distinct from": distinct,
  is: truth,
  "is null":
    (_call, [operand = absent]) =>
    (row) =>
      operand(row) === null,
  "is not null":
    (_call, [operand = absent]) =>
    (row) =>
      operand(row) !== null,
  coalesce,
  nullif,
  greatest: extreme(1),
  least: extreme(-1),
  if:
    (_call, [when = absent, yes = absent, no = absent]) =>
    (row) =>
      when(row) === true ? yes(row) : no(row),
  concat: ({ types }, args) =>
    types.every(({ kind }) => kind === "string" || kind === "null") ? (row) => args.map((arg) => (arg(row) ?? "") as string).join("") : undefined,
};

/** Null as soon as an argument is; every argument is computed all the same, so that its errors are told. */
export function strictly(call: Strict, args: readonly Evaluator[]): Evaluator {
  const [first = absent, second = absent, third = absent] = args;
  const run = call as (...values: Value[]) => Value;
  if (args.length === 1) {
    return (row) => {
      const a = first(row);
      return a === null ? null : run(a);
    };
  }
  if (args.length === 2) {
    return (row) => {
      const a = first(row);
      const b = second(row);
      return a === null || b === null ? null : run(a, b);
    };
  }
  return (row) => {
    const a = first(row);
    const b = second(row);
    const c = third(row);
    return a === null || b === null || c === null ? null : run(a, b, c);
  };
}
