import type { Token } from "./tokenize.ts";

const units: Readonly<Record<string, number>> = {
  zero: 0,
  one: 1,
  two: 2,
  three: 3,
  four: 4,
  five: 5,
  six: 6,
  seven: 7,
  eight: 8,
  nine: 9,
  ten: 10,
  eleven: 11,
  twelve: 12,
  thirteen: 13,
  fourteen: 14,
  fifteen: 15,
  sixteen: 16,
  seventeen: 17,
  eighteen: 18,
  nineteen: 19,
  twenty: 20,
  thirty: 30,
  forty: 40,
  fifty: 50,
  sixty: 60,
  seventy: 70,
  eighty: 80,
  ninety: 90,
  dozen: 12,
};
const scales: Readonly<Record<string, number>> = { hundred: 100, thousand: 1e3, k: 1e3, million: 1e6, mn: 1e6, m: 1e6, billion: 1e9, bn: 1e9, trillion: 1e12 };
/** "a billion": the article is not kept. */
const bareScales: Readonly<Record<string, number>> = { hundred: 100, thousand: 1e3, million: 1e6, billion: 1e9, trillion: 1e12 };
const ordinals: Readonly<Record<string, number>> = {
  first: 1,
  second: 2,
  third: 3,
  fourth: 4,
  fifth: 5,
  sixth: 6,
  seventh: 7,
  eighth: 8,
  ninth: 9,
  tenth: 10,
};
const suffixes: Readonly<Record<string, number>> = { k: 1e3, m: 1e6, b: 1e9 };

interface NumberReading {
  readonly end: number;
  readonly value: number;
  readonly percent: boolean;
  /** The scale that was said in a word of its own: `2 million` → 1,000,000. */
  readonly scale?: number;
}

const digits = (token: Token): NumberReading | undefined => {
  const match = /^(-?\d[\d,]*(?:\.\d+)?)([kmb%])?$/.exec(token.lower);
  if (match === null || token.quoted) return undefined;
  const scale = suffixes[match[2] ?? ""] ?? 1;
  return { end: 0, value: Number(match[1]!.replaceAll(",", "")) * scale, percent: match[2] === "%" };
};

const spelled = (tokens: readonly Token[], at: number): NumberReading | undefined => {
  let [value, end] = [0, at];
  for (; end < tokens.length; end++) {
    const next = addWord(value, tokens[end]!.lower, end === at, tokens[end + 1]?.lower ?? "");
    if (next === undefined) break;
    value = next;
  }
  return end === at ? undefined : { end, value, percent: false };
};

/** The number after one more word; undefined when the word does not continue it. */
const addWord = (value: number, word: string, first: boolean, following: string): number | undefined => {
  if (first) return units[word] ?? bareScales[word];
  const unit = units[word];
  if (unit !== undefined && value % 10 === 0) return value + unit;
  if (word in scales && word.length > 2) return value * scales[word]!;
  return word === "and" && following in units && value >= 100 ? value : undefined;
};

/** The number that starts at a token: digits with suffix (`20m`), digits and a scale (`2 million`), or spelled words. */
export const readNumber = (tokens: readonly Token[], at: number): NumberReading | undefined => {
  const token = tokens[at];
  if (token === undefined) return undefined;
  const written = digits(token);
  if (written === undefined) return token.lower in units || token.lower in bareScales ? spelled(tokens, at) : undefined;
  const next = tokens[at + 1]?.lower ?? "";
  if (next in scales && next.length > 1) return { end: at + 2, value: written.value * scales[next]!, percent: false, scale: scales[next]! };
  if (next === "percent" || next === "%") return { end: at + 2, value: written.value, percent: true };
  return { ...written, end: at + 1 };
};

/** `second` → 2, `3rd` → 3; undefined for other words. */
export const readOrdinal = (token: Token): number | undefined => {
  const match = /^(\d+)(st|nd|rd|th)$/.exec(token.lower);
  return match === null ? ordinals[token.lower] : Number(match[1]);
};
