import { functionWords } from "@rivergen/words";
import type { Chart } from "../grammar/chart.ts";
import type { Fragment } from "../lattice/types.ts";
import type { Ref } from "../plan/types.ts";
import type { Reading } from "./rank-readings.ts";

/** What a reading and its rivals look like, as numbers; the calibration weighs them. */
export type Features = Readonly<Record<string, number>>;

const isWord = (token: Chart["tokens"][number]): boolean => token.quoted || !(functionWords.has(token.lower) || /^\p{P}$/u.test(token.lower));

/** How literally the weakest name or value of a reading stands in the catalog, 0–1. */
const weakest = (fragments: readonly Fragment[], types: readonly Fragment["type"][]): number =>
  Math.min(1, ...fragments.flatMap((fragment) => (types.includes(fragment.type) && "mention" in fragment ? [fragment.mention.candidates[0]?.score ?? 0] : [])));

/** Other columns that the words of a reading name nearly as well, per mention. */
const alternatives = (fragments: readonly Fragment[], types: readonly Fragment["type"][]): number => {
  const counts = fragments.flatMap((fragment) => {
    if (!types.includes(fragment.type) || !("mention" in fragment)) return [];
    const top = fragment.mention.candidates[0]?.score ?? 0;
    return [fragment.mention.candidates.filter((candidate) => candidate.score > top - 0.1).length - 1];
  });
  return counts.length === 0 ? 0 : Math.min(4, counts.reduce((sum, count) => sum + count, 0) / counts.length);
};

/** Whether the result is ranked by what an adjective measures, the column itself not being said. */
const isGuessedKey = (fragments: readonly Fragment[]): boolean =>
  fragments.some((fragment) => fragment.type === "superlative" && fragment.key?.kind === "column" && fragment.key.start === fragment.start);

const refsOf = ({ plan }: Reading): readonly Ref[] => [
  ...plan.where.flatMap((item) => item.expression.refs),
  ...plan.groups.flatMap((item) => item.expression.refs),
  ...plan.measures.flatMap((item) => item.of?.refs ?? []),
  ...plan.select.flatMap((item) => item.expression.refs),
];

/** Tables that are joined, and how many of the joins may repeat rows. */
const joinsOf = (reading: Reading): { readonly joins: number; readonly fans: number } => {
  const hops = new Map(refsOf(reading).flatMap((ref) => ref.path.map((hop) => [`${hop.from}.${hop.role}.${hop.to}`, hop] as const)));
  return { joins: hops.size, fans: [...hops.values()].filter((hop) => !hop.forward).length };
};

const marks = (fragments: readonly Fragment[], names: readonly string[]): number =>
  fragments.filter((fragment, at) => at > 0 && fragment.type === "mark" && names.includes(fragment.mark)).length;

/** Content words said more than once: the question may be about several things of one kind. */
const repeats = (chart: Chart): number => {
  const words = chart.tokens.filter(isWord).map((token) => token.lemma);
  return words.length - new Set(words).size;
};

const planFeatures = (reading: Reading): Features => {
  const { plan, frame } = reading;
  const { joins, fans } = joinsOf(reading);
  return {
    planCost: plan.cost,
    joins,
    fans,
    existences: plan.exists.length,
    conditions: plan.where.length,
    measures: plan.measures.length,
    groups: plan.groups.length,
    ranked: plan.limit === undefined ? 0 : 1,
    rankedMeasure: plan.limit !== undefined && plan.measures.length > 0 ? 1 : 0,
    having: plan.having.length,
    nested: frame.nested.length,
    absences: frame.absences.length,
    others: frame.others.length,
    loose: frame.loose.length,
    headless: frame.entity === undefined ? 1 : 0,
    listed: plan.measures.length === 0 ? 1 : 0,
    notes: plan.assumptions.length,
  };
};

/** The features of the best reading, the rest of the readings after it. */
export const featuresOf = (chart: Chart, reading: Reading, others: readonly Reading[]): Features => {
  const { fragments } = reading.parse;
  const length = Math.max(2, chart.tokens.filter(isWord).length);
  const pieces = fragments.filter((fragment) => fragment.type !== "mark" && fragment.type !== "skip").length;
  const skipped = fragments.filter((fragment) => fragment.type === "skip" && !functionWords.has(fragment.word)).length;
  const lead = others[0] === undefined ? 1 : Math.min(1, reading.score - others[0].score);
  return {
    lost: Math.max(0, length * 0.95 - reading.score - 0.12 * pieces) / length,
    skipped: skipped / length,
    close: 1 - lead,
    tied: lead < 0.15 ? 1 : 0,
    rivals: Math.min(5, others.filter((other) => other.score > reading.score - 0.5).length),
    weakName: 1 - weakest(fragments, ["column", "entity"]),
    weakValue: 1 - weakest(fragments, ["value"]),
    nameRivals: alternatives(fragments, ["column"]),
    valueRivals: alternatives(fragments, ["value"]),
    guessedKey: isGuessedKey(fragments) ? 1 : 0,
    reached: reading.plan.where.filter((item) => item.expression.refs.some((ref) => ref.path.length > 0)).length,
    length: Math.log(length),
    clauses: marks(fragments, ["who", "whose", "where", "which"]),
    linked: marks(fragments, ["have", "with", "be"]),
    repeats: repeats(chart),
    ...planFeatures(reading),
  };
};
