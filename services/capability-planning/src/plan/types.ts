import type { Path } from "../catalog/join-graph.ts";

/** A column reached from the plan's first table along keys (an empty path: the table's own). */
export interface Ref {
  readonly table: string;
  readonly column: string;
  readonly path: Path;
}

/** An expression over columns; `print` is given the name under which each column stands in the joined relation. */
export interface Expression {
  readonly refs: readonly Ref[];
  readonly print: (name: (ref: Ref) => string) => string;
}

/** What the asker's words meant, for the spans of the answer. */
export interface Origin {
  readonly start: number;
  readonly end: number;
  readonly meaning: string;
}

/** A condition on rows; `single` is a number worked out first (an average to compare with). */
export interface Predicate {
  readonly expression: Expression;
  readonly origin: Origin;
  /** Whether it is true of the part of a share only. */
  readonly late: boolean;
  readonly single?: Single;
}

/** One number from another pass over the same rows, joined to every row as a column. */
export interface Single {
  readonly name: string;
  readonly fn: string;
  readonly of: Ref;
  readonly where: readonly Expression[];
}

/** Rows that must, or must not, have partners along a path. */
export interface Existence {
  readonly path: Path;
  /** Conditions on columns whose paths start with `path`. */
  readonly where: readonly Expression[];
  readonly negated: boolean;
  /** Only the first rows by a column of the path's last table count. */
  readonly top?: { readonly ref: Ref; readonly descending: boolean; readonly count: number };
  readonly origin: Origin;
}

export interface NamedExpression {
  readonly name: string;
  readonly expression: Expression;
  readonly origin: Origin;
  /** A unit of time: rows of its groups have an order. */
  readonly grain?: true;
}

export interface PlannedMeasure {
  readonly name: string;
  readonly fn: string;
  /** Absent: rows. */
  readonly of: Expression | undefined;
  readonly distinct: boolean;
  readonly origin: Origin;
  /** Groups inside which a first aggregate is taken before `fn` is. */
  readonly per?: { readonly fn: string; readonly by: NamedExpression };
}

export interface Plan {
  readonly root: string;
  readonly where: readonly Predicate[];
  readonly exists: readonly Existence[];
  readonly groups: readonly NamedExpression[];
  /** The groups are the things asked for ("directors with more than 10 movies"): rows without one are none of them. */
  readonly groupsAreListed: boolean;
  readonly measures: readonly PlannedMeasure[];
  /** Measures that only order or filter groups and whether they are shown. */
  readonly having: readonly { readonly text: string; readonly origin: Origin }[];
  readonly select: readonly NamedExpression[];
  readonly distinct: boolean;
  readonly order: { readonly column: string; readonly expression: Expression | undefined; readonly descending: boolean; readonly origin: Origin } | undefined;
  readonly limit:
    | { readonly count: number; readonly offset: number; readonly by: readonly string[]; readonly ties: boolean; readonly origin: Origin }
    | undefined;
  readonly share: { readonly origin: Origin; readonly percent: boolean } | undefined;
  readonly change: { readonly origin: Origin; readonly by: string; readonly relative: boolean } | undefined;
  readonly window:
    | {
        readonly origin: Origin;
        readonly fn: "avg" | "sum";
        readonly rows: number | undefined;
        readonly order: NamedExpression;
        readonly of: NamedExpression | undefined;
      }
    | undefined;
  readonly assumptions: readonly string[];
  readonly cost: number;
}
