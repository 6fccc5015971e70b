import type { RunState } from "./execute.ts";

/** Rows that the stages of a run read. */
export interface StageRows {
  /** Of the stages before this one. */
  readonly before: number;
  readonly own: number;
  /** Of the stages after this one, as far as they are known: what they read of earlier outputs is not. */
  readonly after: number;
}
/** Which stage of how many this is. */
export interface StageShare {
  readonly index: number;
  readonly of: number;
}

/**
 * How far the whole run is, from how far one stage is: every stage counts alike. Neither figure falls within an
 * attempt; the fraction is null until the engine knows one.
 */
export function advance(
  before: RunState["progress"],
  { index, of }: StageShare,
  rows: StageRows,
  fraction: number | null,
  rowsDone: number,
): NonNullable<RunState["progress"]> {
  const done = rows.before + (fraction === null ? Math.min(rowsDone, rows.own) : Math.round(fraction * rows.own));
  const known = fraction === null ? (before?.fraction ?? null) : Math.max(before?.fraction ?? 0, (index + fraction) / of);
  return { fraction: known, rowsDone: Math.max(before?.rowsDone ?? 0, done), rowsExpected: rows.before + rows.own + rows.after };
}
