import { callOf } from "../check-shared.ts";
import { createChecking } from "../check.ts";
import { checkOrder } from "../check-calls.ts";
import { parseOrder } from "../parser.ts";
import type { Typed, TypedOrder } from "../typed.ts";
import { types } from "../types.ts";
import type { ExpressionText, PlanContext } from "./context.ts";
import { findColumn, pointer, predicate, reporter, reportFault, scopeOf, withRowNumbers } from "./context.ts";
import type { Origin, PlanColumn, Relation, SortKey } from "./relation.ts";
import { byName, columnValue, influencesOf, planColumn, uniqueOrigins } from "./relation.ts";

/** Calls that are never true of null, so that what passes is proven not null. */
const strict = new Set(["=", "<>", "<", "<=", ">", ">=", "is not null", "between", "in", "like", "ilike"]);

function provenColumns(typed: Typed): string[] {
  if (typed.op !== "call") return [];
  if (typed.name === "and") return typed.args.flatMap(provenColumns);
  if (!strict.has(typed.name)) return [];
  // A list may hold nulls beside the value that was found in it.
  return (typed.name === "in" ? typed.args.slice(0, 1) : typed.args).flatMap((arg) => {
    const inner = arg.op === "convert" ? arg.arg : arg;
    return inner.op === "column" ? [inner.name] : [];
  });
}

function keepRows(context: PlanContext, from: Relation, condition: Typed): Relation {
  const proven = new Set(provenColumns(condition));
  const prove = (column: PlanColumn): PlanColumn => (proven.has(column.name) ? { ...column, nullable: false } : column);
  const influences = uniqueOrigins([...from.influences, ...influencesOf(condition, { input: byName(from) }, "filter")]);
  return {
    kind: "filter",
    from,
    predicate: condition,
    columns: from.columns.map(prove),
    hidden: from.hidden.filter((column) => column.name !== "__river_row"),
    influences,
    order: from.order,
    step: context.step,
    path: context.path,
  };
}

export function filter(context: PlanContext, input: Relation, text: ExpressionText): Relation {
  const condition = predicate(context, context.path, text, scopeOf(context, input), "a filter");
  return keepRows(context, withRowNumbers(input, [condition]), condition);
}

/** Columns by name, each once. */
export function findColumns(context: PlanContext, path: string, input: Relation, names: readonly string[]): PlanColumn[] {
  const found = names.flatMap((name, index) => findColumn(context, pointer(path, index), input, name) ?? []);
  return found.filter((column, index) => found.indexOf(column) === index);
}

export function dropNulls(context: PlanContext, input: Relation, names: readonly string[] | "all"): Relation {
  const columns = names === "all" ? input.columns : findColumns(context, context.path, input, names);
  const tests = columns.map((column) => callOf("is not null", "(#1 IS NOT NULL)", [columnValue(column)], types.boolean, 0, false));
  const [first, ...rest] = tests;
  if (!first) return input;
  return keepRows(context, input, callOf("and", `(${tests.map((_, index) => `#${index + 1}`).join(" AND ")})`, [first, ...rest], types.boolean, 0, false));
}

interface Sorted {
  /** The input, with hidden columns for keys that are computed. */
  readonly relation: Relation;
  readonly keys: readonly SortKey[];
  readonly origins: readonly Origin[];
}

/** Takes `asc|desc` and `nulls first|last` off the end. Word by word: a pattern would look at long spaces again and again. */
function splitDirection(text: string): { name: string; descending: boolean; nullsFirst: boolean } {
  const found = [...text.matchAll(/\S+/g)];
  const words = found.map(([word]) => word.toLowerCase());
  const nulls = words.length > 2 && words.at(-2) === "nulls" ? words.at(-1) : undefined;
  const isPlaced = nulls === "first" || nulls === "last";
  if (isPlaced) words.length -= 2;
  const direction = words.length > 1 ? words.at(-1) : undefined;
  if (direction === "asc" || direction === "desc") words.length -= 1;
  const last = found[words.length - 1];
  return { name: text.slice(0, last ? last.index + last[0].length : 0), descending: direction === "desc", nullsFirst: isPlaced && nulls === "first" };
}

/** Reads one item of an order: a column as it stands, or an expression; then its direction. */
export function readOrderItem(context: PlanContext, path: string, input: Relation, text: string): TypedOrder | undefined {
  for (const { name, descending, nullsFirst } of [{ name: text, descending: false, nullsFirst: false }, splitDirection(text.trim())]) {
    const column = input.columns.find((candidate) => candidate.name === name);
    if (column) return { value: columnValue(column), descending, nullsFirst };
  }
  const parsed = parseOrder(text);
  if (!parsed.ok) {
    reportFault(context, path, parsed.fault);
    return undefined;
  }
  return checkOrder(createChecking(scopeOf(context, input), reporter(context, path, text)), parsed.value);
}

/** Reads an order; computed keys become hidden columns of the relation. */
export function sortBy(context: PlanContext, path: string, input: Relation, items: readonly string[]): Sorted {
  const orders = items.flatMap((item, index) => readOrderItem(context, pointer(path, index), input, item) ?? []);
  const from = withRowNumbers(
    input,
    orders.map((order) => order.value),
  );
  const sides = { input: byName(from) };
  const added: { column: PlanColumn; value: Typed }[] = [];
  const keys = orders.map((order, index): SortKey => {
    const { descending, nullsFirst } = order;
    if (order.value.op === "column") return { column: order.value.name, descending, nullsFirst };
    let name = `__river_order_${index}`;
    while (input.hidden.some((column) => column.name === name)) name += "_";
    added.push({ column: planColumn(name, order.value, sides), value: order.value });
    return { column: name, descending, nullsFirst };
  });
  const origins = orders.flatMap((order) => influencesOf(order.value, sides, "order"));
  if (added.length === 0) return { relation: input, keys, origins };
  const kept = [...input.columns, ...input.hidden].map((column) => ({ name: column.name, value: columnValue(column) }));
  const items2 = [...kept, ...added.map(({ column, value }) => ({ name: column.name, value }))];
  const hidden = [...input.hidden, ...added.map(({ column }) => column)];
  const { columns, influences, order } = input;
  return { relation: { kind: "project", from, items: items2, columns, hidden, influences, order, step: context.step, path: context.path }, keys, origins };
}

const noRows = (input: Relation): boolean => input.columns.length === 0;

/** States the order of the rows; it is applied where a limit or the output sees it. */
export function orderBy(context: PlanContext, input: Relation, items: readonly string[]): Relation {
  const { relation, keys, origins } = sortBy(context, context.path, input, items);
  const influences = uniqueOrigins([...relation.influences, ...origins]);
  return noRows(relation) ? relation : { ...relation, order: keys, influences };
}

/** The best rows of each group (or of all), ties broken by the remaining columns. */
export function keepBest(
  context: PlanContext,
  from: Relation,
  by: readonly PlanColumn[],
  sort: readonly SortKey[],
  offset: number,
  rows: number,
  origins: readonly Origin[],
): Relation {
  const keyed = by.flatMap((column) => column.origins.map((origin) => ({ ...origin, influence: "key" as const })));
  const sorted = sort.flatMap((key) => from.columns.filter((column) => column.name === key.column));
  const filtered = sorted.flatMap((column) => column.origins.map((origin) => ({ ...origin, influence: "filter" as const })));
  const influences = uniqueOrigins([...from.influences, ...keyed, ...filtered, ...origins]);
  return {
    kind: "limit",
    from,
    by: by.map((column) => column.name),
    sort,
    offset,
    rows,
    columns: from.columns,
    hidden: from.hidden,
    influences,
    order: from.order,
    step: context.step,
    path: context.path,
  };
}

export interface Dedupe {
  readonly by: readonly string[];
  readonly keep?: "first" | "last" | "any" | undefined;
  readonly orderBy?: readonly string[] | undefined;
}

export function dedupe(context: PlanContext, input: Relation, given: Dedupe): Relation {
  const by = findColumns(context, pointer(context.path, "by"), input, given.by);
  const needsOrder = given.keep === "first" || given.keep === "last";
  if (needsOrder && (given.orderBy ?? []).length === 0) context.report(context.path, "ORDER_REQUIRED", `keep: ${given.keep} needs orderBy`);
  const { relation, keys, origins } = sortBy(context, pointer(context.path, "orderBy"), input, given.orderBy ?? []);
  const sort = given.keep === "last" ? keys.map((key) => ({ ...key, descending: !key.descending, nullsFirst: !key.nullsFirst })) : keys;
  return keepBest(context, relation, by, sort, 0, 1, origins);
}

export interface Limit {
  readonly rows: number;
  readonly offset?: number | undefined;
  readonly by?: readonly string[] | undefined;
  readonly orderBy?: readonly string[] | undefined;
}

const isCount = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;

export function limit(context: PlanContext, input: Relation, given: number | Limit): Relation {
  const wanted: Limit = typeof given === "number" ? { rows: given } : given;
  const offset = wanted.offset ?? 0;
  if (!isCount(wanted.rows) || !isCount(offset)) context.report(context.path, "INVALID_ARGUMENT", "a limit counts in whole numbers from 0");
  const by = findColumns(context, pointer(context.path, "by"), input, wanted.by ?? []);
  const { relation, keys, origins } = sortBy(context, pointer(context.path, "orderBy"), input, wanted.orderBy ?? []);
  const sort = keys.length > 0 ? keys : relation.order;
  if (sort.length === 0) context.warn(context.path, "LIMIT_WITHOUT_ORDER", "a limit without any order keeps the first rows in the order of all columns");
  const kept = keepBest(context, relation, by, sort, offset, wanted.rows, origins);
  const groups = by.map((column) => ({ column: column.name, descending: false, nullsFirst: false }));
  return { ...kept, order: relation.order.length > 0 || keys.length === 0 ? relation.order : [...groups, ...keys] };
}
