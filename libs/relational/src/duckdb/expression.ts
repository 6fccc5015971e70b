import { rowNumber } from "../plan/relation.ts";
import type { Side, Typed, TypedBound, TypedFrame, TypedOrder, TypedWindow } from "../typed.ts";
import type { DataType } from "../types.ts";
import { isNumeric } from "../types.ts";
import { printDuckdbType, quoteIdentifier, quoteText } from "./names.ts";

/** What expressions need from the run they belong to. */
export interface PrintContext {
  /** Canonical texts of the parameters; null is null. */
  readonly parameters: ReadonlyMap<string, string | null>;
  /** The run's logical time, RFC 3339 in UTC. */
  readonly now: string;
  /** Where random numbers come from. */
  readonly seed: string;
  /** Tells the calls of `random()` in one run apart. */
  readonly place: string;
  /** Failing casts give null instead: for the search for bad rows. */
  readonly lenient: boolean;
}

type AggregateNode = Extract<Typed, { op: "aggregate" }>;

const aliases: Readonly<Record<Side, string>> = { input: "t", left: "l", right: "r" };

const signed = (text: string): string => (text.startsWith("-") ? `(${text})` : text);

function printLiteral(type: DataType, value: string | null): string {
  if (value === null) return type.kind === "null" || type.kind === "unknown" ? "NULL" : `CAST(NULL AS ${printDuckdbType(type)})`;
  if (isNumeric(type)) return `${signed(value)}::${printDuckdbType(type)}`;
  switch (type.kind) {
    case "boolean":
      return value.toUpperCase();
    case "date":
    case "time":
    case "timestamp":
    case "interval":
      return `${type.kind.toUpperCase()} ${quoteText(value)}`;
    case "string":
      return quoteText(value);
    default:
      return `CAST(${quoteText(value)} AS ${printDuckdbType(type)})`;
  }
}

/** What is cast in place of a value, where the engine would read it otherwise than the language. */
function castSource(text: string, from: DataType, to: DataType): string {
  // Doubles and numbers of JSON the engine rounds half to even, the language half away from zero, as decimals and texts.
  if (to.kind === "integer" && from.kind === "double") return `round(${text})`;
  if (to.kind === "integer" && from.kind === "json") return `(${text} ->> '$')`;
  // The engine drops an offset; the mark makes the text unreadable.
  return to.kind === "timestamp" && from.kind === "string" ? `regexp_replace(${text}, '(:.*)[^0-9:. Z]', '\\1?')` : text;
}

function printCast(context: PrintContext, text: string, from: DataType, to: DataType, onError: "fail" | "null"): string {
  const word = onError === "null" || context.lenient ? "TRY_CAST" : "CAST";
  const value = castSource(text, from, to);
  if (from.kind === "timestamptz" && to.kind === "string") return `strftime(timezone('UTC', ${text}), '%Y-%m-%d %H:%M:%S.%f+00')`;
  const printed = `${word}(${value} AS ${printDuckdbType(to)})`;
  // Where all digits are places, the engine writes no zero before the point.
  return from.kind === "decimal" && from.precision === from.scale && to.kind === "string" ? `regexp_replace(${printed}, '^(-?)\\.', '\\10.')` : printed;
}

function printRandom(context: PrintContext, at: number): string {
  const key = quoteText(`${context.seed}/${context.place}/${at}/`);
  return `((md5_number_lower(concat(${key}, ${aliases.input}.${quoteIdentifier(rowNumber)})) >> 11) / 9007199254740992.0::DOUBLE)`;
}

/** Puts arguments into a template of the catalogue, in one pass: what is put in is not read again. */
function fill(context: PrintContext, template: string, args: readonly string[], at: number, order = ""): string {
  return template.replace(/#(\*|\d+|order|now|today|random)/g, (_, key: string) => {
    if (key === "*") return args.join(", ");
    if (key === "order") return order;
    if (key === "now") return `CAST(${quoteText(context.now)} AS TIMESTAMP WITH TIME ZONE)`;
    if (key === "today") return `DATE ${quoteText(context.now.slice(0, 10))}`;
    if (key === "random") return printRandom(context, at);
    return args[Number(key) - 1] ?? "NULL";
  });
}

export function printOrder(context: PrintContext, order: TypedOrder): string {
  return `${printExpression(context, order.value)} ${order.descending ? "DESC" : "ASC"} NULLS ${order.nullsFirst ? "FIRST" : "LAST"}`;
}

function printBound(context: PrintContext, bound: TypedBound): string {
  return bound.value ? `${printExpression(context, bound.value)} ${bound.kind.toUpperCase()}` : bound.kind.toUpperCase();
}

function printFrame(context: PrintContext, frame: TypedFrame): string {
  return `${frame.unit.toUpperCase()} BETWEEN ${printBound(context, frame.start)} AND ${printBound(context, frame.end)}`;
}

/** Calls that look at rows by number or rank: a frame says nothing to them. */
const frameless = new Set(["row_number", "rank", "dense_rank", "percent_rank", "ntile", "lag", "lead"]);

function printWindow(context: PrintContext, window: TypedWindow, name: string): string {
  const parts: string[] = [];
  if (window.partition.length > 0) parts.push(`PARTITION BY ${window.partition.map((value) => printExpression(context, value)).join(", ")}`);
  const ties = window.tieBreakers.map((column) => `${aliases.input}.${quoteIdentifier(column)} ASC NULLS LAST`);
  const order = [...window.order.map((item) => printOrder(context, item)), ...ties];
  if (order.length > 0) parts.push(`ORDER BY ${order.join(", ")}`);
  if (window.frame && !frameless.has(name)) parts.push(printFrame(context, window.frame));
  return ` OVER (${parts.join(" ")})`;
}

function printAggregate(context: PrintContext, node: AggregateNode): string {
  const { entry, overload } = node;
  const args = node.args.map((arg) => printExpression(context, arg));
  const [first = ""] = args;
  const order = node.order.length > 0 ? `ORDER BY ${[...node.order.map((item) => printOrder(context, item)), `${first} ASC NULLS LAST`].join(", ")}` : "";
  const template = node.distinct ? overload.duckdb.replace("(#1", "(DISTINCT #1") : overload.duckdb;
  const conditions = node.filter ? [printExpression(context, node.filter)] : [];
  if ((entry.name === "min_by" || entry.name === "max_by") && args[1]) conditions.push(`${args[1]} IS NOT NULL`);
  const filter = conditions.length > 0 ? ` FILTER (WHERE ${conditions.join(" AND ")})` : "";
  const over = node.window ? printWindow(context, node.window, entry.name) : "";
  const call = `${fill(context, template, args, node.at, order)}${filter}${over}`;
  return overload.wrap?.replace("#call", () => call) ?? call;
}

function printCase(context: PrintContext, node: Extract<Typed, { op: "case" }>): string {
  const subject = node.subject ? ` ${printExpression(context, node.subject)}` : "";
  const branches = node.branches.map((branch) => ` WHEN ${printExpression(context, branch.when)} THEN ${printExpression(context, branch.then)}`);
  return `CASE${subject}${branches.join("")} ELSE ${printExpression(context, node.otherwise)} END`;
}

/** Prints a typed expression for DuckDB; columns carry the alias of their side (`t`, `l`, `r`). */
export function printExpression(context: PrintContext, typed: Typed): string {
  switch (typed.op) {
    case "column":
      return `${aliases[typed.side]}.${quoteIdentifier(typed.name)}`;
    case "literal":
      return printLiteral(typed.type, typed.value);
    case "parameter":
      return printLiteral(typed.type, context.parameters.get(typed.name) ?? null);
    case "call":
      return fill(
        context,
        typed.template,
        typed.args.map((arg) => printExpression(context, arg)),
        typed.at,
      );
    case "convert":
      return `CAST(${printExpression(context, typed.arg)} AS ${printDuckdbType(typed.type)})`;
    case "cast":
      return printCast(context, printExpression(context, typed.arg), typed.arg.type, typed.type, typed.onError);
    case "case":
      return printCase(context, typed);
    case "list":
      return `CAST([${typed.items.map((item) => printExpression(context, item)).join(", ")}] AS ${printDuckdbType(typed.type)})`;
    case "field":
      return `struct_extract(${printExpression(context, typed.arg)}, ${quoteText(typed.name)})`;
    case "aggregate":
      return printAggregate(context, typed);
  }
}
