import { fillers, type Lexicon, type Token, tokenize } from "@rivergen/words";
import type { Catalog } from "../catalog/compile-catalog.ts";
import { columnCandidates, columnMention, entityMention } from "../lattice/name-mentions.ts";
import type { ColumnCandidate, ColumnMention, EntityMention, ValueMention } from "../lattice/types.ts";
import { roleMentions } from "../lattice/role-mentions.ts";
import { valueMentions } from "../lattice/value-mentions.ts";
import type { WordMatcher } from "../lattice/word-match.ts";

/** The kept words of a question with every name and value reading of every span. */
export interface Chart {
  /** The question as it was asked. */
  readonly text: string;
  readonly tokens: readonly Token[];
  readonly today: string;
  readonly catalog: Catalog;
  readonly lexicon: Lexicon;
  readonly match: WordMatcher;
  readonly columns: readonly (readonly ColumnMention[])[];
  readonly entities: readonly (readonly EntityMention[])[];
  readonly values: readonly (readonly ValueMention[])[];
  /** Works a thing out once for this question. */
  readonly memo: <T>(key: string, make: () => T) => T;
}

const objects = new Set(["give", "tell", "show", "let", "get", "bring", "send"]);

/** "across all shops" and "of all time" narrow nothing; "his or her" is one pronoun. */
const isEmptyHere = (word: string, before: string, after: string): boolean =>
  (/^(across|over)$/.test(word) && after === "all") ||
  (word === "time" && before === "all") ||
  (word === "or" && /^(his|he|him)$/.test(before) && /^(her|she)$/.test(after));

const withoutEmpty = (tokens: readonly Token[]): readonly Token[] =>
  tokens.filter((token, at) => !isEmptyHere(token.lower, tokens[at - 1]?.lower ?? "", tokens[at + 1]?.lower ?? ""));

/** Articles and politeness are dropped before anything is read; `us` and `me` only after a request. */
const keptTokens = (tokens: readonly Token[]): readonly Token[] =>
  tokens.filter((token, at) => {
    if (token.quoted) return true;
    if (/^(us|me)$/.test(token.lower)) return !objects.has(tokens[at - 1]?.lower ?? "");
    if (token.lower === "that" && tokens[at + 1]?.lower === "of") return true;
    return !fillers.has(token.lower) && !/^[;.?!()+*]$/.test(token.lower);
  });

const longestName = 6;

const createMemo = (): Chart["memo"] => {
  const known = new Map<string, unknown>();
  return <T>(key: string, make: () => T): T => {
    if (!known.has(key)) known.set(key, make());
    return known.get(key) as T;
  };
};

/** A span that names a table is that table rather than a key or name column of any table ("concert" is not concert_id). */
const dampened = (catalog: Catalog, columns: readonly ColumnMention[], entities: readonly EntityMention[]): ColumnMention[] => {
  const named = new Set(entities.filter((entity) => entity.candidates[0]!.score >= 0.9).map((entity) => `${entity.start}:${entity.end}`));
  const isKey = (candidate: ColumnCandidate): boolean =>
    catalog.tables.get(candidate.table)?.columns.find((column) => column.name === candidate.column)?.isKey ?? false;
  return columns.map((mention) => {
    if (!named.has(`${mention.start}:${mention.end}`)) return mention;
    const candidates = mention.candidates.map((candidate) => ({
      ...candidate,
      score: candidate.score * (isKey(candidate) ? 0.7 : candidate.score < 0.9 ? 0.75 : candidate.score < 0.97 ? 0.95 : 1),
    }));
    return { ...mention, candidates: candidates.toSorted((a, b) => b.score - a.score) };
  });
};

/** "population density": of two names side by side the last is the head, the first says what of. */
const compounds = (columns: readonly ColumnMention[]): ColumnMention[] =>
  columns.flatMap((first) =>
    columns.flatMap((head) => {
      if (head.start !== first.end || head.end !== head.start + 1 || first.end !== first.start + 1) return [];
      const candidates = head.candidates
        .filter((candidate) => candidate.score >= 0.9 && first.candidates.some(({ table, column }) => table === candidate.table && column !== candidate.column))
        .map((candidate) => ({ ...candidate, score: 0.85 * candidate.score }));
      return candidates.length === 0 ? [] : [{ kind: "column" as const, start: first.start, end: head.end, candidates }];
    }),
  );

const byStart = <T extends { start: number }>(mentions: readonly T[], length: number): T[][] => {
  const lists: T[][] = Array.from({ length }, () => []);
  for (const mention of mentions) lists[mention.start]!.push(mention);
  return lists;
};

const spans = <T>(length: number, read: (start: number, end: number) => T | undefined): T[] => {
  const found: T[] = [];
  for (let start = 0; start < length; start++) {
    for (let end = start + 1; end <= Math.min(length, start + longestName); end++) {
      const mention = read(start, end);
      if (mention !== undefined) found.push(mention);
    }
  }
  return found;
};

/** "cartoons directed by …": the participle opens a description of the thing; the two are no name of a column. */
const isDescribed = (tokens: readonly Token[], mention: ColumnMention, entities: readonly EntityMention[]): boolean =>
  tokens[mention.end]?.lower === "by" &&
  mention.end - mention.start > 1 &&
  /(ed|en)$/.test(tokens[mention.end - 1]!.lower) &&
  entities.some((entity) => entity.start === mention.start && entity.end === mention.end - 1 && entity.candidates[0]!.score >= 0.9);

/** What was worked out before is asked only when its table is named; else the tables it came from answer. */
const withoutSummaries = (catalog: Catalog, tokens: readonly Token[], match: WordMatcher): Catalog => {
  if (catalog.summaries.size === 0) return catalog;
  const named = spans(tokens.length, (start, end) => entityMention(tokens, start, end, catalog, match)).flatMap(({ candidates }) =>
    candidates.filter(({ score }) => score >= 0.97).map(({ table }) => table),
  );
  const kept = [...catalog.tables].filter(([name]) => !catalog.summaries.has(name) || named.includes(name));
  return {
    ...catalog,
    tables: new Map(kept),
    keys: catalog.keys.filter(({ from, to }) => kept.some(([name]) => name === from.table) && kept.some(([name]) => name === to.table)),
  };
};

/** "not rated R" denies the R; "not rated" is a value of its own only when none of the same column follows. */
const withoutDenials = (values: readonly ValueMention[]): readonly ValueMention[] =>
  values.filter(
    ({ start, end, text, candidates }) =>
      !/^(not|no|non)\b/i.test(text) ||
      !values.some(
        (next) =>
          next.start === end &&
          end > start + 1 &&
          next.candidates.some(({ table, column }) => candidates.some((own) => own.table === table && own.column === column)),
      ),
  );

/** Reads every span of a question against the catalog. */
export const createChart = (text: string, today: string, whole: Catalog, lexicon: Lexicon, match: WordMatcher): Chart => {
  const tokens = keptTokens(withoutEmpty(tokenize(text)));
  const catalog = withoutSummaries(whole, tokens, match);
  const named = spans(tokens.length, (start, end) => columnMention(tokens, start, end, catalog, match));
  const entities = spans(tokens.length, (start, end) => (end - start > 4 ? undefined : entityMention(tokens, start, end, catalog, match)));
  const columns = dampened(catalog, named, entities);
  const values = withoutDenials(valueMentions(tokens, catalog, lexicon));
  const roles = roleMentions(tokens, catalog, { columns, entities, values });
  return {
    text,
    tokens,
    today,
    catalog,
    lexicon,
    match,
    columns: byStart(
      [...columns, ...compounds(columns), ...roles.columns].filter((mention) => !isDescribed(tokens, mention, entities)),
      tokens.length,
    ),
    entities: byStart(entities, tokens.length),
    values: byStart([...values, ...roles.values], tokens.length),
    memo: createMemo(),
  };
};

export const wordAt = (chart: Chart, at: number): string => {
  const token = chart.tokens[at];
  return token === undefined || token.quoted ? "" : token.lower;
};
export const lemmaAt = (chart: Chart, at: number): string => {
  const token = chart.tokens[at];
  return token === undefined || token.quoted ? "" : token.lemma;
};

/** Index after the words of a phrase that stands at a place, else -1. */
export const phraseEnd = (chart: Chart, at: number, phrase: string): number => {
  const words = phrase.split(" ");
  return words.every((word, i) => wordAt(chart, at + i) === word) ? at + words.length : -1;
};

/** The longest phrase of a table that stands at a place. */
export const longestPhrase = <T>(chart: Chart, at: number, phrases: Readonly<Record<string, T>>): { value: T; end: number } | undefined => {
  for (let length = 4; length >= 1; length--) {
    if (at + length > chart.tokens.length) continue;
    const key = Array.from({ length }, (_, i) => wordAt(chart, at + i)).join(" ");
    if (Object.hasOwn(phrases, key)) return { value: phrases[key]!, end: at + length };
  }
  return undefined;
};

/** Columns that measure an attribute, the first noun first. */
export const attributeColumns = (chart: Chart, nouns: readonly string[]): ColumnCandidate[] =>
  chart.memo(`attribute:${nouns.join(" ")}`, () => measuredBy(chart, nouns));

const measuredBy = (chart: Chart, nouns: readonly string[]): ColumnCandidate[] => {
  const best = new Map<string, ColumnCandidate>();
  nouns.forEach((noun, order) => {
    const token: Token = { text: noun, lower: noun, lemma: noun, forms: [noun], start: 0, end: 0, quoted: false, capital: false };
    for (const candidate of columnCandidates([token], chart.catalog, chart.match)) {
      const score = candidate.score * (0.9 - 0.05 * order);
      const key = `${candidate.table}\0${candidate.column}`;
      if (candidate.score >= 0.5 && (best.get(key)?.score ?? 0) < score) best.set(key, { ...candidate, score });
    }
  });
  return [...best.values()].toSorted((a, b) => b.score - a.score);
};

/** The candidates of a mention whose column has one of the kinds. */
export const ofKind = (chart: Chart, mention: ColumnMention, kinds: readonly string[]): ColumnMention | undefined => {
  const candidates = mention.candidates.filter(({ table, column }) => {
    const found = chart.catalog.tables.get(table)?.columns.find((candidate) => candidate.name === column);
    return found !== undefined && kinds.includes(found.kind) && !(found.isKey && found.kind === "number" && !kinds.includes("text"));
  });
  if (candidates.length === mention.candidates.length) return mention;
  return candidates.length === 0 ? undefined : { ...mention, candidates };
};

/** How good a mention is as a piece of the question: literalness times words covered. */
export const mentionScore = (mention: { readonly start: number; readonly end: number; readonly candidates: readonly { readonly score: number }[] }): number =>
  (mention.candidates[0]?.score ?? 0) * (mention.end - mention.start);

/** Of columns that fit equally, the hottest and the hotter is about the one that holds the highs, the costliest about the total. */
export const extremes = { 1: /^(max|maximum|high|highest|top|peak|total|overall)$/, [-1]: /^(min|minimum|low|lowest|bottom|total|overall)$/ } as const;

/** Columns that fit equally, those whose name has one of the words first. */
export const leaning = (chart: Chart, candidates: readonly ColumnCandidate[], wanted: RegExp): readonly ColumnCandidate[] => {
  const says = ({ table, column }: ColumnCandidate): boolean =>
    chart.catalog.tables
      .get(table)
      ?.columns.find((known) => known.name === column)
      ?.phrases.some((phrase) => phrase.words.some((word) => wanted.test(word))) ?? false;
  return candidates.map((candidate) => (says(candidate) ? { ...candidate, score: candidate.score + 0.12 } : candidate)).toSorted((a, b) => b.score - a.score);
};
