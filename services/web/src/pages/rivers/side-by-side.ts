import { diffLines } from "diff";

/** A line of one of the texts; undefined where the other has a line that this one lacks. */
export interface DiffLine {
  readonly number: number;
  readonly text: string;
}
export type DiffRow =
  | { readonly kind: "same" | "changed"; readonly left: DiffLine | undefined; readonly right: DiffLine | undefined }
  /** Unchanged lines that are left out. */
  | { readonly kind: "gap"; readonly count: number };

const around = 3;

/** Two texts side by side, changed lines against each other, and no more than three unchanged lines around them. */
export function compareTexts(older: string, newer: string): DiffRow[] {
  const rows: Exclude<DiffRow, { kind: "gap" }>[] = [];
  let left = 0;
  let right = 0;
  const pending: DiffLine[] = [];
  const flush = (added: readonly string[]): void => {
    const fresh = added.map((text) => ({ number: ++right, text }));
    for (let index = 0; index < Math.max(pending.length, fresh.length); index++) rows.push({ kind: "changed", left: pending[index], right: fresh[index] });
    pending.length = 0;
  };
  for (const { value, added, removed } of diffLines(older, newer)) {
    const lines = value.replace(/\n$/, "").split("\n");
    if (removed) pending.push(...lines.map((text) => ({ number: ++left, text })));
    else if (added) flush(lines);
    else {
      flush([]);
      for (const text of lines) rows.push({ kind: "same", left: { number: ++left, text }, right: { number: ++right, text } });
    }
  }
  flush([]);
  return fold(rows);
}

/** A line of two texts written as one. */
export type StackedRow = { readonly kind: "same" | "removed" | "added"; readonly line: DiffLine } | Extract<DiffRow, { kind: "gap" }>;

/** The same for a narrow screen: what was removed stands above what came in its place. */
export function stackRows(rows: readonly DiffRow[]): StackedRow[] {
  const stacked: StackedRow[] = [];
  const added: StackedRow[] = [];
  const flush = (): void => void stacked.push(...added.splice(0));
  for (const row of rows) {
    if (row.kind === "changed") {
      if (row.left) stacked.push({ kind: "removed", line: row.left });
      if (row.right) added.push({ kind: "added", line: row.right });
      continue;
    }
    flush();
    if (row.kind === "gap") stacked.push(row);
    else if (row.right) stacked.push({ kind: "same", line: row.right });
  }
  flush();
  return stacked;
}

function fold(rows: readonly DiffRow[]): DiffRow[] {
  const near = (index: number): boolean => rows.slice(Math.max(0, index - around), index + around + 1).some(({ kind }) => kind === "changed");
  const folded: DiffRow[] = [];
  for (const [index, row] of rows.entries()) {
    const last = folded.at(-1);
    if (near(index)) folded.push(row);
    else if (last?.kind === "gap") folded[folded.length - 1] = { kind: "gap", count: last.count + 1 };
    else folded.push({ kind: "gap", count: 1 });
  }
  return folded;
}
