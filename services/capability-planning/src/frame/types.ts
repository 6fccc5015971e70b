import type { ColumnMention, EntityMention, Fragment, GrainName, Grouping, Measure, Operand, Span } from "../lattice/types.ts";

export type FilterFragment = Extract<Fragment, { type: "value" | "compare" | "text" | "null" | "period" }>;

/** One condition with what was said around it. */
export interface Condition {
  readonly fragment: FilterFragment;
  readonly negated: boolean;
  /** The preposition or verb before it, for choosing between keys. */
  readonly words: readonly string[];
  /** Joined to the condition before it by `or`. */
  readonly or: boolean;
  /** The entity said last before it. */
  readonly near?: EntityMention | undefined;
  /** Said with "both": every one of the values, not any. */
  readonly both?: boolean;
  /** Conditions inside what is compared with ("the average car from the USA"). */
  readonly inner?: readonly Condition[];
  /** Said after the verb: the part of a share. */
  readonly late: boolean;
}

/** Rows of another table that must not exist, with their own conditions. */
export interface Absence extends Span {
  readonly entity: EntityMention;
  readonly conditions: readonly Condition[];
}

export interface Having extends Span {
  readonly operand: Operand;
  readonly fragment: Extract<Fragment, { type: "compare" }>;
  /** What is compared was not said: taken for the measure before it. */
  readonly bare?: true;
}

export interface Ordering extends Span {
  readonly key: Operand | undefined;
  readonly descending: boolean;
}

export interface Limit extends Span {
  readonly count: number;
  readonly offset: number;
  readonly by: readonly Grouping[];
  /** No number was said: every row that shares the first place belongs to the answer. */
  readonly ties: boolean;
}

/** A question in the planner's own terms, before tables and columns are decided. */
export interface Frame {
  readonly entity: EntityMention | undefined;
  readonly others: readonly EntityMention[];
  readonly select: readonly ColumnMention[];
  readonly measures: readonly (Measure & Span)[];
  readonly groups: readonly Grouping[];
  /** Group rows by the head entity itself. */
  readonly groupEntity: EntityMention | undefined;
  readonly conditions: readonly Condition[];
  readonly absences: readonly Absence[];
  readonly having: readonly Having[];
  /** The groups are what is asked for, not a breakdown. */
  readonly listsGroups: boolean;
  readonly order: Ordering | undefined;
  readonly limit: Limit | undefined;
  /** Superlatives of entities other than the head: "in the largest state". */
  readonly nested: readonly (Span & {
    readonly key: ColumnMention;
    readonly entity: EntityMention | undefined;
    readonly descending: boolean;
    readonly count: number;
  })[];
  /** Asked for a time. */
  readonly when: boolean;
  /** Asked for a place. */
  readonly where: boolean;
  readonly share: (Span & { readonly percent: boolean }) | undefined;
  readonly change: (Span & { readonly grain: GrainName | undefined; readonly relative: boolean }) | undefined;
  readonly window: (Span & { readonly fn: "avg" | "sum"; readonly rows: number | undefined }) | undefined;
  /** The rows themselves were named by a value, so their names are shown beside the columns asked for. */
  readonly named: boolean;
  readonly distinct: boolean;
  /** Values named side by side are to be compared: they become a group. */
  readonly compareValues: boolean;
  /** "top N x by y": x is grouped when it repeats. */
  readonly ranking: boolean;
  /** The aggregate said apart from its number. */
  readonly apart: "avg" | "sum" | undefined;
  readonly loose: readonly Span[];
  readonly missing: readonly string[];
  readonly vague: readonly string[];
  readonly skipped: readonly string[];
  /** Vague words whose measure was answered. */
  readonly settled: number;
  readonly notes: readonly string[];
  /** Lost points of this way to put the fragments together. */
  readonly cost: number;
}
