import type { Dialect } from "./model.ts";
import type { RejectList } from "./rejects.ts";

/** What kinds of value the format itself tells apart; a CSV knows only text, so every reading is open. */
export type Evidence = "any" | "strings" | "numbers" | "booleans" | "mixed" | "nested";

/** A column of text that waits for its type. */
export interface TextColumn {
  /** Name inside the relation. */
  readonly id: string;
  readonly name: string;
  readonly originalName: string;
  readonly evidence: Evidence;
  /** Type that the format proves (a JSON list of strings); none for text. */
  readonly fixed?: { readonly type: string; readonly sql: string };
  readonly note?: string;
}

/** Rows of text as a reader leaves them: each with the line it came from. */
export interface TextTable {
  readonly kind: "text";
  /** What stands after FROM; gives every column as VARCHAR, and the line. */
  readonly relation: string;
  /** Column of the relation with the line, a BIGINT. */
  readonly line: string;
  readonly columns: readonly TextColumn[];
  readonly rowCount: number;
  readonly dialect: Dialect;
  readonly rejects: RejectList;
}

/** A column that came with a type. */
export interface NativeColumn {
  readonly name: string;
  readonly originalName: string;
  readonly type: string;
  /** Expression over the relation. */
  readonly sql: string;
  readonly note: string | null;
}

/** Rows of a format that has types of its own. */
export interface NativeTable {
  readonly kind: "native";
  readonly relation: string;
  readonly columns: readonly NativeColumn[];
  readonly rowCount: number;
  readonly dialect: Dialect;
  readonly rejects: RejectList;
  /** Whether the uploaded file can serve as it is. */
  readonly inPlace: boolean;
}

export const noDialect: Omit<Dialect, "format"> = {
  compression: null,
  encoding: null,
  delimiter: null,
  quote: null,
  escape: null,
  newline: null,
  decimal: null,
  thousands: null,
  header: null,
  skipLines: null,
  dateOrder: null,
  quotedEmpty: null,
  notes: [],
};
