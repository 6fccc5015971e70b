import type { Grain } from "../period/calendar.ts";
import type { PeriodReading } from "../period/read-period.ts";

/** A stretch of the question in kept tokens, end exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export interface ColumnCandidate {
  readonly table: string;
  readonly column: string;
  /** 0–1: how literally the words name the column. */
  readonly score: number;
}

/** Words that may name columns; which one is decided when the whole question is grounded. */
export interface ColumnMention extends Span {
  readonly kind: "column";
  readonly candidates: readonly ColumnCandidate[];
  /** The key column that was named before it ("destination state"). */
  readonly via?: string;
}

export interface EntityMention extends Span {
  readonly kind: "entity";
  readonly candidates: readonly { readonly table: string; readonly score: number }[];
}

export interface ValueCandidate extends ColumnCandidate {
  readonly values: readonly string[];
  /** `is`: the column has one of the values; `starts`, `contains`: its text starts with or contains the first of them. */
  readonly mode: "is" | "starts" | "contains";
  /** Only a part of the stored value was said. */
  readonly partial?: true;
}

export interface ValueMention extends Span {
  readonly kind: "value";
  readonly candidates: readonly ValueCandidate[];
  readonly text: string;
  readonly via?: string;
}

export type AggregateFunction = "count" | "sum" | "avg" | "min" | "max" | "median" | "stddev" | "range";
export type Comparison = "=" | "<>" | "<" | "<=" | ">" | ">=";

export interface Measure {
  readonly fn: AggregateFunction;
  /** What is aggregated; absent: rows. */
  readonly of?: ColumnMention | EntityMention;
  readonly distinct: boolean;
  /** What is counted or averaged comes later in the question ("average AAPL price"). */
  readonly pending?: boolean;
  /** Aggregate of group results: the average number of flights per day. */
  readonly per?: Grouping;
}

export type GrainName = Grain | "weekday" | "hour" | "monthName" | "minute";
/** A unit of time to group by, with the words that named it. */
type GrainGrouping = Span & { readonly kind: "grain"; readonly grain: GrainName };
export type Grouping = GrainGrouping | ColumnMention | EntityMention;

export type Operand = { readonly kind: "measure"; readonly measure: Measure } | ColumnMention | EntityMention;

/** What stands on the right of a comparison. */
export type Right =
  | { readonly kind: "number"; readonly value: number; readonly percent: boolean; readonly unit?: string; readonly others?: readonly number[] }
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "aggregate"; readonly fn: AggregateFunction; readonly of?: ColumnMention }
  | { readonly kind: "row"; readonly value: ValueMention }
  | (ColumnMention & { readonly factor?: number });

export type TextTest = "contains" | "starts" | "ends";

export type Fragment = Span & { readonly score: number } & (
    | { readonly type: "column"; readonly mention: ColumnMention }
    | { readonly type: "entity"; readonly mention: EntityMention }
    | { readonly type: "value"; readonly mention: ValueMention }
    | { readonly type: "measure"; readonly measures: readonly Measure[] }
    | { readonly type: "compare"; readonly left?: Operand; readonly op: Comparison; readonly right: Right; readonly upper?: number }
    | { readonly type: "text"; readonly left?: ColumnMention; readonly test: TextTest; readonly text: string }
    | { readonly type: "null"; readonly left: ColumnMention; readonly isNull: boolean }
    | {
        readonly type: "superlative";
        readonly sign: 1 | -1;
        readonly key?: Operand;
        readonly count?: number;
        readonly nth?: number;
        readonly quality?: "good" | "bad";
        readonly date?: boolean;
        readonly many?: boolean;
      }
    | { readonly type: "order"; readonly sign?: 1 | -1; readonly quality?: "good" | "bad"; readonly key?: Operand }
    | { readonly type: "limit"; readonly count: number }
    | { readonly type: "period"; readonly reading: PeriodReading; readonly column?: ColumnMention }
    | { readonly type: "group"; readonly by: readonly Grouping[]; readonly each: boolean; readonly target?: true }
    | { readonly type: "share"; readonly percent: boolean }
    | { readonly type: "change"; readonly grain?: GrainName; readonly relative: boolean }
    | { readonly type: "window"; readonly fn: "avg" | "sum"; readonly rows?: number }
    | { readonly type: "distinct" }
    | { readonly type: "negation" }
    | { readonly type: "vague"; readonly word: string }
    | { readonly type: "missing"; readonly word: string }
    | { readonly type: "mark"; readonly mark: string }
    | { readonly type: "skip"; readonly word: string }
  );
