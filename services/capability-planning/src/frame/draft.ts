import type { Chart } from "../grammar/chart.ts";
import type { EntityMention, Grouping, Measure, Operand, Span } from "../lattice/types.ts";
import type { Collected } from "./collect.ts";
import type { Frame, Limit, Ordering } from "./types.ts";

export interface Ranking {
  readonly descending: boolean;
  readonly count: number | undefined;
  readonly span: Span;
  readonly nth: number | undefined;
}

export interface Draft extends Collected {
  chart: Chart;
  answers: ReadonlyMap<string, string>;
  groupBy: Grouping[];
  /** Units of time that are asked for. */
  targets: { readonly grouping: Grouping; readonly asked: boolean }[];
  groupEntity: EntityMention | undefined;
  order: Ordering | undefined;
  limit: Limit | undefined;
  ranking: boolean;
  settled: number;
  listsGroups: boolean;
  nested: Frame["nested"][number][];
  notes: string[];
}

export const asMeasure = (operand: Operand): Measure => {
  if (operand.kind === "measure") return operand.measure;
  return operand.kind === "entity" ? { fn: "count", of: operand, distinct: false } : { fn: "sum", of: operand, distinct: false };
};

export const sameSpan = (a: Span | undefined, b: Span | undefined): boolean => a !== undefined && b !== undefined && a.start === b.start && a.end === b.end;

/** The aggregate said apart from its number: "on average", "in total". */
export const apartOf = (draft: Collected): "avg" | "sum" | undefined => (draft.average !== undefined ? "avg" : draft.total !== undefined ? "sum" : undefined);

export const isAggregated = (operand: Operand | undefined): boolean => operand !== undefined && operand.kind !== "column";
