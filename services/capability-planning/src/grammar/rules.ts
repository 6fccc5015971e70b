import type { ColumnMention, Fragment, ValueMention } from "../lattice/types.ts";
import { readPeriod } from "../period/read-period.ts";
import { lemmaAt, longestPhrase, mentionScore, ofKind, wordAt } from "./chart.ts";
import type { Chart } from "./chart.ts";
import { comparisonRules } from "./comparisons.ts";
import { groupRules } from "./groups.ts";
import { measureRules } from "./measures.ts";
import { orderRules } from "./orders.ts";
import { seriesRules } from "./series.ts";
import { superlativeRules } from "./superlatives.ts";
import { textRules } from "./text-tests.ts";
import { wordRules } from "./words.ts";

type Rule = (chart: Chart, at: number) => Fragment[];

/** "released", "to produce": a verb form alone is no column to show. */
const isParticiple = (chart: Chart, { start, end }: ColumnMention): boolean => {
  const word = wordAt(chart, start);
  const infinitive = wordAt(chart, start - 1) === "to" && chart.lexicon.isVerb(word);
  return end === start + 1 && (/(ed|ing)$/.test(word) || infinitive) && !chart.catalog.vocabulary.has(word);
};

const names: Rule = (chart, at) => [
  ...(chart.columns[at] ?? [])
    .filter((mention) => !isParticiple(chart, mention))
    .map((mention): Fragment => ({ type: "column", start: at, end: mention.end, score: mentionScore(mention), mention })),
  ...(chart.entities[at] ?? []).map((mention): Fragment => ({ type: "entity", start: at, end: mention.end, score: mentionScore(mention) + 0.02, mention })),
  ...(chart.values[at] ?? []).map((mention): Fragment => ({ type: "value", start: at, end: mention.end, score: mentionScore(mention), mention })),
];

/** "who directed …": the column of text that the verb is about. */
const doers: Rule = (chart, at) =>
  wordAt(chart, at) !== "who"
    ? []
    : (chart.columns[at + 1] ?? []).flatMap((mention): Fragment[] => {
        const named = isParticiple(chart, mention) ? ofKind(chart, mention, ["text"]) : undefined;
        return named === undefined ? [] : [{ type: "column", start: at, end: mention.end, score: 1.6, mention: { ...named, start: at } }];
      });

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

const naming = new Set([
  "is",
  "are",
  "was",
  "were",
  "=",
  ":",
  "named",
  "called",
  "equal",
  "equals",
  "to",
  "as",
  "titled",
  "name",
  "with",
  "being",
  "be",
  "either",
]);

/** "symbol AMZN", "origin is USA", "action genre": the value's column is said. */
const namedValues: Rule = (chart, at) => {
  const after = (chart.columns[at] ?? []).flatMap((column) => {
    let start = column.end;
    if (/(ed|en)$/.test(wordAt(chart, start - 1)) && wordAt(chart, start) === "by") start++;
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

/** "rated R", "directed by …": the verb says which column has the value. */
const verbValues: Rule = (chart, at) => {
  const word = wordAt(chart, at);
  if (!/(ed|en)$/.test(word) || word.length < 4) return [];
  const said = new Set([...chart.match(word)].filter(([, score]) => score >= 0.35).map(([known]) => known));
  const start = /^(as|by|with|in)$/.test(wordAt(chart, at + 1)) ? at + 2 : at + 1;
  return (chart.values[start] ?? []).flatMap((value): Fragment[] => {
    const candidates = value.candidates.filter(({ table, column }) =>
      chart.catalog.tables
        .get(table)
        ?.columns.find(({ name }) => name === column)
        ?.phrases.some((phrase) => phrase.words.some((part) => said.has(part))),
    );
    if (candidates.length === 0) return [];
    const mention: ValueMention = { ...value, start: at, candidates: candidates.map((item) => ({ ...item, score: Math.min(1, item.score + 0.25) })) };
    return [{ type: "value", start: at, end: mention.end, score: mentionScore(mention) + 0.05, mention }];
  });
};

/** "the colorado river": a name before the thing it names is that thing, not a place or whole of the same name. */
const titledValues: Rule = (chart, at) => {
  if (/^(many|of|any|each|every|per|by)$/.test(wordAt(chart, at - 1))) return [];
  return (chart.values[at] ?? []).flatMap((value) =>
    (chart.entities[value.end] ?? []).flatMap((entity): Fragment[] => {
      const tables = new Set(entity.candidates.filter(({ score }) => score >= 0.9).map(({ table }) => table));
      const candidates = value.candidates.filter((candidate) => candidate.mode === "is" && tables.has(candidate.table) && isNameOf(chart, candidate));
      if (candidates.length === 0) return [];
      const mention: ValueMention = {
        ...value,
        end: entity.end,
        candidates: candidates.map((candidate) => ({ ...candidate, score: Math.min(1, candidate.score + 0.05) })),
      };
      return [{ type: "value", start: at, end: mention.end, score: mentionScore(mention) + 0.1, mention }];
    }),
  );
};

const isNameOf = (chart: Chart, { table, column }: ValueMention["candidates"][number]): boolean => {
  const known = chart.catalog.tables.get(table);
  return known !== undefined && known.display.length < known.columns.length && known.display[0]?.name === column;
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

/** "price over time": the dates are shown beside it. */
const overTime: Rule = (chart, at) => {
  const found = longestPhrase(chart, at, { "over time": true, "through time": true, "across time": true, "by date": true });
  const candidates = [...chart.catalog.tables.values()].flatMap(({ name, date, year }) =>
    [date ?? year].filter((column) => column !== undefined).map((column) => ({ table: name, column: column.name, score: 0.95 })),
  );
  if (found === undefined || candidates.length === 0) return [];
  return [{ type: "column", start: at, end: found.end, score: 1.8, mention: { kind: "column", start: at, end: found.end, candidates } }];
};

const rules: readonly Rule[] = [
  names,
  overTime,
  doers,
  namedValues,
  verbValues,
  titledValues,
  textRules,
  periods,
  datedPeriods,
  seriesRules,
  wordRules,
  measureRules,
  groupRules,
  comparisonRules,
  superlativeRules,
  orderRules,
];

/** Every typed fragment that starts at a place of the question. */
export const fragmentsAt = (chart: Chart, at: number): Fragment[] => rules.flatMap((rule) => rule(chart, at));
