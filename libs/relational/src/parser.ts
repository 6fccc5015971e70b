import type { Ast, AstFrame, AstOrder, NamePart } from "./ast.ts";
import type { Cursor } from "./cursor.ts";
import { accept, counted, expect, isNext, nested, openCursor, peek, refuse, take } from "./cursor.ts";
import type { ExpressionFault } from "./fault.ts";
import { placeAt, Refusal } from "./fault.ts";
import { readCall, readCase, readFrame, readOrder } from "./parse-call.ts";
import { readType } from "./parse-type.ts";
import type { DataType } from "./types.ts";
import { types } from "./types.ts";

/** How tightly operators bind, loosest first. */
const power = { or: 1, and: 2, not: 3, comparison: 4, concat: 5, sum: 6, product: 7, sign: 8, postfix: 9 } as const;

const infix = new Map<string, number>(Object.entries({
  or: power.or, and: power.and, "=": power.comparison, "<>": power.comparison, "!=": power.comparison, "<": power.comparison, "<=": power.comparison,
  ">": power.comparison, ">=": power.comparison, is: power.comparison, in: power.comparison, between: power.comparison, like: power.comparison,
  ilike: power.comparison, not: power.comparison, "||": power.concat, "+": power.sum, "-": power.sum, "*": power.product, "/": power.product,
  "%": power.product, div: power.product, mod: power.product, "::": power.postfix, "[": power.postfix, ".": power.postfix, at: power.postfix,
})); // prettier-ignore

/** Words that end an expression or mean something: a column of such a name stands in double quotes. */
export const reservedWords = [
  "and",
  "or",
  "not",
  "is",
  "in",
  "between",
  "like",
  "ilike",
  "case",
  "when",
  "then",
  "else",
  "end",
  "null",
  "true",
  "false",
  "select",
];
const reserved = new Set(reservedWords);
const associative = new Set(["and", "or", "||"]);
const literalPrefixes = new Map<string, DataType>(Object.entries({
  date: types.date, time: types.time, timestamp: types.timestamp, timestamptz: types.timestamptz, interval: types.interval, json: types.json,
})); // prettier-ignore

const readExpression = (cursor: Cursor): Ast => readAbove(cursor, 0);
const readTight = (cursor: Cursor): Ast => readAbove(cursor, power.comparison);

function literal(cursor: Cursor, type: DataType, text: string, at: number): Ast {
  return counted(cursor, { node: "literal", type, text, at }, []);
}

function decimalOf(digits: string): DataType {
  const [whole = "", fraction = ""] = digits.split(".");
  const precision = Math.max(1, whole.replace(/^0+/, "").length + fraction.length);
  return precision > 38 ? types.unknown : types.decimal(precision, fraction.length);
}

function readCast(cursor: Cursor, onError: "fail" | "null", at: number): Ast {
  expect(cursor, "(");
  const operand = readExpression(cursor);
  expect(cursor, "as");
  const to = readType(cursor);
  expect(cursor, ")");
  return counted(cursor, { node: "cast", operand, to, onError, at }, [operand]);
}

function readExtract(cursor: Cursor, at: number): Ast {
  expect(cursor, "(");
  const part = peek(cursor);
  if (part.kind !== "word" && part.kind !== "string") refuse(cursor, "a part such as year, month or day");
  take(cursor);
  expect(cursor, "from");
  const operand = readExpression(cursor);
  expect(cursor, ")");
  return counted(cursor, { node: "extract", part: part.text.toLowerCase(), partAt: part.offset, operand, at }, [operand]);
}

function readListLiteral(cursor: Cursor, at: number): Ast {
  const items: Ast[] = [];
  if (!accept(cursor, "]")) {
    do items.push(readExpression(cursor));
    while (accept(cursor, ","));
    expect(cursor, "]");
  }
  return counted(cursor, { node: "list", items, at }, items);
}

/** Calls with a grammar of their own; undefined for all others. */
function readSpecialCall(cursor: Cursor): Ast | undefined {
  const { key, offset } = peek(cursor);
  if (key === "exists") throw new Refusal("EXPRESSION_SYNTAX", "exists is not part of expressions: use a semi or anti join", offset);
  if (key !== "cast" && key !== "try_cast" && key !== "extract") return undefined;
  take(cursor);
  return key === "extract" ? readExtract(cursor, offset) : readCast(cursor, key === "cast" ? "fail" : "null", offset);
}

/** Words that begin something of their own; undefined for a plain word. */
function readSpecialWord(cursor: Cursor): Ast | undefined {
  const { key, offset } = peek(cursor);
  if (peek(cursor, 1).key === "(" && key !== "case") return readSpecialCall(cursor);
  if (key !== "case" && key !== "true" && key !== "false" && key !== "null") return undefined;
  take(cursor);
  if (key === "case") return readCase(cursor, readExpression, offset);
  return literal(cursor, key === "null" ? types.null : types.boolean, key, offset);
}

function readWord(cursor: Cursor): Ast {
  const token = peek(cursor);
  const next = peek(cursor, 1);
  const prefix = literalPrefixes.get(token.key);
  if (prefix && next.kind === "string") {
    take(cursor);
    return literal(cursor, prefix, take(cursor).text, token.offset);
  }
  const special = readSpecialWord(cursor);
  if (special) return special;
  if (reserved.has(token.key)) refuse(cursor, "a value (a column of this name stands in double quotes)");
  return next.key === "(" ? readCall(cursor, readExpression, readTight) : readName(cursor);
}

function readName(cursor: Cursor): Ast {
  const first = take(cursor);
  const parts: NamePart[] = [{ text: first.text, at: first.offset }];
  while (isNext(cursor, ".") && ["word", "quoted"].includes(peek(cursor, 1).kind)) {
    take(cursor);
    const part = take(cursor);
    parts.push({ text: part.text, at: part.offset });
  }
  return counted(cursor, { node: "name", parts, at: first.offset }, []);
}

function readSymbol(cursor: Cursor): Ast {
  const token = peek(cursor);
  if (token.key === "-" || token.key === "+") {
    take(cursor);
    const digits = peek(cursor);
    if (token.key === "-" && ["integer", "decimal", "double"].includes(digits.kind)) return readNumber(cursor, "-", token.offset);
    const operand = nested(cursor, () => readAbove(cursor, power.sign));
    return counted(cursor, { node: "unary", operator: token.key, operand, at: token.offset }, [operand]);
  }
  if (token.key === "(") {
    take(cursor);
    if (isNext(cursor, "select")) refuse(cursor, "a value (a query cannot stand in an expression)");
    const inner = readExpression(cursor);
    if (!isNext(cursor, ")")) refuse(cursor, 'an operator or ")"');
    take(cursor);
    return inner;
  }
  if (token.key === "[") {
    take(cursor);
    return readListLiteral(cursor, token.offset);
  }
  return refuse(cursor, "a column, a literal, a call or (");
}

function readNumber(cursor: Cursor, sign: string, at: number): Ast {
  const token = take(cursor);
  const type = token.kind === "integer" ? types.integer : token.kind === "double" ? types.double : decimalOf(token.text);
  if (type.kind === "unknown") throw new Refusal("EXPRESSION_SYNTAX", "a decimal has at most 38 digits; 1e0 after it makes it a double", at);
  const limit = sign ? 2n ** 63n : 2n ** 63n - 1n;
  if (token.kind === "integer" && (token.text.length > 25 || BigInt(token.text) > limit)) {
    throw new Refusal("EXPRESSION_SYNTAX", "an integer has 64 bits; write a decimal with a point, or a double with e0", at);
  }
  return literal(cursor, type, sign + token.text, at);
}

function readPrimary(cursor: Cursor): Ast {
  const token = peek(cursor);
  switch (token.kind) {
    case "integer":
    case "decimal":
    case "double":
      return readNumber(cursor, "", token.offset);
    case "string":
      take(cursor);
      return literal(cursor, types.string, token.text, token.offset);
    case "parameter":
      take(cursor);
      return counted(cursor, { node: "parameter", name: token.text, at: token.offset }, []);
    case "quoted":
      return readName(cursor);
    case "word":
      if (token.key !== "not") return readWord(cursor);
      take(cursor);
      return nested(cursor, () => {
        const operand = readAbove(cursor, power.not);
        return counted(cursor, { node: "unary", operator: "not", operand, at: token.offset }, [operand]);
      });
    default:
      return token.kind === "end" ? refuse(cursor, "a value") : readSymbol(cursor);
  }
}

/** Joins operands of an associative operator into a shallow tree, so that long chains stay within the depth limit. */
function balance(cursor: Cursor, operator: string, operands: readonly Ast[], at: number): Ast {
  const [only] = operands;
  if (operands.length === 1 && only) return only;
  const middle = operands.length >> 1;
  const left = balance(cursor, operator, operands.slice(0, middle), at);
  const right = balance(cursor, operator, operands.slice(middle), at);
  return counted(cursor, { node: "binary", operator, left, right, at }, [left, right]);
}

function readBinary(cursor: Cursor, left: Ast, binding: number): Ast {
  const token = take(cursor);
  const operands = [left, readAbove(cursor, binding)];
  if (associative.has(token.key)) {
    while (accept(cursor, token.key)) operands.push(readAbove(cursor, binding));
    return balance(cursor, token.key, operands, token.offset);
  }
  const right = operands[1];
  const operator = token.key === "!=" ? "<>" : token.key === "%" ? "mod" : token.key;
  if (!right) throw new Error("a binary operator has two operands");
  const tree = counted(cursor, { node: "binary", operator, left, right, at: token.offset }, [left, right]);
  if (binding === power.comparison && infix.get(peek(cursor).key) === power.comparison && !isNext(cursor, "is"))
    refuse(cursor, '"and", "or" or the end (comparisons do not chain)');
  return tree;
}

function readIs(cursor: Cursor, operand: Ast): Ast {
  const at = take(cursor).offset;
  const negated = accept(cursor, "not");
  if (accept(cursor, "null")) return counted(cursor, { node: "isNull", operand, negated, at }, [operand]);
  if (accept(cursor, "true")) return counted(cursor, { node: "isTruth", operand, value: true, negated, at }, [operand]);
  if (accept(cursor, "false")) return counted(cursor, { node: "isTruth", operand, value: false, negated, at }, [operand]);
  if (!accept(cursor, "distinct", "from")) refuse(cursor, '"null", "true", "false" or "distinct from"');
  const right = readTight(cursor);
  return counted(cursor, { node: "distinctFrom", left: operand, right, negated, at }, [operand, right]);
}

function readIn(cursor: Cursor, operand: Ast, negated: boolean, at: number): Ast {
  expect(cursor, "(");
  if (isNext(cursor, "select")) refuse(cursor, "a list of values (for a query use a semi join)");
  const items = [readExpression(cursor)];
  while (accept(cursor, ",")) items.push(readExpression(cursor));
  if (!isNext(cursor, ")")) refuse(cursor, '"," or ")"');
  take(cursor);
  return counted(cursor, { node: "in", operand, items, negated, at }, [operand, ...items]);
}

function readPredicate(cursor: Cursor, operand: Ast): Ast {
  const at = peek(cursor).offset;
  const negated = accept(cursor, "not");
  if (accept(cursor, "in")) return readIn(cursor, operand, negated, at);
  if (accept(cursor, "between")) {
    const low = readTight(cursor);
    expect(cursor, "and");
    const high = readTight(cursor);
    return counted(cursor, { node: "between", operand, low, high, negated, at }, [operand, low, high]);
  }
  const insensitive = isNext(cursor, "ilike");
  if (!accept(cursor, "like") && !accept(cursor, "ilike")) refuse(cursor, '"in", "between", "like" or "ilike"');
  const pattern = readTight(cursor);
  const escape = accept(cursor, "escape") ? readTight(cursor) : undefined;
  return counted(cursor, { node: "like", operand, pattern, ...(escape && { escape }), insensitive, negated, at }, [operand, pattern, escape]);
}

function readPostfix(cursor: Cursor, operand: Ast): Ast {
  const token = take(cursor);
  if (token.key === "::") return counted(cursor, { node: "cast", operand, to: readType(cursor), onError: "fail", at: token.offset }, [operand]);
  if (token.key === "[") {
    const index = readExpression(cursor);
    expect(cursor, "]");
    return counted(cursor, { node: "index", operand, index, at: token.offset }, [operand, index]);
  }
  if (token.key === ".") {
    const name = peek(cursor);
    if (name.kind !== "word" && name.kind !== "quoted") refuse(cursor, "the name of a field");
    take(cursor);
    return counted(cursor, { node: "field", operand, name: name.text, at: token.offset }, [operand]);
  }
  expect(cursor, "time");
  expect(cursor, "zone");
  const zone = readAbove(cursor, power.sign);
  return counted(cursor, { node: "atTimeZone", operand, zone, at: token.offset }, [operand, zone]);
}

function readInfix(cursor: Cursor, left: Ast, binding: number): Ast {
  const { key } = peek(cursor);
  if (binding === power.postfix) return readPostfix(cursor, left);
  if (key === "is") return readIs(cursor, left);
  if (["in", "between", "like", "ilike", "not"].includes(key)) return readPredicate(cursor, left);
  return readBinary(cursor, left, binding);
}

function readAbove(cursor: Cursor, least: number): Ast {
  return nested(cursor, () => {
    let left = readPrimary(cursor);
    for (;;) {
      const binding = infix.get(peek(cursor).key) ?? 0;
      if (binding <= least) return left;
      left = readInfix(cursor, left, binding);
    }
  });
}

export type Parsed<Value> = { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly fault: ExpressionFault };

function parseWhole<Value>(text: string, read: (cursor: Cursor) => Value): Parsed<Value> {
  try {
    const cursor = openCursor(text);
    const value = read(cursor);
    if (peek(cursor).kind !== "end") refuse(cursor, "an operator or the end");
    return { ok: true, value };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { ok: false, fault: { code: error.code, message: error.message, place: placeAt(text, error.offset) } };
  }
}

/**
 * Parses one expression. Faults: `EXPRESSION_SYNTAX` (what was found, what could stand there), `EXPRESSION_TOO_LARGE`
 * (depth 200, 10,000 nodes), `INVALID_TYPE`.
 */
export const parseExpression = (text: string): Parsed<Ast> => parseWhole(text, readExpression);

/** Parses `expression [asc|desc] [nulls first|last]`. */
export const parseOrder = (text: string): Parsed<AstOrder> => parseWhole(text, (cursor) => readOrder(cursor, readExpression));

/** Parses a window frame: `rows between 6 preceding and current row`. */
export const parseFrame = (text: string): Parsed<AstFrame> => parseWhole(text, (cursor) => readFrame(cursor, readTight));
