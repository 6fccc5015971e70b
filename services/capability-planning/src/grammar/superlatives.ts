import { readNumber, readOrdinal } from "@rivergen/words";
import type { ColumnCandidate, ColumnMention, Fragment, Operand } from "../lattice/types.ts";
import { attributeColumns, extremes, leaning, lemmaAt, longestPhrase, mentionScore, ofKind, phraseEnd, wordAt } from "./chart.ts";
import type { Chart } from "./chart.ts";
import { readDegree } from "./degree.ts";
import type { Degree } from "./degree.ts";
import { namedMeasures } from "./measures.ts";

interface Head {
  readonly end: number;
  readonly sign: 1 | -1;
  readonly nouns: readonly string[];
  readonly date: 1 | -1 | undefined;
  readonly quality: "good" | "bad" | undefined;
  readonly many: boolean;
  /** The attribute is only a guess. */
  readonly weak: boolean;
}

const headOf = (degree: Degree): Head => ({
  end: degree.end,
  sign: degree.sign,
  nouns: degree.nouns,
  weak: /^(high|low|good|bad)$/.test(degree.base),
  date: degree.date,
  quality: degree.base === "good" ? "good" : degree.base === "bad" ? "bad" : undefined,
  many: degree.base === "many" || degree.base === "few",
});

const plainHeads: Readonly<Record<string, 1 | -1>> = { top: 1, peak: 1, bottom: -1, leading: 1, maximal: 1, minimal: -1 };

/** "at least 5" ranks nothing. */
const isBound = (chart: Chart, at: number): boolean => wordAt(chart, at - 1) === "at" && /^(least|most)$/.test(wordAt(chart, at));

/** "the first strike": of one thing the first is the earliest. */
const inTime = (chart: Chart, at: number): Head | undefined => {
  const sign = ({ first: -1, last: 1 } as const)[wordAt(chart, at)];
  const single = wordAt(chart, at + 1) === lemmaAt(chart, at + 1) && (chart.entities[at + 1] ?? []).some(({ candidates }) => candidates[0]!.score >= 0.9);
  return sign === undefined || !single ? undefined : { end: at + 1, sign, nouns: [], date: sign, quality: undefined, many: false, weak: true };
};

const readHead = (chart: Chart, at: number): Head | undefined => (isBound(chart, at) ? undefined : (inTime(chart, at) ?? headAt(chart, at)));

const headAt = (chart: Chart, at: number): Head | undefined => {
  const degree = readDegree(chart, at);
  if (degree?.degree === "superlative") return headOf(degree);
  const word = wordAt(chart, at);
  if (word === "at" && wordAt(chart, at + 1) === "most") return undefined;
  const plain = Object.hasOwn(plainHeads, word) ? plainHeads[word] : undefined;
  if (plain === undefined) return undefined;
  const next = readDegree(chart, at + 1)?.degree === "superlative" ? undefined : participle(chart, at + 1);
  return { end: at + 1 + (next === undefined ? 0 : 1), sign: plain, nouns: next ?? [], date: undefined, quality: undefined, many: false, weak: false };
};

const participles: Readonly<Record<string, readonly string[]>> = {
  rated: ["rating", "score"],
  grossing: ["gross", "revenue"],
  paid: ["salary"],
  selling: ["sale"],
  scoring: ["score"],
  earning: ["gross", "salary", "revenue"],
  ranked: ["rank", "rating"],
  performing: [],
};
const participle = (chart: Chart, at: number): readonly string[] | undefined => {
  const word = wordAt(chart, at);
  return Object.hasOwn(participles, word) ? participles[word] : undefined;
};

/** What is ranked or sorted by, with where its words end. */
export type Keyed = { readonly key: Operand; readonly end: number; readonly score: number };

const amounts: Readonly<Record<string, true>> = { "amount of": true, "amounts of": true, "value of": true, "level of": true, "degree of": true, of: true };

/** What is most or highest: a measure, a count of things, a column. */
const keysAt = (chart: Chart, at: number, head: Head): Keyed[] => {
  const start = longestPhrase(chart, at, amounts)?.end ?? at;
  const columns = (chart.columns[start] ?? []).flatMap((mention) => {
    const ordered = ofKind(chart, mention, ["number", "date", "timestamp"]);
    if (
      ordered !== undefined &&
      head.nouns.length > 0 &&
      !head.weak &&
      !head.nouns.includes("size") &&
      !head.nouns.includes("length") &&
      narrowed(ordered, chart, head) === ordered &&
      !isMeasured(chart, head, ordered)
    )
      return [];
    return ordered === undefined
      ? []
      : [{ key: leaningKey(chart, narrowed(ordered, chart, head), head) as Operand, end: mention.end, score: mentionScore(ordered) }];
  });
  const measures = namedMeasures(chart, at).map((rule) => ({ key: { kind: "measure", measure: rule.measure } as Operand, end: rule.end, score: rule.score }));
  const counted = head.many ? countsAt(chart, /^(different|distinct|unique)$/.test(wordAt(chart, at)) ? at + 1 : at) : [];
  return [...columns, ...measures, ...counted].map((keyed) => ({ ...keyed, score: keyed.score + start - at }));
};

const countsAt = (chart: Chart, at: number): Keyed[] => {
  const entities = (chart.entities[at] ?? []).map((of) => ({
    key: { kind: "measure", measure: { fn: "count", of, distinct: false } } as Operand,
    end: of.end,
    score: mentionScore(of) + 0.02,
  }));
  const columns = (chart.columns[at] ?? [])
    .filter((mention) => ofKind(chart, mention, ["number"]) === undefined)
    .map((of) => ({ key: { kind: "measure", measure: { fn: "count", of, distinct: true } } as Operand, end: of.end, score: mentionScore(of) - 0.02 }));
  return [...entities, ...columns];
};

const isMeasured = (chart: Chart, head: Head, mention: ColumnMention): boolean => {
  const measured = attributeColumns(chart, head.nouns);
  return mention.candidates.some((candidate) => measured.some(({ table, column }) => table === candidate.table && column === candidate.column));
};

const leaningKey = (chart: Chart, mention: ColumnMention, head: Head): ColumnMention => ({
  ...mention,
  candidates: leaning(chart, mention.candidates, extremes[head.sign]),
});

/** "longest duration": of the columns that the noun names, those that the adjective measures come first. */
const narrowed = (mention: ColumnMention, chart: Chart, head: Head): ColumnMention => {
  if (head.nouns.length === 0 || head.weak) return mention;
  const measured = new Set(attributeColumns(chart, head.nouns).map(({ table, column }) => `${table}\0${column}`));
  const candidates = mention.candidates.filter(({ table, column }) => measured.has(`${table}\0${column}`));
  return candidates.length === 0 ? mention : { ...mention, candidates };
};

interface Opening {
  readonly head: Head;
  readonly count?: number;
  readonly nth?: number;
}

/** "most common", "least frequent": rows are counted. */
const frequency = (chart: Chart, at: number): Fragment[] => {
  const number = readNumber(chart.tokens, at);
  const start = number?.end ?? at;
  const top = wordAt(chart, start) === "top" ? readNumber(chart.tokens, start + 1) : undefined;
  const head = commonHead(chart, top?.end ?? start);
  return head === undefined ? [] : frequencies(chart, at, head, number ?? top);
};

const frequencies = (
  chart: Chart,
  at: number,
  head: { readonly sign: 1 | -1; readonly end: number },
  before: { readonly value: number } | undefined,
): Fragment[] => {
  const after = before === undefined ? readNumber(chart.tokens, head.end) : undefined;
  const end = after?.end ?? head.end;
  const plain: Fragment = { type: "superlative", start: at, end, score: end - at - 0.1, sign: head.sign, ...optional("count", before?.value ?? after?.value) };
  return [{ ...plain, score: end - at, key: { kind: "measure", measure: { fn: "count", distinct: false } } }, plain];
};

const commonHead = (chart: Chart, at: number): { sign: 1 | -1; end: number } | undefined => {
  const word = wordAt(chart, at);
  if (/^(commonest|busiest)$/.test(word)) return { sign: 1, end: at + 1 };
  if (!/^(most|least)$/.test(word) || !/^(common|frequent|frequently|often|prevalent|busy|numerous|active)$/.test(wordAt(chart, at + 1))) return undefined;
  return { sign: word === "most" ? 1 : -1, end: at + 2 };
};

const opening = (chart: Chart, at: number): Opening[] => {
  const number = rowCount(chart, at);
  if (number !== undefined) {
    const head = readHead(chart, number.end);
    return head === undefined ? [] : [{ head, count: number.value }];
  }
  return ranked(chart, at) ?? counted(chart, at);
};

const rowCount = (chart: Chart, at: number): { value: number; end: number } | undefined => {
  const number = readNumber(chart.tokens, at);
  return number !== undefined && Number.isInteger(number.value) && number.value > 0 && number.value <= 10_000 ? number : undefined;
};

/** "second largest". */
const ranked = (chart: Chart, at: number): Opening[] | undefined => {
  const token = chart.tokens[at];
  const nth = token === undefined ? undefined : readOrdinal(token);
  const head = nth === undefined || nth < 2 ? undefined : readHead(chart, at + 1);
  return head === undefined ? undefined : [{ head, nth: nth! }];
};

/** "highest", "top 5", "top 3 heaviest". */
const counted = (chart: Chart, at: number): Opening[] => {
  const head = readHead(chart, at);
  if (head === undefined) return [];
  const number = head.many ? undefined : rowCount(chart, head.end);
  if (number === undefined) return [{ head }];
  const doubled = /^(top|bottom)$/.test(wordAt(chart, at)) ? readHead(chart, number.end) : undefined;
  return doubled !== undefined ? [{ head: doubled, count: number.value }] : [{ head: { ...head, end: number.end }, count: number.value }, { head }];
};

const dated = (chart: Chart, start: number, end: number): ColumnMention | undefined => {
  const candidates = [...chart.catalog.tables.values()].flatMap((table) =>
    [table.date, table.date === undefined ? table.year : undefined]
      .filter((column) => column !== undefined)
      .map((column) => ({ table: table.name, column: column.name, score: 0.7 })),
  );
  return candidates.length === 0 ? undefined : { kind: "column", start, end, candidates };
};

/** "highest temperature" of a column called max temperature: the extreme of it, unless "highest" stands in the name itself. */
const calledExtremes = (chart: Chart, at: number, head: Head): ColumnMention[] =>
  head.end !== at + 1
    ? []
    : (chart.columns[at] ?? []).flatMap((mention) => {
        const ordered = mention.end > head.end ? ofKind(chart, mention, ["number"]) : undefined;
        const candidates = ordered?.candidates.filter(({ table, column }) => !isSpelled(chart, table, column, wordAt(chart, at))) ?? [];
        return candidates.length === 0 ? [] : [{ kind: "column" as const, start: head.end, end: mention.end, candidates }];
      });

const isSpelled = (chart: Chart, table: string, name: string, word: string): boolean =>
  chart.catalog.tables
    .get(table)
    ?.columns.find((column) => column.name === name)
    ?.phrases.some((phrase) => phrase.words.includes(word)) ?? false;

/** The columns that an adjective measures and that have an order of size. */
const orderedColumns = (chart: Chart, head: Head): readonly ColumnCandidate[] =>
  ofKind(chart, { kind: "column", start: 0, end: head.end, candidates: attributeColumns(chart, head.nouns) }, ["number", "date", "timestamp"])?.candidates ??
  [];

const build = (chart: Chart, at: number, open: Opening): Fragment[] => {
  const { head } = open;
  const base = {
    type: "superlative",
    start: at,
    sign: head.sign,
    ...optional("count", open.count),
    ...optional("nth", open.nth),
    ...optional("quality", head.quality),
    ...optional("many", head.many ? true : undefined),
  } as const;
  const own = head.end - at;
  const keyed: Fragment[] = keysAt(chart, keyStart(chart, head), head).map((found) => ({ ...base, end: found.end, score: own + found.score, key: found.key }));
  const called: Fragment[] = calledExtremes(chart, at, head).map((key) => ({ ...base, end: key.end, score: mentionScore(key) + own + 0.03, key }));
  const attribute = leaning(chart, orderedColumns(chart, head), extremes[head.sign]);
  const measured: Fragment[] =
    attribute.length === 0
      ? []
      : [{ ...base, end: head.end, score: own * (head.weak ? 0.78 : 0.97), key: { kind: "column", start: at, end: head.end, candidates: attribute } }];
  const byDate = head.date === undefined ? undefined : dated(chart, at, head.end);
  const timed: Fragment[] = byDate === undefined ? [] : [{ ...base, sign: head.date!, end: head.end, score: own * 0.9, key: byDate, date: true }];
  const settled = head.nouns.length > 0 && !head.weak && (measured.length > 0 || timed.length > 0);
  return [...keyed, ...called, ...measured, ...timed, ...(settled ? [] : [{ ...base, end: head.end, score: own * 0.8 } as Fragment])];
};

const optional = <K extends string, V>(key: K, value: V | undefined): { readonly [P in K]?: V } =>
  value === undefined ? {} : ({ [key]: value } as { readonly [P in K]?: V });

/** The column that an adjective measures by itself, with whether that is a time; undefined for those that only say how much. */
export const degreeKey = (chart: Chart, at: number, degree: Degree): { readonly key: ColumnMention; readonly date: boolean } | undefined => {
  const head = headOf(degree);
  const candidates = head.weak ? [] : leaning(chart, orderedColumns(chart, head), extremes[head.sign]);
  if (candidates.length > 0) return { key: { kind: "column", start: at, end: head.end, candidates }, date: false };
  const key = head.date === undefined ? undefined : dated(chart, at, head.end);
  return key === undefined ? undefined : { key, date: true };
};

/** Where the key of a superlative starts: "worst in terms of delay", "largest by area". */
const keyStart = (chart: Chart, head: Head): number => {
  if (phraseEnd(chart, head.end, "in terms of") > 0) return head.end + 3;
  return /^(in|by)$/.test(wordAt(chart, head.end)) && head.nouns.length > 0 ? head.end + 1 : head.end;
};

export const superlativeRules = (chart: Chart, at: number): Fragment[] => [
  ...frequency(chart, at),
  ...opening(chart, at).flatMap((open) => build(chart, at, open)),
];
