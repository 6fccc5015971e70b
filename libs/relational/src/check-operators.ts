import type { Ast } from "./ast.ts";
import type { Checking } from "./check-shared.ts";
import { callOf, castHint, convert, demand, isUnknown, unify, unknownAt } from "./check-shared.ts";
import type { Typed } from "./typed.ts";
import type { DataType } from "./types.ts";
import { decimalShape, isNumeric, printType, types, widen } from "./types.ts";

type Node<Kind extends Ast["node"]> = Extract<Ast, { node: Kind }>;

const comparisons = new Set(["=", "<>", "<", "<=", ">", ">="]);
const instants = new Set(["date", "timestamp", "timestamptz"]);

function isNullLiteral(ast: Ast): boolean {
  return ast.node === "literal" && ast.type.kind === "null";
}

function checkComparison(checking: Checking, ast: Node<"binary">, left: Typed, right: Typed): Typed {
  if (isNullLiteral(ast.left) || isNullLiteral(ast.right)) {
    const other = ast.operator === "<>" ? "is not null" : "is null";
    checking.report("NULL_COMPARISON", `a comparison with null is never true: write … ${other}`, ast.at);
    return unknownAt(ast.at);
  }
  const both = unify(checking, left, right, "cannot compare");
  if (!both) return { ...unknownAt(ast.at), type: types.boolean };
  return callOf(ast.operator, `(#1 ${ast.operator} #2)`, [both.left, both.right], types.boolean, ast.at);
}

/** Decimal results keep every digit as far as 38 go; beyond, overflow is an error of the run. */
function decimalResult(operator: string, left: DataType, right: DataType): DataType | undefined {
  const a = decimalShape(left);
  const b = decimalShape(right);
  if (operator === "*") return a.scale + b.scale > 38 ? undefined : types.decimal(Math.min(38, a.precision + b.precision), a.scale + b.scale);
  const scale = Math.max(a.scale, b.scale);
  return types.decimal(Math.min(38, Math.max(a.precision - a.scale, b.precision - b.scale) + scale + 1), scale);
}

function checkNumbers(checking: Checking, operator: string, left: Typed, right: Typed, at: number): Typed {
  const template = `(#1 ${operator} #2)`;
  if (left.type.kind === "double" || right.type.kind === "double") {
    return callOf(operator, template, [convert(left, types.double), convert(right, types.double)], types.double, at);
  }
  if (left.type.kind === "integer" && right.type.kind === "integer") return callOf(operator, template, [left, right], types.integer, at);
  const type = decimalResult(operator, left.type, right.type);
  if (!type || type.kind !== "decimal") {
    checking.report("TYPE_MISMATCH", "the product has more than 38 places: cast one side to fewer, or to double", at);
    return unknownAt(at);
  }
  // The engine multiplies short decimals in 64 bits; one wide operand makes it use 128.
  const wide = (typed: Typed): Typed =>
    convert(
      typed,
      types.decimal(
        operator === "*" && type.precision > 18 ? Math.max(19, decimalShape(typed.type).precision) : decimalShape(typed.type).precision,
        decimalShape(typed.type).scale,
      ),
    );
  return callOf(`decimal ${operator}`, `CAST(${template} AS DECIMAL(${type.precision}, ${type.scale}))`, [wide(left), wide(right)], type, at);
}

function shiftByInterval(operator: string, base: Typed, interval: Typed, at: number): Typed {
  const staysDate = base.type.kind === "date" && interval.wholeDays === true;
  const type = base.type.kind === "date" && !staysDate ? types.timestamp : base.type;
  if (type.kind === "timestamptz") {
    // Days of an instant are days of UTC, whatever zone a session has.
    return callOf(operator, `timezone('UTC', timezone('UTC', #1) ${operator} #2)`, [base, interval], type, at);
  }
  return callOf(operator, staysDate ? `CAST((#1 ${operator} #2) AS DATE)` : `(#1 ${operator} #2)`, [base, interval], type, at);
}

/** Differences of two points in time. */
function checkDifference(left: Typed, right: Typed, at: number): Typed | undefined {
  const a = left.type.kind;
  const b = right.type.kind;
  if (a === "date" && b === "date") return callOf("-", "(#1 - #2)", [left, right], types.integer, at);
  if (!instants.has(a) || !instants.has(b) || (a === "timestamptz") !== (b === "timestamptz")) return undefined;
  const to = a === "timestamptz" ? types.timestamptz : types.timestamp;
  return callOf("-", "(#1 - #2)", [convert(left, to), convert(right, to)], types.interval, at);
}

/** Sums and multiples of intervals. */
function checkIntervals(operator: string, left: Typed, right: Typed, at: number): Typed | undefined {
  const kinds = `${left.type.kind} ${operator === "*" ? "*" : "+"} ${right.type.kind}`;
  const make = (template: string, wholeDays: boolean): Typed => ({ ...callOf(operator, template, [left, right], types.interval, at), wholeDays });
  if (kinds === "interval + interval") return make(`(#1 ${operator} #2)`, left.wholeDays === true && right.wholeDays === true);
  if (kinds === "interval * integer") return make("(#1 * #2)", left.wholeDays === true);
  return kinds === "integer * interval" ? make("(#2 * #1)", right.wholeDays === true) : undefined;
}

function checkTimes(operator: string, left: Typed, right: Typed, at: number): Typed | undefined {
  if (operator !== "*" && instants.has(left.type.kind) && right.type.kind === "interval") return shiftByInterval(operator, left, right, at);
  if (operator === "+" && left.type.kind === "interval" && instants.has(right.type.kind)) return shiftByInterval(operator, right, left, at);
  return (operator === "-" ? checkDifference(left, right, at) : undefined) ?? checkIntervals(operator, left, right, at);
}

function arithmeticHint(left: Typed, right: Typed): string {
  const [text, other] = left.type.kind === "string" ? [left, right] : [right, left];
  if (text.type.kind === "string" && isNumeric(other.type)) return `: ${castHint(text, other.type)}`;
  if (left.type.kind === "date" && right.type.kind === "integer") return ": days are added as interval '1 day'";
  if (text.type.kind === "string") return ": texts are joined with ||";
  return "";
}

function checkArithmetic(checking: Checking, operator: string, left: Typed, right: Typed, at: number): Typed {
  if (isUnknown(left) || isUnknown(right)) return unknownAt(at);
  const known = { left: left.type.kind === "null" ? convert(left, right.type) : left, right: right.type.kind === "null" ? convert(right, left.type) : right };
  if (isNumeric(known.left.type) && isNumeric(known.right.type)) return checkNumbers(checking, operator, known.left, known.right, at);
  const time = checkTimes(operator, left, right, at);
  if (time) return time;
  checking.report("TYPE_MISMATCH", `${operator} does not work on ${printType(left.type)} and ${printType(right.type)}${arithmeticHint(left, right)}`, at);
  return unknownAt(at);
}

function checkDivision(checking: Checking, left: Typed, right: Typed, at: number): Typed {
  const a = demand(checking, left, types.double, "the dividend");
  const b = demand(checking, right, types.double, "the divisor");
  if (isUnknown(a) || isUnknown(b)) return unknownAt(at);
  const proven = right.op === "literal" && Number(right.value) !== 0;
  return callOf("/", proven ? "(#1 / #2)" : "(#1 / nullif(#2, 0))", [a, b], types.double, at, !proven || left.nullable);
}

function checkConcat(checking: Checking, left: Typed, right: Typed, at: number): Typed {
  if (left.type.kind === "list" || right.type.kind === "list") {
    const both = unify(checking, left, right, "cannot join");
    return both ? callOf("||", "(#1 || #2)", [both.left, both.right], both.type, at) : unknownAt(at);
  }
  const a = demand(checking, left, types.string, "what || joins");
  const b = demand(checking, right, types.string, "what || joins");
  return isUnknown(a) || isUnknown(b) ? unknownAt(at) : callOf("||", "(#1 || #2)", [a, b], types.string, at);
}

function checkWhole(checking: Checking, operator: string, left: Typed, right: Typed, at: number): Typed {
  const isDouble = operator === "mod" && [left, right].some(({ type }) => type.kind === "double" || type.kind === "decimal");
  const to = isDouble ? types.double : types.integer;
  const a = demand(checking, left, to, `what ${operator} divides`);
  const b = demand(checking, right, to, `the divisor of ${operator}`);
  if (isUnknown(a) || isUnknown(b)) return unknownAt(at);
  const template = operator === "div" ? "(#1 // #2)" : isDouble ? "(#1 % nullif(#2, 0))" : "(#1 % #2)";
  return callOf(operator, template, [a, b], to, at, true);
}

export function checkBinary(checking: Checking, ast: Node<"binary">): Typed {
  const { operator, at } = ast;
  const left = checking.check(ast.left);
  const right = checking.check(ast.right);
  if (operator === "and" || operator === "or") {
    const a = demand(checking, left, types.boolean, `what ${operator} joins`);
    const b = demand(checking, right, types.boolean, `what ${operator} joins`);
    return callOf(operator, `(#1 ${operator.toUpperCase()} #2)`, [a, b], types.boolean, at);
  }
  if (comparisons.has(operator)) return checkComparison(checking, ast, left, right);
  if (operator === "||") return checkConcat(checking, left, right, at);
  if (operator === "/") return checkDivision(checking, left, right, at);
  if (operator === "div" || operator === "mod") return checkWhole(checking, operator, left, right, at);
  return checkArithmetic(checking, operator, left, right, at);
}

export function checkUnary(checking: Checking, ast: Node<"unary">): Typed {
  const operand = checking.check(ast.operand);
  if (isUnknown(operand)) return operand;
  if (ast.operator === "not") return callOf("not", "(NOT #1)", [demand(checking, operand, types.boolean, "what not turns around")], types.boolean, ast.at);
  if (!isNumeric(operand.type) && operand.type.kind !== "interval") {
    checking.report("TYPE_MISMATCH", `${ast.operator} does not work on ${printType(operand.type)}`, ast.at);
    return unknownAt(ast.at);
  }
  if (ast.operator === "+") return operand;
  return { ...callOf("negate", "(-(#1))", [operand], operand.type, ast.at), wholeDays: operand.wholeDays === true };
}

export function checkIn(checking: Checking, ast: Node<"in">): Typed {
  let operand = checking.check(ast.operand);
  const items = ast.items.map((item) => checking.check(item));
  for (const [index, item] of ast.items.entries()) {
    if (isNullLiteral(item)) checking.report("NULL_COMPARISON", "null is never in a list: add … or x is null", ast.items[index]?.at ?? ast.at);
  }
  const converted: Typed[] = [];
  let type = operand.type;
  for (const item of items) {
    const both = unify(checking, operand, item, "cannot compare");
    if (!both) return { ...unknownAt(ast.at), type: types.boolean };
    operand = both.left;
    converted.push(both.right);
    type = converted.length === 1 ? both.type : (widen(type, both.type) ?? both.type);
  }
  operand = convert(operand, type);
  const widest = converted.map((item) => convert(item, type));
  const template = `(#1 ${ast.negated ? "NOT IN" : "IN"} (${widest.map((_, index) => `#${index + 2}`).join(", ")}))`;
  return callOf(ast.negated ? "not in" : "in", template, [operand, ...widest], types.boolean, ast.at);
}

export function checkBetween(checking: Checking, ast: Node<"between">): Typed {
  const low = unify(checking, checking.check(ast.operand), checking.check(ast.low), "cannot compare");
  const high = low && unify(checking, low.left, checking.check(ast.high), "cannot compare");
  if (!low || !high) return { ...unknownAt(ast.at), type: types.boolean };
  // A literal in front takes the type of the end it is beside: what holds both ends may be wider.
  const type = widen(low.type, high.type) ?? high.type;
  const args = [convert(high.left, type), convert(low.right, type), convert(high.right, type)];
  return callOf(ast.negated ? "not between" : "between", `(#1 ${ast.negated ? "NOT " : ""}BETWEEN #2 AND #3)`, args, types.boolean, ast.at);
}

export function checkLike(checking: Checking, ast: Node<"like">): Typed {
  const parts = [ast.operand, ast.pattern, ...(ast.escape ? [ast.escape] : [])].map((part) =>
    demand(checking, checking.check(part), types.string, "what like compares"),
  );
  const word = ast.insensitive ? "ILIKE" : "LIKE";
  if (ast.escape && (ast.escape.node !== "literal" || Array.from(ast.escape.text).length !== 1)) {
    checking.report("INVALID_ARGUMENT", "escape takes one character as a text literal", ast.escape.at);
  }
  return callOf(
    ast.insensitive ? "ilike" : "like",
    `(#1 ${ast.negated ? "NOT " : ""}${word} #2${ast.escape ? " ESCAPE #3" : ""})`,
    parts,
    types.boolean,
    ast.at,
  );
}

export function checkDistinctFrom(checking: Checking, ast: Node<"distinctFrom">): Typed {
  const both = unify(checking, checking.check(ast.left), checking.check(ast.right), "cannot compare");
  if (!both) return { ...unknownAt(ast.at), type: types.boolean };
  return callOf("is distinct from", `(#1 IS ${ast.negated ? "NOT " : ""}DISTINCT FROM #2)`, [both.left, both.right], types.boolean, ast.at, false);
}
