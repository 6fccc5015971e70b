import type { RejectedRow, RejectedRows } from "./model.ts";

const maxSample = 100;
const maxText = 500;

/** Collects rows that are not loaded: counts all, keeps the first hundred. */
export interface RejectList {
  /** `text` is asked for only when the row is kept. */
  add(line: number | null, column: string | null, reason: string, text: () => string): void;
  /** Counts rows of which nothing else is kept. */
  addUntold(rows: number): void;
  count(): number;
  toRows(): RejectedRows;
}

export function createRejectList(): RejectList {
  const sample: RejectedRow[] = [];
  let count = 0;
  return {
    add(line, column, reason, text) {
      count += 1;
      if (sample.length < maxSample) sample.push({ line, column, reason, text: text().slice(0, maxText) });
    },
    addUntold(rows) {
      count += rows;
    },
    count: () => count,
    toRows: () => ({ count, sample: sample.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0)) }),
  };
}
