import { isLookup } from "../catalog/join-graph.ts";
import type { Path } from "../catalog/join-graph.ts";
import type { Condition } from "../frame/types.ts";
import type { Comparison, Right } from "../lattice/types.ts";
import { all, column as columnExpression, compare, both, inPeriod, isOneOf, map, not, quoteText, snake, textTest } from "../plan/expressions.ts";
import { describePeriod } from "../plan/periods.ts";
import type { Existence, Expression, Origin, Predicate, Ref, Single } from "../plan/types.ts";
import { resolveColumn, resolveTime } from "./resolver.ts";
import { inColumnUnit } from "./units.ts";
import type { Resolved, Resolver } from "./resolver.ts";

/** A condition with its column decided. */
interface Grounded {
  readonly ref: Ref;
  readonly expression: Expression;
  readonly origin: Origin;
  readonly condition: Condition;
  readonly single?: Single;
  /** Stored values, for joining conditions on one column. */
  readonly values?: readonly string[];
  readonly negated: boolean;
}

type Builder = (resolver: Resolver, condition: Condition) => Grounded | undefined;

const origin = (resolver: Resolver, condition: Condition, meaning: string): Origin => ({
  start: condition.fragment.start,
  end: condition.fragment.end,
  meaning,
});

const valueCondition: Builder = (resolver, condition) => {
  if (condition.fragment.type !== "value") return undefined;
  const { mention } = condition.fragment;
  const found = resolveColumn(resolver, mention, mention.candidates, condition.words);
  if (found === undefined) return undefined;
  const candidate = mention.candidates.find(({ table, column }) => table === found.candidate.table && column === found.candidate.column)!;
  const expression = isOneOf(columnExpression(found.ref), candidate.values, candidate.mode, condition.negated);
  const shown =
    candidate.mode === "is"
      ? `${condition.negated ? "is not" : "is"} ${candidate.values.slice(0, 3).join(" or ")}`
      : `${candidate.mode === "starts" ? "starts with" : "contains"} ${candidate.values[0]}`;
  const values = candidate.mode === "is" ? { values: candidate.values } : {};
  return { ref: found.ref, expression, origin: origin(resolver, condition, `${found.column.name} ${shown}`), condition, negated: condition.negated, ...values };
};

const flipped: Readonly<Record<Comparison, Comparison>> = { "=": "<>", "<>": "=", "<": ">=", "<=": ">", ">": "<=", ">=": "<" };

/** Numbers compared with a column of text are compared as text; percentages with shares between 0 and 1. */
const literalFor = (found: Resolved, right: Extract<Right, { kind: "number" }>): string => {
  if (found.column.kind === "text") return quoteText(String(right.value));
  const scaled = right.percent && Number(found.column.source.max ?? 2) <= 1 ? right.value / 100 : right.value;
  return String(scaled);
};

const compareCondition: Builder = (resolver, condition) => {
  const { fragment } = condition;
  if (fragment.type !== "compare" || fragment.left?.kind !== "column") return undefined;
  const found = resolveColumn(resolver, fragment.left, fragment.left.candidates, condition.words, condition.near);
  if (found === undefined) return undefined;
  const op = condition.negated ? flipped[fragment.op] : fragment.op;
  const { right } = fragment;
  if (right.kind === "number") return numberComparison(resolver, condition, found, right, op, fragment.upper);
  if (right.kind === "column") return columnComparison(resolver, condition, found, right, op);
  return singleComparison(resolver, condition, found, right, op);
};

/** Names have no size: only text that spells numbers is more or less than one. */
const holdsNumbers = ({ source }: Resolved["column"]): boolean => source.values.length === 0 || source.values.some(({ value }) => /^\s*-?\d/.test(value));

type NumberRight = Extract<Right, { kind: "number" }>;

/** One number, any of several, or a range. */
const numberTest = (found: Resolved, right: NumberRight, op: Comparison, upper: number | undefined, negated: boolean): { text: string; meaning: string } => {
  if (right.others !== undefined && (op === "=" || op === "<>")) {
    const list = [right.value, ...right.others].join(", ");
    return { text: `${op === "=" ? "in" : "not in"} (${list})`, meaning: `is one of ${list}` };
  }
  if (upper !== undefined) return { text: `${negated ? "not " : ""}between ${right.value} and ${upper}`, meaning: `between ${right.value} and ${upper}` };
  return { text: `${op} ${literalFor(found, right)}`, meaning: `${op} ${literalFor(found, right)}` };
};

/** The number in the column's unit; a unit that the column is not known to be in makes the reading doubtful. */
const scaledRight = (resolver: Resolver, found: Resolved, right: NumberRight, upper: number | undefined): { right: NumberRight; upper: number | undefined } => {
  const low = inColumnUnit(found.column, right.value, right.unit);
  if (low.foreign) resolver.cost += 1.2;
  if (low.assumed !== undefined) resolver.assumptions.add(low.assumed);
  const high = upper === undefined ? undefined : inColumnUnit(found.column, upper, right.unit).value;
  return { right: { ...right, value: low.value }, upper: high };
};

const numberComparison = (
  resolver: Resolver,
  condition: Condition,
  found: Resolved,
  said: NumberRight,
  op: Comparison,
  saidUpper: number | undefined,
): Grounded | undefined => {
  if (found.column.kind === "text" && op !== "=" && op !== "<>" && !holdsNumbers(found.column)) {
    resolver.failed = true;
    return undefined;
  }
  const { right, upper } = scaledRight(resolver, found, said, saidUpper);
  const test = numberTest(found, right, op, upper, condition.negated);
  const expression = map(columnExpression(found.ref), (inner) => `${inner} ${test.text}`);
  return { ref: found.ref, condition, negated: condition.negated, expression, origin: origin(resolver, condition, `${found.column.name} ${test.meaning}`) };
};

const columnComparison = (
  resolver: Resolver,
  condition: Condition,
  found: Resolved,
  right: Extract<Right, { kind: "column" }>,
  op: Comparison,
): Grounded | undefined => {
  const other = resolveColumn(
    resolver,
    right,
    right.candidates.filter((candidate) => candidate.column !== found.candidate.column || candidate.table !== found.candidate.table),
  );
  if (other === undefined) return undefined;
  const expression = both(
    columnExpression(found.ref),
    columnExpression(other.ref),
    (a, b) => `${a} ${op} ${right.factor === undefined ? "" : `${right.factor} * `}${b}`,
  );
  return {
    ref: found.ref,
    expression,
    origin: origin(resolver, condition, `${found.column.name} ${op} ${other.column.name}`),
    condition,
    negated: condition.negated,
  };
};

/** Compared with a number that is worked out first: an average, or the row of a named thing. */
const singleComparison = (resolver: Resolver, condition: Condition, found: Resolved, right: Right, op: Comparison): Grounded | undefined => {
  if ((right.kind !== "aggregate" && right.kind !== "row") || found.column.kind === "text") return undefined;
  const inner = (condition.inner ?? []).map((item) => groundCondition(resolver, item)).filter((item) => item !== undefined);
  const row = right.kind === "row" ? valueOfRow(resolver, right.value, condition) : undefined;
  if (right.kind === "row" && row === undefined) return undefined;
  const fn = right.kind === "aggregate" ? right.fn : "max";
  const name = snake(`${fn}_${found.column.name}_to_compare`);
  const single: Single = { name, fn, of: found.ref, where: [...inner.map((item) => item.expression), ...(row === undefined ? [] : [row])] };
  const expression: Expression = map(columnExpression(found.ref), (left) => `${left} ${op} ${name}`);
  return {
    ref: found.ref,
    expression,
    origin: origin(resolver, condition, `${found.column.name} ${op} ${fn}(${found.column.name})`),
    condition,
    negated: condition.negated,
    single,
  };
};

const valueOfRow = (resolver: Resolver, value: Extract<Right, { kind: "row" }>["value"], condition: Condition): Expression | undefined => {
  const found = resolveColumn(resolver, value, value.candidates, condition.words);
  const candidate = value.candidates.find(({ table, column }) => table === found?.candidate.table && column === found.candidate.column);
  return found === undefined || candidate === undefined ? undefined : isOneOf(columnExpression(found.ref), candidate.values, candidate.mode, false);
};

const textCondition: Builder = (resolver, condition) => {
  const { fragment } = condition;
  if (fragment.type !== "text" || fragment.left === undefined) return undefined;
  const found = resolveColumn(resolver, fragment.left, fragment.left.candidates, condition.words);
  if (found === undefined) return undefined;
  const expression = textTest(columnExpression(found.ref), fragment.test, fragment.text, condition.negated);
  return {
    ref: found.ref,
    expression,
    origin: origin(resolver, condition, `${found.column.name} ${fragment.test} ${fragment.text}`),
    condition,
    negated: condition.negated,
  };
};

/** Texts that stand for the absence of a value. */
const saysNothing = /^(none|no|nil|n\/a|na|not available|unknown|-)$/i;

/** "without rain": of a number that is always there nothing means zero, if it is ever zero. */
const canBeZero = ({ kind, isKey, source }: Resolved["column"]): boolean =>
  kind === "number" && !isKey && Number(source.min ?? 0) <= 0 && Number(source.max ?? 0) >= 0;

/** How the absence of a value is told from the values of a column; undefined when every row has one. */
const absenceOf = ({ ref, column }: Resolved, isNull: boolean): { readonly expression: Expression; readonly meaning: string } | undefined => {
  const own = columnExpression(ref);
  const complete = column.source.nullCount === 0;
  const none = column.source.values.filter(({ value }) => saysNothing.test(value)).map(({ value }) => value);
  if (none.length > 0 && complete) return { expression: isOneOf(own, none, "is", !isNull), meaning: `is ${isNull ? "" : "not "}${none.join(" or ")}` };
  if (isNull && complete) return canBeZero(column) ? { expression: compare(own, "=", "0"), meaning: "= 0" } : undefined;
  return { expression: map(own, (inner) => `${inner} is ${isNull ? "" : "not "}null`), meaning: `is ${isNull ? "" : "not "}null` };
};

const nullCondition: Builder = (resolver, condition) => {
  const { fragment, negated } = condition;
  if (fragment.type !== "null") return undefined;
  const found = resolveColumn(resolver, fragment.left, fragment.left.candidates, condition.words);
  if (found === undefined) return undefined;
  resolver.cost += Math.max(0, 1 - found.candidate.score);
  const absence = absenceOf(found, fragment.isNull !== negated);
  if (absence === undefined) return undefined;
  return { ref: found.ref, expression: absence.expression, origin: origin(resolver, condition, `${found.column.name} ${absence.meaning}`), condition, negated };
};

const periodCondition: Builder = (resolver, condition) => {
  const { fragment } = condition;
  if (fragment.type !== "period") return undefined;
  const { period } = fragment.reading;
  const yearly = period.kind === "range" && (period.grain === "year" || period.grain === "decade");
  const found =
    fragment.column === undefined
      ? resolveTime(resolver, fragment, yearly, [...condition.words, ...resolver.verbs])
      : resolveColumn(resolver, fragment.column, fragment.column.candidates, condition.words);
  if (found === undefined) return undefined;
  if (found.column.isYear && !yearly) {
    resolver.failed = true;
    return undefined;
  }
  const plain = inPeriod(columnExpression(found.ref), found.column, period);
  return {
    ref: found.ref,
    expression: condition.negated ? not(plain) : plain,
    origin: origin(resolver, condition, `${found.column.name} ${describePeriod(period)}`),
    condition,
    negated: condition.negated,
  };
};

const builders: Readonly<Record<Condition["fragment"]["type"], Builder>> = {
  value: valueCondition,
  compare: compareCondition,
  text: textCondition,
  null: nullCondition,
  period: periodCondition,
};

/** Decides the column of a condition and prints it; undefined when it cannot be reached. */
const groundCondition = (resolver: Resolver, condition: Condition): Grounded | undefined => {
  const grounded = builders[condition.fragment.type](resolver, condition);
  if (grounded === undefined) resolver.failed = true;
  return grounded;
};

const sameRef = (a: Ref, b: Ref): boolean =>
  a.table === b.table &&
  a.column === b.column &&
  a.path.length === b.path.length &&
  a.path.every((hop, at) => hop.role === b.path[at]!.role && hop.to === b.path[at]!.to);

/** Values of one column side by side are alternatives; other conditions joined by `or` too. */
const merge = (items: readonly Grounded[]): Grounded[] => {
  const merged: Grounded[] = [];
  for (const item of items) {
    const last = merged.at(-1);
    if (last === undefined || !(areListed(last, item) || item.condition.or || areApart(last, item))) merged.push(item);
    else merged[merged.length - 1] = either(last, item);
  }
  return merged;
};

/** Two sets of values of one column, unless both are demanded of related rows. */
const areListed = (last: Grounded, item: Grounded): boolean => {
  const each = item.condition.both === true && !isLookup(item.ref.path);
  return !each && last.values !== undefined && item.values !== undefined && sameRef(last.ref, item.ref) && last.negated === item.negated;
};

/** Two times that exclude one another can only be alternatives: "in 2000 and 2001". */
const areApart = (last: Grounded, item: Grounded): boolean => {
  const [a, b] = [last.condition.fragment, item.condition.fragment];
  if (a.type !== "period" || b.type !== "period" || !sameRef(last.ref, item.ref)) return false;
  const [x, y] = [a.reading.period, b.reading.period];
  if (x.kind !== "range" || y.kind !== "range") return x.kind === y.kind;
  return (x.to !== null && y.from !== null && x.to <= y.from) || (y.to !== null && x.from !== null && y.to <= x.from);
};

const either = (last: Grounded, item: Grounded): Grounded => {
  const values = areListed(last, item) ? [...last.values!, ...item.values!] : undefined;
  const expression = values === undefined ? all([last.expression, item.expression], "or") : isOneOf(columnExpression(item.ref), values, "is", item.negated);
  const single = last.single ?? item.single;
  return {
    ref: last.ref,
    condition: last.condition,
    negated: last.negated,
    expression,
    origin: { start: last.origin.start, end: item.origin.end, meaning: `${last.origin.meaning} or ${item.origin.meaning}` },
    ...(values === undefined ? {} : { values }),
    ...(single === undefined ? {} : { single }),
  };
};

export interface Sorted {
  readonly where: Predicate[];
  readonly exists: Existence[];
  /** Columns with several values of interest. */
  readonly compared: readonly Grounded[];
}

const limitsOf = ({ condition: { fragment, negated } }: Grounded): { readonly low: number; readonly high: number } | undefined => {
  if (fragment.type !== "compare" || fragment.right.kind !== "number" || fragment.upper !== undefined || negated || fragment.right.unit !== undefined)
    return undefined;
  const { value } = fragment.right;
  if (fragment.op === ">" || fragment.op === ">=") return { low: value, high: Infinity };
  return fragment.op === "<" || fragment.op === "<=" ? { low: -Infinity, high: value } : undefined;
};

/** "above 40 and below 30" of one row: each is said of a row of its own, which one pass over the rows cannot tell. */
const isImpossible = (items: readonly Grounded[]): boolean =>
  items.some((a) => items.some((b) => sameRef(a.ref, b.ref) && (limitsOf(a)?.low ?? -Infinity) > (limitsOf(b)?.high ?? Infinity)));

const firstFan = (path: Path): Path => path.slice(0, path.findIndex((hop) => !hop.forward) + 1);

/** Conditions on the row itself, and conditions that some related row must meet. */
export const sortConditions = (resolver: Resolver, conditions: readonly Condition[], joined: readonly Ref[]): Sorted => {
  if (conditions.some((condition) => condition.both === true && condition.fragment.type === "value")) resolver.cost += 0.6;
  const grounded = merge(conditions.map((condition) => groundCondition(resolver, condition)).filter((item) => item !== undefined));
  if (isImpossible(grounded)) resolver.failed = true;
  const where: Predicate[] = [];
  const exists = new Map<string, { path: Path; where: Expression[]; negated: boolean; origin: Origin }>();
  for (const item of grounded) {
    const shared = joined.some(
      (ref) => ref.path.length >= item.ref.path.length && item.ref.path.every((hop, at) => hop.role === ref.path[at]!.role && hop.to === ref.path[at]!.to),
    );
    if (isLookup(item.ref.path) || shared) {
      where.push({
        expression: item.expression,
        origin: item.origin,
        late: item.condition.late,
        ...(item.single === undefined ? {} : { single: item.single }),
      });
      continue;
    }
    if (item.single !== undefined) resolver.failed = true;
    const path = firstFan(item.ref.path);
    const key = `${item.condition.both === true ? item.origin.start : ""}${item.negated}:${path.map((hop) => `${hop.role}>${hop.to}`).join(" ")}`;
    const positive = item.negated ? positiveOf(resolver, item) : item.expression;
    const known = exists.get(key);
    if (known === undefined) exists.set(key, { path, where: [positive], negated: item.negated, origin: item.origin });
    else known.where.push(positive);
  }
  return { where, exists: [...exists.values()], compared: grounded.filter((item) => (item.values?.length ?? 0) > 1) };
};

const positiveOf = (resolver: Resolver, item: Grounded): Expression =>
  groundCondition(resolver, { ...item.condition, negated: false })?.expression ?? item.expression;
