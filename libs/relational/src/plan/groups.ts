import { createChecking } from "../check.ts";
import { checkFrame } from "../check-calls.ts";
import { parseFrame } from "../parser.ts";
import type { Scope } from "../scope.ts";
import type { Typed, TypedFrame } from "../typed.ts";
import { childrenOf, some } from "../typed.ts";
import { types } from "../types.ts";
import type { ExpressionText, PlanContext } from "./context.ts";
import { checkNames, expression, pointer, predicate, project, reporter, refuseUntyped, reportFault, scopeOf, withRowNumbers } from "./context.ts";
import type { Names } from "./projections.ts";
import { readNames } from "./projections.ts";
import type { Item, Relation } from "./relation.ts";
import { byName, columnValue, influencesOf, planColumn, uniqueOrigins } from "./relation.ts";
import { readOrderItem } from "./rows.ts";

export interface Aggregate {
  readonly by?: Names | undefined;
  readonly values: Readonly<Record<string, ExpressionText>>;
  readonly having?: ExpressionText | undefined;
}

export interface Window {
  readonly by?: Names | undefined;
  readonly orderBy?: readonly string[] | undefined;
  readonly values: Readonly<Record<string, ExpressionText>>;
  readonly frame?: string | undefined;
}

const isAggregate = (typed: Typed): boolean => typed.op === "aggregate";

function warnOfEstimates(context: PlanContext, path: string, value: Typed): void {
  if (some(value, (node) => node.op === "aggregate" && node.entry.approximate === true)) context.warn(path, "APPROXIMATE", "this value is an estimate");
}

/** Puts the hidden result of each aggregate in place of the aggregate. */
function hideAggregates(value: Typed, hidden: Item[]): Typed {
  if (value.op === "aggregate") {
    const name = `__river_having_${hidden.length}`;
    hidden.push({ name, value });
    return { op: "column", side: "input", name, type: value.type, nullable: value.nullable, at: value.at };
  }
  if (childrenOf(value).length === 0) return value;
  const swap = (part: Typed): Typed => hideAggregates(part, hidden);
  switch (value.op) {
    case "call":
      return { ...value, args: value.args.map(swap) };
    case "convert":
    case "cast":
    case "field":
      return { ...value, arg: swap(value.arg) };
    case "case":
      return {
        ...value,
        ...(value.subject && { subject: swap(value.subject) }),
        branches: value.branches.map((branch) => ({ when: swap(branch.when), then: swap(branch.then) })),
        otherwise: swap(value.otherwise),
      };
    case "list":
      return { ...value, items: value.items.map(swap) };
    default:
      return value;
  }
}

function readHaving(context: PlanContext, input: Relation, text: ExpressionText, shown: readonly Item[]): { condition: Typed; hidden: Item[] } {
  const keys = new Map(
    shown.map((item): [string, Typed] => [
      item.name,
      { op: "column", side: "input", name: item.name, type: item.value.type, nullable: item.value.nullable, at: 0 },
    ]),
  );
  const scope: Scope = { ...scopeOf(context, input, "aggregate"), keys };
  const hidden: Item[] = [];
  const condition = predicate(context, pointer(context.path, "having"), text, scope, "having");
  return { condition: hideAggregates(condition, hidden), hidden };
}

interface Grouping {
  readonly relation: Relation;
  readonly by: readonly Item[];
}

/** Computes the keys first, so that everything after refers to them as columns. */
function computeKeys(context: PlanContext, input: Relation, by: readonly Item[]): Grouping {
  if (by.every((item) => item.value.op === "column")) return { relation: input, by };
  const kept = input.columns.map((column): Item => ({ name: column.name, value: columnValue(column) }));
  const keys = by.map((item, index): Item => ({ name: `__river_key_${index}`, value: item.value }));
  const from = withRowNumbers(
    input,
    keys.map((key) => key.value),
  );
  const sides = { input: byName(from) };
  const hidden = keys.map((key) => planColumn(key.name, key.value, sides));
  const { columns, influences } = input;
  const relation: Relation = {
    kind: "project",
    from,
    items: [...kept, ...keys],
    columns,
    hidden,
    influences,
    order: [],
    step: context.step,
    path: pointer(context.path, "by"),
  };
  return { relation, by: by.map((item, index) => ({ name: item.name, value: columnValue(hidden[index] ?? planColumn(item.name, item.value, {})) })) };
}

function readValues(context: PlanContext, input: Relation, given: Aggregate, by: readonly Item[]): Item[] {
  const scope: Scope = { ...scopeOf(context, input, "aggregate"), keys: new Map(by.map((item) => [item.name, item.value])) };
  return Object.entries(given.values).map(([name, text]): Item => {
    const path = pointer(context.path, "values", name);
    const value = expression(context, path, text, scope);
    warnOfEstimates(context, path, value);
    if (by.length === 0 && value.type.kind !== "unknown" && !some(value, isAggregate))
      context.report(path, "NOT_AGGREGATED", "without by, every value holds an aggregate");
    return { name, value };
  });
}

/** One row for each group; without `by`, one row. */
export function aggregate(context: PlanContext, input: Relation, given: Aggregate): Relation {
  const read = readNames(context, pointer(context.path, "by"), given.by ?? [], input, scopeOf(context, input));
  const { relation, by } = computeKeys(context, input, read);
  const values = readValues(context, relation, given, by);
  const shown = [...by, ...values];
  if (shown.length === 0) context.report(context.path, "EMPTY_RESULT", "an aggregate has by, values or both");
  checkNames(
    context,
    context.path,
    shown.map((item) => item.name),
  );
  refuseUntyped(context, shown);
  const having = given.having === undefined ? undefined : readHaving(context, relation, given.having, shown);
  const from = withRowNumbers(
    relation,
    [...values, ...(having?.hidden ?? [])].map((item) => item.value),
  );
  const sides = { input: byName(from) };
  const grouped = by.flatMap((item) => influencesOf(item.value, sides, "key"));
  const hidden = (having?.hidden ?? []).map((item) => planColumn(item.name, item.value, sides));
  const influences = uniqueOrigins([...from.influences, ...grouped]);
  const columns = shown.map((item) => planColumn(item.name, item.value, sides));
  const grouping: Relation = {
    kind: "aggregate",
    from,
    by,
    values: [...values, ...(having?.hidden ?? [])],
    columns,
    hidden,
    influences,
    order: [],
    step: context.step,
    path: context.path,
  };
  if (!having) return grouping;
  const filtered = uniqueOrigins([...influences, ...influencesOf(having.condition, { input: byName(grouping) }, "filter")]);
  return {
    kind: "filter",
    from: grouping,
    predicate: having.condition,
    columns,
    hidden: [],
    influences: filtered,
    order: [],
    step: context.step,
    path: pointer(context.path, "having"),
  };
}

function readFrame(context: PlanContext, text: string, scope: Scope): TypedFrame | undefined {
  const path = pointer(context.path, "frame");
  const parsed = parseFrame(text);
  if (parsed.ok) return checkFrame(createChecking(scope, reporter(context, path, text)), parsed.value, scope);
  reportFault(context, path, parsed.fault);
  return undefined;
}

/** Adds columns computed over the rows around each row. */
export function window(context: PlanContext, input: Relation, given: Window): Relation {
  const plain = scopeOf(context, input);
  const by = readNames(context, pointer(context.path, "by"), given.by ?? [], input, plain);
  const order = (given.orderBy ?? []).flatMap((item, index) => readOrderItem(context, pointer(context.path, "orderBy", index), input, item) ?? []);
  const frame = given.frame === undefined ? undefined : readFrame(context, given.frame, plain);
  const scope: Scope = { ...plain, place: "window", window: { partition: by.map((item) => item.value), order, ...(frame && { frame }) } };
  const values = Object.entries(given.values).map(([name, text]): Item => {
    const path = pointer(context.path, "values", name);
    const value = expression(context, path, text, scope);
    warnOfEstimates(context, path, value);
    if (value.type !== types.unknown && value.type.kind !== "unknown" && !some(value, isAggregate)) {
      context.report(path, "MISPLACED_CALL", "a window's value holds an aggregate or a window call; derive computes from one row");
    }
    return { name, value };
  });
  const kept = input.columns.map((column): Item => ({ name: column.name, value: columnValue(column) }));
  const replaced = new Map(values.map((item) => [item.name.toLowerCase(), item]));
  const items = [...kept.filter((item) => !replaced.has(item.name.toLowerCase())), ...values];
  checkNames(
    context,
    context.path,
    items.map((item) => item.name),
  );
  return project(context, input, items);
}
