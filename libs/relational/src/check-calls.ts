import type { AstCall, AstFrame, AstOrder } from "./ast.ts";
import type { FunctionEntry, Overload } from "./catalogue/entry.ts";
import { findFunction, functionCatalogue, otherName } from "./catalogue/index.ts";
import type { Checking } from "./check-shared.ts";
import { callOf, demand, isUnknown, unknownAt } from "./check-shared.ts";
import { suggestion } from "./cursor.ts";
import type { Resolved } from "./overload.ts";
import { explainMismatch, resolveOverload } from "./overload.ts";
import type { Scope } from "./scope.ts";
import type { Typed, TypedBound, TypedFrame, TypedOrder, TypedWindow } from "./typed.ts";
import type { DataType } from "./types.ts";
import { isNumeric, printType, types } from "./types.ts";

function nullableOf(overload: Overload, args: readonly Typed[]): boolean {
  if (overload.nulls === "never") return false;
  if (overload.nulls === "always") return true;
  return overload.nulls === "all" ? args.every((arg) => arg.nullable) : args.some((arg) => arg.nullable);
}

/** Types an order item, filling in the language's default: nulls last. */
export function checkOrder(checking: Checking, item: AstOrder, scope?: Scope): TypedOrder {
  return { value: checking.check(item.value, scope), descending: item.descending, nullsFirst: item.nullsFirst ?? false };
}

function checkBound(checking: Checking, bound: AstFrame["start"], unit: "rows" | "range", scope: Scope): TypedBound {
  if (!bound.value) return { kind: bound.kind };
  const value = checking.check(bound.value, scope);
  const isConstant = value.op === "literal" || value.op === "parameter";
  if (literalOf({ kind: bound.kind, value }) < 0) checking.report("INVALID_ARGUMENT", "a frame counts from 0: say preceding or following", bound.value.at);
  if (!isUnknown(value) && (!isConstant || (unit === "rows" ? value.type.kind !== "integer" : !isNumeric(value.type) && value.type.kind !== "interval"))) {
    checking.report(
      "INVALID_ARGUMENT",
      unit === "rows" ? "a rows frame counts in whole numbers" : "a range frame takes a number or an interval",
      bound.value.at,
    );
  }
  return { kind: bound.kind, value };
}

const literalOf = ({ value }: TypedBound): number => (value?.op === "literal" && isNumeric(value.type) ? Number(value.value) : NaN);

/** Whether one bound is written farther away than another. */
const farther = (one: TypedBound, other: TypedBound): boolean => literalOf(one) > literalOf(other);

const boundPlaces = ["unbounded preceding", "preceding", "current row", "following", "unbounded following"];

/** Types a frame and refuses one that ends before it starts. */
export function checkFrame(checking: Checking, frame: AstFrame, scope: Scope): TypedFrame {
  const start = checkBound(checking, frame.start, frame.unit, scope);
  const end = checkBound(checking, frame.end, frame.unit, scope);
  const isBackwards = start.kind === end.kind && (start.kind === "preceding" ? farther(end, start) : farther(start, end));
  if (
    start.kind === "unbounded following" ||
    end.kind === "unbounded preceding" ||
    boundPlaces.indexOf(start.kind) > boundPlaces.indexOf(end.kind) ||
    isBackwards
  ) {
    checking.report("INVALID_ARGUMENT", "this frame ends before it starts", frame.at);
  }
  return { unit: frame.unit, start, end };
}

const points = new Set(["date", "timestamp", "timestamptz", "time"]);

/** Whether values of the order's type can lie such a distance apart. */
function isDistance(distance: DataType, order: DataType): boolean {
  if ([distance, order].some(({ kind }) => kind === "unknown")) return true;
  return isNumeric(order) ? isNumeric(distance) : points.has(order.kind) && distance.kind === "interval";
}

/** Refuses a range frame with distances where the order has none, or others. */
function checkDistances(checking: Checking, frame: TypedFrame | undefined, order: readonly TypedOrder[], at: number): void {
  const distances = frame?.unit === "range" ? [frame.start.value, frame.end.value].filter((value) => value !== undefined) : [];
  const [first, ...rest] = order.map((item) => item.value.type);
  if (distances.length === 0) return;
  if (!first || rest.length > 0) return checking.report("ORDER_REQUIRED", "a range frame with a distance needs an order by one value", at);
  for (const { type } of distances.filter((value) => !isDistance(value.type, first))) {
    const hint = points.has(first.kind) ? ": write interval '7 days'" : "";
    checking.report("TYPE_MISMATCH", `a range frame of ${printType(type)} does not go with an order by ${printType(first)}${hint}`, at);
  }
}

const needsTieBreak = new Set(["row_number", "ntile", "lag", "lead", "first_value", "last_value"]);

type Given = NonNullable<Scope["window"]>;

/** The window that a call names, or the operator's own. */
function givenWindow(checking: Checking, ast: AstCall): Given {
  const { scope } = checking;
  if (!ast.over) return scope.window ?? { partition: [], order: [] };
  const inner: Scope = { ...scope, place: "scalar" };
  return {
    partition: ast.over.partition.map((item) => checking.check(item, inner)),
    order: ast.over.order.map((item) => checkOrder(checking, item, inner)),
    ...(ast.over.frame && { frame: checkFrame(checking, ast.over.frame, inner) }),
  };
}

function windowOf(checking: Checking, ast: AstCall, entry: FunctionEntry): TypedWindow {
  const given = givenWindow(checking, ast);
  const { frame, order } = given;
  if (entry.windowOrder && order.length === 0) checking.report("ORDER_REQUIRED", `${entry.name} needs an order: add orderBy`, ast.at);
  checkDistances(checking, frame, order, ast.at);
  const seesTies = frame?.unit === "rows" || (order.length > 0 && needsTieBreak.has(entry.name));
  const used = new Set(order.flatMap((item) => (item.value.op === "column" ? [item.value.name] : [])));
  return { ...given, tieBreakers: seesTies ? checking.scope.columns.map((column) => column.name).filter((name) => !used.has(name)) : [] };
}

function placeFault(entry: FunctionEntry, scope: Scope): string | undefined {
  if (scope.place === "window" || (scope.place === "aggregate" && entry.kind === "aggregate")) return undefined;
  return entry.kind === "window"
    ? `${entry.name} is a window call: it stands in window values, and not inside another call of this kind`
    : `${entry.name} is an aggregate: it stands in aggregate or window values, and not inside another call of this kind`;
}

/** What a call says beside its arguments and may not. */
function modifierFaults(ast: AstCall, entry: FunctionEntry, place: Scope["place"]): readonly (readonly [isWrong: boolean, code: string, message: string])[] {
  const { name } = entry;
  const isOrdered = entry.order === "required";
  return [
    [ast.distinct && entry.distinct !== true, "INVALID_ARGUMENT", `${name} does not take distinct`],
    [ast.filter !== undefined && entry.kind === "window", "INVALID_ARGUMENT", `${name} does not take a filter`],
    [ast.filter !== undefined && isOrdered && place === "window", "INVALID_ARGUMENT", `${name} takes no filter in a window`],
    [ast.order.length > 0 && !isOrdered, "INVALID_ARGUMENT", `the result of ${name} does not depend on an order`],
    [ast.order.length === 0 && isOrdered, "ORDER_REQUIRED", `${name} needs an order: ${name}(… order by …)`],
    [ast.over !== undefined && place !== "window", "MISPLACED_CALL", "over stands in window values only"],
  ];
}

function refuseModifiers(checking: Checking, ast: AstCall, entry: FunctionEntry): void {
  for (const [isWrong, code, message] of modifierFaults(ast, entry, checking.scope.place)) if (isWrong) checking.report(code, message, ast.at);
}

function checkAggregate(checking: Checking, ast: AstCall, entry: FunctionEntry): Typed {
  const { scope } = checking;
  const fault = placeFault(entry, scope);
  if (fault) {
    checking.report("MISPLACED_CALL", fault, ast.at);
    return unknownAt(ast.at);
  }
  const inner: Scope = { ...scope, place: "scalar" };
  const given = ast.args.map((arg) => checking.check(arg, inner));
  const resolved = resolveArguments(checking, ast, entry, given);
  const order = ast.order.map((item) => checkOrder(checking, item, inner));
  const filter = ast.filter && demand(checking, checking.check(ast.filter, inner), types.boolean, "the filter");
  refuseModifiers(checking, ast, entry);
  const window = scope.place === "window" ? windowOf(checking, ast, entry) : undefined;
  if (!resolved) return unknownAt(ast.at);
  const { overload, args, type } = resolved;
  const nullable = nullableOf(overload, args);
  return {
    op: "aggregate",
    entry,
    overload,
    args,
    distinct: ast.distinct,
    order,
    ...(filter && { filter }),
    ...(window && { window }),
    type,
    nullable,
    at: ast.at,
  };
}

function resolveArguments(checking: Checking, ast: AstCall, entry: FunctionEntry, args: readonly Typed[]): Resolved | undefined {
  if (args.some(isUnknown)) return undefined;
  const resolved = resolveOverload(entry, args);
  if (resolved) return resolved;
  const fault = explainMismatch(entry, args);
  checking.report(fault.code, fault.message, args[fault.argument ?? -1]?.at ?? ast.at);
  return undefined;
}

function checkScalar(checking: Checking, ast: AstCall, entry: FunctionEntry): Typed {
  if (ast.distinct || ast.order.length > 0 || ast.filter || ast.over) {
    checking.report("INVALID_ARGUMENT", `${entry.name} is no aggregate: it takes no distinct, order by, filter or over`, ast.at);
  }
  const args = ast.args.map((arg) => checking.check(arg));
  const resolved = resolveArguments(checking, ast, entry, args);
  if (!resolved) return unknownAt(ast.at);
  const { overload, type } = resolved;
  return callOf(entry.name, overload.duckdb, resolved.args, type, ast.at, nullableOf(overload, resolved.args));
}

export function checkCall(checking: Checking, ast: AstCall): Typed {
  const entry = findFunction(ast.name);
  if (!entry) {
    const other = otherName(ast.name);
    const names = functionCatalogue.map((known) => known.name);
    const hint = other ? `; here it is ${other}` : suggestion(ast.name, names);
    checking.report("UNKNOWN_FUNCTION", `there is no function ${ast.name}${hint}`, ast.at);
    return unknownAt(ast.at);
  }
  if (ast.star && entry.name !== "count") {
    checking.report("INVALID_ARGUMENT", `* stands in count(*) only`, ast.at);
    return unknownAt(ast.at);
  }
  if (entry.name === "count" && !ast.star && ast.args.length === 0) {
    checking.report("INVALID_ARGUMENT", "write count(*) for the number of rows", ast.at);
    return unknownAt(ast.at);
  }
  return entry.kind === "scalar" ? checkScalar(checking, ast, entry) : checkAggregate(checking, ast, entry);
}
