import { aggregates, rowNouns } from "@rivergen/words";
import { defaultAggregate, wordsOf } from "../frame/word-sense.ts";
import type { AggregateFunction, ColumnMention, EntityMention, Fragment, Grouping, Measure } from "../lattice/types.ts";
import { attributeColumns, leaning, lemmaAt, longestPhrase, mentionScore, ofKind, phraseEnd, wordAt } from "./chart.ts";
import type { Chart } from "./chart.ts";
import { plainAttribute } from "./degree.ts";
import { readGroupings } from "./groups.ts";

const counting: Readonly<Record<string, true>> = {
  "how many": true,
  "number of": true,
  "count of": true,
  "total number of": true,
  "total count of": true,
  "counts of": true,
  "numbers of": true,
  "amount of": true,
  "total amount of": true,
  "quantity of": true,
  count: true,
  "how often": true,
  "no of": true,
  "# of": true,
  "overall number of": true,
  "frequency of": true,
  "volume of": true,
};
const distinctWords = new Set(["distinct", "different", "unique", "separate", "various", "distinctive"]);

interface Piece {
  readonly end: number;
  readonly score: number;
}

const skipWord = (chart: Chart, at: number, words: ReadonlySet<string>): number => (words.has(wordAt(chart, at)) ? at + 1 : at);
const ofWord = new Set(["of", "for", "in", "value"]);

type Target = Piece & { readonly mention?: ColumnMention | EntityMention; readonly distinct: boolean; readonly pending?: boolean };

/** "number of delayed flights": the participle says which of them are counted. */
const describesNext = (chart: Chart, { start, end }: ColumnMention): boolean =>
  end === start + 1 && /(ed|ing)$/.test(wordAt(chart, start)) && (chart.entities[end] ?? []).some((entity) => entity.candidates[0]!.score >= 0.9);

/** What is counted: a table, a column or plain rows. */
const countTargets = (chart: Chart, at: number): Target[] => {
  const distinct = distinctWords.has(wordAt(chart, at));
  const start = distinct ? at + 1 : at;
  const entities = (chart.entities[start] ?? []).map((mention) => ({ end: mention.end, score: mentionScore(mention) + 0.02, mention, distinct }));
  const columns = (chart.columns[start] ?? [])
    .filter((mention) => !describesNext(chart, mention))
    .map((mention) => ({ end: mention.end, score: mentionScore(mention), mention, distinct }));
  const recorded = (chart.columns[start] ?? [])
    .filter((mention) => rowNouns.has(lemmaAt(chart, mention.end)))
    .map((mention) => ({ end: mention.end + 1, score: mentionScore(mention) + 0.9, distinct: false }));
  const rows = rowNouns.has(lemmaAt(chart, start)) || lemmaAt(chart, start) === "time" ? [{ end: start + 1, score: 0.8, distinct: false }] : [];
  return [...entities, ...columns, ...recorded, ...rows, { end: start, score: -0.2, distinct, pending: true }];
};

const fragment = (start: number, end: number, score: number, measures: readonly Measure[]): Fragment => ({ type: "measure", start, end, score, measures });

const counts = (chart: Chart, at: number): Fragment[] => {
  const opening = longestPhrase(chart, at, counting);
  if (opening === undefined) return [];
  const amount = /^(amount|volume|quantity|value)$/.test(wordAt(chart, opening.end - 2));
  const targets = countTargets(chart, opening.end).filter(
    (target) => !(amount && (target.mention === undefined || (target.mention.kind === "column" && ofKind(chart, target.mention, ["number"]) !== undefined))),
  );
  return targets.flatMap((target) => {
    const measure: Measure = {
      fn: "count",
      distinct: target.distinct,
      ...(target.mention === undefined ? {} : { of: target.mention }),
      ...(target.pending === undefined ? {} : { pending: true }),
    };
    const score = target.score + opening.end - at + (target.distinct ? 1 : 0);
    return [fragment(at, target.end, score, [measure]), ...countedLists(chart, at, target, measure, score)];
  });
};

/** "number of different genres and directors": each of the columns is counted. */
const countedLists = (chart: Chart, at: number, target: Target, measure: Measure, score: number): Fragment[] =>
  target.distinct && target.mention?.kind === "column" && wordAt(chart, target.end) === "and"
    ? (chart.columns[target.end + 1] ?? []).map((of) => fragment(at, of.end, score + mentionScore(of) + 0.5, [measure, { fn: "count", of, distinct: true }]))
    : [];

/** "flight count", "flight volume", "total movie count". */
const trailingCounts = (chart: Chart, at: number): Fragment[] => {
  const start = /^(total|overall)$/.test(wordAt(chart, at)) ? at + 1 : at;
  const mentions = [...(chart.entities[start] ?? []), ...(chart.columns[start] ?? []).filter((mention) => ofKind(chart, mention, ["number"]) === undefined)];
  return mentions
    .filter((mention) => /^(count|volume|number|total)$/.test(lemmaAt(chart, mention.end)))
    .map((mention) =>
      fragment(at, mention.end + 1, mentionScore(mention) + mention.end + 1 - at - (mention.end - mention.start), [
        { fn: "count", of: mention, distinct: false },
      ]),
    );
};

/** Both ends said together: "lowest and highest price". */
const ends: Readonly<Record<string, AggregateFunction>> = {
  lowest: "min",
  smallest: "min",
  shortest: "min",
  least: "min",
  highest: "max",
  largest: "max",
  biggest: "max",
  greatest: "max",
  longest: "max",
};

const aggregateAt = (chart: Chart, at: number): AggregateFunction | undefined => {
  const word = wordAt(chart, at);
  if (word === "standard") return wordAt(chart, at + 1) === "deviation" ? "stddev" : undefined;
  const paired = [at - 2, at + 2].some((other) => {
    const [between, partner] = [wordAt(chart, Math.min(other, at) + 1), wordAt(chart, other)];
    return /^(and|&|\/)$/.test(between) && (Object.hasOwn(ends, partner) || Object.hasOwn(aggregates, partner));
  });
  return Object.hasOwn(aggregates, word) ? aggregates[word] : paired && Object.hasOwn(ends, word) ? ends[word] : undefined;
};

const aggregateWords = (chart: Chart, at: number): { fns: AggregateFunction[]; end: number } => {
  const fns: AggregateFunction[] = [];
  let end = at;
  while (end < chart.tokens.length) {
    const fn = aggregateAt(chart, end);
    if (fn === undefined) break;
    fns.push(fn);
    end += fn === "stddev" && wordAt(chart, end) === "standard" ? 2 : 1;
    const joined = phraseEnd(chart, end, ", and") > 0 ? 2 : /^(and|,|&)$/.test(wordAt(chart, end)) ? 1 : 0;
    if (joined === 0 || aggregateAt(chart, end + joined) === undefined) break;
    end += joined;
  }
  return { fns, end };
};

const numericColumns = (chart: Chart, at: number): ColumnMention[] =>
  (chart.columns[at] ?? []).map((mention) => ofKind(chart, mention, ["number", "date", "timestamp"])).filter((mention) => mention !== undefined);

/** "average delay", "max and min acceleration", "sum of distance", "average number of flights per day". */
const aggregated = (chart: Chart, at: number): Fragment[] => {
  const { fns, end } = aggregateWords(chart, at);
  if (fns.length === 0) return [];
  const start = skipWord(chart, skipWord(chart, end, new Set(["value", "values"])), ofWord);
  const columns = numericColumns(chart, start);
  const timed = /^(earliest|latest)$/.test(wordAt(chart, at));
  const plain = (timed ? datesOf(chart, columns) : columns).flatMap((mention) => {
    const listed = listedColumns(chart, mention);
    return [[mention], listed]
      .filter((list, i) => i === 0 || list.length > 1)
      .map((list) => {
        const last = list.at(-1)!;
        const measures = list.flatMap((of) => fns.map((fn) => ({ fn, of, distinct: false }) satisfies Measure));
        const score = list.reduce((sum, item) => sum + mentionScore(item), 0) + start - at + (list.length - 1) * 0.5;
        return fragment(at, last.end, score, measures);
      });
  });
  const pending = fragment(
    at,
    end,
    end - at - 0.2,
    fns.map((fn) => ({ fn, distinct: false, pending: true })),
  );
  const whole = plain.map((rule) => (fns.length === 1 && fns[0] === "sum" ? totalFirst(chart, rule) : rule));
  return [...whole, ...nested(chart, at, start, fns), ...summedCounts(chart, at, end, fns), ...namedSo(chart, at), pending];
};

/** "total repair cost" where one of the costs is called the total: of columns that fit alike that one is meant. */
const totalFirst = (chart: Chart, rule: Fragment): Fragment => {
  if (rule.type !== "measure") return rule;
  const measures = rule.measures.map((measure) => {
    if (measure.of?.kind !== "column") return measure;
    const candidates = leaning(chart, measure.of.candidates, /^(total|overall)$/);
    return { ...measure, of: { ...measure.of, candidates } };
  });
  return { ...rule, measures };
};

/** Of numbers there is no latest: "latest price" is the price of the last row. */
const datesOf = (chart: Chart, columns: readonly ColumnMention[]): ColumnMention[] =>
  columns.map((mention) => ofKind(chart, mention, ["date", "timestamp"])).filter((mention) => mention !== undefined);

/** "average us gross and imdb rating": the word applies to both numbers. */
const listedColumns = (chart: Chart, first: ColumnMention): ColumnMention[] => {
  const list = [first];
  for (;;) {
    const last = list.at(-1)!;
    if (!/^(and|,|&)$/.test(wordAt(chart, last.end))) return list;
    const next = numericColumns(chart, last.end + 1).toSorted((a, b) => mentionScore(b) - mentionScore(a))[0];
    if (next === undefined || mentionScore(next) < 0.6) return list;
    list.push(next);
  }
};

/** "total flights", "total movies": rows are counted. */
const summedCounts = (chart: Chart, at: number, start: number, fns: readonly AggregateFunction[]): Fragment[] =>
  fns.length === 1 && fns[0] === "sum" && wordAt(chart, at) === "total"
    ? (chart.entities[start] ?? []).map((mention) => fragment(at, mention.end, mentionScore(mention) + 0.9, [{ fn: "count", of: mention, distinct: false }]))
    : [];

/** "max temperature" where a column is called so: its maximum is meant, unless a comparison follows. */
const namedSo = (chart: Chart, at: number): Fragment[] => {
  const fn = aggregates[wordAt(chart, at)];
  if (fn !== "max" && fn !== "min" && fn !== "sum") return [];
  return numericColumns(chart, at)
    .filter((mention) => mention.end > at + 1)
    .map((mention) => fragment(at, mention.end, mentionScore(mention) + 0.03, [{ fn, of: mention, distinct: false }]));
};

const nested = (chart: Chart, at: number, start: number, fns: readonly AggregateFunction[]): Fragment[] => {
  if (fns.length !== 1 || fns[0] === "sum") return [];
  const inner = [
    ...counts(chart, start),
    ...trailingCounts(chart, start),
    ...(/^(daily|weekly|monthly|yearly|annual)$/.test(wordAt(chart, start)) ? counts(chart, start + 1) : []),
  ];
  return inner.flatMap((count) => {
    if (count.type !== "measure") return [];
    const adverb = readGroupings(chart, start, true);
    const after = readGroupings(chart, count.end, true);
    const groups: { by: readonly Grouping[]; end: number; score: number }[] = [
      ...after,
      ...adverb.filter((group) => group.end === start + 1).map((group) => ({ ...group, end: count.end })),
    ];
    return groups
      .filter((group) => group.by.length === 1)
      .map((group) =>
        fragment(at, Math.max(group.end, count.end), count.score + group.score + start - at, [{ ...count.measures[0]!, fn: fns[0]!, per: group.by[0]! }]),
      );
  });
};

/** "price average", "delay median". */
const trailingAggregates = (chart: Chart, at: number): Fragment[] =>
  numericColumns(chart, at).flatMap((mention) => {
    const fn = aggregates[wordAt(chart, mention.end)];
    if (fn === undefined || chart.columns[mention.end + 1]?.length || wordAt(chart, mention.end + 1) === "of") return [];
    return [fragment(at, mention.end + 1, mentionScore(mention) + 0.9, [{ fn, of: mention, distinct: false }])];
  });

/** "how far", "how late": the column that the adjective measures. */
const howMuch = (chart: Chart, at: number): Fragment[] => {
  if (wordAt(chart, at) !== "how") return [];
  if (wordAt(chart, at + 1) === "much")
    return numericColumns(chart, at + 2)
      .filter((mention) => ofKind(chart, mention, ["number"]) !== undefined)
      .map((of) => fragment(at, of.end, mentionScore(of) + 1.8, [{ fn: defaultAggregate(wordsOf(chart, of)), of, distinct: false }]));
  const candidates = attributeColumns(chart, plainAttribute(chart, at + 1));
  if (candidates.length === 0) return [];
  const mention: ColumnMention = { kind: "column", start: at, end: at + 2, candidates };
  const averaged = phraseEnd(chart, at + 2, "on average");
  if (averaged > 0) return [fragment(at, averaged, 3.4, [{ fn: "avg", of: mention, distinct: false }])];
  return [{ type: "column", start: at, end: at + 2, score: 1.8, mention }];
};

const extremes = /^(highest|lowest|maximum|minimum|max|min|largest|smallest|biggest|greatest|least|top|bottom|best|worst)$/;

/** "difference between the highest and lowest price", "gap between max price and min price". */
const spread = (chart: Chart, at: number): Fragment[] => {
  if (!/^(difference|gap|range|spread|distance)$/.test(wordAt(chart, at))) return [];
  const first = /^(between|from)$/.test(wordAt(chart, at + 1)) ? at + 2 : at + 1;
  if (!extremes.test(wordAt(chart, first))) return [];
  const ends = [first + 1, ...numericColumns(chart, first + 1).map((mention) => mention.end)];
  return ends.flatMap((end) => {
    if (!/^(and|to)$/.test(wordAt(chart, end)) || !extremes.test(wordAt(chart, end + 1))) return [];
    const start = skipWord(chart, end + 2, ofWord);
    return numericColumns(chart, start).map((of) => fragment(at, of.end, mentionScore(of) + start - at, [{ fn: "range", of, distinct: false }]));
  });
};

/** "range of weights": from where to where, and how far that is. */
const rangeOf = (chart: Chart, at: number): Fragment[] =>
  phraseEnd(chart, at, "range of") < 0
    ? []
    : numericColumns(chart, at + 2).map((of) =>
        fragment(
          at,
          of.end,
          mentionScore(of) + 2.1,
          (["min", "max", "range"] as const).map((fn) => ({ fn, of, distinct: false })),
        ),
      );

const everyMeasure = (chart: Chart, at: number): Fragment[] => [
  ...counts(chart, at),
  ...trailingCounts(chart, at),
  ...aggregated(chart, at),
  ...trailingAggregates(chart, at),
  ...howMuch(chart, at),
  ...spread(chart, at),
  ...rangeOf(chart, at),
];

/** Everything that can be worked out over rows and that starts at a place. */
export const measureRules = (chart: Chart, at: number): Fragment[] => chart.memo(`measure:${at}`, () => everyMeasure(chart, at));

/** The single, fully named measures that start at a place: what one can rank or compare by. */
export const namedMeasures = (chart: Chart, at: number): { readonly measure: Measure; readonly end: number; readonly score: number }[] =>
  measureRules(chart, at).flatMap((rule) =>
    rule.type === "measure" && rule.measures.length === 1 && rule.measures[0]!.pending === undefined
      ? [{ measure: rule.measures[0]!, end: rule.end, score: rule.score }]
      : [],
  );
