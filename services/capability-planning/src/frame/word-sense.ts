import { averaged, undesirable } from "@rivergen/words";
import type { Chart } from "../grammar/chart.ts";
import type { Operand, Span } from "../lattice/types.ts";

/** The words of a span and their lemmas. */
export const wordsOf = (chart: Chart, span: Span): string[] => chart.tokens.slice(span.start, span.end).flatMap((token) => [token.lower, token.lemma]);

/** Whether more of a measure is worse, judged by general English nouns. */
export const isUndesirable = (chart: Chart, operand: Operand): boolean => {
  const span: Span | undefined = operand.kind === "measure" ? operand.measure.of : operand;
  return span !== undefined && wordsOf(chart, span).some((word) => undesirable.has(word));
};

/** The aggregate one means by a number of a group when none is said. */
export const defaultAggregate = (words: readonly string[]): "avg" | "sum" => (words.some((word) => averaged.has(word)) ? "avg" : "sum");
