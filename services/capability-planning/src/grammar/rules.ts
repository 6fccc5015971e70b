import type { ColumnMention, Fragment, GrainName, TextTest, ValueMention } from "../lattice/types.ts";
import { readPeriod } from "../period/read-period.ts";
import { verbLemma } from "../text/lemma.ts";
import { readNumber } from "../text/numbers.ts";
import { dataNouns, functionWords, questionWords, requestVerbs, vagueWords } from "../words/vocabulary.ts";
import { lemmaAt, longestPhrase, mentionScore, ofKind, phraseEnd, wordAt } from "./chart.ts";
import type { Chart } from "./chart.ts";
import { comparisonRules } from "./comparisons.ts";
import { groupRules, readGrain } from "./groups.ts";
import { measureRules } from "./measures.ts";
import { orderRules, superlativeRules } from "./superlatives.ts";

type Rule = (chart: Chart, at: number) => Fragment[];

/** "released", "delayed": a verb form alone is no column to show. */
const isParticiple = (chart: Chart, mention: ColumnMention): boolean =>
  mention.end === mention.start + 1 && /(ed|ing)$/.test(wordAt(chart, mention.start)) && !chart.catalog.vocabulary.has(wordAt(chart, mention.start));

const names: Rule = (chart, at) => [
  ...(chart.columns[at] ?? [])
    .filter((mention) => !isParticiple(chart, mention))
    .map((mention): Fragment => ({ type: "column", start: at, end: mention.end, score: mentionScore(mention), mention })),
  ...(chart.entities[at] ?? []).map((mention): Fragment => ({ type: "entity", start: at, end: mention.end, score: mentionScore(mention) + 0.02, mention })),
  ...(chart.values[at] ?? []).map((mention): Fragment => ({ type: "value", start: at, end: mention.end, score: mentionScore(mention), mention })),
];

const narrowValue = (column: ColumnMention, value: ValueMention, start: number, end: number): ValueMention | undefined => {
  const candidates = value.candidates.flatMap((candidate) => {
    const named = column.candidates.find(({ table, column: name }) => table === candidate.table && name === candidate.column);
    return named === undefined
      ? []
      : [
          {
            ...candidate,
            score: Math.min(
              1,
              (candidate.score * (value.end - value.start) + named.score * (column.end - column.start)) / (value.end - value.start + column.end - column.start),
            ),
          },
        ];
  });
  return candidates.length === 0
    ? undefined
    : { ...value, ...(column.via === undefined ? {} : { via: column.via }), start, end, candidates: candidates.toSorted((a, b) => b.score - a.score) };
};

const naming = new Set(["is", "are", "was", "were", "=", ":", "named", "called", "equal", "equals", "to", "as", "titled", "name", "with", "being", "be"]);

/** "symbol AMZN", "origin is USA", "action genre": the value's column is said. */
const namedValues: Rule = (chart, at) => {
  const after = (chart.columns[at] ?? []).flatMap((column) => {
    let start = column.end;
    while (naming.has(wordAt(chart, start)) && start < column.end + 3) start++;
    return (chart.values[start] ?? []).map((value) => ({ mention: narrowValue(column, value, at, value.end), extra: start - column.end }));
  });
  const before = (chart.values[at] ?? []).flatMap((value) =>
    (chart.columns[value.end] ?? []).map((column) => ({ mention: narrowValue(column, value, at, column.end), extra: -0.1 })),
  );
  return [...after, ...before].flatMap(({ mention, extra }) =>
    mention === undefined
      ? []
      : [{ type: "value" as const, start: at, end: mention.end, score: mentionScore(mention) - (extra > 0 ? 0.1 * extra : 0) + 0.15, mention }],
  );
};

const textTests: Readonly<Record<string, TextTest>> = {
  contains: "contains",
  containing: "contains",
  contain: "contains",
  including: "contains",
  includes: "contains",
  like: "contains",
  "with word": "contains",
  "has word": "contains",
  "having word": "contains",
  "that contain": "contains",
  "has substring": "contains",
  "with substring": "contains",
  having: "contains",
  has: "contains",
  with: "contains",
  have: "contains",
  mentioning: "contains",
  mentions: "contains",
  "starts with": "starts",
  "start with": "starts",
  "starting with": "starts",
  "beginning with": "starts",
  "begins with": "starts",
  "begin with": "starts",
  "that starts with": "starts",
  "that start with": "starts",
  "ends with": "ends",
  "end with": "ends",
  "ending with": "ends",
  "ending in": "ends",
  "ends in": "ends",
  "that ends with": "ends",
};
const wordy = new Set(["word", "letter", "letters", "substring", "phrase", "string", "text", "words", "prefix", "suffix", "character"]);

const quotedOrWord = (chart: Chart, at: number, sure: boolean): { text: string; end: number } | undefined => {
  let start = at;
  let told = sure;
  while (wordy.has(wordAt(chart, start))) {
    start++;
    told = true;
  }
  const token = chart.tokens[start];
  if (token === undefined || !(token.quoted || told) || /^[,.?:]$/.test(token.lower)) return undefined;
  return { text: token.text, end: start + 1 };
};

/** "title contains 'star'", "names starting with A", "with 'Hey' in its name". */
const texts: Rule = (chart, at) => {
  const found: Fragment[] = [];
  for (const column of chart.columns[at] ?? []) {
    const left = ofKind(chart, column, ["text"]);
    const test = longestPhrase(chart, skipBe(chart, column.end), textTests);
    if (left === undefined || test === undefined) continue;
    const plain = /^(with|has|have|having)$/.test(wordAt(chart, test.end - 1));
    const text = quotedOrWord(chart, test.end, test.value !== "contains" || !plain);
    if (text !== undefined)
      found.push({ type: "text", start: at, end: text.end, score: mentionScore(left) + text.end - column.end + 0.1, left, test: test.value, text: text.text });
  }
  const test = longestPhrase(chart, at, textTests);
  const text = test === undefined ? undefined : quotedOrWord(chart, test.end, false);
  if (test === undefined || text === undefined) return found;
  const start = wordAt(chart, text.end) === "in" ? text.end + 1 : text.end;
  for (const column of start === text.end ? [] : (chart.columns[start] ?? [])) {
    const left = ofKind(chart, column, ["text"]);
    if (left !== undefined)
      found.push({ type: "text", start: at, end: column.end, score: mentionScore(left) + start - at, left, test: test.value, text: text.text });
  }
  return found;
};
const skipBe = (chart: Chart, at: number): number => (/^(is|are|that|which|do|does)$/.test(wordAt(chart, at)) ? at + 1 : at);

const nullTests: Readonly<Record<string, boolean>> = {
  "is missing": true,
  "is null": true,
  "is empty": true,
  "is unknown": true,
  "are missing": true,
  missing: true,
  "is blank": true,
  "is not available": true,
  "are unknown": true,
  "is not known": true,
  "is not null": false,
  "is known": false,
  "is not missing": false,
  "is available": false,
  "are known": false,
  "is not empty": false,
};
const nulls: Rule = (chart, at) => {
  const after = (chart.columns[at] ?? []).flatMap((left): Fragment[] => {
    const test = longestPhrase(chart, left.end, nullTests);
    return test === undefined ? [] : [{ type: "null", start: at, end: test.end, score: mentionScore(left) + test.end - left.end, left, isNull: test.value }];
  });
  const before = /^(missing|unknown)$/.test(wordAt(chart, at))
    ? (chart.columns[at + 1] ?? []).map((left): Fragment => ({ type: "null", start: at, end: left.end, score: mentionScore(left) + 1, left, isNull: true }))
    : [];
  return [...after, ...before];
};

const periods: Rule = (chart, at) => {
  const reading = readPeriod(chart.tokens, at, chart.today);
  if (reading === undefined) return [];
  const score = (reading.end - at) * (reading.sure ? 1 : 0.9);
  const columns = (chart.columns[at] ?? []).flatMap((column): Fragment[] => {
    const dated = ofKind(chart, column, ["date", "timestamp", "number"]);
    const start = /^(is|was|are|:|=)$/.test(wordAt(chart, column.end)) ? column.end + 1 : column.end;
    const inner = dated === undefined ? undefined : readPeriod(chart.tokens, start, chart.today);
    return inner === undefined
      ? []
      : [{ type: "period", start: at, end: inner.end, score: mentionScore(column) + inner.end - column.end, reading: inner, column: dated! }];
  });
  return [{ type: "period", start: at, end: reading.end, score, reading }, ...columns];
};

const datedPeriods: Rule = (chart, at) =>
  (chart.columns[at] ?? []).flatMap((column): Fragment[] => {
    const dated = lemmaAt(chart, at) === "day" ? undefined : (ofKind(chart, column, ["date", "timestamp"]) ?? yearOnly(chart, column));
    const start = /^(is|was|are|:|=)$/.test(wordAt(chart, column.end)) ? column.end + 1 : column.end;
    const inner = dated === undefined ? undefined : readPeriod(chart.tokens, start, chart.today);
    return inner === undefined
      ? []
      : [{ type: "period", start: at, end: inner.end, score: mentionScore(dated!) + inner.end - column.end + 0.05, reading: inner, column: dated! }];
  });

const yearOnly = (chart: Chart, mention: ColumnMention): ColumnMention | undefined => {
  const candidates = mention.candidates.filter(
    ({ table, column }) => chart.catalog.tables.get(table)?.columns.find((candidate) => candidate.name === column)?.isYear,
  );
  return candidates.length === 0 ? undefined : { ...mention, candidates };
};

const shares: Readonly<Record<string, boolean>> = {
  "share of": false,
  "percentage of": true,
  "percent of": true,
  "proportion of": false,
  "fraction of": false,
  "% of": true,
  "what percent": true,
  "what percentage": true,
  "percentage share of": true,
  share: false,
  percentage: true,
  proportion: false,
  fraction: false,
  "percent share": true,
  "part of": false,
};
const share: Rule = (chart, at) => {
  const found = longestPhrase(chart, at, shares);
  if (found === undefined || lemmaAt(chart, at) === "part") return [];
  const total = longestPhrase(chart, found.end, { total: true, "of total": true, "of overall": true, "of grand total": true, "of whole": true });
  return [
    { type: "share", start: at, end: found.end, score: found.end - at, percent: found.value },
    ...(total === undefined ? [] : [{ type: "share" as const, start: at, end: total.end, score: total.end - at, percent: found.value }]),
  ];
};

const changes: Readonly<Record<string, { readonly grain?: GrainName }>> = {
  "month over month": { grain: "month" },
  "month on month": { grain: "month" },
  mom: { grain: "month" },
  "year over year": { grain: "year" },
  "year on year": { grain: "year" },
  yoy: { grain: "year" },
  "week over week": { grain: "week" },
  wow: { grain: "week" },
  "day over day": { grain: "day" },
  "quarter over quarter": { grain: "quarter" },
  qoq: { grain: "quarter" },
  "from month to month": { grain: "month" },
  "from year to year": { grain: "year" },
  "month to month": { grain: "month" },
  "year to year": { grain: "year" },
  "vs previous month": { grain: "month" },
  "versus previous month": { grain: "month" },
  "from previous month": { grain: "month" },
  "compared to previous month": { grain: "month" },
  "vs previous year": { grain: "year" },
  "from previous year": { grain: "year" },
  "compared to previous year": { grain: "year" },
  "versus previous year": { grain: "year" },
  "vs last month": { grain: "month" },
  "vs prior month": { grain: "month" },
  "from prior month": { grain: "month" },
  "from prior year": { grain: "year" },
  "over previous month": { grain: "month" },
  "over previous year": { grain: "year" },
  "from previous quarter": { grain: "quarter" },
  "vs previous day": { grain: "day" },
  "from previous day": { grain: "day" },
  "vs previous week": { grain: "week" },
  "from previous week": { grain: "week" },
};
const hyphenless = (chart: Chart, at: number): { value: { readonly grain?: GrainName }; end: number } | undefined => {
  const words: string[] = [];
  let end = at;
  while (words.length < 4 && end < chart.tokens.length) {
    if (wordAt(chart, end) !== "-") words.push(wordAt(chart, end));
    end++;
    const key = words.join(" ");
    if (Object.hasOwn(changes, key)) return { value: changes[key]!, end };
  }
  return undefined;
};
const changeWord = /^(change|changes|changed|growth|difference|increase|delta|variation|grow|grew|evolve|evolved)$/;

const change: Rule = (chart, at) => {
  const relativeAt = /^(percent|percentage|%|relative)$/.test(wordAt(chart, at)) ? at + 1 : at;
  const named = changeWord.test(wordAt(chart, relativeAt)) ? relativeAt + 1 : -1;
  const phrase = hyphenless(chart, relativeAt) ?? hyphenless(chart, at);
  if (phrase !== undefined) {
    const percent = /^(percent|percentage|%)$/.test(wordAt(chart, phrase.end)) ? phrase.end + 1 : phrase.end;
    const word = changeWord.test(wordAt(chart, percent)) ? percent + 1 : percent;
    const end = /^(in|of|rate)$/.test(wordAt(chart, word)) && word > phrase.end ? word + 1 : word;
    return [
      {
        type: "change",
        start: at,
        end,
        score: end - at,
        relative: relativeAt > at || percent > phrase.end || lemmaAt(chart, word - 1) === "growth",
        ...phrase.value,
      },
    ];
  }
  if (named < 0) return [];
  const rest = hyphenless(chart, named) ?? (wordAt(chart, named) === "," ? hyphenless(chart, named + 1) : undefined);
  const end = rest?.end ?? (/^(in|of)$/.test(wordAt(chart, named)) ? named + 1 : named);
  return [
    {
      type: "change",
      start: at,
      end,
      score: end - at - (rest === undefined ? 0.1 : 0),
      relative: relativeAt > at || wordAt(chart, relativeAt) === "growth",
      ...rest?.value,
    },
  ];
};

/** "3 month moving average of", "rolling 7 day average", "running total of", "cumulative". */
const windows: Rule = (chart, at) => {
  const running = longestPhrase(chart, at, {
    "running total of": true,
    "running total": true,
    "running sum of": true,
    "cumulative sum of": true,
    "cumulative total of": true,
    cumulative: true,
    "running count of": true,
    "cumulative number of": true,
  });
  if (running !== undefined) return [{ type: "window", start: at, end: running.end, score: running.end - at + 0.1, fn: "sum" }];
  const rolling = /^(rolling|moving|trailing)$/.test(wordAt(chart, at)) ? at + 1 : at;
  const number = readNumber(chart.tokens, rolling);
  if (number === undefined) return [];
  const dash = wordAt(chart, number.end) === "-" ? number.end + 1 : number.end;
  const unit = readGrain(chart, dash)?.end ?? (/^(point|row|period|session)$/.test(lemmaAt(chart, dash)) ? dash + 1 : dash);
  const after = /^(rolling|moving|trailing)$/.test(wordAt(chart, unit)) ? unit + 1 : unit;
  if ((rolling === at && after === unit) || !/^(average|avg|mean|sum)$/.test(wordAt(chart, after))) return [];
  const end = wordAt(chart, after + 1) === "of" ? after + 2 : after + 1;
  return [{ type: "window", start: at, end, score: end - at + 0.1, fn: wordAt(chart, after) === "sum" ? "sum" : "avg", rows: number.value }];
};

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

const marksAndWords: Rule = (chart, at) => {
  const word = wordAt(chart, at);
  const one = (fragment: Record<string, unknown>, score: number): Fragment => ({ start: at, end: at + 1, score, ...fragment }) as Fragment;
  const found: Fragment[] = [];
  if (Object.hasOwn(marks, word)) found.push(one({ type: "mark", mark: marks[word] }, 0.1));
  if (/^(not|without|no|never|except|excluding|non|neither|nor|zero|lacking)$/.test(word)) found.push(one({ type: "negation" }, 0.6));
  if (/^(distinct|different|unique)$/.test(word)) found.push(one({ type: "distinct" }, 0.8));
  if (phraseEnd(chart, at, "on average") > 0) found.push({ type: "mark", start: at, end: at + 2, score: 1.5, mark: "average" });
  if (phraseEnd(chart, at, "in total") > 0) found.push({ type: "mark", start: at, end: at + 2, score: 1.5, mark: "total" });
  if (phraseEnd(chart, at, "other than") > 0) found.push({ type: "negation", start: at, end: at + 2, score: 1.2 });
  if (/^(overall|combined|total|altogether|totaling|totals|summed)$/.test(word)) found.push(one({ type: "mark", mark: "total" }, 0.5));
  if (requestVerbs.has(lemmaAt(chart, at)) || requestVerbs.has(word)) found.push(one({ type: "mark", mark: "request" }, 0.3));
  const number = readNumber(chart.tokens, at);
  if (/^(only|first|just)$/.test(word)) found.push(...limitAfter(chart, at));
  if (number !== undefined && Number.isInteger(number.value)) found.push({ type: "limit", start: at, end: number.end, score: 0.3, count: number.value });
  return found;
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

/** Inflected verbs, and words that are also verbs where a verb can stand: at the end, or before a preposition or a number. */
const isVerbHere = (chart: Chart, at: number): boolean => {
  const word = wordAt(chart, at);
  if (!chart.lexicon.isVerb(word)) return false;
  const inflected = verbLemma(word) !== word && lemmaAt(chart, at) === word;
  const participle = /(ed|ing)$/.test(word) && word.length > 4;
  const placed =
    at > 0 &&
    (at === chart.tokens.length - 1 ||
      functionWords.has(wordAt(chart, at + 1)) ||
      /^(do|does|did|to|that|which|who|not|can|will|have)$/.test(wordAt(chart, at - 1)));
  return inflected || participle || placed;
};

/** What a word costs when nothing uses it: grammar nothing, verbs and adverbs little, an unknown noun makes the question unanswerable. */
const leftovers: Rule = (chart, at) => {
  const token = chart.tokens[at]!;
  const word = token.lower;
  const make = (fragment: Record<string, unknown>, score: number): Fragment[] => [{ start: at, end: at + 1, score, ...fragment } as Fragment];
  if (!token.quoted && /^(most|least|more|less|fewer|fewest)$/.test(word)) return make({ type: "vague", word }, -1.1);
  if (!token.quoted && Object.hasOwn(marks, word)) return [];
  if (!token.quoted && (functionWords.has(word) || questionWords.has(word) || /^\p{P}$/u.test(word))) return make({ type: "skip", word }, -0.02);
  if (token.quoted || /\d/.test(word)) return make({ type: "missing", word: token.text }, -1.6);
  if (vagueWords.has(word) || vagueWords.has(token.lemma)) return make({ type: "vague", word }, -1.1);
  if (dataNouns.has(token.lemma) && at > 0) return make({ type: "skip", word }, -0.15);
  const speech = chart.lexicon.speech(word);
  if (softWords.has(word)) return make({ type: "skip", word }, -0.1);
  if (speech === "v" || speech === "r" || isVerbHere(chart, at)) return make({ type: "skip", word }, -0.35);
  if (speech === "a") return make({ type: "missing", word: token.text }, -1.2);
  return make({ type: "missing", word: token.text }, -1.5);
};

const rules: readonly Rule[] = [
  names,
  namedValues,
  texts,
  nulls,
  periods,
  datedPeriods,
  share,
  change,
  windows,
  marksAndWords,
  measureRules,
  groupRules,
  comparisonRules,
  superlativeRules,
  orderRules,
  leftovers,
];

/** Every typed fragment that starts at a place of the question. */
export const fragmentsAt = (chart: Chart, at: number): Fragment[] => rules.flatMap((rule) => rule(chart, at));
