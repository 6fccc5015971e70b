import { callOf, castHint, convert, widenBy } from "../check-shared.ts";
import { castFault, castGivesNull } from "../casts.ts";
import { parseType } from "../parse-type.ts";
import type { Scope } from "../scope.ts";
import { findByName } from "../scope.ts";
import type { Typed } from "../typed.ts";
import type { DataType } from "../types.ts";
import { printType, sameType } from "../types.ts";
import type { ExpressionText, PlanContext } from "./context.ts";
import { checkNames, expression, findColumn, pointer, project, reportFault, scopeOf } from "./context.ts";
import type { Item, Relation } from "./relation.ts";
import { columnValue } from "./relation.ts";

/** Names listed, or new name → expression. */
export type Names = readonly string[] | Readonly<Record<string, ExpressionText>>;

/** Reads "names": a list means columns as they stand, a map computes. */
export function readNames(context: PlanContext, path: string, names: Names, relation: Relation, scope: Scope): Item[] {
  if (Array.isArray(names)) {
    return (names as readonly string[]).flatMap((name, index) => {
      const column = findColumn(context, pointer(path, index), relation, name);
      return column ? [{ name: column.name, value: columnValue(column) }] : [];
    });
  }
  return Object.entries(names as Readonly<Record<string, ExpressionText>>).map(([name, text]) => ({
    name,
    value: expression(context, pointer(path, name), text, scope),
  }));
}

export function select(context: PlanContext, input: Relation, names: Names): Relation {
  const items = readNames(context, context.path, names, input, scopeOf(context, input));
  checkNames(
    context,
    context.path,
    items.map((item) => item.name),
  );
  if (items.length === 0) context.report(context.path, "EMPTY_RESULT", "select names at least one column");
  return project(context, input, items);
}

const keep = (relation: Relation): Item[] => relation.columns.map((column) => ({ name: column.name, value: columnValue(column) }));

export function drop(context: PlanContext, input: Relation, names: readonly string[]): Relation {
  const gone = new Set(names.map((name, index) => findColumn(context, pointer(context.path, index), input, name)?.name));
  const items = keep(input).filter((item) => !gone.has(item.name));
  if (items.length === 0) context.report(context.path, "EMPTY_RESULT", "drop leaves no column");
  return project(context, input, items);
}

export function rename(context: PlanContext, input: Relation, names: Readonly<Record<string, string>>): Relation {
  const renamed = new Map<string, string>();
  for (const [to, from] of Object.entries(names)) {
    const path = pointer(context.path, to);
    const column = findColumn(context, path, input, from);
    if (column && renamed.has(column.name)) context.report(path, "DUPLICATE_COLUMN", `${column.name} is renamed twice`);
    if (column) renamed.set(column.name, to);
  }
  const items = keep(input).map((item) => ({ ...item, name: renamed.get(item.name) ?? item.name }));
  checkNames(
    context,
    context.path,
    items.map((item) => item.name),
  );
  return project(context, input, items);
}

/** Puts values in place of columns of the same name, and new ones at the end. */
function replaceOrAdd(context: PlanContext, input: Relation, given: readonly Item[]): Relation {
  const items = keep(input);
  for (const item of given) {
    const same = findByName(items, item.name);
    const at = same && "found" in same ? items.indexOf(same.found) : -1;
    if (at >= 0) items[at] = item;
    else items.push(item);
  }
  checkNames(
    context,
    context.path,
    items.map((item) => item.name),
  );
  return project(context, input, items);
}

export function derive(context: PlanContext, input: Relation, values: Readonly<Record<string, ExpressionText>>): Relation {
  const scope = scopeOf(context, input);
  checkNames(context, context.path, Object.keys(values));
  return replaceOrAdd(
    context,
    input,
    Object.entries(values).map(([name, text]) => ({ name, value: expression(context, pointer(context.path, name), text, scope) })),
  );
}

export type CastTarget = string | { readonly to: string; readonly onError?: "fail" | "null" | undefined };

export function cast(context: PlanContext, input: Relation, targets: Readonly<Record<string, CastTarget>>): Relation {
  const given = Object.entries(targets).flatMap(([name, target]): Item[] => {
    const path = pointer(context.path, name);
    const column = findColumn(context, path, input, name);
    const parsed = parseType(typeof target === "string" ? target : target.to);
    if (!parsed.ok) {
      reportFault(context, typeof target === "string" ? path : pointer(path, "to"), parsed.fault);
      return [];
    }
    if (!column) return [];
    const fault = castFault(column.type, parsed.type);
    if (fault) context.report(path, "TYPE_MISMATCH", fault);
    const onError = typeof target === "string" ? "fail" : (target.onError ?? "fail");
    const value: Typed = {
      op: "cast",
      arg: columnValue(column),
      onError,
      type: parsed.type,
      nullable: column.nullable || castGivesNull(column.type, onError),
      at: 0,
    };
    return [{ name: column.name, value }];
  });
  return replaceOrAdd(context, input, given);
}

export function fillNulls(context: PlanContext, input: Relation, values: Readonly<Record<string, ExpressionText>>): Relation {
  const scope = scopeOf(context, input);
  const given = Object.entries(values).flatMap(([name, text]): Item[] => {
    const path = pointer(context.path, name);
    const column = findColumn(context, path, input, name);
    const value = expression(context, path, text, scope);
    const type = column && widenBy(column.type, value);
    if (!column) return [];
    if (!type) {
      context.report(path, "TYPE_MISMATCH", `${name} is ${printType(column.type)}, and this is ${printType(value.type)}: ${castHint(value, column.type)}`);
      return [];
    }
    const args = [convert(columnValue(column), type), convert(value, type)];
    return [{ name: column.name, value: callOf("coalesce", "coalesce(#*)", args, type, 0, column.nullable && value.nullable) }];
  });
  return replaceOrAdd(context, input, given);
}

/** Gives columns the types of a map; what already has its type stays. */
export function castColumns(context: PlanContext, input: Relation, targets: ReadonlyMap<string, DataType>): Relation {
  const changed = input.columns.filter((column) => !sameType(column.type, targets.get(column.name) ?? column.type));
  if (changed.length === 0) return input;
  const items = input.columns.map((column): Item => {
    const type = targets.get(column.name) ?? column.type;
    const own = columnValue(column);
    return { name: column.name, value: sameType(type, column.type) ? own : { op: "cast", arg: own, onError: "fail", type, nullable: column.nullable, at: 0 } };
  });
  return project(context, input, items);
}
