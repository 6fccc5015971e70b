import { aggregates, functionWords, type Token } from "@rivergen/words";
import type { Catalog, Phrase } from "../catalog/compile-catalog.ts";
import { splitName } from "../catalog/natural-name.ts";
import type { ColumnCandidate, ColumnMention, EntityMention } from "./types.ts";
import type { WordMatcher } from "./word-match.ts";

/** Words that end many names and add nothing people would say. */
const generic = new Set([
  "name",
  "id",
  "code",
  "number",
  "no",
  "num",
  "nr",
  "title",
  "key",
  "value",
  "pound",
  "lbs",
  "ton",
  "knot",
  "km",
  "kg",
  "usd",
  "mm",
  "type",
  "list",
  "table",
  "info",
  "detail",
  "summary",
]);
const joining = new Set(["of", "'s"]);

/** Finds a distinct word of the phrase for every token; undefined if one has none. */
const align = (tokens: readonly Token[], phrase: readonly string[], match: WordMatcher): { score: number; used: Set<number>; left: Token[] } => {
  const used = new Set<number>();
  const left: Token[] = [];
  let score = 0;
  for (const token of tokens) {
    const scores = match(token.lower);
    let [best, at] = [0, -1];
    phrase.forEach((word, i) => {
      const value = used.has(i) ? 0 : (scores.get(word) ?? 0);
      if (value > best) [best, at] = [value, i];
    });
    if (at < 0) left.push(token);
    else used.add(at);
    score += best;
  }
  return { score, used, left };
};

/** How much of the name was said, 0–1; words that end many names count little, the last real word counts most. */
const coverage = (phrase: readonly string[], used: ReadonlySet<number>): number => {
  const isPlain = (at: number): boolean => !generic.has(phrase[at]!) || phrase.length === 1;
  const core = phrase.map((_, at) => at).filter(isPlain);
  if (core.length === 0) return used.size / phrase.length;
  if (!core.some((at) => used.has(at))) return 0.45 * (used.size / phrase.length);
  const said = core.filter((at) => used.has(at)).length / core.length;
  const whole = used.size === phrase.length ? 1 : 0.96;
  if (said === 1) return whole;
  return (used.has(core.at(-1)!) ? 0.84 : 0.74) * (0.6 + 0.4 * said) * (core.length >= 4 ? 0.9 : 1);
};

const noWords: ReadonlySet<string> = new Set();

/** Words of the table inside a column's name do not name the column: "transaction" is not the transaction's amount. */
const ownShare = (phrase: readonly string[], used: ReadonlySet<number>, tableWords: ReadonlySet<string>): number => {
  if (used.size === phrase.length || [...used].some((at) => !tableWords.has(phrase[at]!))) return 1;
  return phrase.every((word, at) => used.has(at) || generic.has(word)) ? 0.72 : 0.5;
};

const phraseScore = (tokens: readonly Token[], phrase: Phrase, match: WordMatcher, tableWords: ReadonlySet<string> = noWords): number => {
  const { score, used, left } = align(tokens, phrase.words, match);
  if (left.length > 0 || used.size === 0) return 0;
  return (score / tokens.length) * phrase.weight * coverage(phrase.words, used) * ownShare(phrase.words, used, tableWords);
};

/** The table stands before the column ("stadium names") or after it with a joining word ("names of stadiums"). */
const qualifies = (tokens: readonly Token[], tableTokens: readonly Token[], afterJoining: ReadonlySet<Token>): boolean => {
  const before = tableTokens.every((token, at) => tokens[at] === token);
  const after = tableTokens.every((token, at) => tokens[tokens.length - tableTokens.length + at] === token);
  return before || (after && afterJoining.has(tableTokens[0]!));
};

/** A column named together with its table: "stadium names". */
const qualifiedScore = (
  tokens: readonly Token[],
  phrase: Phrase,
  tablePhrases: readonly Phrase[],
  match: WordMatcher,
  afterJoining: ReadonlySet<Token>,
): number => {
  const { score, used, left } = align(tokens, phrase.words, match);
  if (left.length === 0 || used.size === 0 || left.length === tokens.length || !qualifies(tokens, left, afterJoining)) return 0;
  const shares = coverage(phrase.words, used);
  const real = tokens.length - left.length;
  if (
    shares < 0.62 ||
    score / real < 0.8 ||
    !used.has(phrase.words.findLastIndex((word, at) => !generic.has(word) || at === 0 || phrase.words.length === 1) ?? 0)
  )
    return 0;
  const table = Math.max(0, ...tablePhrases.map((candidate) => phraseScore(left, candidate, match)));
  if (table < 0.6) return 0;
  const own = (score / (tokens.length - left.length)) * phrase.weight * coverage(phrase.words, used);
  return Math.min(1, 0.5 * own + 0.5 * table + 0.04) * (own < 0.5 ? 0.8 : 1);
};

const best = (phrases: readonly Phrase[], score: (phrase: Phrase) => number): number => Math.max(0, ...phrases.map(score));

/** Candidates far behind the best are dropped, except the best of each table: which table is asked about is not known yet. */
const prune = <T extends { score: number; table: string }>(candidates: readonly T[], floor: number): T[] => {
  const top = Math.max(0, ...candidates.map((candidate) => candidate.score));
  const best = new Map<string, number>();
  for (const { table, score } of candidates) best.set(table, Math.max(score, best.get(table) ?? 0));
  return candidates
    .filter((candidate) => candidate.score >= Math.max(floor, Math.min(top - 0.4, best.get(candidate.table)! - 0.01)))
    .toSorted((a, b) => b.score - a.score)
    .slice(0, 14);
};

/** Tokens that can name something, without the joining words inside ("phase of flight"). */
const joinedToken = (a: Token, b: Token): Token => ({
  ...a,
  text: a.text + b.text,
  lower: a.lower + b.lower,
  lemma: a.lower + b.lemma,
  forms: [a.lower + b.lemma],
  end: b.end,
});

/** "bird strikes" for a table called birdstrikes. */
const asOneWord = (content: readonly Token[], match: WordMatcher): readonly Token[] => {
  if (content.length !== 2) return content;
  const joined = joinedToken(content[0]!, content[1]!);
  return [...match(joined.lower).values()].some((score) => score === 1) ? [joined] : content;
};

const contentOf = (tokens: readonly Token[], start: number, end: number): readonly Token[] | undefined => {
  const said = tokens.slice(start, end);
  if (said.some((token) => token.quoted) || joining.has(said[0]!.lower) || joining.has(said.at(-1)!.lower)) return undefined;
  const content = said.filter((token) => !joining.has(token.lower));
  if (content.every((token) => functionWords.has(token.lower) && token.lower !== "us") || content.some((token) => !/[\p{L}\p{N}$]/u.test(token.lower)))
    return undefined;
  return content;
};

export const columnCandidates = (
  content: readonly Token[],
  catalog: Catalog,
  match: WordMatcher,
  afterJoining: ReadonlySet<Token> | "unqualified" = new Set(),
): ColumnCandidate[] => {
  const found: ColumnCandidate[] = [];
  for (const table of catalog.tables.values()) {
    const tableWords = new Set(table.phrases.flatMap((phrase) => phrase.words));
    for (const column of table.columns) {
      const plain = best(column.phrases, (phrase) => phraseScore(content, phrase, match, tableWords));
      const qualified =
        content.length < 2 || afterJoining === "unqualified"
          ? 0
          : best(column.phrases, (phrase) => qualifiedScore(content, phrase, table.phrases, match, afterJoining));
      const score = Math.max(plain, qualified);
      if (score > 0) found.push({ table: table.name, column: column.name, score });
    }
  }
  return prune(found, 0.4);
};

/** Small words that a name may hold: "miles per gallon", "speed in knots". */
const insideNames = new Set(["per", "in"]);

/** A name said with its small words; both sides must be words of the same column. */
const bridgedMention = (tokens: readonly Token[], start: number, end: number, catalog: Catalog, match: WordMatcher): ColumnMention | undefined => {
  const between = tokens.slice(start + 1, end - 1);
  if (!between.some((token) => insideNames.has(token.lower)) || [tokens[start]!, tokens[end - 1]!].some((token) => insideNames.has(token.lower)))
    return undefined;
  const content = contentOf(tokens, start, end)?.filter((token) => !insideNames.has(token.lower));
  if (content === undefined || content.some((token) => functionWords.has(token.lower) || token.lower in aggregates || match(token.lower).size === 0))
    return undefined;
  const joins = new Set(between.map((token) => token.lower).filter((word) => insideNames.has(word)));
  const candidates = columnCandidates(content, catalog, match, "unqualified").filter(
    (candidate) => candidate.score >= 0.6 && splitName(candidate.column).some((word) => joins.has(word)),
  );
  return candidates.length === 0 ? undefined : { kind: "column", start, end, candidates };
};

const kinds = new Set(["country", "place", "city", "state", "type", "kind", "date", "year", "day", "level", "degree", "phase", "class"]);

/** "country of origin" for a column called origin: the noun before `of` only says what kind of thing it holds. */
const kindMention = (tokens: readonly Token[], start: number, end: number, catalog: Catalog, match: WordMatcher): ColumnMention | undefined => {
  if (end - start !== 3 || tokens[start + 1]!.lower !== "of" || !kinds.has(tokens[start]!.lemma)) return undefined;
  const content = contentOf(tokens, start + 2, end);
  const own = new Set(match(tokens[start]!.lower).keys());
  const candidates = content === undefined ? [] : columnCandidates(content, catalog, match).filter(({ score }) => score >= 0.9);
  const isReference = ({ table, column }: ColumnCandidate): boolean => catalog.keys.some(({ from }) => from.table === table && from.column === column);
  const plain = candidates
    .filter((candidate) => !isReference(candidate))
    .filter(({ table }) => !catalog.tables.get(table)!.columns.some((column) => column.phrases.some((phrase) => phrase.words.some((word) => own.has(word)))));
  return plain.length === 0 ? undefined : { kind: "column", start, end, candidates: plain };
};

export const columnMention = (tokens: readonly Token[], start: number, end: number, catalog: Catalog, match: WordMatcher): ColumnMention | undefined => {
  const bridged = bridgedMention(tokens, start, end, catalog, match);
  if (bridged !== undefined) return bridged;
  const kind = kindMention(tokens, start, end, catalog, match);
  if (kind !== undefined) return kind;
  const content = contentOf(tokens, start, end);
  if (content === undefined) return undefined;
  const short = content.length > 1 && absorbed.has(content.at(-1)!.lemma) ? columnMention(tokens, start, end - 1, catalog, match) : undefined;
  const plain = content.some((token) => match(token.lower).size === 0) ? undefined : plainMention(tokens, start, end, content, catalog, match);
  if (short === undefined) return plain;
  const stretched: ColumnMention = { ...short, end, candidates: short.candidates.map((candidate) => ({ ...candidate, score: 0.93 * candidate.score })) };
  return plain !== undefined && plain.candidates[0]!.score >= stretched.candidates[0]!.score ? plain : stretched;
};

/** Nouns that may follow a name without adding anything: "weather type". */
const absorbed = new Set(["type", "kind", "category", "name", "value", "level", "group", "speed", "title", "figure"]);

/** Words of order are no short name of a column: "the last release" is not the last name. */
const orderWords = new Set(["first", "last", "next", "previous", "latest", "other", "same", "current"]);

const plainMention = (
  tokens: readonly Token[],
  start: number,
  end: number,
  content: readonly Token[],
  catalog: Catalog,
  match: WordMatcher,
): ColumnMention | undefined => {
  const afterJoining = new Set(tokens.slice(start, end).filter((_, at) => at > 0 && joining.has(tokens[start + at - 1]!.lower)));
  const named = columnCandidates(content, catalog, match, afterJoining);
  const candidates = content.every((token) => orderWords.has(token.lower)) ? named.filter(({ score }) => score >= 0.9) : named;
  return candidates.length === 0 ? undefined : { kind: "column", start, end, candidates };
};

export const entityMention = (tokens: readonly Token[], start: number, end: number, catalog: Catalog, match: WordMatcher): EntityMention | undefined => {
  const spoken = contentOf(tokens, start, end);
  if (spoken === undefined || spoken.length < end - start) return undefined;
  const content = asOneWord(spoken, match);
  if (content.some((token) => match(token.lower).size === 0)) return undefined;
  const found = [...catalog.tables.values()].map((table) => ({
    table: table.name,
    score: best(table.phrases, (phrase) => phraseScore(content, phrase, match)) * (table.isLink && content.length === 1 ? 0.8 : 1),
  }));
  const candidates = prune(found, 0.5);
  return candidates.length === 0 ? undefined : { kind: "entity", start, end, candidates };
};
