import { callOf, unify } from "../check-shared.ts";
import type { Scope } from "../scope.ts";
import { lookUp } from "../scope.ts";
import type { Typed } from "../typed.ts";
import { columnsOf, isRandom } from "../typed.ts";
import { types } from "../types.ts";
import type { ExpressionText, PlanContext } from "./context.ts";
import { checkNames, expression, findColumn, pointer, predicate, reporter, unknownValue } from "./context.ts";
import type { Item, JoinType, PlanColumn, Relation } from "./relation.ts";
import { byName, columnValue, influencesOf, planColumn, scopeColumns, uniqueOrigins } from "./relation.ts";

export interface Join {
  readonly to: string;
  readonly as?: string | undefined;
  readonly using?: readonly string[] | undefined;
  readonly where?: ExpressionText | undefined;
  readonly type?: JoinType | undefined;
  readonly columns?: Readonly<Record<string, ExpressionText>> | undefined;
}

interface Key {
  readonly left: PlanColumn;
  readonly right: PlanColumn;
  readonly test: Typed;
  /** The key's one value in the result. */
  readonly value: Typed;
}

function makeKey(context: PlanContext, path: string, type: JoinType, left: PlanColumn, right: PlanColumn): Key {
  const report = reporter(context, path, "");
  const scope: Scope = { columns: [], parameters: context.parameters, place: "scalar" };
  const both = unify({ scope, report, check: () => unknownValue }, columnValue(left, "left"), columnValue(right, "right"), "cannot match");
  if (!both) return { left, right, test: { ...unknownValue, type: types.boolean }, value: columnValue(left, "left") };
  const test = callOf("=", "(#1 = #2)", [both.left, both.right], types.boolean, 0);
  const isLoose = type === "full" || type === "right";
  const nullable = {
    full: left.nullable || right.nullable,
    right: right.nullable,
    left: left.nullable,
    anti: left.nullable,
    inner: false,
    semi: false,
    cross: false,
  }[type];
  const merged =
    type === "full" ? callOf("coalesce", "coalesce(#*)", [both.left, both.right], both.type, 0) : type === "right" ? both.right : columnValue(left, "left");
  return { left, right, test, value: { ...(isLoose ? merged : columnValue(left, "left")), nullable } };
}

function readKeys(context: PlanContext, given: Join, type: JoinType, left: Relation, right: Relation): Key[] {
  return (given.using ?? []).flatMap((name, index) => {
    const path = pointer(context.path, "using", index);
    const own = findColumn(context, path, left, name);
    const other = lookUp(right.columns, name);
    if (!("found" in other)) context.report(path, other.code, `${other.message} in ${given.to}`);
    return own && "found" in other ? [makeKey(context, path, type, own, other.found)] : [];
  });
}

function readCondition(context: PlanContext, given: Join, type: JoinType, keys: readonly Key[], scope: Scope): Typed | undefined {
  const isKeyed = given.using !== undefined;
  if (type === "cross") {
    if (isKeyed || given.where !== undefined) context.report(context.path, "INVALID_JOIN", "a cross join takes neither using nor where");
    return undefined;
  }
  if (isKeyed === (given.where !== undefined)) {
    context.report(context.path, "INVALID_JOIN", "a join takes either using or where (type: cross takes neither)");
    return undefined;
  }
  if (given.where !== undefined) return predicate(context, pointer(context.path, "where"), given.where, scope, "a join's where");
  const tests = keys.map((key) => key.test);
  if (tests.length === 0) {
    if (given.using?.length === 0) context.report(pointer(context.path, "using"), "INVALID_JOIN", "using names at least one column");
    return undefined;
  }
  return callOf("and", `(${tests.map((_, index) => `#${index + 1}`).join(" AND ")})`, tests, types.boolean, 0);
}

function readRightItems(context: PlanContext, given: Join, scope: Scope, right: Relation, keys: readonly Key[]): Item[] {
  if (given.columns) {
    return Object.entries(given.columns).map(([name, text]) => {
      const path = pointer(context.path, "columns", name);
      const value = expression(context, path, text, scope);
      if (isRandom(value)) context.report(path, "INVALID_JOIN", "random() cannot stand in a join: derive it after");
      return { name, value };
    });
  }
  const matched = new Set(keys.map((key) => key.right.name));
  return right.columns
    .filter((column) => !matched.has(column.name))
    .map((column) => ({ name: given.as === undefined ? column.name : `${given.as}_${column.name}`, value: columnValue(column, "right") }));
}

function refuseClashes(context: PlanContext, given: Join, left: readonly Item[], right: readonly Item[]): void {
  const taken = new Set(left.map((item) => item.name.toLowerCase()));
  const clashes = right.filter((item) => taken.has(item.name.toLowerCase())).map((item) => item.name);
  if (clashes.length === 0)
    return checkNames(
      context,
      context.path,
      right.map((item) => item.name),
    );
  const hint = given.columns ? "name it differently" : "say as: alias, or name the right columns with columns";
  const list = clashes.slice(0, 5).join(", ");
  context.report(context.path, "DUPLICATE_COLUMN", `${list}${clashes.length > 5 ? " …" : ""} ${clashes.length === 1 ? "is" : "are"} on both sides: ${hint}`);
}

const opensLeft = new Set<JoinType>(["right", "full"]);
const opensRight = new Set<JoinType>(["left", "full"]);

/** Whether a value of the result may be null because its side had no match. */
function isOpened(value: Typed, type: JoinType, sides: ReadonlySet<string>): boolean {
  return (opensLeft.has(type) && sides.has("left") && value.op === "column") || (opensRight.has(type) && sides.has("right"));
}

function nullableOf(item: Item, type: JoinType, keys: readonly Key[]): boolean {
  if (item.value.nullable || keys.some((key) => key.value === item.value)) return item.value.nullable;
  return isOpened(item.value, type, new Set(planSides(item.value)));
}

function refuseUnfit(context: PlanContext, given: Join, condition: Typed | undefined, isTest: boolean): void {
  if (condition && isRandom(condition)) context.report(context.path, "INVALID_JOIN", "random() cannot decide which rows match: derive it first");
  if (isTest && given.columns) context.report(pointer(context.path, "columns"), "INVALID_JOIN", "a semi or anti join gives no columns of the right side");
}

function leftColumns(left: Relation, keys: readonly Key[]): Item[] {
  return left.columns.map((column) => ({ name: column.name, value: keys.find((key) => key.left.name === column.name)?.value ?? columnValue(column, "left") }));
}

/** Matches rows with those of another input. */
export function join(context: PlanContext, left: Relation, given: Join): Relation | undefined {
  const right = context.input(given.to, pointer(context.path, "to"));
  if (!right) return undefined;
  const type = given.type ?? "inner";
  const qualifier = given.as ?? given.to;
  const scope: Scope = {
    columns: scopeColumns(left, "left"),
    right: { qualifier, columns: scopeColumns(right, "right") },
    parameters: context.parameters,
    place: "scalar",
  };
  const keys = readKeys(context, given, type, left, right);
  const condition = readCondition(context, given, type, keys, scope);
  const isTest = type === "semi" || type === "anti";
  refuseUnfit(context, given, condition, isTest);
  const leftItems = leftColumns(left, keys);
  const rightItems = isTest ? [] : readRightItems(context, given, scope, right, keys);
  refuseClashes(context, given, leftItems, rightItems);
  const sides = { left: byName(left), right: byName(right) };
  const items = [...leftItems, ...rightItems];
  const columns = items.map((item) => planColumn(item.name, item.value, sides, nullableOf(item, type, keys)));
  const matched = condition ? influencesOf(condition, sides, isTest ? "filter" : "key") : [];
  const influences = uniqueOrigins([...left.influences, ...right.influences, ...matched]);
  const result = { items, columns, hidden: [], influences, order: [], step: context.step, path: context.path };
  return { kind: "join", from: left, right, type, ...(condition && { condition }), ...result };
}

function planSides(value: Typed): string[] {
  return columnsOf(value).map((column) => column.side);
}
