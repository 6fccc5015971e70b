import type { DataType } from "./types.ts";

/** One name of a dotted path; quoted ones may hold any character. */
export interface NamePart {
  readonly text: string;
  readonly at: number;
}

export interface AstOrder {
  readonly value: Ast;
  readonly descending: boolean;
  /** Undefined: as the language says, nulls last. */
  readonly nullsFirst?: boolean;
}

/** One end of a window frame. */
export interface AstBound {
  readonly kind: "unbounded preceding" | "unbounded following" | "current row" | "preceding" | "following";
  readonly value?: Ast;
}

export interface AstFrame {
  readonly unit: "rows" | "range";
  readonly start: AstBound;
  readonly end: AstBound;
  readonly at: number;
}

export interface AstOver {
  readonly partition: readonly Ast[];
  readonly order: readonly AstOrder[];
  readonly frame?: AstFrame;
}

export interface AstCall {
  readonly node: "call";
  readonly name: string;
  readonly args: readonly Ast[];
  /** `count(*)`. */
  readonly star: boolean;
  readonly distinct: boolean;
  readonly order: readonly AstOrder[];
  readonly filter?: Ast;
  readonly over?: AstOver;
  readonly at: number;
}

/** An expression as it was written: no names resolved, no types known. `at` is the offset in the text. */
export type Ast =
  | { readonly node: "literal"; readonly type: DataType; readonly text: string; readonly at: number }
  | { readonly node: "parameter"; readonly name: string; readonly at: number }
  | { readonly node: "name"; readonly parts: readonly NamePart[]; readonly at: number }
  | { readonly node: "unary"; readonly operator: "-" | "+" | "not"; readonly operand: Ast; readonly at: number }
  | { readonly node: "binary"; readonly operator: string; readonly left: Ast; readonly right: Ast; readonly at: number }
  | { readonly node: "isNull"; readonly operand: Ast; readonly negated: boolean; readonly at: number }
  | { readonly node: "isTruth"; readonly operand: Ast; readonly value: boolean; readonly negated: boolean; readonly at: number }
  | { readonly node: "distinctFrom"; readonly left: Ast; readonly right: Ast; readonly negated: boolean; readonly at: number }
  | { readonly node: "in"; readonly operand: Ast; readonly items: readonly Ast[]; readonly negated: boolean; readonly at: number }
  | { readonly node: "between"; readonly operand: Ast; readonly low: Ast; readonly high: Ast; readonly negated: boolean; readonly at: number }
  | {
      readonly node: "like";
      readonly operand: Ast;
      readonly pattern: Ast;
      readonly escape?: Ast;
      readonly insensitive: boolean;
      readonly negated: boolean;
      readonly at: number;
    }
  | { readonly node: "case"; readonly subject?: Ast; readonly branches: readonly { when: Ast; then: Ast }[]; readonly otherwise?: Ast; readonly at: number }
  | { readonly node: "cast"; readonly operand: Ast; readonly to: DataType; readonly onError: "fail" | "null"; readonly at: number }
  | { readonly node: "extract"; readonly part: string; readonly partAt: number; readonly operand: Ast; readonly at: number }
  | { readonly node: "atTimeZone"; readonly operand: Ast; readonly zone: Ast; readonly at: number }
  | { readonly node: "index"; readonly operand: Ast; readonly index: Ast; readonly at: number }
  | { readonly node: "field"; readonly operand: Ast; readonly name: string; readonly at: number }
  | { readonly node: "list"; readonly items: readonly Ast[]; readonly at: number }
  | AstCall;
