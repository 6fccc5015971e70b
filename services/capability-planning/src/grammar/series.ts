import { readNumber } from "@rivergen/words";
import type { Fragment, GrainName } from "../lattice/types.ts";
import { lemmaAt, longestPhrase, wordAt } from "./chart.ts";
import type { Chart } from "./chart.ts";
import { readGrain } from "./groups.ts";

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
const share = (chart: Chart, at: number): Fragment[] => {
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

const change = (chart: Chart, at: number): Fragment[] => {
  const start = /^(percent|percentage|%|relative)$/.test(wordAt(chart, at)) ? at + 1 : at;
  const phrase = hyphenless(chart, start);
  if (phrase !== undefined) return [overTime(chart, at, start, phrase)];
  return changeWord.test(wordAt(chart, start)) ? [changeOf(chart, at, start)] : [];
};

type Phrase = NonNullable<ReturnType<typeof hyphenless>>;

/** "month over month change in", "yoy growth". */
const overTime = (chart: Chart, at: number, start: number, phrase: Phrase): Fragment => {
  const percent = /^(percent|percentage|%)$/.test(wordAt(chart, phrase.end)) ? phrase.end + 1 : phrase.end;
  const word = changeWord.test(wordAt(chart, percent)) ? percent + 1 : percent;
  const end = word > phrase.end && /^(in|of|rate)$/.test(wordAt(chart, word)) ? word + 1 : word;
  const relative = start > at || percent > phrase.end || lemmaAt(chart, word - 1) === "growth";
  return { type: "change", start: at, end, score: end - at, relative, ...phrase.value };
};

/** "change vs previous month", "growth of". */
const changeOf = (chart: Chart, at: number, start: number): Fragment => {
  const next = wordAt(chart, start + 1) === "," ? start + 2 : start + 1;
  const rest = hyphenless(chart, next);
  const joined = /^(in|of)$/.test(wordAt(chart, start + 1)) ? start + 2 : start + 1;
  const end = rest?.end ?? joined;
  return {
    type: "change",
    start: at,
    end,
    score: end - at - (rest === undefined ? 0.1 : 0),
    relative: start > at || wordAt(chart, start) === "growth",
    ...rest?.value,
  };
};

/** "3 month moving average of", "rolling 7 day average", "running total of", "cumulative". */
const windows = (chart: Chart, at: number): Fragment[] => {
  const running = longestPhrase(chart, at, runningPhrases);
  if (running !== undefined) return [{ type: "window", start: at, end: running.end, score: running.end - at + 0.1, fn: "sum" }];
  return moving(chart, at);
};

const runningPhrases: Readonly<Record<string, true>> = {
  "running total of": true,
  "running total": true,
  "running sum of": true,
  "cumulative sum of": true,
  "cumulative total of": true,
  cumulative: true,
  "running count of": true,
  "cumulative number of": true,
};
const isMoving = (word: string): boolean => /^(rolling|moving|trailing)$/.test(word);

const moving = (chart: Chart, at: number): Fragment[] => {
  const rolling = isMoving(wordAt(chart, at)) ? at + 1 : at;
  const number = readNumber(chart.tokens, rolling);
  if (number === undefined) return [];
  const unit = readGrain(chart, number.end)?.end ?? (/^(point|row|period|session)$/.test(lemmaAt(chart, number.end)) ? number.end + 1 : number.end);
  const after = isMoving(wordAt(chart, unit)) ? unit + 1 : unit;
  const word = wordAt(chart, after);
  if ((rolling === at && after === unit) || !/^(average|avg|mean|sum)$/.test(word)) return [];
  const end = wordAt(chart, after + 1) === "of" ? after + 2 : after + 1;
  return [{ type: "window", start: at, end, score: end - at + 0.1, fn: word === "sum" ? "sum" : "avg", rows: number.value }];
};

/** Shares, changes and moving values that start at a place. */
export const seriesRules = (chart: Chart, at: number): Fragment[] => [...share(chart, at), ...change(chart, at), ...windows(chart, at)];
