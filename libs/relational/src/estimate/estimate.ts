import type { Item, Relation } from "../plan/relation.ts";
import type { ColumnFacts, Estimate, TableStatistics } from "./facts.ts";
import { readColumn, thin, weakest } from "./facts.ts";
import { applyFilter } from "./filter.ts";
import type { FanOut } from "./join.ts";
import { estimateJoin, fanOutOf } from "./join.ts";
import { factsOf } from "./values.ts";

type Kind<Name extends Relation["kind"]> = Extract<Relation, { kind: Name }>;

/** Says how many rows relations will have, from what is known of the tables they read. */
export interface Estimator {
  /** Undefined where there is no evidence. */
  estimate(relation: Relation): Estimate | undefined;
  /** Says what a view holds that another relation writes. */
  define(view: string, estimate: Estimate): void;
  /** What a join multiplies, where rows of both sides repeat their values. */
  fanOut(join: Kind<"join">): FanOut | undefined;
}

function columnsFrom(items: readonly Item[], input: Estimate): Map<string, ColumnFacts> {
  return new Map(
    items.flatMap(({ name, value }) => {
      const facts = factsOf(value, (_, column) => input.columns.get(column));
      return facts ? [[name, facts]] : [];
    }),
  );
}

/** Combinations seen in so many rows, if every combination is as likely as another. */
function combinations(keys: readonly ColumnFacts[], rows: number): number {
  const counts = keys.map(({ distinct, nulls }) => Math.max(1, distinct + (nulls > 0 ? 1 : 0)));
  const all = counts.reduce((product, count) => product * count, 1);
  if (counts.length <= 1) return Math.min(all, rows);
  return Math.min(rows, all > 1e12 ? rows : all * -Math.expm1(rows * Math.log1p(-1 / Math.max(all, 1 + Number.EPSILON))));
}

function estimateAggregate({ by, values }: Kind<"aggregate">, input: Estimate | undefined): Estimate | undefined {
  if (by.length === 0) return { rows: 1, basis: "counted", columns: new Map() };
  const columns = input && columnsFrom(by, input);
  if (!input || !columns || by.some(({ name }) => !columns.has(name))) return undefined;
  const rows = input.rows === 0 ? 0 : combinations([...columns.values()], input.rows);
  const grouped = new Map(
    [...columns].map(([name, facts]): [string, ColumnFacts] => [
      name,
      {
        ...facts,
        distinct: Math.min(facts.distinct, rows),
        nulls: facts.nulls > 0 && by.length === 1 ? 1 / Math.max(1, rows) : facts.nulls,
        top: new Map(),
        bins: [],
      },
    ]),
  );
  for (const { name } of values) grouped.delete(name);
  return { rows, basis: weakest("profile", input.basis), columns: grouped };
}

function estimateLimit({ by, offset, rows: most }: Kind<"limit">, input: Estimate): Estimate | undefined {
  const keys = by.map((name) => input.columns.get(name));
  const known = keys.filter((facts) => facts !== undefined);
  if (known.length < keys.length) return undefined;
  const groups = by.length === 0 ? 1 : Math.max(1, combinations(known, input.rows));
  const rows = Math.min(input.rows, groups * Math.min(most, Math.max(0, input.rows / groups - offset)));
  const columns = new Map([...input.columns].map(([name, facts]) => [name, thin(facts, input.rows, rows)]));
  // One row for each value: the values are all there.
  const [only] = by;
  const facts = only === undefined ? undefined : input.columns.get(only);
  if (only !== undefined && facts && by.length === 1 && offset === 0)
    columns.set(only, { ...facts, distinct: Math.min(facts.distinct, rows), top: new Map(), bins: [] });
  return { rows, basis: by.length === 0 ? input.basis : weakest("profile", input.basis), columns };
}

function estimateCombined({ operation, distinct, parts }: Kind<"combine">, inputs: readonly Estimate[]): Estimate {
  const total = inputs.reduce((sum, { rows }) => sum + rows, 0);
  const counts = inputs.map(({ rows }) => rows);
  const rows = operation === "union" ? total : operation === "intersect" ? Math.min(...counts) : (counts[0] ?? 0);
  const sides = parts.map(({ items }, index) => ({ columns: columnsFrom(items, inputs[index] as Estimate), rows: counts[index] ?? 0 }));
  const columns = new Map<string, ColumnFacts>();
  for (const name of sides[0]?.columns.keys() ?? []) {
    const facts = sides.map((side) => side.columns.get(name)).filter((each) => each !== undefined);
    if (facts.length < sides.length) continue;
    const nulls = sides.reduce((sum, side) => sum + side.rows * (side.columns.get(name)?.nulls ?? 0), 0) / Math.max(1, total);
    columns.set(name, { distinct: Math.min(rows, Math.max(...facts.map((each) => each.distinct))), isExact: false, nulls, top: new Map(), bins: [] });
  }
  return { rows, basis: weakest(distinct ? "assumed" : "counted", ...inputs.map(({ basis }) => basis)), columns };
}

/**
 * Estimates as textbooks have it: counted rows, shares by frequent values, histograms and bounds, tests of different
 * columns independent, the smaller set of a join's values within the larger.
 * @param tables what a view holds; undefined where nothing is known
 * @see Selinger et al., Access Path Selection in a Relational Database Management System, 1979
 */
export function createEstimator(tables: (view: string) => TableStatistics | undefined): Estimator {
  const found = new Map<Relation, Estimate | undefined>();
  const defined = new Map<string, Estimate>();

  function readTable(relation: Kind<"scan">): Estimate | undefined {
    const table = tables(relation.view);
    if (!table) return undefined;
    const known = new Map((table.columns ?? []).map((column) => [column.name, column]));
    const columns = relation.columns.flatMap(({ name, type }) => {
      const statistics = known.get(name);
      return statistics ? [[name, readColumn(statistics, type, table.rowCount)] as const] : [];
    });
    return { rows: table.rowCount, basis: "counted", columns: new Map(columns) };
  }

  function combined(relation: Kind<"combine">): Estimate | undefined {
    const inputs = relation.parts.map((part) => estimate(part.relation)).filter((each) => each !== undefined);
    return inputs.length < relation.parts.length ? undefined : estimateCombined(relation, inputs);
  }

  function joined(relation: Kind<"join">, left: Estimate): Estimate | undefined {
    const right = estimate(relation.right);
    return right && estimateJoin(relation, left, right);
  }

  /** What an operator on one input makes of it. */
  function derived(relation: Exclude<Relation, { kind: "scan" | "sql" | "combine" }>): Estimate | undefined {
    const input = estimate(relation.from);
    if (relation.kind === "aggregate") return estimateAggregate(relation, input);
    if (!input || relation.kind === "number") return input;
    if (relation.kind === "join") return joined(relation, input);
    if (relation.kind === "filter") return applyFilter(input, relation.predicate);
    return relation.kind === "limit" ? estimateLimit(relation, input) : { ...input, columns: columnsFrom(relation.items, input) };
  }

  function compute(relation: Relation): Estimate | undefined {
    if (relation.kind === "scan") return defined.get(relation.view) ?? readTable(relation);
    if (relation.kind === "combine") return combined(relation);
    return relation.kind === "sql" ? undefined : derived(relation);
  }

  function estimate(relation: Relation): Estimate | undefined {
    if (!found.has(relation)) found.set(relation, compute(relation));
    return found.get(relation);
  }

  return {
    estimate,
    define: (view, known) => void defined.set(view, known),
    fanOut(join) {
      const left = estimate(join.from);
      const right = estimate(join.right);
      return left && right && fanOutOf(join, left, right);
    },
  };
}
