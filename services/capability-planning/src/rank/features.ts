import { functionWords } from "@rivergen/words";
import type { Chart } from "../grammar/chart.ts";
import type { Fragment } from "../lattice/types.ts";
import type { Ref } from "../plan/types.ts";
import type { Reading } from "./rank-readings.ts";

/** What a reading and its rivals look like, as numbers; the calibration weighs them. */
export type Features = Readonly<Record<string, number>>;

const isWord = (token: Chart["tokens"][number]): boolean => token.quoted || !(functionWords.has(token.lower) || /^\p{P}$/u.test(token.lower));

/** How literally the weakest value of a reading stands in the catalog, 0–1. */
const weakestValue = (fragments: readonly Fragment[]): number =>
  Math.min(1, ...fragments.flatMap((fragment) => (fragment.type === "value" ? [fragment.mention.candidates[0]?.score ?? 0] : [])));

/** Other columns that the words of a reading name nearly as well: the mean of its mentions, at most 4. */
const nameRivals = (fragments: readonly Fragment[]): number => {
  const counts = fragments.flatMap((fragment) => {
    if (fragment.type !== "column") return [];
    const top = fragment.mention.candidates[0]?.score ?? 0;
    return [fragment.mention.candidates.filter((candidate) => candidate.score > top - 0.1).length - 1];
  });
  return counts.length === 0 ? 0 : Math.min(4, counts.reduce((sum, count) => sum + count, 0) / counts.length);
};

const refsOf = ({ plan }: Reading): readonly Ref[] => [
  ...plan.where.flatMap((item) => item.expression.refs),
  ...plan.groups.flatMap((item) => item.expression.refs),
  ...plan.measures.flatMap((item) => item.of?.refs ?? []),
  ...plan.select.flatMap((item) => item.expression.refs),
];

const joinsOf = (reading: Reading): number => new Set(refsOf(reading).flatMap((ref) => ref.path.map((hop) => `${hop.from}.${hop.role}.${hop.to}`))).size;

/** Content words said more than once: the question may be about several things of one kind. */
const repeats = (chart: Chart): number => {
  const words = chart.tokens.filter(isWord).map((token) => token.lemma);
  return words.length - new Set(words).size;
};

/** The features of the best reading; the readings after it are its rivals. */
export const featuresOf = (chart: Chart, reading: Reading, rivals: readonly Reading[]): Features => {
  const { fragments } = reading.parse;
  const length = Math.max(2, chart.tokens.filter(isWord).length);
  const pieces = fragments.filter((fragment) => fragment.type !== "mark" && fragment.type !== "skip").length;
  return {
    lost: Math.max(0, length * 0.95 - reading.score - 0.12 * pieces) / length,
    close: rivals[0] === undefined ? 0 : Math.max(0, 1 - (reading.score - rivals[0].score)),
    length: Math.log(length),
    repeats: repeats(chart),
    loose: reading.frame.loose.length,
    weakValue: 1 - weakestValue(fragments),
    nameRivals: nameRivals(fragments),
    measures: reading.plan.measures.length,
    joins: joinsOf(reading),
    keys: Math.log(1 + Math.min(20, chart.catalog.keys.length)),
    tables: Math.log(Math.min(10, chart.catalog.tables.size)),
  };
};
