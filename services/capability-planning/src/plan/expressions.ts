import type { Comparison, GrainName } from "../lattice/types.ts";
import type { CatalogColumn } from "../catalog/compile-catalog.ts";
import type { Period } from "./periods.ts";
import type { Expression, Ref } from "./types.ts";

const plainName = /^[a-z][a-z0-9_]*$/;
const reserved = new Set(
  "all and any as asc between by case cast cross date day desc distinct div else end exists extract false filter first following from full group having hour in inner interval is join last left like limit lag lead max min minute mod month not null nulls of on or order outer over partition preceding quarter range right row rows second select sum table then time timestamp to true try_cast union using values week when where window with year zone count avg median rank at current default user".split(
    " ",
  ),
);

/** A column name as expressions spell it. */
export const quoteName = (name: string): string => (plainName.test(name) && !reserved.has(name) ? name : `"${name.replaceAll('"', '""')}"`);
export const quoteText = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** A readable snake_case name. */
export const snake = (text: string): string => {
  const plain = text
    .replaceAll(/(\p{Ll}|\d)(\p{Lu})/gu, "$1_$2")
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "_")
    .replaceAll(/^_+|_+$/g, "");
  return /^[a-z]/.test(plain) ? plain.slice(0, 60) : `column_${plain}`.replace(/_$/, "");
};

export const column = (ref: Ref): Expression => ({ refs: [ref], print: (name) => quoteName(name(ref)) });

export const map = (expression: Expression, print: (inner: string) => string): Expression => ({
  refs: expression.refs,
  print: (name) => print(expression.print(name)),
});

export const both = (left: Expression, right: Expression, print: (left: string, right: string) => string): Expression => ({
  refs: [...left.refs, ...right.refs],
  print: (name) => print(left.print(name), right.print(name)),
});

export const all = (parts: readonly Expression[], word: "and" | "or"): Expression => ({
  refs: parts.flatMap((part) => part.refs),
  print: (name) => parts.map((part) => (parts.length > 1 ? `(${part.print(name)})` : part.print(name))).join(` ${word} `),
});

export const not = (expression: Expression): Expression => map(expression, (inner) => `not (${inner})`);

export const compare = (left: Expression, op: Comparison, right: string): Expression => map(left, (inner) => `${inner} ${op} ${right}`);

/** The stored values of a column, or a part of its text. */
export const isOneOf = (left: Expression, values: readonly string[], mode: "is" | "starts" | "contains", negated: boolean): Expression => {
  if (mode !== "is") return textTest(left, mode, values[0]!, negated);
  if (values.length === 1) return map(left, (inner) => `${inner} ${negated ? "<>" : "="} ${quoteText(values[0]!)}`);
  return map(left, (inner) => `${inner} ${negated ? "not in" : "in"} (${values.map(quoteText).join(", ")})`);
};

const escapeLike = (text: string): string => text.replaceAll(/[%_]/g, "_");

export const textTest = (left: Expression, test: "contains" | "starts" | "ends", text: string, negated: boolean): Expression => {
  const pattern = `${test === "starts" ? "" : "%"}${escapeLike(text.toLowerCase())}${test === "ends" ? "" : "%"}`;
  return map(left, (inner) => `lower(${inner}) ${negated ? "not like" : "like"} ${quoteText(pattern)}`);
};

const weekdayNames = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/** The name of the day of week. */
export const weekdayName = (left: Expression): Expression =>
  map(left, (inner) => `case ${weekdayNames.map((day, at) => `when extract(isodow from ${inner}) = ${at + 1} then '${day}'`).join(" ")} end`);

/** The unit of time that a moment belongs to: the first day of its month, its year, its weekday (1 Monday). */
export const grainOf = (left: Expression, grain: GrainName, target: CatalogColumn): Expression => {
  if (target.isYear) return grain === "decade" ? map(left, (inner) => `${inner} - mod(${inner}, 10)`) : left;
  if (grain === "year") return map(left, (inner) => `extract(year from ${inner})`);
  if (grain === "decade") return map(left, (inner) => `extract(year from ${inner}) - mod(extract(year from ${inner}), 10)`);
  if (grain === "weekday") return map(left, (inner) => `extract(isodow from ${inner})`);
  if (grain === "hour" || grain === "minute") return map(left, (inner) => `extract(${grain} from ${inner})`);
  if (grain === "monthName") return map(left, (inner) => `extract(month from ${inner})`);
  if (grain === "day") return target.kind === "date" ? left : map(left, (inner) => `cast(${inner} as date)`);
  return map(left, (inner) => `cast(date_trunc('${grain === "half" ? "quarter" : grain}', ${inner}) as date)`);
};

/** Whether a moment lies in a period. */
export const inPeriod = (left: Expression, target: CatalogColumn, period: Period): Expression => {
  if (period.kind === "recurring") return recurring(left, period);
  const literal = (day: string): string =>
    target.isYear ? String(Number(day.slice(0, 4))) : target.kind === "timestamp" ? `timestamp '${day} 00:00:00'` : `date '${day}'`;
  if (
    target.isYear &&
    period.grain === "year" &&
    period.from !== null &&
    period.to !== null &&
    Number(period.to.slice(0, 4)) === Number(period.from.slice(0, 4)) + 1
  )
    return map(left, (inner) => `${inner} = ${literal(period.from!)}`);
  const bounds = [
    period.from === null ? [] : [(inner: string) => `${inner} >= ${literal(period.from!)}`],
    period.to === null ? [] : [(inner: string) => `${inner} < ${literal(period.to!)}`],
  ].flat();
  return map(left, (inner) => bounds.map((bound) => bound(inner)).join(" and "));
};

const recurring = (left: Expression, period: Extract<Period, { kind: "recurring" }>): Expression => {
  const part = { month: "month", quarter: "quarter", weekday: "isodow", weekend: "isodow", monthday: "day", hour: "hour" }[period.part];
  const list = period.values.join(", ");
  return map(left, (inner) => `extract(${part} from ${inner}) ${period.values.length === 1 ? `= ${list}` : `in (${list})`}`);
};
