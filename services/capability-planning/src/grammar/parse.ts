import type { Fragment } from "../lattice/types.ts";
import type { Chart } from "./chart.ts";
import { fragmentsAt } from "./rules.ts";

/** A reading of the whole question: fragments side by side, every word used once. */
export interface Parse {
  readonly fragments: readonly Fragment[];
  readonly score: number;
}

const widthPerPlace = 14;
const perSpan = 5;

const signature = (fragment: Fragment): string => `${fragment.type}:${fragment.start}:${fragment.end}`;

/** Of fragments over the same words, the best few; of one type and span, the best two. */
const pruned = (fragments: readonly Fragment[]): Fragment[] => {
  const kept = new Map<string, number>();
  return fragments
    .toSorted((a, b) => b.score - a.score)
    .filter((fragment) => {
      const seen = kept.get(signature(fragment)) ?? 0;
      kept.set(signature(fragment), seen + 1);
      return seen < 2;
    });
};

const limitPerSpan = (fragments: readonly Fragment[]): Fragment[] => {
  const counts = new Map<number, number>();
  return fragments.filter((fragment) => {
    const seen = counts.get(fragment.end) ?? 0;
    counts.set(fragment.end, seen + 1);
    return seen < perSpan || fragment.type === "skip" || fragment.type === "missing";
  });
};

/** A small cost per fragment prefers one long reading over several short ones. */
const perFragment = 0.12;

/** The best readings of a question, best first. */
export const parseQuestion = (chart: Chart, width: number): readonly Parse[] => {
  const length = chart.tokens.length;
  const best: Parse[][] = Array.from({ length: length + 1 }, () => []);
  best[0] = [{ fragments: [], score: 0 }];
  for (let at = 0; at < length; at++) {
    const here = best[at]!.toSorted((a, b) => b.score - a.score).slice(0, widthPerPlace);
    if (here.length === 0) continue;
    for (const fragment of limitPerSpan(pruned(fragmentsAt(chart, at)))) {
      const target = best[fragment.end];
      for (const parse of target === undefined ? [] : here)
        target!.push({ fragments: [...parse.fragments, fragment], score: parse.score + fragment.score - perFragment });
    }
  }
  return best[length]!.toSorted((a, b) => b.score - a.score).slice(0, width);
};
