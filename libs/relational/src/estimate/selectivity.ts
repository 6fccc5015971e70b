import type { Typed } from "../typed.ts";
import type { ColumnFacts, EstimateBasis } from "./facts.ts";
import { axisOf, isComplete, keyOf, weakest } from "./facts.ts";
import type { Lookup } from "./values.ts";
import { constantOf, factsOf, isConstant, unwrap } from "./values.ts";

/** The share of rows for which a predicate is true. */
export interface Share {
  readonly share: number;
  readonly basis: EstimateBasis;
}

type Call = Extract<Typed, { op: "call" }>;

const known = (share: number): Share => ({ share: Math.min(1, Math.max(0, share)), basis: "profile" });
const assumed = (share: number): Share => ({ share, basis: "assumed" });

/** What is taken where nothing is known, after Selinger and others (System R, 1979). */
export const defaults = { equality: 1 / 10, range: 1 / 3, between: 1 / 4, like: 1 / 10, other: 1 / 3 } as const;

/** The share of rows that have one value: as counted, else as if the rarer values were equally frequent. */
export function shareOfValue(facts: ColumnFacts, key: string, axis?: number): number {
  const found = facts.top.get(key);
  if (found !== undefined) return found;
  if (axis !== undefined && ((facts.low !== undefined && axis < facts.low) || (facts.high !== undefined && axis > facts.high))) return 0;
  const listed = [...facts.top.values()].reduce((sum, share) => sum + share, 0);
  const rarer = facts.distinct - facts.top.size;
  return rarer < 1 ? 0 : Math.max(0, 1 - facts.nulls - listed) / rarer;
}

/** Two values of the same row, or a value and one that is not known before the run: as if all values were equally frequent. */
function evenEquality(facts: ColumnFacts, against: Typed, lookup: Lookup): Share {
  const right = isConstant(against) ? undefined : factsOf(against, lookup);
  if (!isConstant(against) && !right) return assumed(defaults.equality);
  return known(((1 - facts.nulls) * (1 - (right?.nulls ?? 0))) / Math.max(1, facts.distinct, right?.distinct ?? 0));
}

function equality(one: Typed, other: Typed, lookup: Lookup): Share {
  const [value, against] = isConstant(one) ? [other, one] : [one, other];
  const facts = isConstant(value) ? undefined : factsOf(value, lookup);
  if (!facts) return assumed(defaults.equality);
  const constant = constantOf(against);
  const { type } = unwrap(value);
  if (constant === undefined || facts.top.size === 0) return evenEquality(facts, against, lookup);
  return known(shareOfValue(facts, keyOf(constant, type), axisOf(constant, type)));
}

/** The share of rows below a number. */
function shareBelow(facts: ColumnFacts, axis: number): number | undefined {
  if (facts.bins.length > 0) {
    return facts.bins.reduce((sum, { low, high, share }) => {
      const part = axis >= high ? 1 : axis <= low ? 0 : (axis - low) / (high - low);
      return sum + share * part;
    }, 0);
  }
  if (facts.low === undefined || facts.high === undefined) return undefined;
  if (axis <= facts.low) return 0;
  return (1 - facts.nulls) * (axis > facts.high ? 1 : (axis - facts.low) / Math.max(facts.high - facts.low, Number.MIN_VALUE));
}

/** What comparisons ask of the order of two values. */
export const tests: Readonly<Record<string, (order: number) => boolean>> = {
  "<": (order) => order < 0,
  "<=": (order) => order <= 0,
  ">": (order) => order > 0,
  ">=": (order) => order >= 0,
};

/** The same comparison with its sides exchanged. */
export const mirrored: Readonly<Record<string, string>> = { "<": ">", "<=": ">=", ">": "<", ">=": "<=" };

export const compare = (one: string, other: string, isNumber: boolean): number =>
  isNumber ? Number(one) - Number(other) : one < other ? -1 : one > other ? 1 : 0;

function range(operator: string, one: Typed, other: Typed, lookup: Lookup): Share {
  if (isConstant(one) && !isConstant(other)) return range(mirrored[operator] ?? operator, other, one, lookup);
  const facts = factsOf(one, lookup);
  const constant = constantOf(other);
  const test = tests[operator];
  if (!facts || constant === undefined || !test) return assumed(defaults.range);
  const { type } = unwrap(one);
  const axis = axisOf(constant, type);
  if (isComplete(facts)) {
    const key = keyOf(constant, type);
    return known([...facts.top].reduce((sum, [value, share]) => sum + (test(compare(value, key, axis !== undefined)) ? share : 0), 0));
  }
  const below = axis === undefined ? undefined : shareBelow(facts, axis);
  if (axis === undefined || below === undefined) return assumed(defaults.range);
  const here = shareOfValue(facts, String(axis), axis);
  const filled = 1 - facts.nulls;
  const shares: Readonly<Record<string, number>> = { "<": below, "<=": below + here, ">": filled - below - here, ">=": filled - below };
  return known(Math.min(filled, shares[operator] ?? 0));
}

function between(call: Call, lookup: Lookup): Share {
  const [value, low, high] = call.args;
  if (!value || !low || !high) return assumed(defaults.between);
  const from = range(">=", value, low, lookup);
  const to = range("<=", value, high, lookup);
  const nulls = factsOf(value, lookup)?.nulls ?? 0;
  if (from.basis === "assumed" || to.basis === "assumed") return assumed(defaults.between);
  return known(from.share + to.share - (1 - nulls));
}

function inList(call: Call, lookup: Lookup): Share {
  const [value, ...items] = call.args;
  if (!value) return assumed(defaults.other);
  const shares = items.map((item) => equality(value, item, lookup));
  return {
    share: Math.min(
      1,
      shares.reduce((sum, { share }) => sum + share, 0),
    ),
    basis: weakest("profile", ...shares.map(({ basis }) => basis)),
  };
}

/** Whether a text fits a pattern of `%` and `_`; the time grows with the product of their lengths at most. */
export function isLike(text: string, pattern: string): boolean {
  const letters = Array.from(text);
  const signs = Array.from(pattern);
  let at = 0;
  let sign = 0;
  let open: { at: number; sign: number } | undefined;
  while (at < letters.length) {
    if (signs[sign] === "%") open = { at, sign: sign++ };
    else if (sign < signs.length && (signs[sign] === "_" || signs[sign] === letters[at])) {
      at += 1;
      sign += 1;
    } else if (open) {
      at = ++open.at;
      sign = open.sign + 1;
    } else return false;
  }
  return signs.slice(sign).every((rest) => rest === "%");
}

function like(call: Call, lookup: Lookup): Share {
  const [value, pattern, escape] = call.args;
  const facts = value && factsOf(value, lookup);
  const text = pattern && constantOf(pattern);
  if (!facts || text === undefined || escape || !isComplete(facts)) return assumed(defaults.like);
  const fold = (given: string): string => (call.name === "ilike" ? given.toLowerCase() : given);
  return known([...facts.top].reduce((sum, [key, share]) => sum + (isLike(fold(key), fold(text)) ? share : 0), 0));
}

/** True of the rows where a test is not, null aside. */
function otherwise(found: Share, nulls: number): Share {
  return { share: Math.max(0, 1 - nulls - found.share), basis: found.basis };
}

const nullsOf = (value: Typed | undefined, lookup: Lookup): number => (value && factsOf(value, lookup)?.nulls) ?? 0;

function nullTest(call: Call, lookup: Lookup): Share {
  const facts = call.args[0] && factsOf(call.args[0], lookup);
  if (!facts) return assumed(call.name === "is null" ? defaults.equality : 1 - defaults.equality);
  return known(call.name === "is null" ? facts.nulls : 1 - facts.nulls);
}

function both(call: Call, lookup: Lookup): Share {
  const parts = call.args.map((arg) => shareOf(arg, lookup));
  const basis = weakest("profile", ...parts.map((part) => part.basis));
  if (call.name === "and") return { share: parts.reduce((product, { share }) => product * share, 1), basis };
  return { share: 1 - parts.reduce((product, { share }) => product * (1 - share), 1), basis };
}

const ordered = (call: Call, lookup: Lookup): Share => {
  const [one, other] = call.args;
  return one && other ? range(call.name, one, other, lookup) : assumed(defaults.range);
};

const rules: Readonly<Record<string, (call: Call, lookup: Lookup) => Share>> = {
  "<": ordered,
  "<=": ordered,
  ">": ordered,
  ">=": ordered,
  and: both,
  or: both,
  not: ({ args: [arg] }, lookup) => (arg ? otherwise(shareOf(arg, lookup), nullsOf(columnIn(arg), lookup)) : assumed(defaults.other)),
  "=": ({ args: [one, other] }, lookup) => (one && other ? equality(one, other, lookup) : assumed(defaults.equality)),
  "<>": ({ args: [one, other] }, lookup) => (one && other ? otherwise(equality(one, other, lookup), nullsOf(one, lookup)) : assumed(1 - defaults.equality)),
  between,
  "not between": (call, lookup) => otherwise(between(call, lookup), nullsOf(call.args[0], lookup)),
  in: inList,
  "not in": (call, lookup) => otherwise(inList(call, lookup), nullsOf(call.args[0], lookup)),
  like: (call, lookup) => (call.template.includes("NOT ") ? otherwise(like(call, lookup), nullsOf(call.args[0], lookup)) : like(call, lookup)),
  ilike: (call, lookup) => (call.template.includes("NOT ") ? otherwise(like(call, lookup), nullsOf(call.args[0], lookup)) : like(call, lookup)),
  "is null": nullTest,
  "is not null": nullTest,
};

/** The column that a simple test looks at. */
function columnIn(value: Typed): Typed | undefined {
  return value.op === "call" ? value.args.map(unwrap).find((arg) => arg.op === "column") : unwrap(value);
}

/** Estimates the share of rows that pass, taking tests of different columns for independent. */
export function shareOf(predicate: Typed, lookup: Lookup): Share {
  const bare = unwrap(predicate);
  if (bare.op === "literal") return { share: bare.value === "true" ? 1 : 0, basis: "counted" };
  if (bare.op === "column") {
    const facts = factsOf(bare, lookup);
    return facts && facts.top.size > 0 ? known(facts.top.get("true") ?? 0) : assumed(1 / 2);
  }
  const rule = bare.op === "call" ? rules[bare.name] : undefined;
  return rule && bare.op === "call" ? rule(bare, lookup) : assumed(defaults.other);
}

/** The parts of a condition that all hold. */
export function conjunctsOf(predicate: Typed): readonly Typed[] {
  return predicate.op === "call" && predicate.name === "and" ? predicate.args.flatMap(conjunctsOf) : [predicate];
}
