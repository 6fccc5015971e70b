import { aggregates, readNumber } from "@rivergen/words";
import type { AggregateFunction, ColumnMention, Comparison, Fragment, Measure, Operand, Right, ValueMention } from "../lattice/types.ts";
import { attributeColumns, extremes, leaning as leaningTo, lemmaAt, longestPhrase, mentionScore, ofKind, wordAt } from "./chart.ts";
import type { Chart } from "./chart.ts";
import { signs, trailingSigns } from "./comparators.ts";
import { plainAttribute, readDegree } from "./degree.ts";
import { namedMeasures } from "./measures.ts";

/** Units that say which attribute a bare number is about. */
const units: Readonly<Record<string, readonly string[]>> = {
  minute: ["duration", "runtime", "running", "time", "delay"],
  min: ["duration", "runtime", "running", "delay"],
  hour: ["duration", "delay", "runtime", "running", "time"],
  second: ["duration", "delay", "time"],
  dollar: ["price", "cost", "amount"],
  usd: ["price", "cost", "amount"],
  euro: ["price", "cost", "amount"],
  buck: ["price", "cost"],
  pound: ["weight"],
  lbs: ["weight"],
  lb: ["weight"],
  kg: ["weight"],
  ton: ["weight"],
  mile: ["distance", "length"],
  km: ["distance", "length"],
  kilometer: ["distance", "length"],
  meter: ["height", "elevation", "altitude", "length"],
  metre: ["height", "elevation"],
  foot: ["height", "elevation"],
  mph: ["speed"],
  knot: ["speed"],
  degree: ["temperature"],
  mm: ["precipitation"],
  year: ["age"],
  mpg: ["mpg", "miles"],
  point: ["score", "rating"],
  star: ["stars", "rating"],
  vote: ["vote"],
  percent: [],
  "%": [],
  $: [],
};

type RightEdge = { readonly right: Right; readonly end: number; readonly score: number; readonly unit: readonly string[]; readonly upper?: number };

const isUnit = (chart: Chart, at: number): boolean => lemmaAt(chart, at) in units;

/** "3 hours", "an hour", "half an hour", "2 and a half hours": a number before a unit; articles are not kept. */
const amountAt = (chart: Chart, at: number): { value: number; percent: boolean; end: number } | undefined => {
  const number = readNumber(chart.tokens, at);
  const isHalf = (place: number): boolean => wordAt(chart, place) === "half";
  if (number !== undefined) {
    const half = wordAt(chart, number.end) === "and" && isHalf(number.end + 1) && isUnit(chart, number.end + 2);
    return half ? { value: number.value + 0.5, percent: false, end: number.end + 2 } : number;
  }
  if (isHalf(at) && isUnit(chart, at + 1)) return { value: 0.5, percent: false, end: at + 1 };
  return timeUnits.test(lemmaAt(chart, at)) ? { value: 1, percent: false, end: at } : undefined;
};

const timeUnits = /^(hour|minute|second|day|week|month|year)$/;

/** "an hour and a half": the end and the whole number. */
const halfMore = (chart: Chart, end: number, value: number): { value: number; end: number } =>
  wordAt(chart, end) === "and" && wordAt(chart, end + 1) === "half" ? { value: value + 0.5, end: end + 2 } : { value, end };

const numberRight = (chart: Chart, at: number): RightEdge[] => {
  const start = /^[$€£]$/.test(wordAt(chart, at)) ? at + 1 : at;
  const number = amountAt(chart, start);
  if (number === undefined) return [];
  const right: Right = { kind: "number", value: number.value, percent: number.percent };
  const plain: RightEdge = { right, end: number.end, score: number.end - at, unit: start > at ? units["dollar"]! : [] };
  if (!isUnit(chart, number.end)) return [plain];
  const unit = lemmaAt(chart, number.end);
  const { value, end } = halfMore(chart, number.end + 1, number.value);
  const told: RightEdge = { right: { ...right, value, unit }, end, score: end - 0.2 - at, unit: units[unit]! };
  const bare = number.end === at ? [] : [{ ...plain, right: { ...right, unit } }];
  return [...bare, told, ...measuredBy(chart, told)];
};

/** "200 minutes long", "an hour late": the adjective after the unit says what is measured. */
const measuredBy = (chart: Chart, told: RightEdge): RightEdge[] => {
  const nouns = trailingAdjective.test(wordAt(chart, told.end)) ? plainAttribute(chart, told.end) : [];
  return nouns.length === 0 ? [] : [{ ...told, end: told.end + 1, score: told.score + 1, unit: nouns }];
};

const trailingAdjective = /^(long|late|old|tall|high|heavy|deep|wide|far|delayed|fast)$/;

/** "average", "the average weight", "the median". */
const aggregateRight = (chart: Chart, at: number): RightEdge[] => {
  const fn: AggregateFunction | undefined = aggregates[wordAt(chart, at)];
  if (fn === undefined || fn === "sum") return [];
  const start = wordAt(chart, at + 1) === "of" ? at + 2 : at + 1;
  const named = (chart.columns[start] ?? []).map((mention) => ofKind(chart, mention, ["number"])).filter((mention) => mention !== undefined);
  return [
    { right: { kind: "aggregate", fn }, end: at + 1, score: 0.95, unit: [] },
    ...named.map((of) => ({ right: { kind: "aggregate", fn, of } as const, end: of.end, score: 0.95 + mentionScore(of), unit: [] })),
  ];
};

const rowRight = (chart: Chart, at: number): RightEdge[] => {
  const start = /^(that|one)$/.test(wordAt(chart, at)) && wordAt(chart, at + 1) === "of" ? at + 2 : at;
  return (chart.values[start] ?? []).map((value: ValueMention) => ({ right: { kind: "row", value }, end: value.end, score: mentionScore(value), unit: [] }));
};

const columnRight = (chart: Chart, at: number): RightEdge[] =>
  (chart.columns[at] ?? []).map((mention) => ({ right: mention, end: mention.end, score: mentionScore(mention), unit: [] }));

/** "3 times the budget", "twice the budget", "half of the budget". */
const scaledRight = (chart: Chart, at: number): RightEdge[] => {
  const fixed: Readonly<Record<string, number>> = { twice: 2, double: 2, triple: 3, half: 0.5, thrice: 3 };
  const word = fixed[wordAt(chart, at)];
  const number = word === undefined ? readNumber(chart.tokens, at) : { value: word, end: at + 1 };
  if (number === undefined || (word === undefined && !/^(times|x)$/.test(wordAt(chart, number.end)))) return [];
  const start = word === undefined ? number.end + 1 : number.end;
  return (chart.columns[wordAt(chart, start) === "of" ? start + 1 : start] ?? []).map((mention) => ({
    right: { ...mention, factor: number.value },
    end: mention.end,
    score: mentionScore(mention) + start - at,
    unit: [],
  }));
};

const rights = (chart: Chart, at: number): RightEdge[] => [...numberRight(chart, at), ...aggregateRight(chart, at)];

interface Sign {
  readonly op: Comparison;
  readonly end: number;
  readonly nouns: readonly string[];
}

/** A comparing phrase; a comparative adjective also says which column is meant. */
const readSign = (chart: Chart, at: number): Sign | undefined => {
  const known = longestPhrase(chart, at, signs);
  if (known !== undefined) return { op: known.value, end: known.end, nouns: [] };
  const degree = readDegree(chart, at);
  if (degree?.degree !== "comparative" || wordAt(chart, degree.end) !== "than") return undefined;
  return { op: degree.sign === 1 ? ">" : "<", end: degree.end + 1, nouns: degree.nouns };
};

const make = (start: number, end: number, score: number, op: Comparison, edge: RightEdge, left: Operand | undefined): Fragment => ({
  type: "compare",
  start,
  end,
  score,
  op,
  right: edge.right,
  ...(left === undefined ? {} : { left }),
  ...(edge.upper === undefined ? {} : { upper: edge.upper }),
});

const attributeMention = (chart: Chart, nouns: readonly string[], start: number, end: number): ColumnMention | undefined => {
  const candidates = nouns.length === 0 ? [] : attributeColumns(chart, nouns);
  return candidates.length === 0 ? undefined : ofKind(chart, { kind: "column", start, end, candidates }, ["number"]);
};

/** "hotter than 35": of two temperatures the one that holds the highs. */
const comparedAttribute = (chart: Chart, sign: Sign, start: number, end: number): ColumnMention | undefined => {
  const mention = attributeMention(chart, sign.nouns, start, end);
  return mention && { ...mention, candidates: leaningTo(chart, mention.candidates, extremes[sign.op === ">" ? 1 : -1]) };
};

/** What a count or column after the number adds: "more than 100000 votes", "fewer than 5 flights". */
const trailing = (chart: Chart, at: number): { left: Operand; end: number; score: number }[] => {
  const start = wordAt(chart, at) === "of" || /^(different|distinct)$/.test(wordAt(chart, at)) ? at + 1 : at;
  const columns = (chart.columns[start] ?? []).map((mention) => ({ left: numericOrCount(chart, mention), end: mention.end, score: mentionScore(mention) }));
  const entities = (chart.entities[start] ?? []).map((of) => ({
    left: { kind: "measure", measure: { fn: "count", of, distinct: false } satisfies Measure } as const,
    end: of.end,
    score: mentionScore(of) + 0.02,
  }));
  const times = /^times?$/.test(wordAt(chart, start))
    ? [{ left: { kind: "measure", measure: { fn: "count", distinct: false } } as const, end: start + 1, score: 1 }]
    : [];
  return [...columns, ...entities, ...times];
};

const numericOrCount = (chart: Chart, mention: ColumnMention): Operand =>
  ofKind(chart, mention, ["number"]) ?? { kind: "measure", measure: { fn: "count", of: mention, distinct: true } };

/** "> 5", "more than 3 cylinders", "heavier than 3000 lbs", "above average". */
const signed = (chart: Chart, at: number): Fragment[] => {
  const sign = readSign(chart, at);
  if (sign === undefined) return [];
  const edges = [...rights(chart, sign.end), ...(sign.nouns.length > 0 || wordAt(chart, sign.end - 1) === "than" ? rowRight(chart, sign.end) : [])];
  const columnFirst = (chart.columns[sign.end] ?? []).flatMap((column) => {
    const left = ofKind(chart, column, ["number"]);
    return left === undefined
      ? []
      : rights(chart, wordAt(chart, left.end) === "of" ? left.end + 1 : left.end).map((edge) =>
          make(at, edge.end, sign.end - at + mentionScore(left) + edge.score, sign.op, edge, left),
        );
  });
  return [
    ...columnFirst,
    ...edges.flatMap((edge) => {
      const attribute = sign.nouns.length > 0 ? comparedAttribute(chart, sign, at, edge.end) : attributeMention(chart, edge.unit, at, edge.end);
      const left = attribute ?? (edge.right.kind === "aggregate" ? edge.right.of : undefined);
      const own = make(at, edge.end, sign.end - at + edge.score, sign.op, edge, left);
      const tails =
        edge.right.kind === "number" && (edge.unit.length === 0 || wordAt(chart, edge.end) === "of")
          ? trailing(chart, edge.end).map((tail) => make(at, tail.end, sign.end - at + edge.score + tail.score, sign.op, edge, tail.left))
          : [];
      const sole = tails.length === 0 && left === undefined && edge.right.kind === "number" ? soleNumber(chart, at, edge.end) : undefined;
      const implied = sole === undefined ? [] : [make(at, edge.end, sign.end - at + edge.score - 0.3, sign.op, edge, sole)];
      return [own, ...implied, ...tails];
    }),
  ];
};

/** "IBM above 100": of tables with one number only that number is meant, unless the number counts what is said after it. */
const soleNumber = (chart: Chart, start: number, end: number): ColumnMention | undefined => {
  const candidates = [...chart.catalog.tables.values()].flatMap((table) => {
    const numbers = table.columns.filter((column) => column.kind === "number" && !column.isKey && !column.isYear);
    return numbers.length === 1 ? [{ table: table.name, column: numbers[0]!.name, score: 0.7 }] : [];
  });
  return candidates.length === 0 ? undefined : { kind: "column", start, end, candidates };
};

const links = new Set(["is", "are", "was", "were", "of", "=", ":", "be", "being", "at", "that", "which", "value", "values", "in", "as"]);

const skipLinks = (chart: Chart, at: number): number => {
  let end = at;
  while (links.has(wordAt(chart, end)) && end < at + 3 && !(wordAt(chart, end) === "at" && /^(least|most)$/.test(wordAt(chart, end + 1)))) end++;
  return end;
};

/** "between 50 and 100 million": the scale is said once. */
const scaledAlike = (chart: Chart, at: number, low: RightEdge, upper: number): Right => {
  const start = /^[$€£]$/.test(wordAt(chart, low.end + 1)) ? low.end + 2 : low.end + 1;
  const scale = readNumber(chart.tokens, start)?.scale;
  const own = readNumber(chart.tokens, /^[$€£]$/.test(wordAt(chart, at + 1)) ? at + 2 : at + 1)?.scale;
  if (low.right.kind !== "number" || scale === undefined || own !== undefined || low.right.value > upper / scale) return low.right;
  return { ...low.right, value: low.right.value * scale };
};

const range = (chart: Chart, at: number): RightEdge | undefined => {
  if (!/^(between|from)$/.test(wordAt(chart, at))) return undefined;
  const low = numberRight(chart, at + 1).at(-1);
  if (low === undefined || !/^(and|to|-)$/.test(wordAt(chart, low.end))) return undefined;
  const high = numberRight(chart, low.end + 1).at(-1);
  if (high?.right.kind !== "number") return undefined;
  return { right: scaledAlike(chart, at, low, high.right.value), end: high.end, score: high.end - at, unit: high.unit, upper: high.right.value };
};

const leftOperands = (chart: Chart, at: number): { left: Operand; end: number; score: number }[] => {
  const columns = (chart.columns[at] ?? []).flatMap((mention) => {
    const numeric = ofKind(chart, mention, ["number"]);
    return numeric === undefined ? [] : [{ left: numeric, end: mention.end, score: mentionScore(numeric) }];
  });
  const calledSo = (rule: { measure: Measure; end: number }): boolean =>
    /^(min|max)$/.test(rule.measure.fn) && columns.some((column) => column.end === rule.end && column.score >= 0.8 * (column.end - at));
  const named = namedMeasures(chart, at).filter((rule) => !calledSo(rule));
  const measures = named.map((rule) => ({ left: { kind: "measure", measure: rule.measure } as const, end: rule.end, score: rule.score }));
  return [...columns, ...measures];
};

/** "flights more than 2 hours late": how many there are is not told in hours. */
const countsUnits = (chart: Chart, left: Operand, edge: RightEdge): boolean =>
  left.kind === "measure" && left.measure.fn === "count" && edge.right.kind === "number" && (edge.right.unit !== undefined || isUnit(chart, edge.end));

/** "wind above 5", "average price over 100", "capacity between 5000 and 10000", "cylinders = 8", "rating of 8 or more". */
const leftFirst = (chart: Chart, at: number): Fragment[] =>
  leftOperands(chart, at).flatMap(({ left, end, score }) => {
    const start = skipLinks(chart, end);
    const linked = start - end;
    const sign = readSign(chart, start);
    const compared =
      sign === undefined
        ? []
        : [...rights(chart, sign.end), ...columnRight(chart, sign.end), ...scaledRight(chart, sign.end), ...rowRight(chart, sign.end)]
            .filter((edge) => !countsUnits(chart, left, edge))
            .map((edge) => make(at, edge.end, score + linked + sign.end - start + edge.score, sign.op, edge, left));
    const between = range(chart, start);
    const ranged = between === undefined ? [] : [make(at, between.end, score + linked + between.score, ">=", between, left)];
    const equal =
      left.kind === "column" && !startsNoun(chart, start)
        ? [...numberRight(chart, start), ...numberList(chart, start)].map((edge) => equalTo(chart, at, edge, score + linked, left))
        : [];
    return [...compared, ...ranged, ...equal];
  });

/** "price in 2009" is a time; "mpg of 4 cylinder cars" is about the cylinders. */
const startsNoun = (chart: Chart, at: number): boolean => {
  const link = wordAt(chart, at - 1);
  const number = readNumber(chart.tokens, at);
  if (link === "in") return true;
  return link === "of" && number !== undefined && ((chart.columns[number.end] ?? []).length > 0 || (chart.entities[number.end] ?? []).length > 0);
};

const equalTo = (chart: Chart, at: number, edge: RightEdge, score: number, left: Operand): Fragment => {
  const more = longestPhrase(chart, edge.end, trailingSigns);
  if (more === undefined) return make(at, edge.end, score + edge.score - 0.05, "=", edge, left);
  return make(at, more.end, score + edge.score + more.end - edge.end, more.value, edge, left);
};

/** "4 or 6", "3, 4 and 5": any of the numbers. */
const numberList = (chart: Chart, at: number): RightEdge[] => {
  const first = readNumber(chart.tokens, at);
  const others: number[] = [];
  let end = first?.end ?? at;
  while (first !== undefined && /^(or|and|,)$/.test(wordAt(chart, end))) {
    const next = readNumber(chart.tokens, end + 1);
    if (next === undefined) break;
    others.push(next.value);
    end = next.end;
  }
  return first === undefined || others.length === 0
    ? []
    : [{ right: { kind: "number", value: first.value, percent: false, others }, end, score: end - at, unit: [] }];
};

/** "8 cylinders", "4 cylinder cars", "8 or more cylinders", "between 10 and 20 miles". */
const numberFirst = (chart: Chart, at: number): Fragment[] => {
  const between = range(chart, at);
  if (between !== undefined) {
    const attribute = attributeMention(chart, between.unit, at, between.end);
    return [
      make(at, between.end, between.score, ">=", between, attribute),
      ...trailing(chart, between.end).map((tail) => make(at, tail.end, between.score + tail.score, ">=", between, tail.left)),
    ];
  }
  return [...numberRight(chart, at), ...numberList(chart, at)].flatMap((edge) => {
    const more = longestPhrase(chart, edge.end, trailingSigns);
    const end = more?.end ?? edge.end;
    const op = more?.value ?? "=";
    const tails = trailing(chart, end).filter(
      (tail) =>
        more !== undefined || tail.left.kind === "column" || wordAt(chart, at - 1) === "exactly" || /^(with|have|has|had|having)$/.test(wordAt(chart, at - 1)),
    );
    const unit = more === undefined ? undefined : attributeMention(chart, edge.unit, at, end);
    return [
      ...tails.map((tail) => make(at, tail.end, end - at + tail.score, op, edge, tail.left)),
      ...(more === undefined ? [] : [make(at, end, end - at, op, edge, unit)]),
    ];
  });
};

/** "a greater weight than 10", "higher price than average". */
const around = (chart: Chart, at: number): Fragment[] => {
  const degree = readDegree(chart, at);
  const base =
    degree?.degree === "comparative"
      ? degree
      : /^(greater|larger|higher|lower|smaller)$/.test(wordAt(chart, at))
        ? { sign: /^(lower|smaller)$/.test(wordAt(chart, at)) ? -1 : 1, end: at + 1 }
        : undefined;
  if (base === undefined) return [];
  return (chart.columns[base.end] ?? []).flatMap((column) => {
    const left = ofKind(chart, column, ["number"]);
    if (left === undefined || wordAt(chart, left.end) !== "than") return [];
    return [...rights(chart, left.end + 1), ...rowRight(chart, left.end + 1)].map((edge) =>
      make(at, edge.end, mentionScore(left) + 2 + edge.score, base.sign === 1 ? ">" : "<", edge, left),
    );
  });
};

/** "negative delay". */
const signWords = (chart: Chart, at: number): Fragment[] => {
  const op = ({ negative: "<", positive: ">" } as const)[wordAt(chart, at)];
  if (op === undefined) return [];
  return (chart.columns[at + 1] ?? []).flatMap((column) => {
    const left = ofKind(chart, column, ["number"]);
    return left === undefined
      ? []
      : [make(at, left.end, mentionScore(left) + 1, op, { right: { kind: "number", value: 0, percent: false }, end: left.end, score: 1, unit: [] }, left)];
  });
};

type Leaning = { readonly nouns: readonly string[]; readonly op: Comparison; readonly signed: boolean };

/** Adjectives that compare with nothing: late flights have a delay, dry days no precipitation. */
const leanings: Readonly<Record<string, Leaning>> = {
  late: { nouns: ["delay", "lateness"], op: ">", signed: false },
  delayed: { nouns: ["delay", "lateness"], op: ">", signed: false },
  early: { nouns: ["delay", "lateness"], op: "<", signed: true },
  "on time": { nouns: ["delay", "lateness"], op: "<=", signed: false },
  punctual: { nouns: ["delay", "lateness"], op: "<=", signed: false },
  dry: { nouns: ["precipitation"], op: "=", signed: false },
};

const leaning = (chart: Chart, at: number): Fragment[] => {
  const found = longestPhrase(chart, at, leanings);
  if (found === undefined || /^(how|most|least|more|less|so|too)$/.test(wordAt(chart, at - 1))) return [];
  const left = attributeMention(chart, found.value.nouns, at, found.end);
  if (left === undefined || (found.value.signed && !isSigned(chart, left))) return [];
  const edge: RightEdge = { right: { kind: "number", value: 0, percent: false }, end: found.end, score: 1, unit: [] };
  return [make(at, found.end, 0.85 * (found.end - at), found.value.op, edge, left)];
};

const isSigned = (chart: Chart, mention: ColumnMention): boolean =>
  mention.candidates.some(({ table, column }) => Number(chart.catalog.tables.get(table)?.columns.find(({ name }) => name === column)?.source.min ?? 0) < 0);

export const comparisonRules = (chart: Chart, at: number): Fragment[] => [
  ...signed(chart, at),
  ...leftFirst(chart, at),
  ...numberFirst(chart, at),
  ...around(chart, at),
  ...signWords(chart, at),
  ...leaning(chart, at),
];
