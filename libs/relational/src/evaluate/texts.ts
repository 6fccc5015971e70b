import type { StrictMaker } from "./numbers.ts";
import { fail } from "./value.ts";

const isAscii = (text: string): boolean => /^[\0-\x7f]*$/.test(text);

/** Letters that become several in JavaScript, and one in the engines. */
const capitals = new Map([["ß", "ẞ"]]);
const smalls = new Map([["İ", "i"]]);

/** Each code point by itself: what would become several stays as it is, and no letter looks at its neighbours. */
function mapCase(text: string, change: (letter: string) => string, exceptions: ReadonlyMap<string, string>): string {
  if (isAscii(text)) return change(text);
  let result = "";
  for (const letter of text) {
    const changed = exceptions.get(letter) ?? change(letter);
    result += changed.length === letter.length || exceptions.has(letter) ? changed : letter;
  }
  return result;
}

export const toLower = (text: string): string => mapCase(text, (letter) => letter.toLowerCase(), smalls);
export const toUpper = (text: string): string => mapCase(text, (letter) => letter.toUpperCase(), capitals);

/** Cuts code points by number; the first is 0. */
function slicePoints(text: string, start: number, end: number): string {
  if (isAscii(text)) return text.slice(start, end);
  return Array.from(text).slice(start, end).join("");
}

const countPoints = (text: string): number => (isAscii(text) ? text.length : Array.from(text).length);
const clamp = (value: bigint): number => Number(value > 4_294_967_295n ? 4_294_967_295n : value < -4_294_967_295n ? -4_294_967_295n : value);

const farthest = 4_294_967_295n;

/** A place or length that texts can have. */
function toPlace(value: bigint): number {
  if (value > farthest || value < -farthest) throw fail("A place in a text is out of range");
  return Number(value);
}

/** From a place, which 0 puts before the first; a negative length goes backwards. */
function substr(text: string, from: bigint, count?: bigint): string {
  const length = countPoints(text);
  const place = toPlace(from);
  const start = place > 0 ? place - 1 : place < 0 ? length + place : -1;
  if (count === undefined) return slicePoints(text, Math.max(0, start), length);
  const end = start + toPlace(count);
  const [low, high] = end >= start ? [start, end] : [end, start];
  return high <= 0 ? "" : slicePoints(text, Math.max(0, low), Math.min(length, high));
}

function left(text: string, count: bigint): string {
  const end = count > 0n ? toPlace(count) : clamp(count);
  return slicePoints(text, 0, end >= 0 ? end : Math.max(0, countPoints(text) + end));
}

function right(text: string, count: bigint): string {
  const length = countPoints(text);
  const taken = clamp(count);
  return slicePoints(text, taken >= 0 ? Math.max(0, length - taken) : Math.min(length, -taken), length);
}

function splitPart(text: string, separator: string, place: bigint): string {
  const parts = separator === "" ? Array.from(text) : text.split(separator);
  const index = clamp(place);
  return (index > 0 ? parts[index - 1] : index < 0 ? parts.at(index) : undefined) ?? "";
}

/** Longest text that filling may give, in code points. */
const longestFilled = 10_000_000;

function fill(text: string, length: bigint, filling: string, atStart: boolean): string {
  const wanted = clamp(length);
  const has = countPoints(text);
  if (wanted <= has) return slicePoints(text, 0, Math.max(0, wanted));
  if (filling === "") throw fail("A text cannot be filled with an empty one");
  if (wanted > longestFilled) throw fail(`A text is filled to at most ${longestFilled} characters`);
  const points = Array.from(filling);
  const padding = Array.from({ length: wanted - has }, (_, index) => points[index % points.length]).join("");
  return atStart ? padding + text : text + padding;
}

function trimSet(text: string, set: ReadonlySet<string>, sides: "both" | "left" | "right"): string {
  const points = Array.from(text);
  let start = 0;
  let end = points.length;
  if (sides !== "right") while (start < end && set.has(points[start] ?? "")) start += 1;
  if (sides !== "left") while (end > start && set.has(points[end - 1] ?? "")) end -= 1;
  return points.slice(start, end).join("");
}

/** What counts as a space at the ends of texts: Unicode's separators of words, no tabs and line breaks. */
const spaces = new Set(" \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000");

const trim =
  (sides: "both" | "left" | "right"): StrictMaker =>
  ({ types }) =>
    types.length > 1 ? (text: string, set: string) => trimSet(text, new Set(set), sides) : (text: string) => trimSet(text, spaces, sides);

const escaped = /[\\^$.*+?()[\]{}|/-]/g;

/** A pattern of `like` as a regular expression: `%` is anything, `_` one code point. */
function readPattern(pattern: string, escape: string | undefined): RegExp {
  let source = "";
  const points = Array.from(pattern);
  for (let at = 0; at < points.length; at += 1) {
    const point = points[at] ?? "";
    if (point === escape) {
      at += 1;
      if (at >= points.length) throw fail("A pattern ends with its escape character");
      source += (points[at] ?? "").replace(escaped, "\\$&");
    } else source += point === "%" ? "[^]*" : point === "_" ? "[^]" : point.replace(escaped, "\\$&");
  }
  return new RegExp(`^${source}$`, "u");
}

/** Longest way of a pattern with several `%` would be quadratic and worse: parts are looked for one after the other. */
function matchParts(text: string, parts: readonly string[]): boolean {
  const [first = "", ...rest] = parts;
  const last = rest.pop();
  if (last === undefined) return text === first;
  if (!text.startsWith(first) || !text.endsWith(last) || text.length < first.length + last.length) return false;
  let at = first.length;
  const end = text.length - last.length;
  for (const part of rest) {
    const found = text.indexOf(part, at);
    if (found < 0 || found + part.length > end) return false;
    at = found + part.length;
  }
  return true;
}

/** Most `%` of a pattern that also has `_` or an escape character. */
const mostWildcards = 3;

function createMatch(pattern: string, escape: string | undefined): (text: string) => boolean {
  if (!pattern.includes("_") && (escape === undefined || !pattern.includes(escape))) {
    const parts = pattern.split("%");
    return (text) => matchParts(text, parts);
  }
  if (pattern.split("%").length - 1 > mostWildcards) throw fail("A pattern with _ has at most three %");
  const expression = readPattern(pattern, escape);
  return (text) => expression.test(text);
}

const like =
  (change: (text: string) => string): StrictMaker =>
  ({ template }) => {
    const isNegated = template.includes("NOT ");
    let known: { pattern: string; escape: string | undefined; match: (text: string) => boolean } | undefined;
    return (text: string, pattern: string, escape?: string) => {
      if (known?.pattern !== pattern || known.escape !== escape) known = { pattern, escape, match: createMatch(change(pattern), escape) };
      return known.match(change(text)) !== isNegated;
    };
  };

function position(text: string, part: string): bigint {
  const at = text.indexOf(part);
  return at < 0 ? 0n : BigInt(countPoints(text.slice(0, at))) + 1n;
}

export const textMakers: Readonly<Record<string, StrictMaker>> = {
  lower: () => toLower,
  upper: () => toUpper,
  trim: trim("both"),
  ltrim: trim("left"),
  rtrim: trim("right"),
  length: ({ types }) => (types[0]?.kind === "string" ? (text: string) => BigInt(countPoints(text)) : undefined),
  substr: () => substr,
  left: () => left,
  right: () => right,
  replace: () => (text: string, from: string, to: string) => (from === "" ? text : text.replaceAll(from, () => to)),
  split_part: () => splitPart,
  starts_with: () => (text: string, part: string) => text.startsWith(part),
  ends_with: () => (text: string, part: string) => text.endsWith(part),
  contains: () => (text: string, part: string) => text.includes(part),
  position: () => position,
  lpad: () => (text: string, length: bigint, filling: string) => fill(text, length, filling, true),
  rpad: () => (text: string, length: bigint, filling: string) => fill(text, length, filling, false),
  "||": ({ types }) => (types.every(({ kind }) => kind === "string") ? (a: string, b: string) => a + b : undefined),
  like: like((text) => text),
  ilike: like(toLower),
};
