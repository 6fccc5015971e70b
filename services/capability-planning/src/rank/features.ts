import { functionWords } from "@rivergen/words";
import type { Chart } from "../grammar/chart.ts";
import { clauses, connectedTables, impliedParts, negations, otherRoot, refsOf, unsaidMeasures } from "./doubts.ts";
import type { Reading } from "./rank-readings.ts";

/** What a reading and its rivals look like, as numbers; the calibration weighs them. */
export type Features = Readonly<Record<string, number>>;

const isWord = (token: Chart["tokens"][number]): boolean => token.quoted || !(functionWords.has(token.lower) || /^\p{P}$/u.test(token.lower));

const joinsOf = (reading: Reading): number => new Set(refsOf(reading).flatMap((ref) => ref.path.map((hop) => `${hop.from}.${hop.role}.${hop.to}`))).size;

/** The features of the best reading; the readings after it are its rivals. */
export const featuresOf = (chart: Chart, reading: Reading, rivals: readonly Reading[]): Features => {
  const { fragments } = reading.parse;
  const length = Math.max(2, chart.tokens.filter(isWord).length);
  const pieces = fragments.filter((fragment) => fragment.type !== "mark" && fragment.type !== "skip").length;
  return {
    lost: Math.max(0, length * 0.95 - reading.score - 0.12 * pieces) / length,
    close: rivals[0] === undefined ? 0 : Math.max(0, 1 - (reading.score - rivals[0].score)),
    otherRoot: otherRoot(reading, rivals),
    length: Math.log(length),
    joins: joinsOf(reading),
    connected: Math.log(1 + connectedTables(chart, reading)),
    weakest: Math.max(0, 1 - reading.weakest),
    clauses: clauses(chart),
    unsaid: unsaidMeasures(reading),
    negations: negations(reading),
    implied: impliedParts(reading),
  };
};
