import type { Ast } from "./ast.ts";
import { checkCall } from "./check-calls.ts";
import { checkBetween, checkBinary, checkDistinctFrom, checkIn, checkLike, checkUnary } from "./check-operators.ts";
import type { Checking } from "./check-shared.ts";
import { callOf, convert, demand, isUnknown, literalsLast, unify, unknownAt, widenBy } from "./check-shared.ts";
import { dateParts, extraParts, timeParts } from "./catalogue/time.ts";
import { castFault, castGivesNull } from "./casts.ts";
import { suggestion } from "./cursor.ts";
import { readLiteral } from "./literal.ts";
import type { Report, Scope } from "./scope.ts";
import { resolveField, resolveName } from "./scope.ts";
import type { Typed } from "./typed.ts";
import type { DataType } from "./types.ts";
import { describeType, printType, types, widen } from "./types.ts";

type Node<Kind extends Ast["node"]> = Extract<Ast, { node: Kind }>;

function checkLiteral(checking: Checking, ast: Node<"literal">): Typed {
  const { type, at } = ast;
  if (type.kind === "null") return { op: "literal", value: null, type, nullable: true, at };
  const reading = readLiteral(type, ast.text);
  if (!reading.ok) {
    checking.report("INVALID_LITERAL", reading.message, at);
    return { ...unknownAt(at), type };
  }
  return { op: "literal", value: reading.text, type, nullable: false, at, ...(reading.wholeDays !== undefined && { wholeDays: reading.wholeDays }) };
}

function checkParameter(checking: Checking, ast: Node<"parameter">): Typed {
  const type = checking.scope.parameters.get(ast.name);
  if (type) return { op: "parameter", name: ast.name, type, nullable: true, at: ast.at };
  const hint = suggestion(ast.name, [...checking.scope.parameters.keys()]);
  checking.report("UNKNOWN_PARAMETER", `there is no parameter ${ast.name}${hint}`, ast.at);
  return unknownAt(ast.at);
}

/** Types the `when`s: conditions, or values that the subject is compared with, all widened to one type. */
function checkWhens(checking: Checking, ast: Node<"case">): { subject?: Typed; whens: Typed[] } {
  const whens = ast.branches.map((branch) => checking.check(branch.when));
  if (!ast.subject) return { whens: whens.map((when) => demand(checking, when, types.boolean, "a when")) };
  let subject = checking.check(ast.subject);
  for (const when of whens) subject = unify(checking, subject, when, "cannot compare")?.left ?? subject;
  return { subject, whens: whens.map((when) => convert(when, subject.type)) };
}

function checkCase(checking: Checking, ast: Node<"case">): Typed {
  const { subject, whens } = checkWhens(checking, ast);
  const thens = ast.branches.map((branch) => checking.check(branch.then));
  const otherwise: Typed = ast.otherwise ? checking.check(ast.otherwise) : { op: "literal", value: null, type: types.null, nullable: true, at: ast.at };
  let type: DataType = types.null;
  for (const value of literalsLast([...thens, otherwise])) {
    const wider = widenBy(type, value);
    if (!wider) {
      checking.report("TYPE_MISMATCH", `the branches of case give ${printType(type)} and ${printType(value.type)}: cast one of them`, value.at);
      return unknownAt(ast.at);
    }
    type = wider;
  }
  const result = type;
  const nullable = otherwise.nullable || thens.some((value) => value.nullable);
  const branches = whens.flatMap((when, index) => {
    const then = thens[index];
    return then ? [{ when, then: convert(then, result) }] : [];
  });
  return { op: "case", ...(subject && { subject }), branches, otherwise: convert(otherwise, result), type: result, nullable, at: ast.at };
}

function checkCast(checking: Checking, ast: Node<"cast">): Typed {
  const arg = checking.check(ast.operand);
  if (isUnknown(arg)) return { ...unknownAt(ast.at), type: ast.to };
  const fault = castFault(arg.type, ast.to);
  if (fault) {
    checking.report("TYPE_MISMATCH", fault, ast.at);
    return { ...unknownAt(ast.at), type: ast.to };
  }
  return { op: "cast", arg, onError: ast.onError, type: ast.to, nullable: arg.nullable || castGivesNull(arg.type, ast.onError), at: ast.at };
}

const intervalParts = new Set(["year", "month", "day", "epoch"]);

/** Whether values of a type have a part. */
function hasPart(kind: DataType["kind"], part: string): boolean {
  const isClock = (timeParts as readonly string[]).includes(part);
  if (kind === "timestamp") return true;
  if (kind === "timestamptz") return part === "epoch";
  if (kind === "date") return !isClock;
  return isClock ? kind === "time" || kind === "interval" : kind === "interval" && intervalParts.has(part);
}

function checkExtract(checking: Checking, ast: Node<"extract">): Typed {
  const arg = checking.check(ast.operand);
  const parts: readonly string[] = [...dateParts, ...timeParts, ...extraParts];
  if (!parts.includes(ast.part)) {
    checking.report("INVALID_ARGUMENT", `there is no part ${ast.part}${suggestion(ast.part, parts)}: one of ${parts.join(", ")}`, ast.partAt);
    return unknownAt(ast.at);
  }
  if (isUnknown(arg)) return unknownAt(ast.at);
  if (!hasPart(arg.type.kind, ast.part)) {
    const zoned = arg.type.kind === "timestamptz";
    checking.report(
      "TYPE_MISMATCH",
      zoned ? "zones are explicit: write extract(… from x at time zone 'UTC')" : `${describeType(arg.type)} has no ${ast.part}`,
      ast.at,
    );
    return unknownAt(ast.at);
  }
  const isEpoch = ast.part === "epoch";
  return callOf(
    "extract",
    isEpoch ? "CAST(date_part('epoch', #1) AS DOUBLE)" : `date_part('${ast.part}', #1)`,
    [arg],
    isEpoch ? types.double : types.integer,
    ast.at,
  );
}

function checkTimeZone(checking: Checking, ast: Node<"atTimeZone">): Typed {
  const operand = checking.check(ast.operand);
  const zone = checking.check(ast.zone);
  if (isUnknown(operand)) return operand;
  const arg = operand.type.kind === "date" ? convert(operand, types.timestamp) : operand;
  if (arg.type.kind !== "timestamp" && arg.type.kind !== "timestamptz") {
    checking.report("TYPE_MISMATCH", `at time zone takes a timestamp or a timestamptz, and this is ${printType(arg.type)}`, ast.at);
    return unknownAt(ast.at);
  }
  if (zone.op !== "literal" || zone.value === null || !isZone(zone.value)) {
    checking.report("INVALID_ARGUMENT", "a zone is written as a text, as 'Europe/Paris' or 'UTC'", ast.zone.at);
    return unknownAt(ast.at);
  }
  return callOf("at time zone", "timezone(#2, #1)", [arg, zone], arg.type.kind === "timestamp" ? types.timestamptz : types.timestamp, ast.at, arg.nullable);
}

function isZone(name: string): boolean {
  try {
    return !/^[+-]/.test(name) && new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}

function checkIndex(checking: Checking, ast: Node<"index">): Typed {
  const arg = checking.check(ast.operand);
  const index = demand(checking, checking.check(ast.index), types.integer, "an index");
  if (isUnknown(arg) || isUnknown(index)) return unknownAt(ast.at);
  if (arg.type.kind !== "list") {
    checking.report("TYPE_MISMATCH", `only a list has places, and this is ${printType(arg.type)}`, ast.at);
    return unknownAt(ast.at);
  }
  return callOf("index", "list_extract(#1, #2)", [arg, index], arg.type.element, ast.at, true);
}

function checkList(checking: Checking, ast: Node<"list">): Typed {
  const items = ast.items.map((item) => checking.check(item));
  let element: DataType = types.null;
  for (const item of items) {
    const wider = widen(element, item.type);
    if (!wider) {
      checking.report("TYPE_MISMATCH", `a list holds values of one type, and these are ${printType(element)} and ${printType(item.type)}`, item.at);
      return unknownAt(ast.at);
    }
    element = wider;
  }
  const type = element;
  return { op: "list", items: items.map((item) => convert(item, type)), type: types.list(type), nullable: false, at: ast.at };
}

function checkTruth(checking: Checking, ast: Node<"isTruth">): Typed {
  const operand = demand(checking, checking.check(ast.operand), types.boolean, "what is compared with true or false");
  const word = ast.value ? "TRUE" : "FALSE";
  return callOf("is", `(#1 IS ${ast.negated ? "NOT " : ""}${word})`, [operand], types.boolean, ast.at, false);
}

type Rules = { readonly [Kind in Ast["node"]]: (checking: Checking, ast: Node<Kind>) => Typed };

const rules: Rules = {
  literal: checkLiteral,
  parameter: checkParameter,
  name: (checking, ast) => resolveName(checking.scope, ast.parts, checking.report),
  unary: checkUnary,
  binary: checkBinary,
  isNull: (checking, ast) =>
    callOf(ast.negated ? "is not null" : "is null", `(#1 IS ${ast.negated ? "NOT " : ""}NULL)`, [checking.check(ast.operand)], types.boolean, ast.at, false),
  isTruth: checkTruth,
  distinctFrom: checkDistinctFrom,
  in: checkIn,
  between: checkBetween,
  like: checkLike,
  case: checkCase,
  cast: checkCast,
  extract: checkExtract,
  atTimeZone: checkTimeZone,
  index: checkIndex,
  field: (checking, ast) => resolveField(checking.check(ast.operand), { text: ast.name, at: ast.at }, checking.report),
  list: checkList,
  call: checkCall,
};

/** Opens a checker over a scope; every fault goes to `report`, and the tree is complete even then. */
export function createChecking(scope: Scope, report: Report): Checking {
  const check = (ast: Ast, inner: Scope = scope): Typed => {
    const checking: Checking = inner === scope ? own : createChecking(inner, report);
    const rule = rules[ast.node] as (checking: Checking, ast: Ast) => Typed;
    return rule(checking, ast);
  };
  const own: Checking = { scope, report, check };
  return own;
}
