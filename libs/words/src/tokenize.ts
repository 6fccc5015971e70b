import { nounLemma, wordForms } from "./lemma.ts";

/** One word, number, date or quoted text of the question, with its place in UTF-16 units (end exclusive). */
export interface Token {
  readonly text: string;
  /** Lower case, without apostrophes. */
  readonly lower: string;
  readonly lemma: string;
  readonly forms: readonly string[];
  readonly start: number;
  readonly end: number;
  readonly quoted: boolean;
  readonly capital: boolean;
}

const expansions: Readonly<Record<string, readonly string[]>> = {
  whats: ["what", "is"],
  "what's": ["what", "is"],
  "who's": ["who", "is"],
  "where's": ["where", "is"],
  "don't": ["do", "not"],
  "doesn't": ["does", "not"],
  "didn't": ["did", "not"],
  "isn't": ["is", "not"],
  "aren't": ["are", "not"],
  "wasn't": ["was", "not"],
  "weren't": ["were", "not"],
  "haven't": ["have", "not"],
  "hasn't": ["has", "not"],
  "hadn't": ["had", "not"],
  "can't": ["can", "not"],
};

const pattern =
  /(?<quoted>(?<=^|[\s(=,:])(?:"[^"]*"|'[^']+'|`[^`]+`|‘[^’]+’|“[^”]+”))|(?<date>\d{4}[-/]\d{1,2}(?:[-/]\d{1,2})?(?!\d)|\d{1,2}[/.]\d{1,2}[/.]\d{4})|(?<number>(?:(?<=^|[\s(=<>])-)?\d+(?:,\d{3})+(?:\.\d+)?|(?:(?<=^|[\s(=<>])-)?\d+\.\d+|(?:(?<=^|[\s(=<>])-)?\d+)(?<suffix>[kKmMbB%](?![\p{L}\d]))?(?![\p{L}\d])|(?<word>[\p{L}_][\p{L}\p{N}_]*(?:['’.&][\p{L}\p{N}]+)*|\p{N}+[\p{L}]+)|(?<symbol>(?<=[\s\d])-(?=[\s\d])|<=|>=|!=|<>|[<>=,;:.?!()+*/%$€£&])/gu;

const makeToken = (text: string, lower: string, start: number, end: number, quoted: boolean): Token => ({
  text,
  lower,
  lemma: quoted ? lower : nounLemma(lower),
  forms: quoted ? [lower] : wordForms(lower),
  start,
  end,
  quoted,
  capital: !quoted && /^\p{Lu}/u.test(text),
});

const wordTokens = (word: string, start: number): Token[] => {
  const plain = word.replaceAll("’", "'").toLowerCase();
  const expanded = expansions[plain];
  if (expanded !== undefined) return expanded.map((part) => makeToken(word, part, start, start + word.length, false));
  const possessive = /^(.*)'s?$/.exec(plain);
  const stem = possessive?.[1] ?? plain;
  if (possessive === null) return splitJoined(word, stem, start);
  return [...splitJoined(word.slice(0, stem.length), stem, start), makeToken("'s", "'s", start + stem.length, start + word.length, false)];
};

/** `section_name` is two words of a question. */
const splitJoined = (word: string, lower: string, start: number): Token[] => {
  if (!lower.includes("_")) return [makeToken(word, lower.replaceAll("'", ""), start, start + word.length, false)];
  return [...lower.matchAll(/[^_]+/g)].map((match) => {
    const at = start + match.index;
    return makeToken(word.slice(match.index, match.index + match[0].length), match[0].replaceAll("'", ""), at, at + match[0].length, false);
  });
};

/** Splits a question into words, numbers, dates, quoted texts and symbols; places point into the given text. */
export const tokenize = (text: string): readonly Token[] => {
  const tokens: Token[] = [];
  for (const match of text.matchAll(pattern)) {
    const groups = match.groups ?? {};
    const at = match.index;
    const end = at + match[0].length;
    if (groups["quoted"] !== undefined) tokens.push(makeToken(match[0].slice(1, -1), match[0].slice(1, -1).toLowerCase(), at, end, true));
    else if (groups["word"] !== undefined) tokens.push(...wordTokens(match[0], at));
    else tokens.push(makeToken(match[0], match[0].toLowerCase(), at, end, false));
  }
  return tokens;
};

/** The words of a stored value or a name, as they are compared with words of a question. */
export const contentWords = (text: string): readonly string[] =>
  (text.toLowerCase().match(/[\p{L}\p{N}]+(?:['’][\p{L}\p{N}]+)*/gu) ?? []).map((word) => word.replaceAll(/['’]s?$/g, "").replaceAll(/['’]/g, ""));
