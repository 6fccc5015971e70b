/** A place in an expression's text. */
export interface Place {
  /** Characters (UTF-16) from the start of the text, from 0. */
  readonly offset: number;
  /** From 1. */
  readonly line: number;
  /** From 1, in the line. */
  readonly column: number;
}

/** What is wrong with an expression, and where. */
export interface ExpressionFault {
  readonly code: string;
  readonly message: string;
  readonly place: Place;
}

/** Turns an offset into line and column. */
export function placeAt(text: string, offset: number): Place {
  const before = text.slice(0, offset);
  const line = before.split("\n").length;
  return { offset, line, column: offset - before.lastIndexOf("\n") };
}

/** Carries one fault out of the parser; it never leaves this package. */
export class Refusal extends Error {
  readonly code: string;
  readonly offset: number;

  constructor(code: string, message: string, offset: number) {
    super(message);
    this.code = code;
    this.offset = offset;
  }
}
