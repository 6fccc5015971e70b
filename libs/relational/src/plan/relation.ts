import type { ScopeColumn } from "../scope.ts";
import type { Side, Typed } from "../typed.ts";
import { columnsOf } from "../typed.ts";
import type { DataType } from "../types.ts";

/** How one column bears on another: its value, the choice of rows, the grouping or matching of rows, or their order. */
export type Influence = "value" | "filter" | "key" | "order";

/** A column of an input that bears on a column of a result. */
export interface Origin {
  /** The input's name: a source, or another step. */
  readonly input: string;
  readonly column: string;
  readonly influence: Influence;
}

/** What is known of a column before anything runs. */
export interface PlanColumn {
  readonly name: string;
  readonly type: DataType;
  /** False only where null is proven impossible. */
  readonly nullable: boolean;
  /** Labels of everything its value is made of, sorted. */
  readonly labels: readonly string[];
  /** What its value is made of; what bears on its rows stands in the relation's `influences`. */
  readonly origins: readonly Origin[];
}

export interface SortKey {
  readonly column: string;
  readonly descending: boolean;
  readonly nullsFirst: boolean;
}

/** A column of a result and what it is. */
export interface Item {
  readonly name: string;
  readonly value: Typed;
}

/** What every relation says of its result. */
export interface Result {
  readonly columns: readonly PlanColumn[];
  /** Columns carried for a later order or for random numbers; never in a result. */
  readonly hidden: readonly PlanColumn[];
  /** What bears on which rows there are, and on their order. */
  readonly influences: readonly Origin[];
  /** The order rows have by now; empty when none. */
  readonly order: readonly SortKey[];
  /** The step it belongs to; empty for what is read from outside. */
  readonly step: string;
  /** JSON Pointer of the operator in the document; empty for what is read from outside. */
  readonly path: string;
}

export type JoinType = "inner" | "left" | "right" | "full" | "semi" | "anti" | "cross";

export type RelationNode =
  /** Reads a view: a source, or the checkpoint of another stage. */
  | { readonly kind: "scan"; readonly input: string; readonly view: string }
  | { readonly kind: "project"; readonly from: Relation; readonly items: readonly Item[] }
  | { readonly kind: "filter"; readonly from: Relation; readonly predicate: Typed }
  /** Numbers the rows in the order of all their values, into the hidden column `__river_row`. */
  | { readonly kind: "number"; readonly from: Relation }
  | {
      readonly kind: "limit";
      readonly from: Relation;
      readonly by: readonly string[];
      readonly sort: readonly SortKey[];
      readonly offset: number;
      readonly rows: number;
    }
  | {
      readonly kind: "join";
      readonly from: Relation;
      readonly right: Relation;
      readonly type: JoinType;
      readonly condition?: Typed;
      readonly items: readonly Item[];
    }
  | {
      readonly kind: "combine";
      readonly operation: "union" | "intersect" | "except";
      readonly distinct: boolean;
      readonly parts: readonly { readonly relation: Relation; readonly items: readonly Item[] }[];
    }
  | { readonly kind: "aggregate"; readonly from: Relation; readonly by: readonly Item[]; readonly values: readonly Item[] }
  /** A statement whose text only its engine reads; `inputs` are the names it uses. */
  | { readonly kind: "sql"; readonly text: string; readonly inputs: readonly { readonly name: string; readonly relation: Relation }[] };

/** One node of the typed relational plan: what is done, to what, and what comes out. */
export type Relation = RelationNode & Result;

/** The name of the hidden column that numbers rows. */
export const rowNumber = "__river_row";

/** Relations directly below. */
export function inputsOf(relation: Relation): readonly Relation[] {
  switch (relation.kind) {
    case "scan":
      return [];
    case "join":
      return [relation.from, relation.right];
    case "combine":
      return relation.parts.map((part) => part.relation);
    case "sql":
      return relation.inputs.map((input) => input.relation);
    default:
      return [relation.from];
  }
}

/** All columns the relation really has, the hidden ones last. */
export const physicalColumns = (relation: Relation): readonly PlanColumn[] => [...relation.columns, ...relation.hidden];

export const columnValue = (column: PlanColumn, side: Side = "input"): Typed => ({
  op: "column",
  side,
  name: column.name,
  type: column.type,
  nullable: column.nullable,
  at: 0,
});

export const scopeColumns = (relation: Relation, side: Side = "input"): ScopeColumn[] =>
  relation.columns.map(({ name, type, nullable }) => ({ side, name, type, nullable }));

/** Each origin once, in a fixed order. */
export function uniqueOrigins(origins: readonly Origin[]): Origin[] {
  const found = new Map<string, Origin>();
  for (const origin of origins) found.set(JSON.stringify([origin.input, origin.column, origin.influence]), origin);
  return [...found.values()];
}

export const uniqueLabels = (labels: readonly string[]): string[] => [...new Set(labels)].sort();

/** The columns of each side, by name. */
export type Sides = Partial<Record<Side, ReadonlyMap<string, PlanColumn>>>;

/** A relation's columns by name, the hidden ones too. */
export const byName = (relation: Relation): ReadonlyMap<string, PlanColumn> => new Map(physicalColumns(relation).map((column) => [column.name, column]));

/** Finds the plan columns that an expression reads. */
export function columnsRead(value: Typed, sides: Sides): PlanColumn[] {
  return columnsOf(value).flatMap(({ side, name }) => sides[side]?.get(name) ?? []);
}

/** What an expression's columns bear on a result, as one kind of influence. */
export function influencesOf(value: Typed, sides: Sides, influence: Influence): Origin[] {
  return columnsRead(value, sides).flatMap((column) => column.origins.map((origin) => ({ ...origin, influence })));
}

/** A result column for an expression: type and nullability of its own, labels and origins of what it reads. */
export function planColumn(name: string, value: Typed, sides: Sides, nullable = value.nullable): PlanColumn {
  const read = columnsRead(value, sides);
  return {
    name,
    type: value.type,
    nullable,
    labels: uniqueLabels(read.flatMap((column) => column.labels)),
    origins: uniqueOrigins(read.flatMap((column) => column.origins)),
  };
}

/** A relation that reads a view from outside. */
export function scan(input: string, view: string, columns: readonly Omit<PlanColumn, "origins">[]): Relation {
  const own = columns.map((column) => ({ ...column, origins: [{ input, column: column.name, influence: "value" as const }] }));
  return { kind: "scan", input, view, columns: own, hidden: [], influences: [], order: [], step: "", path: "" };
}
