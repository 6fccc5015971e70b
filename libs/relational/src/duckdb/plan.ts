import type { Item, Relation, SortKey } from "../plan/relation.ts";
import { inputsOf, physicalColumns, rowNumber } from "../plan/relation.ts";
import type { PrintContext } from "./expression.ts";
import { printExpression } from "./expression.ts";
import type { Typed } from "../typed.ts";
import { some } from "../typed.ts";
import { printDuckdbType, quoteIdentifier } from "./names.ts";

/** What a statement needs from its run. */
export type StatementContext = Omit<PrintContext, "place">;

/** One named part of a statement. */
export interface StatementPart {
  /** The name in `WITH`. */
  readonly name: string;
  /** The step it computes a part of; empty for a source. */
  readonly step: string;
  readonly relation: Relation;
  readonly sql: string;
}

export interface Statement {
  /** One SELECT. */
  readonly sql: string;
  readonly parts: readonly StatementPart[];
}

interface Naming {
  readonly names: Map<Relation, string>;
  /** How often a relation is read in the statement. */
  readonly uses: Map<Relation, number>;
  readonly order: Relation[];
}

/** Names every relation once, inputs first: `source.orders`, `clean.1`, `clean.2` … */
function nameRelations(root: Relation): Naming {
  const naming: Naming = { names: new Map(), uses: new Map(), order: [] };
  const counts = new Map<string, number>();
  const walk = (relation: Relation): void => {
    naming.uses.set(relation, (naming.uses.get(relation) ?? 0) + 1);
    if (naming.names.has(relation)) return;
    for (const input of inputsOf(relation)) walk(input);
    const count = (counts.get(relation.step) ?? 0) + 1;
    counts.set(relation.step, count);
    naming.names.set(relation, relation.kind === "scan" ? `source.${relation.input}` : `${relation.step}.${count}`);
    naming.order.push(relation);
  };
  walk(root);
  return naming;
}

const column = (name: string, alias = "t"): string => `${alias}.${quoteIdentifier(name)}`;

/** The engine forgets the type of what it finds to be null before it runs: of a call with a constant null in it. */
const mayLoseType = (value: Typed): boolean =>
  value.op === "call" && some(value, (node) => node.op === "parameter" || (node.op === "literal" && node.value === null));

function printItem(context: PrintContext, { name, value }: Item): string {
  const printed = printExpression({ ...context, place: `${context.place}/${name}` }, value);
  return `${mayLoseType(value) ? `CAST(${printed} AS ${printDuckdbType(value.type)})` : printed} AS ${quoteIdentifier(name)}`;
}

const printItems = (context: PrintContext, items: readonly Item[]): string => items.map((item) => printItem(context, item)).join(", ");

const printColumns = (relation: Relation): string =>
  physicalColumns(relation)
    .map(({ name }) => column(name))
    .join(", ");

/** An order whose ties are broken by the remaining columns, so that a result is the same every time. */
export function printTotalOrder(relation: Relation, sort: readonly SortKey[]): string {
  const used = new Set(sort.map((key) => key.column));
  const keys = sort.map((key) => `${column(key.column)} ${key.descending ? "DESC" : "ASC"} NULLS ${key.nullsFirst ? "FIRST" : "LAST"}`);
  const rest = relation.columns.filter(({ name }) => !used.has(name)).map(({ name }) => `${column(name)} ASC NULLS LAST`);
  return [...keys, ...rest].join(", ");
}

type Kind<Name extends Relation["kind"]> = Extract<Relation, { kind: Name }>;

function printLimit(relation: Kind<"limit">, from: string): string {
  const order = printTotalOrder(relation.from, relation.sort);
  const { offset, rows } = relation;
  if (relation.by.length === 0) return `SELECT ${printColumns(relation)} FROM ${from} AS t ORDER BY ${order} LIMIT ${rows} OFFSET ${offset}`;
  const groups = relation.by.map((name) => column(name)).join(", ");
  return `SELECT ${printColumns(relation)} FROM ${from} AS t QUALIFY row_number() OVER (PARTITION BY ${groups} ORDER BY ${order}) BETWEEN ${offset + 1} AND ${offset + rows}`;
}

function printJoin(context: PrintContext, relation: Kind<"join">, left: string, right: string): string {
  const word = relation.type === "cross" ? "CROSS" : relation.type.toUpperCase();
  const condition = relation.type === "cross" ? "" : ` ON ${relation.condition ? printExpression(context, relation.condition) : "FALSE"}`;
  return `SELECT ${printItems(context, relation.items)} FROM ${left} AS l ${word} JOIN ${right} AS r${condition}`;
}

function printAggregate(context: PrintContext, relation: Kind<"aggregate">, from: string): string {
  const places = relation.by.map((_, index) => index + 1).join(", ");
  return `SELECT ${printItems(context, [...relation.by, ...relation.values])} FROM ${from} AS t${places === "" ? "" : ` GROUP BY ${places}`}`;
}

function printSql(relation: Kind<"sql">, nameOf: (relation: Relation) => string): string {
  const inputs = relation.inputs.map(({ name, relation: input }) => {
    const columns = input.columns.map((item) => column(item.name)).join(", ");
    return `${quoteIdentifier(name)} AS (SELECT ${columns} FROM ${nameOf(input)} AS t)`;
  });
  const columns = relation.columns.map(({ name, type }) => `CAST(${column(name)} AS ${printDuckdbType(type)}) AS ${quoteIdentifier(name)}`).join(", ");
  return `WITH ${inputs.join(", ")} SELECT ${columns} FROM (\n${withoutEnd(relation.text)}\n) AS t`;
}

/** A statement without the semicolons and spaces behind it. */
function withoutEnd(text: string): string {
  let end = text.length;
  while (end > 0 && /[;\s]/.test(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end);
}

function printRelation(context: PrintContext, relation: Relation, nameOf: (relation: Relation) => string): string {
  switch (relation.kind) {
    case "scan": {
      const columns = relation.columns.map(({ name, type }) =>
        type.kind === "unknown" ? column(name) : `CAST(${column(name)} AS ${printDuckdbType(type)}) AS ${quoteIdentifier(name)}`,
      );
      return `SELECT ${columns.join(", ")} FROM ${quoteIdentifier(relation.view)} AS t`;
    }
    case "project":
      return `SELECT ${printItems(context, relation.items)} FROM ${nameOf(relation.from)} AS t`;
    case "filter":
      return `SELECT ${printColumns(relation)} FROM ${nameOf(relation.from)} AS t WHERE ${printExpression(context, relation.predicate)}`;
    case "number":
      return `SELECT ${physicalColumns(relation)
        .filter(({ name }) => name !== rowNumber)
        .map(({ name }) => column(name))
        .join(", ")}, row_number() OVER (ORDER BY ${printTotalOrder(relation.from, [])}) AS ${quoteIdentifier(rowNumber)} FROM ${nameOf(relation.from)} AS t`;
    case "limit":
      return printLimit(relation, nameOf(relation.from));
    case "join":
      return printJoin(context, relation, nameOf(relation.from), nameOf(relation.right));
    case "combine": {
      const word = `${relation.operation.toUpperCase()}${relation.distinct ? "" : " ALL"}`;
      return relation.parts.map((part) => `(SELECT ${printItems(context, part.items)} FROM ${nameOf(part.relation)} AS t)`).join(` ${word} `);
    }
    case "aggregate":
      return printAggregate(context, relation, nameOf(relation.from));
    case "sql":
      return printSql(relation, nameOf);
  }
}

/** Whether computing it twice costs little more than reading it twice. */
function isCheap(relation: Relation): boolean {
  return relation.kind === "scan" || ((relation.kind === "project" || relation.kind === "filter") && isCheap(relation.from));
}

/** Prints every relation under a root as a named part, inputs first. */
export function printParts(root: Relation, statement: StatementContext): StatementPart[] {
  const naming = nameRelations(root);
  const nameOf = (relation: Relation): string => quoteIdentifier(naming.names.get(relation) ?? "");
  return naming.order.map((relation) => {
    const name = naming.names.get(relation) ?? "";
    return { name, step: relation.step, relation, sql: printRelation({ ...statement, place: relation.path }, relation, nameOf) };
  });
}

function printWith(parts: readonly StatementPart[], uses: ReadonlyMap<Relation, number>): string {
  const printed = parts.map((part) => {
    const isShared = (uses.get(part.relation) ?? 1) > 1 && !isCheap(part.relation);
    return `${quoteIdentifier(part.name)} AS ${isShared ? "MATERIALIZED" : "NOT MATERIALIZED"} (${part.sql})`;
  });
  return `WITH ${printed.join(",\n")}`;
}

/**
 * Prints a relation as one SELECT for DuckDB: a named part per operator, the result in its order. It reads the views
 * that the scans name; the session's time zone must be UTC.
 */
export function printStatement(root: Relation, context: StatementContext): Statement {
  const parts = printParts(root, context);
  const { uses } = nameRelations(root);
  const last = parts.at(-1);
  if (!last) throw new Error("a plan has at least one relation");
  const columns = root.columns.map(({ name }) => column(name)).join(", ");
  const order = root.order.length > 0 ? `\nORDER BY ${printTotalOrder(root, root.order)}` : "";
  return { parts, sql: `${printWith(parts, uses)}\nSELECT ${columns} FROM ${quoteIdentifier(last.name)} AS t${order}` };
}

/** The parts up to and without one, as the start of another statement. */
export function printPrelude(parts: readonly StatementPart[], until: StatementPart): string {
  const before = parts.slice(0, parts.indexOf(until));
  return before.length === 0 ? "" : `${printWith(before, new Map())}\n`;
}
