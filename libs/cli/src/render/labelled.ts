import type { Canvas } from "./style.ts";
import { flow, pad } from "./text.ts";

/** Columns of the label before each line of an answer. */
export const labelWidth = 11;

/** Pieces behind a label, broken into lines that stand under each other. */
export function labelled(label: string, pieces: readonly string[], { style, width }: Canvas, gap = "   "): string[] {
  const lines = flow(pieces, Math.max(20, width - labelWidth), gap);
  return lines.map((line, at) => `${at === 0 ? style.dim(pad(label, labelWidth)) : " ".repeat(labelWidth)}${line}`);
}
