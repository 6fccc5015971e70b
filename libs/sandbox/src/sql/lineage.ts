import type { Tree } from "./walk.ts";

/** A column of a table that a statement reads. */
export interface Origin {
  readonly table: string;
  readonly column: string;
}

/** How a column decides over rows without being their value: `filter` keeps them, `key` joins or groups them, `order` ranks them. */
export type InfluenceKind = "filter" | "key" | "order";

export interface StatementLineage {
  /** For each output column, in order, the columns its values are made of. */
  readonly values: readonly (readonly Origin[])[];
  /** Columns that decide which rows there are, anywhere in the statement. */
  readonly influences: readonly (Origin & { readonly kind: InfluenceKind })[];
}

/** What one column of an operator is made of, as `table.column` keys of a map. */
type Column = ReadonlyMap<string, Origin>;
type Columns = readonly Column[];

interface Trace {
  readonly influences: Map<string, Origin & { readonly kind: InfluenceKind }>;
  /** Columns of common table expressions, by the index their references name. */
  readonly expressions: Map<number, Columns>;
  /** Columns that the innermost correlated join hands to its subquery. */
  readonly correlated: Columns[];
}

/** A plan holds an operator that is not known here: nothing can be said about its lineage. */
class UnknownOperator extends Error {}

/**
 * Follows an unoptimised plan of the engine (`json_serialize_plan`) from its output columns down to the columns of
 * tables. Null where the plan holds something unknown: then every output must be taken to depend on every input.
 */
export function traceLineage(plan: Tree): StatementLineage | null {
  const trace: Trace = { influences: new Map(), expressions: new Map(), correlated: [] };
  try {
    const columns = follow(plan, trace);
    return { values: columns.map((column) => [...column.values()]), influences: [...trace.influences.values()] };
  } catch (error) {
    if (error instanceof UnknownOperator) return null;
    throw error;
  }
}

type Follow = (node: Tree, trace: Trace) => Columns;

const passOn: Follow = (node, trace) => follow(child(node, 0), trace);
const sideBySide: Follow = (node, trace) => [...follow(child(node, 0), trace), ...follow(child(node, 1), trace)];

const setOperation: Follow = (node, trace) => {
  const [left, right] = [follow(child(node, 0), trace), follow(child(node, 1), trace)];
  return left.map((column, index) => merge([column, right[index] ?? new Map()]));
};

const withAdded: Follow = (node, trace) => {
  const below = follow(child(node, 0), trace);
  return [...below, ...list(node.expressions).map((expression) => read(expression, below, trace))];
};

const operators: Readonly<Record<string, Follow>> = {
  LOGICAL_GET: followScan,
  LOGICAL_DUMMY_SCAN: () => [],
  LOGICAL_EMPTY_RESULT: () => [],
  LOGICAL_EXPRESSION_GET: (node, trace) => {
    const below = follow(child(node, 0), trace);
    const rows = list(node.expressions).map((row) => list(row).map((expression) => read(expression, below, trace)));
    return (rows[0] ?? []).map((_, index) => merge(rows.map((row) => row[index] ?? new Map())));
  },
  LOGICAL_PROJECTION: (node, trace) => {
    const below = follow(child(node, 0), trace);
    return list(node.expressions).map((expression) => read(expression, below, trace));
  },
  LOGICAL_FILTER: (node, trace) => {
    const below = follow(child(node, 0), trace);
    note(node.expressions, below, "filter", trace);
    return chosen(below, node.projection_map);
  },
  LOGICAL_ORDER_BY: (node, trace) => {
    const below = follow(child(node, 0), trace);
    note(node.orders, below, "order", trace);
    return chosen(below, node.projection_map);
  },
  LOGICAL_DISTINCT: (node, trace) => {
    const below = follow(child(node, 0), trace);
    note(node.distinct_targets, below, "key", trace);
    note(node.order_by, below, "order", trace);
    return below;
  },
  LOGICAL_AGGREGATE_AND_GROUP_BY: (node, trace) => {
    const below = follow(child(node, 0), trace);
    note(node.groups, below, "key", trace);
    const columns = [...list(node.groups), ...list(node.expressions)].map((expression) => read(expression, below, trace));
    return [...columns, ...list(node.grouping_functions).map(() => new Map())];
  },
  LOGICAL_WINDOW: withAdded,
  LOGICAL_UNNEST: withAdded,
  LOGICAL_LIMIT: passOn,
  LOGICAL_SAMPLE: passOn,
  LOGICAL_CROSS_PRODUCT: sideBySide,
  LOGICAL_POSITIONAL_JOIN: sideBySide,
  LOGICAL_COMPARISON_JOIN: followJoin,
  LOGICAL_ASOF_JOIN: followJoin,
  LOGICAL_ANY_JOIN: followJoin,
  LOGICAL_DELIM_JOIN: followJoin,
  LOGICAL_DELIM_GET: (_, trace) => trace.correlated.at(-1) ?? [],
  LOGICAL_UNION: setOperation,
  LOGICAL_EXCEPT: setOperation,
  LOGICAL_INTERSECT: setOperation,
  LOGICAL_MATERIALIZED_CTE: (node, trace) => {
    trace.expressions.set(Number(node.table_index), follow(child(node, 0), trace));
    return follow(child(node, 1), trace);
  },
  LOGICAL_CTE_REF: (node, trace) => {
    const columns = trace.expressions.get(Number(node.cte_index));
    if (columns === undefined) throw new UnknownOperator();
    return columns;
  },
  LOGICAL_RECURSIVE_CTE: (node, trace) => {
    const start = follow(child(node, 0), trace);
    let columns = start;
    // what a round adds flows into the next one; as many rounds as columns reach every column
    for (let round = 0; round <= start.length; round += 1) {
      trace.expressions.set(Number(node.table_index), columns);
      const next = follow(child(node, 1), trace);
      columns = columns.map((column, index) => merge([column, next[index] ?? new Map()]));
    }
    return columns;
  },
};

function follow(node: Tree, trace: Trace): Columns {
  const operator = operators[String(node.type)];
  if (operator === undefined) throw new UnknownOperator();
  return operator(node, trace);
}

function followScan(node: Tree, _trace: Trace): Columns {
  const names = list(node.names).map(String);
  const table = (node.function_data as { readonly table?: unknown } | null | undefined)?.table;
  const indexes = list(node.column_indexes).map((entry) => Number((entry as Tree).index));
  const columns = indexes.map((index) => {
    const column = names[index];
    return typeof table === "string" && column !== undefined ? new Map([[`${table}.${column}`, { table, column }]]) : new Map();
  });
  return chosen(columns, node.projection_ids);
}

function followJoin(node: Tree, trace: Trace): Columns {
  if (node.delim_flipped === true) throw new UnknownOperator();
  const left = follow(child(node, 0), trace);
  const handed = list(node.duplicate_eliminated_columns).map((expression) => read(expression, left, trace));
  if (node.type === "LOGICAL_DELIM_JOIN") trace.correlated.push(handed);
  const right = follow(child(node, 1), trace);
  if (node.type === "LOGICAL_DELIM_JOIN") trace.correlated.pop();
  for (const condition of list(node.conditions)) {
    note((condition as Tree).left, left, "key", trace);
    note((condition as Tree).right, right, "key", trace);
  }
  note(node.condition, [...left, ...right], "key", trace);
  const kept = [chosen(left, node.left_projection_map), chosen(right, node.right_projection_map)] as const;
  switch (node.join_type) {
    case "SEMI":
    case "ANTI":
      return kept[0];
    case "RIGHT_SEMI":
    case "RIGHT_ANTI":
      return kept[1];
    case "MARK":
      return [...kept[0], merge(right)];
    default:
      return [...kept[0], ...kept[1]];
  }
}

/** The columns an expression is made of: every reference below it. */
function read(expression: unknown, below: Columns, trace: Trace): Column {
  const found: Column[] = [];
  collect(expression, below, found);
  if ((expression as Tree | null)?.expression_class === "BOUND_WINDOW") {
    const { partitions, orders } = expression as Tree;
    note(partitions, below, "key", trace);
    note(orders, below, "order", trace);
  }
  return merge(found);
}

function collect(value: unknown, below: Columns, found: Column[]): void {
  if (value === null || typeof value !== "object") return;
  const node = value as Tree;
  if (node.expression_class === "BOUND_REF") {
    const column = below[Number(node.index)];
    if (column === undefined) throw new UnknownOperator();
    found.push(column);
    return;
  }
  if (node.expression_class === "BOUND_SUBQUERY") throw new UnknownOperator();
  for (const each of Object.values(node)) collect(each, below, found);
}

function note(expressions: unknown, below: Columns, kind: InfluenceKind, trace: Trace): void {
  const found: Column[] = [];
  collect(expressions, below, found);
  for (const [key, origin] of merge(found)) trace.influences.set(`${kind} ${key}`, { ...origin, kind });
}

function merge(columns: readonly Column[]): Column {
  return new Map(columns.flatMap((column) => [...column]));
}

/** Some of the columns, where an operator says which; else all. */
function chosen(columns: Columns, positions: unknown): Columns {
  const wanted = list(positions).map(Number);
  return wanted.length === 0 ? columns : wanted.map((position) => columns[position] ?? new Map());
}

function child(node: Tree, position: number): Tree {
  const found = list(node.children)[position];
  if (found === undefined) throw new UnknownOperator();
  return found as Tree;
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
