import { refuse } from "./failures.ts";
import { clockFunctions, clockWords, pureFunctions, randomFunctions, tableFunctions } from "./functions.ts";

export interface CheckRules {
  /** Whether the clock may be read (`now()`, `current_date`). */
  readonly clock: boolean;
  /** Whether answers may differ from call to call (`random()`, samples without a seed). */
  readonly random: boolean;
}

/** An object of the engine's serialised statement. */
export type Tree = { readonly [key: string]: unknown };

/** Names of the common table expressions that can be seen from here, in lower case. */
type Scope = ReadonlySet<string>;

interface Walk {
  readonly sql: string;
  readonly rules: CheckRules;
  readonly tables: Map<string, number | undefined>;
}

/** Deepest nesting of the serialised statement. */
const MAX_DEPTH = 2_000;

const queryNodes = new Set(["SELECT_NODE", "SET_OPERATION_NODE", "RECURSIVE_CTE_NODE", "CTE_NODE"]);
const tableNodes = new Set(["EMPTY", "BASE_TABLE", "JOIN", "SUBQUERY", "TABLE_FUNCTION", "EXPRESSION_LIST", "PIVOT"]);
const partNodes = /^(?:ORDER_DEFAULT|ASCENDING|DESCENDING|[A-Z]+(?:_[A-Z]+)*_(?:MODIFIER|TYPE_INFO))$/;
const expressionClasses = new Set(
  "BETWEEN CASE CAST COLLATE COLUMN_REF COMPARISON CONJUNCTION CONSTANT FUNCTION LAMBDA LAMBDA_REF OPERATOR PARAMETER POSITIONAL_REFERENCE STAR SUBQUERY TYPE WINDOW".split(
    " ",
  ),
);

/**
 * Walks a serialised statement. What is not on a list is refused: kinds of nodes, functions, ways to name a table.
 * @returns the tables it reads, in lower case, in order of appearance, each with the byte offset of the first
 * @throws JobFailure QUERY_REFUSED
 */
export function walkStatement(statement: Tree, sql: string, rules: CheckRules): ReadonlyMap<string, number | undefined> {
  const walk: Walk = { sql, rules, tables: new Map() };
  visit(statement, new Set(), walk, 0);
  return walk.tables;
}

function visit(value: unknown, scope: Scope, walk: Walk, depth: number): void {
  if (value === null || typeof value !== "object") return;
  if (depth > MAX_DEPTH) throw refuse(walk.sql, "The statement is nested too deeply");
  const node = value as Tree;
  if (typeof node.class === "string") visitExpression(node, scope, walk, depth);
  else if (typeof node.type === "string") visitNode(node, scope, walk, depth);
  else visitChildren(node, scope, walk, depth);
}

function visitChildren(node: Tree, scope: Scope, walk: Walk, depth: number): void {
  for (const child of Object.values(node)) visit(child, scope, walk, depth + 1);
}

function visitExpression(node: Tree, scope: Scope, walk: Walk, depth: number): void {
  const kind = String(node.class);
  if (!expressionClasses.has(kind)) throw refuse(walk.sql, `An expression of kind ${kind} is not allowed`, placeOf(node));
  if (kind === "CONSTANT") return;
  if (kind === "FUNCTION" || kind === "WINDOW") requireFunction(node, walk);
  if (kind === "COLUMN_REF") requireNoClockWord(node, walk);
  visitChildren(node, scope, walk, depth);
}

function visitNode(node: Tree, scope: Scope, walk: Walk, depth: number): void {
  const kind = String(node.type);
  if (queryNodes.has(kind)) return visitQuery(node, scope, walk, depth);
  if (kind === "SHOW_REF") throw refuse(walk.sql, "SHOW, DESCRIBE and SUMMARIZE are not allowed", placeOf(node));
  if (!tableNodes.has(kind) && !partNodes.test(kind)) throw refuse(walk.sql, `A part of kind ${kind} is not allowed`, placeOf(node));
  requireSeed(node.sample, node, walk);
  if (kind === "BASE_TABLE") takeTable(node, scope, walk);
  if (kind === "TABLE_FUNCTION") {
    const call = node.function as Tree;
    requireTableFunction(call, walk);
    return visit([call.children, node.subquery], scope, walk, depth);
  }
  visitChildren(node, scope, walk, depth);
}

/** A query opens a scope: each common table expression sees those before it, the rest sees them all. */
function visitQuery(node: Tree, scope: Scope, walk: Walk, depth: number): void {
  const { cte_map: expressions, ...rest } = node;
  const inner = new Set(scope);
  if (typeof node.cte_name === "string") inner.add(node.cte_name.toLowerCase());
  for (const { key, value } of (expressions as { readonly map: readonly { readonly key: string; readonly value: unknown }[] } | undefined)?.map ?? []) {
    visit(value, new Set(inner), walk, depth + 1);
    inner.add(key.toLowerCase());
  }
  requireSeed(node.sample, node, walk);
  visitChildren(rest, inner, walk, depth);
}

function takeTable(node: Tree, scope: Scope, walk: Walk): void {
  const name = String(node.table_name);
  if (node.schema_name !== "" || node.catalog_name !== "") throw refuse(walk.sql, `Name a dataset alone, without a schema: ${name}`, placeOf(node));
  if (node.at_clause != null) throw refuse(walk.sql, "AT is not allowed behind a dataset", placeOf(node));
  if (/[./\\:]/.test(name)) throw refuse(walk.sql, `"${name}" is no name of a dataset: files cannot be read directly`, placeOf(node));
  const known = name.toLowerCase();
  if (!scope.has(known) && !walk.tables.has(known)) walk.tables.set(known, placeOf(node));
}

/** The name decides alone: in `s.upper()` the parser takes the column `s` for a schema, and nobody can add functions. */
function requireFunction(node: Tree, { sql, rules }: Walk): void {
  const name = String(node.function_name).toLowerCase();
  const known = pureFunctions.has(name) || (rules.clock && clockFunctions.has(name)) || (rules.random && randomFunctions.has(name));
  if (!known) throw refuse(sql, `The function ${name} is not allowed here`, placeOf(node));
}

function requireTableFunction(call: Tree, { sql }: Walk): void {
  const name = String(call.function_name).toLowerCase();
  if (call.class !== "FUNCTION" || !isBuiltIn(call) || !tableFunctions.has(name))
    throw refuse(sql, `The table function ${name} is not allowed here`, placeOf(call));
}

function isBuiltIn({ schema, catalog }: Tree): boolean {
  return (schema === "" || schema === "main") && (catalog === "" || catalog === "system");
}

/** `current_date` without parentheses arrives as a column; where the clock is off, no column may have such a name. */
function requireNoClockWord(node: Tree, { sql, rules }: Walk): void {
  const names = node.column_names as readonly string[];
  const [name = ""] = names;
  if (!rules.clock && names.length === 1 && clockWords.has(name.toLowerCase()))
    throw refuse(sql, `${name} reads the clock, which is not allowed here`, placeOf(node));
}

function requireSeed(sample: unknown, node: Tree, { sql, rules }: Walk): void {
  if (rules.random || sample == null) return;
  const { seed } = sample as { readonly seed?: unknown };
  if (typeof seed !== "number" || seed < 0 || seed > Number.MAX_SAFE_INTEGER) throw refuse(sql, "A sample needs a seed here: REPEATABLE (n)", placeOf(node));
}

function placeOf(node: Tree): number | undefined {
  return typeof node.query_location === "number" ? node.query_location : undefined;
}
