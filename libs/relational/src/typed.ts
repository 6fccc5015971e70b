import type { FunctionEntry, Overload } from "./catalogue/entry.ts";
import type { DataType } from "./types.ts";

/** Which relation a column belongs to: the only input, or a side of a join. */
export type Side = "input" | "left" | "right";

export interface TypedOrder {
  readonly value: Typed;
  readonly descending: boolean;
  readonly nullsFirst: boolean;
}

export interface TypedBound {
  readonly kind: "unbounded preceding" | "unbounded following" | "current row" | "preceding" | "following";
  readonly value?: Typed;
}

export interface TypedFrame {
  readonly unit: "rows" | "range";
  readonly start: TypedBound;
  readonly end: TypedBound;
}

export interface TypedWindow {
  readonly partition: readonly Typed[];
  readonly order: readonly TypedOrder[];
  readonly frame?: TypedFrame;
  /** Ties of the order are broken by the other columns of the input, named here. */
  readonly tieBreakers: readonly string[];
}

interface Facts {
  readonly type: DataType;
  /** False only where null is proven impossible. */
  readonly nullable: boolean;
  /** Offset in the text, for messages about this part. */
  readonly at: number;
  /** An interval known to consist of whole days: a date plus it stays a date. */
  readonly wholeDays?: boolean;
}

export type TypedNode =
  | { readonly op: "column"; readonly side: Side; readonly name: string }
  /** `value` is the canonical text of the type: digits, ISO dates, `true`; null for null. */
  | { readonly op: "literal"; readonly value: string | null }
  | { readonly op: "parameter"; readonly name: string }
  /** A function or operator; `template` as in the catalogue. */
  | { readonly op: "call"; readonly name: string; readonly template: string; readonly args: readonly Typed[] }
  /** A widening that nobody wrote. */
  | { readonly op: "convert"; readonly arg: Typed }
  | { readonly op: "cast"; readonly arg: Typed; readonly onError: "fail" | "null" }
  | { readonly op: "case"; readonly subject?: Typed; readonly branches: readonly { readonly when: Typed; readonly then: Typed }[]; readonly otherwise: Typed }
  | { readonly op: "list"; readonly items: readonly Typed[] }
  | { readonly op: "field"; readonly arg: Typed; readonly name: string }
  /** An aggregate (without `window`) or a window call (with it). */
  | {
      readonly op: "aggregate";
      readonly entry: FunctionEntry;
      readonly overload: Overload;
      readonly args: readonly Typed[];
      readonly distinct: boolean;
      readonly order: readonly TypedOrder[];
      readonly filter?: Typed;
      readonly window?: TypedWindow;
    };

/** An expression whose names are resolved and whose types are known; printers read nothing else. */
export type Typed = TypedNode & Facts;

function windowParts({ partition, order, frame }: TypedWindow): Typed[] {
  const bounds = [frame?.start.value, frame?.end.value].filter((value) => value !== undefined);
  return [...partition, ...order.map((item) => item.value), ...bounds];
}

/** The parts directly below a node. */
export function childrenOf(typed: Typed): readonly Typed[] {
  switch (typed.op) {
    case "call":
      return typed.args;
    case "convert":
    case "cast":
    case "field":
      return [typed.arg];
    case "case":
      return [...(typed.subject ? [typed.subject] : []), ...typed.branches.flatMap((branch) => [branch.when, branch.then]), typed.otherwise];
    case "list":
      return typed.items;
    case "aggregate":
      return [
        ...typed.args,
        ...typed.order.map((item) => item.value),
        ...(typed.filter ? [typed.filter] : []),
        ...(typed.window ? windowParts(typed.window) : []),
      ];
    default:
      return [];
  }
}

/** Visits a node and everything below it. */
export function visit(typed: Typed, see: (node: Typed) => void): void {
  see(typed);
  for (const child of childrenOf(typed)) visit(child, see);
}

/** Whether any part of it is so. */
export function some(typed: Typed, holds: (node: Typed) => boolean): boolean {
  return holds(typed) || childrenOf(typed).some((child) => some(child, holds));
}

/** Whether it draws random numbers: its relation's rows are then numbered first. */
export const isRandom = (typed: Typed): boolean => some(typed, (node) => node.op === "call" && node.name === "random");

/** The columns it reads, each once. */
export function columnsOf(typed: Typed): { side: Side; name: string }[] {
  const found = new Map<string, { side: Side; name: string }>();
  visit(typed, (node) => {
    if (node.op === "column") found.set(`${node.side}.${node.name}`, { side: node.side, name: node.name });
  });
  return [...found.values()];
}
