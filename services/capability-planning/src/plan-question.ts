import type { PlanningAnswer, PlanningRequest } from "@rivergen/contracts";
import { createLexicon } from "@rivergen/words";
import { compileCatalog } from "./catalog/compile-catalog.ts";
import { createChart } from "./grammar/chart.ts";
import type { Chart } from "./grammar/chart.ts";
import { parseQuestion } from "./grammar/parse.ts";
import { createWordMatcher } from "./lattice/word-match.ts";
import { rankReadings } from "./rank/rank-readings.ts";
import { toAnswer } from "./rank/to-answer.ts";
import { findRefusal } from "./safety/find-refusal.ts";

const lexicon = createLexicon();

const refused = (reason: string): PlanningAnswer => ({
  status: "refused",
  document: null,
  explanation: "",
  assumptions: [],
  readings: [],
  spans: [],
  unused: [],
  questions: [],
  reason,
  confidence: 1,
});

/** The readings of a question against a catalog, for tests and tools that look inside. */
export const chartOf = (request: PlanningRequest): Chart => {
  const catalog = compileCatalog(request.catalog);
  return createChart(request.text.slice(0, 2000), request.today, catalog, lexicon, createWordMatcher(catalog, lexicon));
};

/**
 * Turns a question into a river over the catalog's tables, or says honestly why not: a question back, what is missing, or a
 * refusal. Pure: the same request always gives the same answer. Text beyond 2,000 characters is not read.
 */
export const planQuestion = (request: PlanningRequest): PlanningAnswer => {
  const refusal = findRefusal(request.text);
  if (refusal !== undefined) return refused(refusal);
  const chart = chartOf(request);
  const answers = new Map(request.answers.map(({ id, value }) => [id, value]));
  const parses = parseQuestion(chart, 24);
  return toAnswer(chart, request, parses, rankReadings(chart, parses, answers), answers);
};
