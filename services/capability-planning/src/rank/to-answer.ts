import { channel } from "node:diagnostics_channel";
import type { PlanningAnswer, PlanningRequest } from "@rivergen/contracts";
import { functionWords } from "@rivergen/words";
import type { Chart } from "../grammar/chart.ts";
import type { Parse } from "../grammar/parse.ts";
import type { Span } from "../lattice/types.ts";
import type { Answers } from "../ground/resolver.ts";
import type { Reading } from "./rank-readings.ts";
import { leastConfidence, probabilityOf } from "./calibration.ts";
import { isHalfRead } from "./doubts.ts";
import { featuresOf } from "./features.ts";
import { weights } from "./weights.ts";

/** Tells tools that calibrate what the confidence of a reading was worked out from. */
const decisions = channel("rivergen:planning:decision");

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

const spansOf = (chart: Chart, spans: Reading["written"]["spans"]): PlanningAnswer["spans"] =>
  spans
    .map(({ origin, pointer }) => ({ ...charRange(chart, origin.start, origin.end), meaning: origin.meaning, pointer }))
    .toSorted((a, b) => a.start - b.start || a.end - b.end);

/** The words of the question beside what became of them. */
const explain = (chart: Chart, request: PlanningRequest, reading: Reading): string => {
  const seen = new Map<string, string[]>();
  for (const span of spansOf(chart, reading.written.spans)) {
    const words = request.text.slice(span.start, span.end).toLowerCase();
    seen.set(words, [...new Set([...(seen.get(words) ?? []), span.meaning])]);
  }
  return [...seen].map(([words, meanings]) => `${words} → ${meanings.join(", ")}`).join("   ");
};

const spokenWords = (chart: Chart, span: Span): string =>
  chart.tokens
    .slice(span.start, span.end)
    .map((token) => token.text)
    .join(" ");

const unusedWords = (chart: Chart, reading: Reading): string[] => {
  const { skipped, missing, vague, loose } = reading.frame;
  const words = [...skipped, ...missing, ...vague, ...loose.map((span) => spokenWords(chart, span))];
  return words.filter((word) => !functionWords.has(word.toLowerCase()));
};

/** The unknown words of a parse, those side by side as one phrase. */
const missingPhrases = (chart: Chart, parse: Parse): string[] => {
  const spans: Span[] = [];
  for (const fragment of parse.fragments.filter(({ type }) => type === "missing")) {
    const last = spans.at(-1);
    if (last?.end === fragment.start) spans[spans.length - 1] = { start: last.start, end: fragment.end };
    else spans.push(fragment);
  }
  return spans.map((span) => spokenWords(chart, span));
};

const quoted = (words: readonly string[], last: "and" | "or"): string => {
  const each = [...new Set(words)].map((word) => `"${word}"`);
  return each.length < 2 ? each.join("") : `${each.slice(0, -1).join(", ")} ${last} ${each.at(-1)!}`;
};

const missingAnswer = (words: readonly string[]): PlanningAnswer => ({
  ...none,
  status: "unanswerable",
  unused: [...words],
  reason: `Nothing in the data is called ${quoted(words, "or")}.`,
  confidence: 0.8,
});

const namesData: ReadonlySet<string> = new Set(["entity", "column", "value", "measure", "group", "compare"]);

/** No table could answer alone: unknown words are named, else the words that do not go together. */
const unplannedAnswer = (chart: Chart, parse: Parse | undefined): PlanningAnswer => {
  const missing = parse === undefined ? [] : missingPhrases(chart, parse);
  if (missing.length > 0) return missingAnswer(missing);
  const named = (parse?.fragments ?? []).filter((fragment) => namesData.has(fragment.type)).map((fragment) => spokenWords(chart, fragment));
  if (named.length > 1)
    return { ...none, status: "unanswerable", unused: named, reason: `The data does not connect ${quoted(named, "and")}.`, confidence: 0.6 };
  const words = named.length > 0 ? named : chart.tokens.map((token) => token.text).filter((word) => /[\p{L}\p{N}]/u.test(word));
  const said = quoted(words.slice(0, 6), "and");
  const reason = named.length > 0 ? `It is not said what to work out for ${said}.` : `Nothing in the data was named${said === "" ? "" : ` by ${said}`}.`;
  return { ...none, status: "unanswerable", unused: words, reason, confidence: 0.6 };
};

/** Read, but with too much left out or forced together to be trusted. */
const doubtfulAnswer = (chart: Chart, reading: Reading, confidence: number): PlanningAnswer => {
  const unused = unusedWords(chart, reading);
  const reason =
    unused.length > 0
      ? `What ${quoted(unused, "and")} ${unused.length === 1 ? "means" : "mean"} here could not be understood.`
      : `How ${quoted(
          reading.parse.fragments.filter((fragment) => namesData.has(fragment.type)).map((fragment) => spokenWords(chart, fragment)),
          "and",
        )} go together could not be understood.`;
  return { ...none, status: "unanswerable", unused, reason, confidence };
};

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

/** Nothing would have to be asked first if this reading were chosen. */
const isWhole = ({ frame }: Reading): boolean => frame.missing.length === 0 && frame.vague.length === 0;

const planned = (chart: Chart, request: PlanningRequest, reading: Reading, others: readonly Reading[], confidence: number): PlanningAnswer => {
  const spans = spansOf(chart, [...reading.written.spans, ...reading.written.implied]);
  const explanation = explain(chart, request, reading);
  const readings = others
    .filter((other) => other.score > reading.score - weights.offered && isWhole(other))
    .map((other) => ({ value: other.digest, text: explain(chart, request, other) }))
    .filter(({ text }, at, all) => text !== explanation && all.findIndex((other) => other.text === text) === at)
    .slice(0, 3);
  return {
    status: "planned",
    document: reading.written.document,
    explanation,
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
export const toAnswer = (chart: Chart, request: PlanningRequest, parses: readonly Parse[], given: readonly Reading[], answers: Answers): PlanningAnswer => {
  const readings = chosenFirst(given, answers.get("reading"));
  const [best] = readings;
  if (best === undefined) return unplannedAnswer(chart, parses[0]);
  if (best.frame.missing.length > 0) return missingAnswer(missingPhrases(chart, best.parse));
  const vague = best.frame.vague[0];
  if (vague !== undefined) return vagueAnswer(chart, best, vague);
  if (best.ambiguities.length > 0 && answers.get("reading") === undefined) return ambiguousAnswer(best);
  const features = featuresOf(chart, best, readings.slice(1));
  const confidence = best.digest === answers.get("reading") ? 0.99 : probabilityOf(features);
  if (best.digest !== answers.get("reading") && isHalfRead(chart, best)) return doubtfulAnswer(chart, best, Math.min(confidence, 0.3));
  if (decisions.hasSubscribers) decisions.publish({ text: request.text, features, confidence, document: best.written.document });
  if (confidence < leastConfidence) return doubtfulAnswer(chart, best, confidence);
  return planned(chart, request, best, readings.slice(1), confidence);
};
