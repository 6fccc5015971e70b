import type { Fragment, TextTest } from "../lattice/types.ts";
import { longestPhrase, mentionScore, ofKind, wordAt } from "./chart.ts";
import type { Chart } from "./chart.ts";
import { readDegree } from "./degree.ts";

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

interface Sought {
  readonly text: string;
  readonly end: number;
}

/** The text that is sought: what is quoted, else words up to where the question could go on, the longest first. */
const quotedOrWords = (chart: Chart, at: number, sure: boolean): Sought[] => {
  let start = at;
  let told = sure;
  while (wordy.has(wordAt(chart, start))) {
    start++;
    told = true;
  }
  const token = chart.tokens[start];
  if (token?.quoted === true) return [{ text: token.text, end: start + 1 }];
  if (!told || readDegree(chart, start)?.degree === "superlative") return [];
  let end = start;
  while (end < start + 4 && /^[\p{L}\p{N}]/u.test(wordAt(chart, end)) && !stops.has(wordAt(chart, end))) end++;
  return Array.from({ length: end - start }, (_, i) => end - i).map((stop) => ({ text: spelled(chart, start, stop), end: stop }));
};

const stops = new Set([
  "in",
  "and",
  "or",
  "by",
  "with",
  "from",
  "for",
  "sorted",
  "ordered",
  "per",
  "as",
  "on",
  "at",
  "released",
  "made",
  "before",
  "after",
  "since",
]);

/** The words as they were written, with what stands between them. */
const spelled = (chart: Chart, start: number, end: number): string =>
  chart.tokens
    .slice(start, end)
    .map((token) => token.text)
    .join(" ");

const skipBe = (chart: Chart, at: number): number => (/^(is|are|that|which|do|does)$/.test(wordAt(chart, at)) ? at + 1 : at);

/** "title contains 'star'", "names starting with A", "with 'Hey' in its name". */
const texts = (chart: Chart, at: number): Fragment[] => [...columnFirst(chart, at), ...textFirst(chart, at)];

/** "title contains 'star'", "names starting with A". */
const columnFirst = (chart: Chart, at: number): Fragment[] =>
  (chart.columns[at] ?? []).flatMap((column): Fragment[] => {
    const left = ofKind(chart, column, ["text"]);
    const test = longestPhrase(chart, skipBe(chart, column.end), textTests);
    if (left === undefined || test === undefined) return [];
    const plain = /^(with|has|have|having)$/.test(wordAt(chart, test.end - 1));
    return quotedOrWords(chart, test.end, test.value !== "contains" || !plain).map((text) => ({
      type: "text",
      start: at,
      end: text.end,
      score: mentionScore(left) + text.end - column.end + 0.1,
      left,
      test: test.value,
      text: text.text,
    }));
  });

/** "with 'Hey' in its name". */
const textFirst = (chart: Chart, at: number): Fragment[] => {
  const test = longestPhrase(chart, at, textTests);
  const text = test === undefined ? undefined : quotedOrWords(chart, test.end, true).find(({ end }) => wordAt(chart, end) === "in");
  if (test === undefined || text === undefined) return [];
  const start = text.end + 1;
  return (chart.columns[start] ?? []).flatMap((column): Fragment[] => {
    const left = ofKind(chart, column, ["text"]);
    return left === undefined
      ? []
      : [{ type: "text", start: at, end: column.end, score: mentionScore(left) + start - at, left, test: test.value, text: text.text }];
  });
};

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
const nulls = (chart: Chart, at: number): Fragment[] => {
  const after = (chart.columns[at] ?? []).flatMap((left): Fragment[] => {
    const test = longestPhrase(chart, left.end, nullTests);
    return test === undefined ? [] : [{ type: "null", start: at, end: test.end, score: mentionScore(left) + test.end - left.end, left, isNull: test.value }];
  });
  const before = /^(missing|unknown)$/.test(wordAt(chart, at))
    ? (chart.columns[at + 1] ?? []).map((left): Fragment => ({ type: "null", start: at, end: left.end, score: mentionScore(left) + 1, left, isNull: true }))
    : [];
  return [...after, ...before];
};

/** Tests of text and of missing values that start at a place. */
export const textRules = (chart: Chart, at: number): Fragment[] => [...texts(chart, at), ...nulls(chart, at)];
