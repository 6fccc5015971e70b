import { adjectiveStems, codes, contentWords, fillers, functionWords, type Lexicon, nounLemma, spellings, type Token } from "@rivergen/words";
import type { Catalog, CatalogColumn } from "../catalog/compile-catalog.ts";
import type { ValueCandidate, ValueMention } from "./types.ts";

interface Hit {
  readonly start: number;
  readonly end: number;
  readonly column: CatalogColumn;
  readonly value: string;
  readonly exact: boolean;
  /** The words said are the first of the value. */
  readonly leading?: boolean;
  readonly score: number;
  /** Rows that hold the value. */
  readonly rows: number;
}

interface Context {
  readonly tokens: readonly Token[];
  readonly lexicon: Lexicon;
  /** Other spellings of one or more tokens: places, codes, adjectives. */
  readonly variants: readonly { readonly start: number; readonly end: number; readonly phrase: string; readonly score: number }[];
  readonly pattern: RegExp;
  /** Words of tables and columns: alone they are no part of a value. */
  readonly names: ReadonlySet<string>;
}

const escape = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);

const variantsOf = (tokens: readonly Token[], lexicon: Lexicon): Context["variants"] => {
  const found: { start: number; end: number; phrase: string; score: number }[] = [];
  for (let start = 0; start < tokens.length; start++) {
    for (let end = start + 1; end <= Math.min(tokens.length, start + 3); end++) {
      const phrase = tokens
        .slice(start, end)
        .map((token) => token.lower)
        .join(" ");
      if (end === start + 1 && functionWords.has(phrase) && phrase !== "us") continue;
      for (const spelled of Object.hasOwn(spellings, phrase) ? spellings[phrase]! : []) found.push({ start, end, phrase: spelled, score: 0.9 });
      for (const place of new Set(lexicon.placeNames(phrase))) found.push({ start, end, phrase: contentWords(place).join(" "), score: 0.93 });
    }
    const token = tokens[start]!;
    for (const code of [token.lower, token.lemma].flatMap((form) => codes[form] ?? [])) found.push({ start, end: start + 1, phrase: code, score: 0.8 });
    for (const stem of adjectiveStems(token.lower)) found.push({ start, end: start + 1, phrase: stem, score: 0.85 });
  }
  return found;
};

const isRare = (token: Token, lexicon: Lexicon): boolean => lexicon.speech(token.lower) === undefined || token.quoted;
const isFreeText = (column: CatalogColumn): boolean => (column.source.distinctCount ?? 0) > 150;

/** A single word of plain English is not taken for one of thousands of titles and names. */
const wordFits = (token: Token, column: CatalogColumn, value: string, context: Context, first: boolean): number => {
  if (token.quoted) return 1;
  if (functionWords.has(token.lower) || fillers.has(token.lower)) return isShouted(token, value) ? 0.9 : 0;
  if (/^\d+$/.test(token.lower)) return column.isKey ? 0.5 : 0;
  if (token.lower.length < 2) return token.text === value ? 0.6 : 0;
  if (!isFreeText(column)) return 0.98;
  return isRare(token, context.lexicon) ? rareFit(token, value) : plainFit(token, column, context, first);
};

/** Grammar words are values only when written exactly like a code: OR, IN. */
const isShouted = (token: Token, value: string): boolean => token.text === value && token.text.length > 1 && token.text === token.text.toUpperCase();

const rareFit = (token: Token, value: string): number => (token.lower.length >= 3 ? 0.94 : token.text === value ? 0.9 : 0);

/** A bare noun after a preposition that is a value of a column of repeated values: "airports in chicago". */
const isPlaced = (token: Token, column: CatalogColumn, context: Context): boolean => {
  const before = context.tokens[context.tokens.indexOf(token) - 1]?.lower ?? "";
  const isName = column.phrases.some((phrase) => phrase.words.at(-1) === "name");
  if (/^(in|from|to|at|into|near|around)$/.test(before)) return isName || (column.distinctShare ?? 1) < 0.8;
  return (before === "of" && isName) || isMaker(token, column, context);
};

/** "worked with universal", "released by paramount": an adjective that no noun follows is somebody's name. */
const isMaker = (token: Token, column: CatalogColumn, { tokens }: Context): boolean => {
  const at = tokens.indexOf(token);
  const after = tokens[at + 1]?.lower;
  return /^(by|with|from)$/.test(tokens[at - 1]?.lower ?? "") && (after === undefined || functionWords.has(after)) && (column.distinctShare ?? 1) < 0.8;
};

/** Among thousands of titles any noun is found: finding one says nothing. */
const isCrowded = (column: CatalogColumn): boolean => (column.source.distinctCount ?? 0) > 1000;

/** A noun may be a title; a verb or an adjective is one only when it is written like a name. */
const plainFit = (token: Token, column: CatalogColumn, context: Context, first: boolean): number => {
  const named = token.capital && !first;
  const speech = context.lexicon.isVerb(token.lower) ? undefined : context.lexicon.speech(token.lower);
  const noun = speech === "n" || (speech === "a" && isMaker(token, column, context));
  if (noun) return named || isPlaced(token, column, context) ? 0.93 : isCrowded(column) ? 0 : 0.35;
  return named ? 0.6 : 0;
};

const sameWord = (token: Token, word: string): boolean =>
  token.lower === word || token.lemma === word || token.lemma === nounLemma(word) || token.lower === nounLemma(word);

const runAt = (tokens: readonly Token[], start: number, words: readonly string[], from: number): number => {
  let length = 0;
  while (start + length < tokens.length && from + length < words.length && sameWord(tokens[start + length]!, words[from + length]!)) length++;
  return length;
};

const quotedHit = (token: Token, value: string, words: readonly string[]): boolean =>
  token.quoted && (token.lower.trim() === value.toLowerCase() || contentWords(token.lower).join(" ") === words.join(" "));

/** Spans of the question that spell the whole value. */
const exactHits = (context: Context, column: CatalogColumn, value: string, words: readonly string[]): Hit[] => {
  const hits: Hit[] = [];
  context.tokens.forEach((token, start) => {
    if (quotedHit(token, value, words)) hits.push({ start, end: start + 1, column, value, exact: true, rows: 1, score: 1 });
    if (token.quoted || runAt(context.tokens, start, words, 0) !== words.length) return;
    const score = words.length > 1 ? 1 : wordFits(token, column, value, context, start === 0);
    if (score > 0) hits.push({ start, end: start + words.length, column, value, exact: true, rows: 1, score });
  });
  const joined = words.join(" ");
  for (const variant of context.variants) {
    const trusted = !isFreeText(column) || (variant.score > 0.86 && !column.unique && joined.length > 3);
    if (variant.phrase === joined && trusted && !(joined.length === 1 && (column.source.distinctCount ?? 0) > 6))
      hits.push({ start: variant.start, end: variant.end, column, value, exact: true, rows: 1, score: variant.score });
  }
  return hits;
};

/** "rated" beside a column called rating says the column, not a value that holds the word. */
const sharesStem = (form: string, names: ReadonlySet<string>): boolean => {
  const stem = form.replace(/(ed|ing|e)$/, "");
  return stem.length >= 3 && [`${stem}ing`, `${stem}ion`, `${stem}or`, `${stem}er`].some((word) => names.has(word));
};

const tellingWord = (token: Token, column: CatalogColumn, lexicon: Lexicon, names: ReadonlySet<string>): boolean => {
  if (names.has(token.lemma) || (/(ed|ing)$/.test(token.lower) && token.forms.some((form) => names.has(form) || sharesStem(form, names)))) return false;
  if (token.quoted || token.lower.length < 3 || functionWords.has(token.lower) || fillers.has(token.lower) || /^\d/.test(token.lower)) return false;
  return isRare(token, lexicon) || !isFreeText(column);
};

/** The longest run of words that is part of the value ("spielberg"). */
const partialHit = (context: Context, column: CatalogColumn, value: string, words: readonly string[]): Hit | undefined => {
  let best: Hit | undefined;
  context.tokens.forEach((token, start) => {
    words.forEach((_, from) => {
      const length = runAt(context.tokens, start, words, from);
      if (length === 0 || length === words.length) return;
      const span = context.tokens.slice(start, start + length);
      if (!span.some((part) => tellingWord(part, column, context.lexicon, context.names)) || functionWords.has(token.lower)) return;
      const score = 0.5 + 0.3 * (length / words.length) + (from === 0 || from + length === words.length ? 0.05 : 0);
      if (best === undefined || length > best.end - best.start)
        best = { start, end: start + length, column, value, exact: false, leading: from === 0, rows: 1, score };
    });
  });
  return best;
};

const hitsOf = (context: Context, column: CatalogColumn): Hit[] => {
  const hits: Hit[] = [];
  for (const { value, count } of column.source.values) {
    if (value.length > 120 || !context.pattern.test(value)) continue;
    const all = contentWords(value);
    const words = all.length > 1 ? all.filter((word) => !fillers.has(word)) : all;
    if (words.length === 0) continue;
    const exact = exactHits(context, column, value, words);
    if (exact.length > 0) hits.push(...exact.map((hit) => ({ ...hit, rows: count })));
    else if (words.length > 1)
      hits.push(...[partialHit(context, column, value, words)].filter((hit) => hit !== undefined).map((hit) => ({ ...hit, rows: count })));
  }
  return hits;
};

const leastFamily = 3;

/** Values that begin with the same words are kinds of one thing: "toyota" of all the toyota models. */
const isFamily = (hits: readonly Hit[], values: readonly string[]): boolean =>
  values.length >= leastFamily && hits.filter((hit) => hit.leading === true).length >= 0.9 * hits.length;

/** The first words of a family's values, as the values spell them. */
const sharedStart = (hits: readonly Hit[]): string => {
  const { start, end, value } = hits[0]!;
  return contentWords(value)
    .slice(0, end - start)
    .join(" ");
};

const toCandidate = (hits: readonly Hit[], text: string): ValueCandidate | undefined => {
  const exact = hits.filter((hit) => hit.exact);
  const used = exact.length > 0 ? exact : hits;
  const first = used[0]!;
  const values = [...new Set(used.map((hit) => hit.value))];
  const rows = used.reduce((sum, hit) => sum + hit.rows, 0);
  const best = {
    table: first.column.table,
    column: first.column.name,
    values,
    score: Math.max(...used.map((hit) => hit.score)) - 0.2 / (1 + Math.log10(1 + rows)),
  };
  if (exact.length > 0) return { ...best, mode: "is" };
  if (isFamily(used, values)) return { ...best, values: [sharedStart(used)], mode: "starts", score: best.score + 0.15 };
  if (values.length > 30) return { ...best, values: [text], mode: "contains", score: best.score - 0.05 };
  return values.length === 1 || first.column.source.valuesComplete
    ? { ...best, mode: "is", partial: true, score: best.score - 0.01 * values.length }
    : { ...best, values: [text], mode: "contains" };
};

const groupBy = <T>(items: readonly T[], key: (item: T) => string): Map<string, T[]> => {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(key(item), [...(groups.get(key(item)) ?? []), item]);
  return groups;
};

/** Every span of the question that spells, or is a telling part of, values of text columns. */
export const valueMentions = (tokens: readonly Token[], catalog: Catalog, lexicon: Lexicon): ValueMention[] => {
  const variants = variantsOf(tokens, lexicon);
  const phrases = tokens.flatMap((token) => [token.lower, token.lemma, ...contentWords(token.lower)]);
  const capitals = tokens.filter((token) => token.text === token.text.toUpperCase()).map((token) => token.lower);
  const sought = [
    ...new Set([
      ...phrases.filter((word) => word.length > 1 && !functionWords.has(word) && !fillers.has(word)),
      ...capitals,
      ...variants.map((variant) => variant.phrase.split(" ")[0]!),
    ]),
  ].filter((word) => /[\p{L}\p{N}]/u.test(word));
  if (sought.length === 0) return [];
  const pattern = new RegExp(`(?<![\\p{L}\\p{N}])(?:${sought.map(escape).join("|")})`, "iu");
  const context: Context = { tokens, lexicon, variants, pattern, names: catalog.vocabulary };
  const columns = [...catalog.tables.values()].flatMap((table) => table.columns).filter((column) => column.kind === "text");
  const hits = columns.flatMap((column) => hitsOf(context, column));
  return [...groupBy(hits, (hit) => `${hit.start}:${hit.end}`).values()].flatMap((group) => {
    const { start, end } = group[0]!;
    const text = tokens
      .slice(start, end)
      .map((token) => token.text)
      .join(" ");
    const candidates = [...groupBy(group, (hit) => `${hit.column.table}\0${hit.column.name}`).values()]
      .map((list) => toCandidate(list, text))
      .filter((candidate) => candidate !== undefined);
    return candidates.length === 0 ? [] : [{ kind: "value" as const, start, end, text, candidates: candidates.toSorted((a, b) => b.score - a.score) }];
  });
};
