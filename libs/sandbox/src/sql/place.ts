/** A place in a text, both from 1; the column counts characters as people see them (code points). */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** Where a byte offset of the engine (UTF-8) stands in the text; undefined for an offset the engine does not know. */
export function toPlace(sql: string, byteOffset: number | undefined): Place | undefined {
  if (byteOffset === undefined || !Number.isSafeInteger(byteOffset) || byteOffset < 0) return undefined;
  const before = Buffer.from(sql, "utf8").subarray(0, byteOffset).toString("utf8");
  const lines = before.split("\n");
  return { line: lines.length, column: Array.from(lines.at(-1) ?? "").length + 1 };
}
