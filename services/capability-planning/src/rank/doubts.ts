import { functionWords } from "@rivergen/words";
import type { CatalogColumn } from "../catalog/compile-catalog.ts";
import type { Chart } from "../grammar/chart.ts";
import { negating } from "../grammar/words.ts";
import { columnOf } from "../ground/resolver.ts";
import type { Fragment } from "../lattice/types.ts";
import type { Ref } from "../plan/types.ts";
import type { Reading } from "./rank-readings.ts";

/** Every column that a reading's plan reads, shows or compares. */
export const refsOf = ({ plan }: Reading): readonly Ref[] => [
  ...plan.where.flatMap((item) => item.expression.refs),
  ...plan.groups.flatMap((item) => item.expression.refs),
  ...plan.measures.flatMap((item) => item.of?.refs ?? []),
  ...plan.select.flatMap((item) => item.expression.refs),
];

const tablesOf = (reading: Reading): ReadonlySet<string> => {
  const { plan } = reading;
  const paths = [...refsOf(reading).map((ref) => ref.path), ...plan.exists.map((item) => item.path)];
  const inner = plan.exists.flatMap((item) => [...item.where.flatMap(({ refs }) => refs), ...(item.top === undefined ? [] : [item.top.ref])]);
  return new Set([plan.root, ...[...paths, ...inner.map((ref) => ref.path)].flatMap((path) => path.map((hop) => hop.to))]);
};

/** Things that the question names and the plan never looks at: "the state with the highest point" read without the state. */
const droppedThings = (reading: Reading): number => {
  const tables = tablesOf(reading);
  const { entity, groupEntity, others } = reading.frame;
  const named = [...others, ...[entity, groupEntity].filter((mention) => mention !== undefined)];
  return named.filter(({ candidates }) => candidates[0]!.score >= 0.8 && !candidates.some(({ table }) => tables.has(table))).length;
};

/** Clauses that describe a thing named before them: "states that border states that …". */
export const clauses = (chart: Chart): number =>
  chart.tokens.filter((token, at) => at > 1 && /^(that|which|whose|who|whom|where)$/.test(token.lower) && !/^(and|,|;|:)$/.test(chart.tokens[at - 1]!.lower))
    .length;

/** A column that is shown twice was said for two things. */
const repeatedColumns = ({ plan }: Reading): number => {
  const shown = [...plan.groups, ...plan.select].map((item) => item.expression.print((ref) => `${ref.table}.${ref.column}`));
  return shown.length - new Set(shown).size;
};

/** No words but the superlative's own name what is ranked by. */
const isGuessed = ({ key, start, end }: Extract<Fragment, { type: "superlative" }>): boolean =>
  key === undefined || (key.kind === "column" && key.start === start && key.end === end);

/** Values that were recognised by a part, or that stand for several stored values; one of thousands of titles by a word of it. */
const looseValues = (chart: Chart, reading: Reading): number => {
  const refs = refsOf(reading);
  return reading.parse.fragments.filter((fragment) => {
    if (fragment.type !== "value") return false;
    const { candidates, start, end } = fragment.mention;
    const used = candidates.find(({ table, column }) => refs.some((ref) => ref.table === table && ref.column === column)) ?? candidates[0]!;
    if (used.mode === "starts") return false;
    const crowded = (columnOf(chart, used.table, used.column)?.source.distinctCount ?? 0) > 1000;
    return used.mode === "contains" || used.values.length > 1 || (used.partial === true && crowded && end - start === 1);
  }).length;
};

const timeWord = /^(date|day|time|year|month)$/;

const isTime = (column: CatalogColumn | undefined): boolean =>
  column !== undefined &&
  (column.kind === "date" || column.kind === "timestamp" || column.isYear || column.phrases.some((phrase) => phrase.words.some((word) => timeWord.test(word))));

/** Whether the question asks for a time, a person or a number and the plan shows none. */
const missesWhatIsAsked = (chart: Chart, { plan, frame }: Reading): boolean => {
  const [first, second] = chart.tokens.map((token) => token.lower);
  const shown = [...plan.groups, ...plan.select].flatMap((item) => item.expression.refs).map((ref) => columnOf(chart, ref.table, ref.column));
  if (first === "when" || second === "when") return plan.groups.every((group) => group.grain !== true) && !shown.some(isTime);
  if (first === "what" && /^(do|does|did)$/.test(second ?? "") && frame.skipped.some((word) => chart.lexicon.isVerb(word) && !functionWords.has(word)))
    return true;
  if (first === "who") return !shown.some((column) => column?.kind === "text");
  return first === "how" && plan.measures.length === 0 && missesAmount(second ?? "", frame.select.length, shown);
};

const missesAmount = (word: string, named: number, shown: readonly (CatalogColumn | undefined)[]): boolean =>
  word === "much" ? named === 0 : word === "many" && !shown.some((column) => column?.kind === "number");

/** "do heavy cars need more fuel": rows are no yes and no no. */
const asksWhether = (chart: Chart, { plan }: Reading): boolean =>
  /^(do|does|did|is|are|was|were|has|have|can)$/.test(chart.tokens[0]?.lower ?? "") && plan.measures.length === 0;

/** "the last week of march", "the end of 2008", "early 2005": the part of a time that is meant was not read. */
const readsPartOfTime = (chart: Chart, { parse }: Reading): boolean =>
  parse.fragments.some((fragment) => {
    if (fragment.type !== "period") return false;
    const of = /^(of|in)$/.test(chart.tokens[fragment.start]?.lower ?? "") ? fragment.start + 1 : fragment.start;
    const start = /^(of|in)$/.test(chart.tokens[of - 1]?.lower ?? "") ? of - 1 : of;
    const before = chart.tokens[start - 1]?.lower ?? "";
    const other = parse.fragments.some((known) => known.type === "period" && known.end === start && start < of);
    return other || /^(end|start|beginning|middle|mid|early|late|half|weeks?)$/.test(before);
  });

/** Only what the question itself says already is shown: "who made the dark knight" is not answered by its title. */
const repeatsTheQuestion = ({ plan, frame }: Reading): boolean => {
  const said = frame.conditions.filter(
    ({ fragment, negated }) =>
      fragment.type === "value" && !negated && fragment.mention.candidates.every(({ mode, values }) => mode === "is" && values.length === 1),
  );
  const pinned = new Set(
    plan.where
      .filter(({ origin }) => said.some(({ fragment }) => fragment.start === origin.start && fragment.end === origin.end))
      .flatMap(({ expression }) => expression.refs.map(({ table, column }) => `${table}.${column}`)),
  );
  const shown = plan.select.flatMap((item) => item.expression.refs);
  return plan.measures.length === 0 && shown.length > 0 && shown.every(({ table, column }) => pinned.has(`${table}.${column}`));
};

/** Groups of a table whose rows have neither a name nor a key: each row would be a group of its own. */
const groupsByNothing = ({ catalog }: Chart, { plan, frame }: Reading): boolean =>
  [frame.groupEntity, ...frame.groups].some((group) => {
    const table = group?.kind === "entity" ? catalog.tables.get(group.candidates[0]!.table) : undefined;
    return (
      table !== undefined &&
      table.columns.length > 1 &&
      plan.groups.filter(({ expression }) => expression.refs[0]?.table === table.name).length === table.columns.length
    );
  });

/** "how many cities have more than one airport": a bound on counts keeps groups, and there are none or none were asked about. */
const comparesCounts = (chart: Chart, { plan, frame }: Reading): boolean =>
  (plan.having.length > 0 && plan.groups.length === 0) ||
  (chart.tokens[0]?.lower === "how" && frame.having.some(({ bare, operand }) => bare === true && operand.kind === "measure" && operand.measure.fn === "count"));

const keyWord = /^(id|ids|code|codes|key|keys|no|number|numbers|uid|identifiers?)$/;

/** Numbers that only identify, shown though nobody asked for them: what they stand for is not known here. */
const showsBareKeys = (chart: Chart, { plan }: Reading): boolean => {
  const shown = [...plan.groups, ...plan.select].flatMap((item) => item.expression.refs);
  return (
    shown.length > 0 && !chart.tokens.some((token) => keyWord.test(token.lower)) && shown.every((ref) => isNumberedKey(columnOf(chart, ref.table, ref.column)))
  );
};

const isNumberedKey = (column: CatalogColumn | undefined): boolean => column?.isKey === true && column.kind === "number";

/** "the best restaurant": good at what was not said. */
export const unsaidMeasures = (reading: Reading): number =>
  reading.plan.measures.length > 0
    ? 0
    : reading.parse.fragments.filter((fragment) => fragment.type === "superlative" && fragment.quality !== undefined && isGuessed(fragment)).length;

/** Conditions that say what must not be: of a thing with several rows each row is judged for itself. */
export const negations = ({ frame }: Reading): number => frame.conditions.filter((condition) => condition.negated).length;

/** How close the best reading from another first table comes, 0–1. */
export const otherRoot = (reading: Reading, rivals: readonly Reading[]): number => {
  const rival = rivals.find(({ plan }) => plan.root !== reading.plan.root);
  return rival === undefined ? 0 : Math.max(0, 1 - (reading.score - rival.score));
};

/** Tables that hang together with the plan's first table: each is another way to understand a word. */
export const connectedTables = ({ catalog }: Chart, { plan }: Reading): number => {
  const known = new Set([plan.root]);
  for (const table of known) {
    for (const { from, to } of catalog.keys) {
      if (from.table === table) known.add(to.table);
      if (to.table === table) known.add(from.table);
    }
  }
  return known.size - 1;
};

/** What was taken for granted without being said: an aggregate, what is ranked by. */
export const impliedParts = ({ frame }: Reading): number => frame.notes.length;

/**
 * Parts of the question that the plan does nothing with, or does twice for two things: an answer to the rest would be an answer
 * to another question.
 */
export const isHalfRead = (chart: Chart, reading: Reading): boolean =>
  reading.frame.loose.length > 0 ||
  droppedThings(reading) > 0 ||
  repeatedColumns(reading) > 0 ||
  looseValues(chart, reading) > 0 ||
  repeatsTheQuestion(reading) ||
  groupsByNothing(chart, reading) ||
  comparesCounts(chart, reading) ||
  asksWhether(chart, reading) ||
  readsPartOfTime(chart, reading) ||
  reading.frame.skipped.some((word) => negating.test(word)) ||
  showsBareKeys(chart, reading) ||
  missesWhatIsAsked(chart, reading);
