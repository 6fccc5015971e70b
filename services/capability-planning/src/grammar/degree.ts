import { adjectiveLemma, attributes, irregularDegrees } from "@rivergen/words";
import { lemmaAt, wordAt } from "./chart.ts";
import type { Chart } from "./chart.ts";

/** An adjective in a degree, with what it measures. */
export interface Degree {
  readonly base: string;
  readonly degree: "comparative" | "superlative";
  readonly sign: 1 | -1;
  readonly nouns: readonly string[];
  readonly date: 1 | -1 | undefined;
  readonly end: number;
}

const participles = new Set(["rated", "ranked", "grossing", "earning", "paid", "selling", "delayed", "priced", "scoring", "reviewed", "voted", "populated"]);

const sides: Readonly<Record<string, string>> = {
  north: "northern",
  south: "southern",
  east: "eastern",
  west: "western",
  upper: "high",
  top: "high",
  lower: "low",
  bottom: "low",
};

const single = (word: string): { base: string; degree: "comparative" | "superlative" } | undefined => {
  const irregular = irregularDegrees[word];
  if (irregular !== undefined) return irregular;
  const side = /^(north|south|east|west|upper|lower|top|bottom)(?:ern)?most$/.exec(word)?.[1];
  if (side !== undefined) return { base: sides[side]!, degree: "superlative" };
  if (!/(er|est)$/.test(word)) return undefined;
  const base = adjectiveLemma(word);
  return base !== word && base in attributes ? { base, degree: word.endsWith("est") ? "superlative" : "comparative" } : undefined;
};

/** "most recently" measures what "recent" does. */
const measuredAdjective = (degree: string, next: string): string =>
  /^(most|least|more|less)$/.test(degree) && !Object.hasOwn(attributes, next) ? next.replace(/ly$/, "") : next;

/** "furthest north". */
const towards = (degree: Degree["degree"], side: string, at: number): Degree => {
  const { sign, nouns } = attributes[side]!;
  return { base: side, degree, sign, nouns, date: undefined, end: at + 2 };
};

/** `highest`, `most expensive`, `best rated`, `less populated`, `worst`; undefined elsewhere. */
export const readDegree = (chart: Chart, at: number): Degree | undefined => {
  const word = wordAt(chart, at);
  const degree = single(word);
  if (degree === undefined) return undefined;
  const side = degree.base === "far" ? sides[wordAt(chart, at + 1)] : undefined;
  return side === undefined ? joinedDegree(chart, at, degree) : towards(degree.degree, side, at);
};

const joinedDegree = (chart: Chart, at: number, degree: Pick<Degree, "base" | "degree">): Degree => {
  const word = wordAt(chart, at);
  const next = measuredAdjective(word, wordAt(chart, at + 1));
  const own = attributes[degree.base]!;
  const combined = attributes[next];
  const joins =
    combined !== undefined &&
    (/^(many|few)$/.test(degree.base) ? next !== "new" || true : participles.has(next)) &&
    (participles.has(next) || /^(most|least|more|less)$/.test(word));
  const heights = /^(high|low)$/.test(degree.base) ? ["elevation", "altitude", "height"] : own.nouns;
  if (!joins) return { base: degree.base, degree: degree.degree, sign: own.sign, nouns: heights, date: own.date, end: at + 1 };
  const flip = own.sign === -1 ? -1 : 1;
  return {
    base: next,
    degree: degree.degree,
    sign: (combined.sign * flip) as 1 | -1,
    nouns: combined.nouns,
    date: combined.date === undefined ? undefined : ((combined.date * flip) as 1 | -1),
    end: at + 2,
  };
};

/** What an adjective in its plain form measures (`how long`, `how high`). */
export const plainAttribute = (chart: Chart, at: number): readonly string[] => {
  const word = lemmaAt(chart, at);
  const special: Readonly<Record<string, readonly string[]>> = {
    high: ["elevation", "altitude", "height"],
    much: [],
    many: [],
    big: ["area", "size", "population"],
    large: ["area", "size", "population"],
  };
  return special[word] ?? attributes[word]?.nouns ?? [];
};
