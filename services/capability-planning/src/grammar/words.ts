import { dataNouns, functionWords, questionWords, readNumber, requestVerbs, roleWords, type Token, vagueWords, verbLemma } from "@rivergen/words";
import { shortestPaths } from "../catalog/join-graph.ts";
import type { EntityMention, Fragment, ValueMention } from "../lattice/types.ts";
import { lemmaAt, phraseEnd, wordAt } from "./chart.ts";
import type { Chart } from "./chart.ts";

const marks: Readonly<Record<string, string>> = {
  of: "of",
  in: "in",
  at: "in",
  on: "in",
  for: "for",
  to: "to",
  into: "to",
  toward: "to",
  from: "from",
  by: "by",
  with: "with",
  has: "have",
  have: "have",
  had: "have",
  having: "have",
  where: "where",
  who: "who",
  whose: "whose",
  which: "which",
  what: "which",
  that: "who",
  whom: "who",
  and: "and",
  ",": "and",
  "&": "and",
  or: "or",
  "-": "and",
  ":": "and",
  than: "than",
  is: "be",
  are: "be",
  was: "be",
  were: "be",
  be: "be",
  been: "be",
  when: "which",
  how: "how",
  "'s": "of",
  between: "between",
  vs: "versus",
  versus: "versus",
  both: "both",
  compare: "compare",
  compared: "compare",
  comparison: "compare",
};

const marksAndWords = (chart: Chart, at: number): Fragment[] => {
  const word = wordAt(chart, at);
  const found: Fragment[] = [];
  if (Object.hasOwn(marks, word)) found.push({ type: "mark", start: at, end: at + 1, score: 0.1, mark: marks[word]! });
  for (const { pattern, fragment, score } of singleWords) if (pattern.test(word)) found.push({ start: at, end: at + 1, score, ...fragment } as Fragment);
  for (const { phrase, fragment, score } of pairs) if (phraseEnd(chart, at, phrase) > 0) found.push({ start: at, end: at + 2, score, ...fragment } as Fragment);
  if (requestVerbs.has(lemmaAt(chart, at)) || requestVerbs.has(word)) found.push({ type: "mark", start: at, end: at + 1, score: 0.3, mark: "request" });
  return [...found, ...limits(chart, at)];
};

const singleWords = [
  { pattern: /^(not|without|no|never|except|excluding|non|neither|nor|zero|lacking|outside)$/, fragment: { type: "negation" }, score: 0.6 },
  { pattern: /^(distinct|different|unique)$/, fragment: { type: "distinct" }, score: 0.8 },
  { pattern: /^(overall|combined|total|altogether|totaling|totals|summed)$/, fragment: { type: "mark", mark: "total" }, score: 0.5 },
] as const;
const pairs = [
  { phrase: "on average", fragment: { type: "mark", mark: "average" }, score: 1.5 },
  { phrase: "in total", fragment: { type: "mark", mark: "total" }, score: 1.5 },
  { phrase: "other than", fragment: { type: "negation" }, score: 1.2 },
] as const;

const limits = (chart: Chart, at: number): Fragment[] => {
  const number = readNumber(chart.tokens, at);
  const plain: Fragment[] =
    number === undefined || !Number.isInteger(number.value) ? [] : [{ type: "limit", start: at, end: number.end, score: 0.3, count: number.value }];
  return /^(only|first|just)$/.test(wordAt(chart, at)) ? [...plain, ...limitAfter(chart, at)] : plain;
};

const limitAfter = (chart: Chart, at: number): Fragment[] => {
  const number = readNumber(chart.tokens, at + 1);
  return number === undefined ? [] : [{ type: "limit", start: at, end: number.end, score: number.end - at - 0.2, count: number.value }];
};

const softWords = new Set([
  "inclusive",
  "exclusive",
  "inclusively",
  "including",
  "included",
  "rounded",
  "amount",
  "much",
  "different",
  "list",
  "together",
  "corresponding",
  "respective",
  "following",
  "based",
  "according",
  "terms",
  "whole",
  "entire",
  "full",
  "single",
  "individual",
  "particular",
  "certain",
  "specific",
  "actual",
  "possible",
  "named",
  "called",
  "instead",
]);

/** Words after which a thing is named. */
const nounOpeners = new Set(["which", "what", "whose", "many", "per", "each", "every", "any", "by", "of", "number", "average", "total"]);

/** "cancelled flights": a participle right before what is asked for narrows it. */
const isNarrowing = (chart: Chart, at: number): boolean => {
  const word = wordAt(chart, at);
  if (!/(ed|ing)$/.test(word) || word.length <= 4 || roleWords.source.has(word) || roleWords.target.has(word)) return false;
  const said = at > 0 && ((chart.entities[at - 1] ?? []).length > 0 || functionWords.has(wordAt(chart, at - 1)) === false);
  return !said && (chart.entities[at + 1] ?? []).some((mention) => mention.candidates[0]!.score >= 0.9);
};

/** Verbs that only carry their object. */
const lightVerbs = new Set([
  "occur",
  "happen",
  "reach",
  "take",
  "come",
  "go",
  "make",
  "appear",
  "exist",
  "belong",
  "develop",
  "evolve",
  "locate",
  "situate",
  "contain",
  "hold",
  "involve",
  "cause",
  "result",
  "get",
  "achieve",
  "score",
  "run",
  "see",
  "look",
  "find",
  "give",
]);

/** Inflected verbs, and words that are also verbs where a verb can stand: at the end, or before a preposition or a number. */
const isVerbHere = (chart: Chart, at: number): boolean => {
  const word = wordAt(chart, at);
  if (!chart.lexicon.isVerb(word)) return false;
  const inflected = verbLemma(word) !== word && lemmaAt(chart, at) === word;
  const participle = /(ed|ing)$/.test(word) && word.length > 4;
  const placed =
    at > 0 &&
    !nounOpeners.has(wordAt(chart, at - 1)) &&
    (at === chart.tokens.length - 1 ||
      functionWords.has(wordAt(chart, at + 1)) ||
      /^(do|does|did|to|that|which|who|not|can|will|have)$/.test(wordAt(chart, at - 1)));
  return inflected || participle || placed;
};

/** What a word costs when nothing uses it: grammar nothing, verbs and adverbs little, an unknown noun makes the question unanswerable. */
const leftovers = (chart: Chart, at: number): Fragment[] => {
  const token = chart.tokens[at]!;
  const place = { start: at, end: at + 1 };
  if (token.quoted || /\d/.test(token.lower)) return [{ type: "missing", ...place, score: -1.6, word: token.text }];
  if (Object.hasOwn(marks, token.lower)) return [];
  const cost = ignoredCost(chart, at, token);
  if (cost !== undefined) return [{ type: "skip", ...place, score: cost, word: token.lower }];
  if (degreeWord.test(token.lower) || vagueWords.has(token.lower) || vagueWords.has(token.lemma))
    return [{ type: "vague", ...place, score: -1.1, word: token.lower }];
  return [{ type: "missing", ...place, score: chart.lexicon.speech(token.lower) === "a" ? -1.2 : -1.5, word: token.text }];
};

const degreeWord = /^(most|least|more|less|fewer|fewest)$/;

/** Left out, these turn an answer into its opposite. */
export const negating = /^(no|not|without|never|except|excluding|neither|nor|non)$/;

const isGrammar = (word: string): boolean => functionWords.has(word) || questionWords.has(word) || /^\p{P}$/u.test(word);

/** What it costs to leave a word out; undefined for words that carry the question. */
const ignoredCost = (chart: Chart, at: number, token: Token): number | undefined => {
  const word = token.lower;
  if (degreeWord.test(word)) return undefined;
  if (negating.test(word)) return -1.2;
  if (isGrammar(word)) return -0.02;
  if (vagueWords.has(word) || vagueWords.has(token.lemma)) return undefined;
  if (softWords.has(word)) return -0.1;
  if (dataNouns.has(token.lemma) && at > 0) return -0.15;
  if (chart.lexicon.isVerb(word) && isConnecting(chart, at)) return -0.1;
  return isNarrowing(chart, at) ? undefined : verbCost(chart, at);
};

/** Participles that say no more than that something is there. */
const plainParticiples = new Set(
  "made built produced manufactured released recorded registered listed given flown held done used seen reported observed played shown sent born called named taken found based measured published issued created directed shared received owned written".split(
    " ",
  ),
);

/** "which flights were cancelled", "who starred in it": the verb is the condition, and nothing in the data says it. */
const isTelling = (chart: Chart, at: number): boolean => {
  const word = wordAt(chart, at);
  const before = wordAt(chart, at - 1);
  const passive =
    (/^(is|are|was|were|been|be|got|get|not|never)$/.test(before) || (wordAt(chart, at + 1) === "by" && !isGrammar(before))) &&
    /(ed|en|wn|won|lt|ld)$/.test(word);
  if (!passive && before !== "who") return false;
  if (plainParticiples.has(word) || lightVerbs.has(verbLemma(word)) || /^(when|where)$/.test(wordAt(chart, 0)) || !chart.lexicon.isVerb(word)) return false;
  return ![...chart.match(word).values()].some((score) => score >= 0.35);
};

const passed = /^(is|are|was|were|be|been|being|has|have|had|do|does|did|that|which|who|get|got|by|in|at|on|of|from|to|for|with|any|some|not|never|ever|,)$/;

/** The nearest place on one side that is no small word. */
const beside = (chart: Chart, at: number, step: 1 | -1): number => {
  let place = at + step;
  while (passed.test(wordAt(chart, place))) place += step;
  return place;
};

const namedTables = (mentions: readonly (EntityMention | ValueMention)[], least: number): Set<string> =>
  new Set(mentions.flatMap(({ candidates }) => candidates.flatMap(({ table, score }) => (score >= least ? [table] : []))));

/** "pets owned by students": a verb between two things of tables that hang together says no more than that they do. */
const isConnecting = (chart: Chart, at: number): boolean => {
  const [left, right] = [beside(chart, at, -1), beside(chart, at, 1)];
  const before = namedTables(
    chart.entities.flat().filter(({ end }) => end === left + 1),
    0.8,
  );
  const after = namedTables([...(chart.entities[right] ?? []), ...(chart.values[right] ?? [])], 0.5);
  const joined = (a: string, b: string): boolean => {
    const path = shortestPaths(chart.catalog, a, b)[0];
    return path !== undefined && path.length > 0 && path.length <= 2;
  };
  return [...before].some((a) => [...after].some((b) => a !== b && joined(a, b)));
};

const verbCost = (chart: Chart, at: number): number | undefined => {
  const word = wordAt(chart, at);
  if (isTelling(chart, at)) return undefined;
  if (/(ed|ing)$/.test(word) && [...chart.match(word).values()].some((score) => score >= 0.35)) return -0.25;
  const verb = isVerbHere(chart, at);
  if (verb && lightVerbs.has(verbLemma(word))) return -0.1;
  const speech = chart.lexicon.speech(word);
  const noun = nounOpeners.has(wordAt(chart, at - 1)) && !/(ed|ing)$/.test(word);
  return verb || speech === "r" || (speech === "v" && !noun) ? -0.35 : undefined;
};

/** Grammar words at a place, and what a word is when nothing else uses it. */
export const wordRules = (chart: Chart, at: number): Fragment[] => [...marksAndWords(chart, at), ...leftovers(chart, at)];
