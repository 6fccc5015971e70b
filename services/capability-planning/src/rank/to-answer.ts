import type { PlanningAnswer, PlanningRequest } from "@rivergen/contracts";
import { functionWords } from "@rivergen/words";
import type { Chart } from "../grammar/chart.ts";
import type { Answers } from "../ground/resolver.ts";
import type { Reading } from "./rank-readings.ts";
import { weights } from "./weights.ts";

const none: Omit<PlanningAnswer, "status"> = {
  document: null,
  explanation: "",
  assumptions: [],
  readings: [],
  spans: [],
  unused: [],
  questions: [],
  reason: null,
  confidence: 0,
};

const charRange = (chart: Chart, start: number, end: number): { start: number; end: number } => ({
  start: chart.tokens[start]?.start ?? 0,
  end: chart.tokens[Math.max(start, end - 1)]?.end ?? 0,
});

const spansOf = (chart: Chart, reading: Reading): PlanningAnswer["spans"] =>
  reading.written.spans
    .map(({ origin, pointer }) => ({ ...charRange(chart, origin.start, origin.end), meaning: origin.meaning, pointer }))
    .toSorted((a, b) => a.start - b.start || a.end - b.end);

/** The words of the question beside what became of them. */
const explain = (request: PlanningRequest, spans: PlanningAnswer["spans"]): string => {
  const seen = new Map<string, string[]>();
  for (const span of spans) {
    const words = request.text.slice(span.start, span.end).toLowerCase();
    seen.set(words, [...new Set([...(seen.get(words) ?? []), span.meaning])]);
  }
  return [...seen].map(([words, meanings]) => `${words} → ${meanings.join(", ")}`).join("   ");
};

const contentWords = (chart: Chart): number =>
  chart.tokens.filter((token) => token.quoted || !(functionWords.has(token.lower) || /^\p{P}$/u.test(token.lower))).length;

/** 0–1 from what was lost per word and how far the next reading is. */
const confidenceOf = (reading: Reading, next: Reading | undefined, length: number): number => {
  const pieces = reading.parse.fragments.filter((fragment) => fragment.type !== "mark" && fragment.type !== "skip").length;
  const lost = Math.max(0, length * 0.95 - reading.score - 0.12 * pieces) / Math.max(2, length);
  const lead = next === undefined ? 1 : Math.min(1, (reading.score - next.score) / 0.5);
  return Math.max(0.05, Math.min(0.99, 0.97 - 1.1 * lost - 0.12 * (1 - lead)));
};

const unusedWords = (chart: Chart, reading: Reading): string[] => {
  const words = [
    ...reading.frame.skipped,
    ...reading.frame.missing,
    ...reading.frame.vague,
    ...reading.frame.loose.map((span) =>
      chart.tokens
        .slice(span.start, span.end)
        .map((token) => token.text)
        .join(" "),
    ),
  ];
  return words.filter((word) => !functionWords.has(word.toLowerCase()));
};

const missingAnswer = (words: readonly string[]): PlanningAnswer => ({
  ...none,
  status: "unanswerable",
  unused: [...words],
  reason: `Nothing in the data is about ${words.map((word) => `"${word}"`).join(", ")}.`,
  confidence: 0.8,
});

/** A vague word needs a measure: the numbers of the table are offered. */
const vagueAnswer = (chart: Chart, reading: Reading | undefined, word: string): PlanningAnswer => {
  const tables = reading === undefined ? [...chart.catalog.tables.values()] : [chart.catalog.tables.get(reading.plan.root)!];
  const columns = tables.flatMap((table) => table.columns.filter((column) => column.kind === "number" && !column.isKey)).slice(0, 8);
  const options = columns.map((column) => ({ value: `${column.table}.${column.name}`, text: `${column.name} of ${column.table}` }));
  return {
    ...none,
    status: "needs_clarification",
    questions: [{ id: `measure:${word}`, text: `What is "${word}" measured by?`, options }],
    reason: `"${word}" can mean several things here.`,
    confidence: 0.7,
  };
};

const ambiguousAnswer = (reading: Reading): PlanningAnswer => {
  const questions = [...new Map(reading.ambiguities.map(({ id, text, options }) => [id, { id, text, options: [...options] }])).values()];
  return { ...none, status: "needs_clarification", questions, reason: "Some words can be understood in more than one way.", confidence: 0.7 };
};

const planned = (chart: Chart, request: PlanningRequest, reading: Reading, others: readonly Reading[], confidence: number): PlanningAnswer => {
  const spans = spansOf(chart, reading);
  const readings = others
    .filter((other) => other.score > reading.score - weights.offered)
    .slice(0, 3)
    .map((other) => ({ value: other.digest, text: explain(request, spansOf(chart, other)) }));
  return {
    status: "planned",
    document: reading.written.document,
    explanation: explain(request, spans),
    assumptions: [...reading.plan.assumptions],
    readings,
    spans,
    unused: unusedWords(chart, reading),
    questions: [],
    reason: null,
    confidence,
  };
};

/** The reading that was chosen by an answer comes first. */
const chosenFirst = (readings: readonly Reading[], chosen: string | undefined): readonly Reading[] => {
  const found = readings.find((reading) => reading.digest === chosen);
  return found === undefined ? readings : [found, ...readings.filter((reading) => reading !== found)];
};

/** Decides between planning, asking back and saying what is missing. */
export const toAnswer = (chart: Chart, request: PlanningRequest, given: readonly Reading[], answers: Answers): PlanningAnswer => {
  const readings = chosenFirst(given, answers.get("reading"));
  const [best, next] = readings;
  if (best === undefined)
    return { ...none, status: "unanswerable", reason: "The tables that were named are not connected, or nothing in the data was named.", confidence: 0.6 };
  if (best.frame.missing.length > 0) return missingAnswer(best.frame.missing);
  const vague = best.frame.vague[0];
  if (vague !== undefined) return vagueAnswer(chart, best, vague);
  if (best.ambiguities.length > 0 && answers.get("reading") === undefined) return ambiguousAnswer(best);
  const confidence = best.digest === answers.get("reading") ? 0.99 : confidenceOf(best, next, contentWords(chart));
  if (confidence < weights.leastConfidence)
    return {
      ...none,
      status: "unanswerable",
      unused: unusedWords(chart, best),
      reason: "The question could not be understood well enough to answer it.",
      confidence,
    };
  return planned(chart, request, best, readings.slice(1), confidence);
};
