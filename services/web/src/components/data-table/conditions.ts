import { toPlainText } from "./format-cell.ts";
import { type ColumnKind, kindOf, type TableColumn, type TableRow } from "./row-source.ts";

export type Operator =
  | "contains"
  | "lacks"
  | "starts"
  | "equals"
  | "differs"
  | "above"
  | "from"
  | "below"
  | "to"
  | "between"
  | "true"
  | "false"
  | "empty"
  | "filled";

/** What one column's values must be like. */
export interface Condition {
  readonly column: string;
  readonly operator: Operator;
  /** What it is compared with, as it was typed; two values for `between`, none where nothing is compared. */
  readonly values: readonly string[];
}

export interface SortKey {
  readonly column: string;
  readonly descending: boolean;
}

const ordered: readonly Operator[] = ["equals", "differs", "above", "from", "below", "to", "between", "empty", "filled"];
const operators: Readonly<Record<ColumnKind, readonly Operator[]>> = {
  text: ["contains", "lacks", "starts", "equals", "differs", "empty", "filled"],
  number: ordered,
  date: ordered,
  time: ordered,
  timestamp: ordered,
  timestamptz: ordered,
  boolean: ["true", "false", "empty", "filled"],
  other: ["empty", "filled"],
};

/** What can be asked of a column, the most usual first. */
export const operatorsOf = (kind: ColumnKind): readonly Operator[] => operators[kind];

/** How many values an operator compares with. */
export const arity = (operator: Operator): number => (operator === "between" ? 2 : ["true", "false", "empty", "filled"].includes(operator) ? 0 : 1);

const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`;
const text = (value: string): string => `'${value.replaceAll("'", "''")}'`;
const number = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;
const day = /^\d{4}-\d{2}-\d{2}$/;

/** A typed value as a literal of the expression language; undefined where it is no such value. */
export function toLiteral(kind: ColumnKind, value: string): string | undefined {
  const plain = value.trim();
  switch (kind) {
    case "number":
      return number.test(plain)
        ? plain
            .replace(/^\+/, "")
            .replace(/^(-?)\./, "$10.")
            .replace(/\.(?=e|$)/i, "")
        : undefined;
    case "date":
      return day.test(plain) ? `date '${plain}'` : undefined;
    case "time":
      return /^\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?$/.test(plain) ? `time '${plain.length === 5 ? `${plain}:00` : plain}'` : undefined;
    case "timestamp":
    case "timestamptz":
      return toInstant(kind, plain);
    default:
      return text(value);
  }
}

function toInstant(kind: "timestamp" | "timestamptz", value: string): string | undefined {
  const found = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(:\d{2}(?:\.\d{1,6})?)?)?$/.exec(value);
  if (!found) return undefined;
  return `${kind} '${found[1]} ${found[2] ?? "00:00"}${found[3] ?? ":00"}${kind === "timestamptz" ? "+00" : ""}'`;
}

/** Whether every value can be compared with the column. */
export function isComplete({ operator, values }: Condition, kind: ColumnKind): boolean {
  const wanted = values.slice(0, arity(operator));
  return wanted.length === arity(operator) && wanted.every((value) => (kind === "text" ? value !== "" : toLiteral(kind, value) !== undefined));
}

type Print = (name: string, first: string, second: string, kind: ColumnKind) => string;
const prints: Readonly<Record<Operator, Print>> = {
  contains: (name, first) => `contains(lower(${name}), lower(${first}))`,
  lacks: (name, first) => `(${name} is null or not contains(lower(${name}), lower(${first})))`,
  starts: (name, first) => `starts_with(lower(${name}), lower(${first}))`,
  equals: (name, first) => `${name} = ${first}`,
  differs: (name, first) => `${name} is distinct from ${first}`,
  above: (name, first) => `${name} > ${first}`,
  from: (name, first) => `${name} >= ${first}`,
  below: (name, first) => `${name} < ${first}`,
  to: (name, first) => `${name} <= ${first}`,
  between: (name, first, second) => `${name} between ${first} and ${second}`,
  true: (name) => `${name} = true`,
  false: (name) => `${name} = false`,
  empty: (name, _first, _second, kind) => (kind === "text" ? `coalesce(${name}, '') = ''` : `${name} is null`),
  filled: (name, _first, _second, kind) => (kind === "text" ? `coalesce(${name}, '') <> ''` : `${name} is not null`),
};

function printCondition({ column, operator, values }: Condition, kind: ColumnKind): string {
  const [first = "", second = ""] = values.map((value) => toLiteral(kind, value) ?? "null");
  return prints[operator](quote(column), first, second, kind);
}

/** Conditions that must all hold, in the language of the API's `filter`; undefined for none. */
export function toFilter(conditions: readonly Condition[], columns: readonly TableColumn[]): string | undefined {
  const parts = conditions.map((condition) => printCondition(condition, kindOf(columns.find(({ name }) => name === condition.column)?.type ?? "")));
  return parts.length === 0 ? undefined : parts.join(" and ");
}

/** Keys as the API's `sort`; undefined for none. */
export function toSort(keys: readonly SortKey[]): string | undefined {
  return keys.length === 0 ? undefined : keys.map(({ column, descending }) => `${descending ? "-" : ""}${quote(column)}`).join(",");
}

/** The next state of a column's sort: ascending, descending, none. Without `add` other columns' are given up. */
export function nextSort(keys: readonly SortKey[], column: string, add: boolean): readonly SortKey[] {
  const present = keys.find((key) => key.column === column);
  const others = add ? keys.filter((key) => key.column !== column) : [];
  if (present?.descending) return others;
  const next = { column, descending: present !== undefined };
  return add && present ? keys.map((key) => (key === present ? next : key)) : [...others, next];
}

type Comparable = number | bigint | string | boolean;

function comparable(kind: ColumnKind, value: unknown): Comparable {
  if (kind !== "number") return typeof value === "boolean" ? value : typeof value === "string" ? value : JSON.stringify(value);
  if (typeof value === "string" && /^-?\d{16,}$/.test(value)) return BigInt(value);
  return Number(value);
}

/** Orders two values of a column, nulls last in both directions. */
export function compareValues(kind: ColumnKind, a: unknown, b: unknown, descending: boolean): number {
  if (a === null || a === undefined || b === null || b === undefined) return Number(a === null || a === undefined) - Number(b === null || b === undefined);
  const [left, right] = [comparable(kind, a), comparable(kind, b)];
  const order = left < right ? -1 : left > right ? 1 : 0;
  return descending ? -order : order;
}

function holds({ operator, values }: Condition, kind: ColumnKind, value: unknown): boolean {
  const isEmpty = value === null || value === undefined || (kind === "text" && value === "");
  if (operator === "empty") return isEmpty;
  if (operator === "filled") return !isEmpty;
  if (value === null || value === undefined) return operator === "lacks" || operator === "differs";
  const lower = toPlainText(value).toLowerCase();
  const [first = "", second = ""] = kind === "text" ? values : values.map((each) => toPlain(kind, each));
  const compare = (other: string): number => compareValues(kind, value, other, false);
  const tests: Readonly<Record<Exclude<Operator, "empty" | "filled">, () => boolean>> = {
    contains: () => lower.includes(first.toLowerCase()),
    lacks: () => !lower.includes(first.toLowerCase()),
    starts: () => lower.startsWith(first.toLowerCase()),
    equals: () => compare(first) === 0,
    differs: () => compare(first) !== 0,
    above: () => compare(first) > 0,
    from: () => compare(first) >= 0,
    below: () => compare(first) < 0,
    to: () => compare(first) <= 0,
    between: () => compare(first) >= 0 && compare(second) <= 0,
    true: () => value === true,
    false: () => value === false,
  };
  return tests[operator]();
}

/** A typed value in the spelling of the wire, so that it compares with values of rows. */
function toPlain(kind: ColumnKind, value: string): string {
  if (kind === "number") return value.trim();
  const literal = /'(.*)'/.exec(toLiteral(kind, value) ?? "")?.[1] ?? value;
  return kind === "timestamp" || kind === "timestamptz" ? literal.replace(" ", "T").replace("+00", "Z") : literal;
}

/** Rows that meet every condition, in order; for rows that are here already. */
export function selectRows(
  rows: readonly TableRow[],
  columns: readonly TableColumn[],
  conditions: readonly Condition[],
  keys: readonly SortKey[],
): readonly TableRow[] {
  const kind = (name: string): ColumnKind => kindOf(columns.find((column) => column.name === name)?.type ?? "");
  const tests = conditions.map((condition) => ({ condition, kind: kind(condition.column) }));
  const found = tests.length === 0 ? rows : rows.filter((row) => tests.every((test) => holds(test.condition, test.kind, row[test.condition.column])));
  if (keys.length === 0) return found;
  const orders = keys.map((key) => ({ ...key, kind: kind(key.column) }));
  return found.toSorted((a, b) => {
    for (const { column, descending, kind: by } of orders) {
      const order = compareValues(by, a[column], b[column], descending);
      if (order !== 0) return order;
    }
    return 0;
  });
}
