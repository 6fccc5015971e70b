import type { Ast, AstBound, AstCall, AstFrame, AstOrder, AstOver } from "./ast.ts";
import type { Cursor } from "./cursor.ts";
import { accept, counted, expect, isNext, peek, refuse, take } from "./cursor.ts";
import { Refusal } from "./fault.ts";

/** Reads one whole expression; handed in so that the two halves of the grammar need not import each other. */
export type ReadExpression = (cursor: Cursor) => Ast;

/** `value [asc|desc] [nulls first|last]`. */
export function readOrder(cursor: Cursor, read: ReadExpression): AstOrder {
  const value = read(cursor);
  const descending = accept(cursor, "desc") || (accept(cursor, "asc"), false);
  if (!accept(cursor, "nulls")) return { value, descending };
  if (accept(cursor, "first")) return { value, descending, nullsFirst: true };
  if (!accept(cursor, "last")) refuse(cursor, '"first" or "last"');
  return { value, descending, nullsFirst: false };
}

function readList<Item>(cursor: Cursor, readItem: () => Item): Item[] {
  const items = [readItem()];
  while (accept(cursor, ",")) items.push(readItem());
  return items;
}

function readBound(cursor: Cursor, read: ReadExpression): AstBound {
  if (accept(cursor, "current", "row")) return { kind: "current row" };
  if (accept(cursor, "unbounded", "preceding")) return { kind: "unbounded preceding" };
  if (accept(cursor, "unbounded", "following")) return { kind: "unbounded following" };
  const value = read(cursor);
  if (accept(cursor, "preceding")) return { kind: "preceding", value };
  if (!accept(cursor, "following")) refuse(cursor, '"preceding" or "following"');
  return { kind: "following", value };
}

/** `rows|range between … and …`, or `rows|range <bound>` up to the current row. */
export function readFrame(cursor: Cursor, readTight: ReadExpression): AstFrame {
  const at = peek(cursor).offset;
  const unit = accept(cursor, "rows") ? "rows" : accept(cursor, "range") ? "range" : refuse(cursor, '"rows" or "range"');
  if (!accept(cursor, "between")) return { unit, start: readBound(cursor, readTight), end: { kind: "current row" }, at };
  const start = readBound(cursor, readTight);
  expect(cursor, "and");
  return { unit, start, end: readBound(cursor, readTight), at };
}

function readOver(cursor: Cursor, read: ReadExpression, readTight: ReadExpression): AstOver {
  expect(cursor, "(");
  const partition = accept(cursor, "partition", "by") ? readList(cursor, () => read(cursor)) : [];
  const order = accept(cursor, "order", "by") ? readList(cursor, () => readOrder(cursor, read)) : [];
  const frame = isNext(cursor, "rows") || isNext(cursor, "range") ? readFrame(cursor, readTight) : undefined;
  expect(cursor, ")");
  return frame ? { partition, order, frame } : { partition, order };
}

interface Arguments {
  readonly args: readonly Ast[];
  readonly star: boolean;
  readonly distinct: boolean;
  readonly order: readonly AstOrder[];
}

function readArguments(cursor: Cursor, read: ReadExpression): Arguments {
  if (accept(cursor, ")")) return { args: [], star: false, distinct: false, order: [] };
  if (accept(cursor, "*", ")")) return { args: [], star: true, distinct: false, order: [] };
  const distinct = accept(cursor, "distinct");
  const args = readList(cursor, () => read(cursor));
  const order = accept(cursor, "order", "by") ? readList(cursor, () => readOrder(cursor, read)) : [];
  if (!isNext(cursor, ")")) refuse(cursor, '"," or ")"');
  take(cursor);
  return { args, star: false, distinct, order };
}

function readFilter(cursor: Cursor, read: ReadExpression): Ast | undefined {
  if (!accept(cursor, "filter")) return undefined;
  expect(cursor, "(");
  expect(cursor, "where");
  const filter = read(cursor);
  expect(cursor, ")");
  return filter;
}

const orderValues = (order: readonly AstOrder[]): Ast[] => order.map((item) => item.value);

function overParts(over: AstOver | undefined): (Ast | undefined)[] {
  return over ? [...over.partition, ...orderValues(over.order), over.frame?.start.value, over.frame?.end.value] : [];
}

/** A call, from the name on: arguments, `filter (where …)`, `over (…)`. */
export function readCall(cursor: Cursor, read: ReadExpression, readTight: ReadExpression): AstCall {
  const name = take(cursor);
  expect(cursor, "(");
  if (isNext(cursor, "select") || isNext(cursor, "with")) {
    throw new Refusal("EXPRESSION_SYNTAX", "a query cannot stand in an expression: use a join, or a sql step", peek(cursor).offset);
  }
  const given = readArguments(cursor, read);
  const filter = readFilter(cursor, read);
  const over = accept(cursor, "over") ? readOver(cursor, read, readTight) : undefined;
  const call: AstCall = { node: "call", name: name.key, ...given, ...(filter && { filter }), ...(over && { over }), at: name.offset };
  return counted(cursor, call, [...given.args, ...orderValues(given.order), filter, ...overParts(over)]);
}

/** `case [subject] when … then … [else …] end`, after the word `case`. */
export function readCase(cursor: Cursor, read: ReadExpression, at: number): Ast {
  const subject = isNext(cursor, "when") ? undefined : read(cursor);
  const branches: { when: Ast; then: Ast }[] = [];
  if (!isNext(cursor, "when")) refuse(cursor, '"when"');
  while (accept(cursor, "when")) {
    const when = read(cursor);
    expect(cursor, "then");
    branches.push({ when, then: read(cursor) });
  }
  const otherwise = accept(cursor, "else") ? read(cursor) : undefined;
  if (!isNext(cursor, "end")) refuse(cursor, '"when", "else" or "end"');
  take(cursor);
  const parts = [subject, otherwise, ...branches.flatMap((branch) => [branch.when, branch.then])];
  return counted(cursor, { node: "case", ...(subject && { subject }), branches, ...(otherwise && { otherwise }), at }, parts);
}
