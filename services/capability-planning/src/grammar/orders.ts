import type { Fragment, Measure, Operand } from "../lattice/types.ts";
import { longestPhrase, mentionScore, ofKind, phraseEnd, wordAt } from "./chart.ts";
import type { Chart } from "./chart.ts";
import { readDegree } from "./degree.ts";
import { namedMeasures } from "./measures.ts";
import { degreeKey, type Keyed } from "./superlatives.ts";

const directions: Readonly<Record<string, { readonly sign: 1 | -1 } | { readonly quality: "good" | "bad" }>> = {
  descending: { sign: 1 },
  desc: { sign: 1 },
  "in descending order": { sign: 1 },
  decreasing: { sign: 1 },
  "in decreasing order": { sign: 1 },
  "high to low": { sign: 1 },
  "highest to lowest": { sign: 1 },
  "from highest to lowest": { sign: 1 },
  "from high to low": { sign: 1 },
  "highest first": { sign: 1 },
  "largest first": { sign: 1 },
  "biggest first": { sign: 1 },
  "most first": { sign: 1 },
  "highest on top": { sign: 1 },
  "highest at top": { sign: 1 },
  "largest to smallest": { sign: 1 },
  "from largest to smallest": { sign: 1 },
  "most to least": { sign: 1 },
  "from most to least": { sign: 1 },
  "starting with highest": { sign: 1 },
  "starting from top": { sign: 1 },
  "oldest to youngest": { sign: 1 },
  "from oldest to youngest": { sign: 1 },
  "biggest to smallest": { sign: 1 },
  "in reverse alphabetical order": { sign: 1 },
  "reversed lexicographical order": { sign: 1 },
  "in reverse order": { sign: 1 },
  "in reversed lexicographical order": { sign: 1 },
  ascending: { sign: -1 },
  asc: { sign: -1 },
  "in ascending order": { sign: -1 },
  increasing: { sign: -1 },
  "in increasing order": { sign: -1 },
  "low to high": { sign: -1 },
  "lowest to highest": { sign: -1 },
  "from lowest to highest": { sign: -1 },
  "from low to high": { sign: -1 },
  "lowest first": { sign: -1 },
  "smallest first": { sign: -1 },
  "least to most": { sign: -1 },
  "smallest to largest": { sign: -1 },
  "youngest to oldest": { sign: -1 },
  "from youngest to oldest": { sign: -1 },
  "alphabetical order": { sign: -1 },
  "in alphabetical order": { sign: -1 },
  alphabetically: { sign: -1 },
  "in lexicographical order": { sign: -1 },
  chronologically: { sign: -1 },
  "in chronological order": { sign: -1 },
  "fewest first": { sign: -1 },
  "best first": { quality: "good" },
  "worst first": { quality: "bad" },
  "best to worst": { quality: "good" },
  "from best to worst": { quality: "good" },
  "from worst to best": { quality: "bad" },
  "best on top": { quality: "good" },
  "worst to best": { quality: "bad" },
};
const ordering: Readonly<Record<string, true>> = {
  sorted: true,
  sort: true,
  ordered: true,
  order: true,
  rank: true,
  ranked: true,
  ranking: true,
  arrange: true,
  arranged: true,
  "in order": true,
  sorting: true,
  listed: true,
};

const orderKeys = (chart: Chart, at: number): Keyed[] => {
  const start = /^(by|of|on|according)$/.test(wordAt(chart, at)) ? at + (wordAt(chart, at + 1) === "to" ? 2 : 1) : at;
  if (start === at) return [];
  const columns = (chart.columns[start] ?? []).map((mention) => ({ key: mention as Operand, end: mention.end, score: mentionScore(mention) + start - at }));
  const measures = namedMeasures(chart, start).map((rule) => ({
    key: { kind: "measure", measure: rule.measure } as Operand,
    end: rule.end,
    score: rule.score + start - at,
  }));
  return [...columns, ...measures];
};

type OrderEdge = {
  readonly end: number;
  readonly score: number;
  readonly key?: Operand;
  readonly direction?: { readonly sign: 1 | -1 } | { readonly quality: "good" | "bad" };
};

const withDirection = (chart: Chart, edge: OrderEdge): OrderEdge[] => {
  const comma = wordAt(chart, edge.end) === "," ? 1 : 0;
  const found = longestPhrase(chart, edge.end + comma, directions);
  return found === undefined ? [edge] : [{ ...edge, end: found.end, score: edge.score + found.end - edge.end, direction: found.value }];
};

/** "cheapest first", "newest first", "latest year first": the adjective says by what, unless it says only how. */
const degreeFirst = (chart: Chart, at: number): OrderEdge[] => {
  const degree = readDegree(chart, at);
  if (degree?.degree !== "superlative") return [];
  const named = (chart.columns[degree.end] ?? []).flatMap((mention) => {
    const key = ofKind(chart, mention, ["number", "date", "timestamp"]);
    return key === undefined ? [] : [{ key, end: mention.end, score: mentionScore(key) }];
  });
  const measured = degreeKey(chart, at, degree);
  const keys = [...named, ...(measured === undefined ? [] : [{ key: measured.key, end: degree.end, score: 0 }])];
  const sign = (key: Operand): 1 | -1 => (measured?.date === true || isTimed(chart, key) ? (degree.date ?? degree.sign) : degree.sign);
  return keys
    .filter(({ end }) => wordAt(chart, end) === "first")
    .map(({ key, end, score }) => ({ end: end + 1, score: degree.end - at + 1 + score, key, direction: { sign: sign(key) } }));
};

const isTimed = (chart: Chart, key: Operand): boolean =>
  key.kind === "column" &&
  key.candidates.every(({ table, column }) => {
    const known = chart.catalog.tables.get(table)?.columns.find(({ name }) => name === column);
    return known !== undefined && (known.isYear || known.kind === "date" || known.kind === "timestamp");
  });

/** "sorted by X descending", "in descending order of X", "rank X by Y", "best first", "by total gross". */
export const orderRules = (chart: Chart, at: number): Fragment[] => {
  const opened = longestPhrase(chart, at, ordering);
  const first = longestPhrase(chart, at, directions);
  const edges: OrderEdge[] = degreeFirst(chart, at);
  if (first !== undefined) {
    const start: OrderEdge = { end: first.end, score: first.end - at, direction: first.value };
    edges.push(start, ...orderKeys(chart, first.end).map((keyed) => ({ ...start, end: keyed.end, score: start.score + keyed.score, key: keyed.key })));
  }
  if (opened !== undefined) {
    edges.push(...withDirection(chart, { end: opened.end, score: opened.end - at - 0.1 }));
    for (const keyed of orderKeys(chart, opened.end))
      edges.push(...withDirection(chart, { end: keyed.end, score: opened.end - at + keyed.score, key: keyed.key }));
  }
  if (wordAt(chart, at) === "by" || phraseEnd(chart, at, "in terms of") > 0) edges.push(...byMeasure(chart, at));
  return edges.map((edge) => ({
    type: "order",
    start: at,
    end: edge.end,
    score: edge.score,
    ...(edge.key === undefined ? {} : { key: edge.key }),
    ...edge.direction,
  }));
};

/** "number of cylinders": the column is that number already. */
const countsNumbers = (chart: Chart, measure: Measure): boolean =>
  measure.fn === "count" && measure.of?.kind === "column" && ofKind(chart, measure.of, ["number"]) === measure.of;

const byMeasure = (chart: Chart, at: number): OrderEdge[] => {
  const start = wordAt(chart, at) === "by" ? at + 1 : at + 3;
  const measured = namedMeasures(chart, start)
    .filter((rule) => !countsNumbers(chart, rule.measure))
    .map((rule) => ({
      end: rule.end,
      score: rule.score + start - at,
      key: { kind: "measure", measure: rule.measure } as Operand,
    }));
  const columns = (chart.columns[start] ?? []).flatMap((mention) => {
    const numeric = ofKind(chart, mention, ["number"]);
    return numeric === undefined ? [] : [{ end: mention.end, score: mentionScore(numeric) + start - at - 0.05, key: numeric as Operand }];
  });
  return [...measured, ...(start > at + 1 ? columns : [])].flatMap((edge) => withDirection(chart, edge));
};
