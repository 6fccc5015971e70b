import type { Ast } from "../ast.ts";
import { createChecking } from "../check.ts";
import { demand } from "../check-shared.ts";
import type { ExpressionFault, Place } from "../fault.ts";
import { placeAt } from "../fault.ts";
import type { Parsed } from "../parser.ts";
import { parseExpression } from "../parser.ts";
import type { CallPlace, Report, Scope } from "../scope.ts";
import { lookUp } from "../scope.ts";
import type { Typed } from "../typed.ts";
import { isRandom } from "../typed.ts";
import type { DataType } from "../types.ts";
import { types } from "../types.ts";
import type { Item, PlanColumn, Relation, SortKey } from "./relation.ts";
import { byName, columnValue, physicalColumns, planColumn, rowNumber, scopeColumns } from "./relation.ts";

/** What building one operator needs from around it. */
export interface PlanContext {
  /** JSON Pointer of the operator's value, `/steps/clean/do/0/filter`. */
  readonly path: string;
  readonly step: string;
  readonly parameters: ReadonlyMap<string, DataType>;
  /** Reports a fault; `place` is inside the text at that path. */
  readonly report: (path: string, code: string, message: string, place?: Place) => void;
  readonly warn: (path: string, code: string, message: string) => void;
  /** Another input of the step by name; undefined when it is unknown or itself faulty (already reported). */
  readonly input: (name: string, path: string) => Relation | undefined;
}

export { pointer } from "@rivergen/contracts";

/** Text as documents give it: numbers and truth values are written bare in YAML. */
export type ExpressionText = string | number | boolean;

export const unknownValue: Typed = { op: "literal", value: null, type: types.unknown, nullable: true, at: 0 };

/** Reports faults of a text at a path. */
export function reporter(context: PlanContext, path: string, text: string): Report {
  return (code, message, at) => context.report(path, code, message, placeAt(text, at));
}

export function reportFault(context: PlanContext, path: string, fault: ExpressionFault): void {
  context.report(path, fault.code, fault.message, fault.place);
}

/** Parses and checks one expression; faults are reported, and the value is then of unknown type. */
export function expression(context: PlanContext, path: string, given: ExpressionText, scope: Scope): Typed {
  const text = String(given);
  const parsed: Parsed<Ast> = parseExpression(text);
  if (!parsed.ok) {
    reportFault(context, path, parsed.fault);
    return unknownValue;
  }
  return createChecking(scope, reporter(context, path, text)).check(parsed.value);
}

/** An expression that must be true or false. */
export function predicate(context: PlanContext, path: string, given: ExpressionText, scope: Scope, what: string): Typed {
  const text = String(given);
  const value = expression(context, path, given, scope);
  const report = reporter(context, path, text);
  return demand({ scope, report, check: () => unknownValue }, value, types.boolean, what);
}

export function scopeOf(context: PlanContext, relation: Relation, place: CallPlace = "scalar"): Scope {
  return { columns: scopeColumns(relation), parameters: context.parameters, place };
}

/** A column by name as it stands in a list or key; reports and gives undefined when there is none. */
export function findColumn(context: PlanContext, path: string, relation: Relation, name: string): PlanColumn | undefined {
  const result = lookUp(relation.columns, name);
  if ("found" in result) return result.found;
  context.report(path, result.code, result.message);
  return undefined;
}

/** Refuses names that an engine could not keep apart, and names nobody can write. */
export function checkNames(context: Pick<PlanContext, "report">, path: string, names: readonly string[]): void {
  const seen = new Map<string, string>();
  for (const name of names) {
    const earlier = seen.get(name.toLowerCase());
    if (earlier !== undefined) {
      const how = earlier === name ? `two columns are called ${name}` : `the columns ${earlier} and ${name} differ in capitals only`;
      context.report(path, "DUPLICATE_COLUMN", `${how}: rename one`);
    }
    seen.set(name.toLowerCase(), name);
    if (name === "" || name.length > 255 || /\p{Cc}/u.test(name) || name.startsWith("__river_")) {
      context.report(path, "INVALID_COLUMN_NAME", "a column's name has 1 to 255 characters, no control characters, and does not begin with __river_");
    }
  }
}

/** The relation with its rows numbered, where one of the values draws random numbers. */
export function withRowNumbers(relation: Relation, values: readonly Typed[]): Relation {
  if (!values.some(isRandom)) return relation;
  const number: PlanColumn = { name: rowNumber, type: types.integer, nullable: false, labels: [], origins: [] };
  const { columns, influences, order, step, path } = relation;
  return {
    kind: "number",
    from: relation,
    columns,
    influences,
    order,
    step,
    path,
    hidden: [...relation.hidden.filter((column) => column.name !== rowNumber), number],
  };
}

/** Carries the keys of the present order through a projection, hidden where it does not show them. */
function keepOrder(relation: Relation, items: readonly Item[]): { order: SortKey[]; hidden: Item[] } {
  const hidden: Item[] = [];
  const order = relation.order.map((key) => {
    const shown = items.find((item) => item.value.op === "column" && item.value.name === key.column);
    if (shown) return { ...key, column: shown.name };
    const column = physicalColumns(relation).find((candidate) => candidate.name === key.column);
    if (!column) throw new Error("an order names a column of its relation");
    const taken = new Set([...items, ...hidden].map((item) => item.name));
    let name = key.column.startsWith("__river_order_") ? key.column : `__river_order_${hidden.length}`;
    while (taken.has(name)) name += "_";
    hidden.push({ name, value: columnValue(column) });
    return { ...key, column: name };
  });
  return { order, hidden };
}

const isUntyped = (type: DataType): boolean => type.kind === "null" || (type.kind === "list" && isUntyped(type.element));

/** A column has a type: a bare null has none. */
export function refuseUntyped(context: PlanContext, items: readonly Item[]): void {
  for (const { name, value } of items) {
    if (isUntyped(value.type)) context.report(context.path, "UNTYPED_NULL", `${name} has no type: write cast(null as …)`);
  }
}

/** Columns computed from each row, in place of the input's; the order of the rows stays. */
export function project(context: PlanContext, input: Relation, items: readonly Item[]): Relation {
  const from = withRowNumbers(
    input,
    items.map((item) => item.value),
  );
  refuseUntyped(context, items);
  const { order, hidden } = keepOrder(from, items);
  const sides = { input: byName(from) };
  return {
    kind: "project",
    from,
    items: [...items, ...hidden],
    columns: items.map((item) => planColumn(item.name, item.value, sides)),
    hidden: hidden.map((item) => planColumn(item.name, item.value, sides)),
    influences: from.influences,
    order,
    step: context.step,
    path: context.path,
  };
}
