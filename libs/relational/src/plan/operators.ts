import type { Operator } from "@rivergen/contracts";
import type { PlanContext } from "./context.ts";
import { pointer, project } from "./context.ts";
import { aggregate, window } from "./groups.ts";
import { join } from "./join.ts";
import { cast, derive, drop, fillNulls, rename, select } from "./projections.ts";
import type { PlanColumn, Relation } from "./relation.ts";
import { columnValue, uniqueLabels, uniqueOrigins } from "./relation.ts";
import { dedupe, dropNulls, filter, limit, orderBy } from "./rows.ts";
import { intersectOrExcept, union } from "./sets.ts";

/** What a `sql` step gives, found out by whoever can read its text. */
export interface SqlStep {
  readonly columns: readonly Pick<PlanColumn, "name" | "type" | "nullable">[];
  /** Which input columns each column is made of; without it, all labels of all inputs are taken on. */
  readonly lineage?: Readonly<Record<string, readonly { readonly input: string; readonly column: string }[]>>;
}

/** What an operator works on. */
export interface OperatorInputs {
  /** The relation so far. */
  readonly relation: Relation;
  /** Name of the step's (first) input. */
  readonly from: string;
  /** The step's further inputs, of `from: [a, b]`. */
  readonly others: readonly string[];
  /** What the statement of a `sql` operator gives; undefined when nobody has read it. */
  readonly sql?: SqlStep;
}

type Keyed = {
  readonly [Name in keyof Operator]-?: (context: PlanContext, given: NonNullable<Operator[Name]>, inputs: OperatorInputs) => Relation | undefined;
};

function statement(context: PlanContext, text: string, inputs: OperatorInputs): Relation | undefined {
  if (!inputs.sql) {
    context.report(context.path, "SQL_NOT_READ", "the columns of this statement are not known here");
    return undefined;
  }
  const names = [inputs.from, ...inputs.others];
  const relations = names.map((name, index) => ({ name, relation: index === 0 ? inputs.relation : context.input(name, context.path) }));
  const known = relations.flatMap(({ name, relation }) => (relation ? [{ name, relation }] : []));
  if (known.length < names.length) return undefined;
  const all = known.flatMap(({ relation }) => relation.columns);
  const { lineage } = inputs.sql;
  const columns = inputs.sql.columns.map((column): PlanColumn => {
    const read = lineage
      ? (lineage[column.name] ?? []).flatMap(
          (origin) => known.find(({ name }) => name === origin.input)?.relation.columns.filter((candidate) => candidate.name === origin.column) ?? [],
        )
      : all;
    return { ...column, labels: uniqueLabels(read.flatMap((item) => item.labels)), origins: uniqueOrigins(read.flatMap((item) => item.origins)) };
  });
  const influences = uniqueOrigins(known.flatMap(({ relation }) => relation.influences));
  return { kind: "sql", text, inputs: known, columns, hidden: [], influences, order: [], step: context.step, path: context.path };
}

const builders: Keyed = {
  select: (context, given, { relation }) => select(context, relation, given),
  drop: (context, given, { relation }) => drop(context, relation, given),
  rename: (context, given, { relation }) => rename(context, relation, given),
  cast: (context, given, { relation }) => cast(context, relation, given),
  derive: (context, given, { relation }) => derive(context, relation, given),
  filter: (context, given, { relation }) => filter(context, relation, given),
  dropNulls: (context, given, { relation }) => dropNulls(context, relation, given),
  fillNulls: (context, given, { relation }) => fillNulls(context, relation, given),
  dedupe: (context, given, { relation }) => dedupe(context, relation, given),
  join: (context, given, { relation }) => join(context, relation, given),
  union: (context, given, { relation, others, from }) => union(context, relation, given, others, from),
  intersect: (context, given, { relation, from }) => intersectOrExcept(context, "intersect", relation, given, from),
  except: (context, given, { relation, from }) => intersectOrExcept(context, "except", relation, given, from),
  aggregate: (context, given, { relation }) => aggregate(context, relation, given),
  window: (context, given, { relation }) => window(context, relation, given),
  orderBy: (context, given, { relation }) => orderBy(context, relation, given),
  limit: (context, given, { relation }) => limit(context, relation, given),
  sql: statement,
};

/** The operators, in the order of the documentation. */
export const operatorNames = Object.keys(builders) as readonly (keyof Operator)[];

/**
 * Adds one operator to a relation. `context.path` is the place that holds the operator; faults are reported below it.
 * Undefined where no result can be stated (an input is missing or faulty).
 */
export function applyOperator(context: PlanContext, operator: Operator, inputs: OperatorInputs): Relation | undefined {
  for (const name of operatorNames) {
    const given = operator[name];
    if (given === undefined) continue;
    const build = builders[name] as (context: PlanContext, given: unknown, inputs: OperatorInputs) => Relation | undefined;
    return build({ ...context, path: pointer(context.path, name) }, given, inputs);
  }
  return inputs.relation;
}

/** The relation as another step sees it: its columns are that input's, under its name. */
export function asInput(relation: Relation, name: string): Relation {
  const columns = relation.columns.map((column) => ({ ...column, origins: [{ input: name, column: column.name, influence: "value" as const }] }));
  const hidden = relation.hidden.map((column) => ({ ...column, origins: [] }));
  return { ...relation, columns, hidden, influences: [] };
}

/** A step without operators gives its input again. */
export function passOn(context: PlanContext, relation: Relation): Relation {
  return project(
    context,
    relation,
    relation.columns.map((column) => ({ name: column.name, value: columnValue(column) })),
  );
}
