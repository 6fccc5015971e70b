import { ofKind, wordAt } from "../grammar/chart.ts";
import type { Chart } from "../grammar/chart.ts";
import type { Parse } from "../grammar/parse.ts";
import type { ColumnMention, EntityMention, Grouping, Measure, Operand, Span } from "../lattice/types.ts";
import { apartOf, asMeasure, sameSpan } from "./draft.ts";
import type { Draft, Ranking } from "./draft.ts";
import { defaultAggregate, isUndesirable, wordsOf } from "./word-sense.ts";

const targetOf = (draft: Draft, key: Measure): void => {
  const counted = key.of;
  const entity = draft.entity !== undefined && !sameSpan(draft.entity, counted) ? draft.entity : undefined;
  if (draft.select.length > 0 && draft.select.some((mention) => ofKind(draft.chart, mention, ["text", "date", "boolean", "number"]) !== undefined)) return;
  if ((draft.groupBy.length > 0 && entity === undefined) || draft.targets.length > 0) return;
  if (entity !== undefined) draft.groupEntity = entity;
  if (entity !== undefined && key.fn === "count" && counted === undefined) draft.cost += 1;
};

/** The result is ranked by something aggregated: the target becomes a group. */
export const rankGroups = (draft: Draft, key: Operand, { descending, count, span, nth }: Ranking): void => {
  const measure = asMeasure(key);
  const explicit = [...draft.groupBy];
  targetOf(draft, measure);
  const targets: Grouping[] = [...draft.select, ...draft.targets.map((target) => target.grouping)];
  draft.targets = [];
  if (!draft.measures.some((known) => known.fn === measure.fn && sameSpan(known.of, measure.of)))
    draft.measures.push({ ...measure, start: span.start, end: span.end });
  const perGroup = explicit.length > 0 && (targets.length > 0 || draft.groupEntity !== undefined);
  draft.groupBy = [...explicit, ...targets];
  draft.select = [];
  draft.order = { start: span.start, end: span.end, key: { kind: "measure", measure }, descending };
  const rows = count ?? (explicit.length > 0 && !perGroup ? undefined : 1);
  if (rows !== undefined)
    draft.limit = { start: span.start, end: span.end, count: rows, offset: (nth ?? 1) - 1, by: perGroup ? explicit : [], ties: count === undefined };
};

/** The result is ranked by a column of its own rows. */
const rankRows = (draft: Draft, key: ColumnMention, { descending, count, span, nth }: Ranking): void => {
  draft.order = { start: span.start, end: span.end, key, descending };
  draft.limit = { start: span.start, end: span.end, count: count ?? 1, offset: (nth ?? 1) - 1, by: [...draft.groupBy], ties: count === undefined };
  draft.groupBy = [];
};

const extreme = (draft: Draft, key: ColumnMention, sign: 1 | -1, span: Span): void => {
  draft.measures.push({ fn: sign === 1 ? "max" : "min", of: key, distinct: false, start: span.start, end: span.end });
};

export const signOf = (draft: Draft, item: { sign?: 1 | -1; quality?: "good" | "bad" }, key: Operand): 1 | -1 => {
  if (item.quality === undefined) return item.sign ?? 1;
  const high = (item.quality === "bad") === isUndesirable(draft.chart, key);
  return high ? 1 : -1;
};

const columnWords = (chart: Chart, mention: ColumnMention): string[] => {
  const [first] = mention.candidates;
  const column = chart.catalog.tables.get(first?.table ?? "")?.columns.find((candidate) => candidate.name === first?.column);
  return [...wordsOf(chart, mention), ...(column?.phrases.flatMap((phrase) => phrase.words) ?? [])];
};

/** "highest rated … on rotten tomatoes": a column said elsewhere settles which of several is ranked by. */
const narrowKey = (draft: Draft, key: ColumnMention): ColumnMention => {
  for (const mention of [...draft.select, ...draft.loose].filter((span): span is ColumnMention => "candidates" in span)) {
    const candidates = key.candidates.flatMap((candidate) => {
      const said = mention.candidates.find(({ table, column, score }) => table === candidate.table && column === candidate.column && score >= 0.4);
      return said === undefined ? [] : [{ ...candidate, score: Math.max(candidate.score, said.score) }];
    });
    if (key.candidates.length < 2 || candidates.length === 0 || candidates.length === key.candidates.length || sameSpan(key, mention)) continue;
    draft.select = draft.select.filter((item) => item !== mention);
    draft.loose = draft.loose.filter((item) => item !== mention);
    return { ...key, candidates };
  }
  return key;
};

/** Superlatives that belong to another entity than the head become conditions. */
export const nestSuperlatives = (draft: Draft, parse: Parse): void => {
  const own: Draft["superlatives"] = [];
  for (const item of draft.superlatives) {
    const owner = ownerOf(parse, item.at);
    const foreign = owner !== undefined && draft.others.includes(owner);
    if (!foreign || item.key?.kind !== "column" || (own.length === 0 && draft.superlatives.length === 1 && draft.entity === undefined)) {
      own.push(item);
      continue;
    }
    draft.nested.push({ start: item.start, end: item.end, key: item.key, entity: owner, descending: item.sign === 1, count: item.count ?? 1 });
    draft.others = draft.others.filter((entity) => entity !== owner);
  }
  draft.superlatives = own;
};

/** The entity right after a superlative, else the one before it. */
const ownerOf = (parse: Parse, at: number): EntityMention | undefined => {
  const next = parse.fragments[at + 1];
  if (next?.type === "entity") return next.mention;
  const before = parse.fragments.slice(0, at).findLast((fragment) => fragment.type === "entity");
  return before?.type === "entity" ? before.mention : undefined;
};

/** The column that an answer gave to a word without a measure. */
export const answeredColumn = (draft: Draft, word: string, span: Span): ColumnMention | undefined => {
  const [table, ...rest] = (draft.answers.get(`measure:${word}`) ?? "").split(".");
  const column = draft.chart.catalog.tables.get(table!)?.columns.find((known) => known.name === rest.join("."));
  return column === undefined
    ? undefined
    : { kind: "column", start: span.start, end: span.end, candidates: [{ table: column.table, column: column.name, score: 1 }] };
};

/** "states with the most airports, top 5": a second superlative that says only how many belongs to the first. */
const withCount = (items: Draft["superlatives"]): Draft["superlatives"] => {
  const [first, second] = items;
  const bare = second !== undefined && second.key === undefined && second.quality === undefined && second.many !== true && second.nth === undefined;
  if (first === undefined || second === undefined || !bare || first.count !== undefined || second.count === undefined || first.nth !== undefined) return items;
  return [{ ...first, count: second.count }, ...items.slice(2)];
};

export const applySuperlative = (draft: Draft): void => {
  const [item, ...others] = withCount(draft.superlatives);
  if (item === undefined) return;
  draft.cost += 1.2 * others.length;
  draft.loose.push(...others.map(({ start, end }) => ({ start, end })));
  const key = rankingKey(draft, item);
  if (key === undefined) {
    draft.vague.push(wordsOf(draft.chart, item)[0] ?? "best");
    draft.cost += 1;
    return;
  }
  const ranking: Ranking = {
    descending: signOf(draft, item, key) === 1,
    count: item.count ?? draft.limits.shift()?.count,
    span: { start: item.start, end: item.end },
    nth: item.nth,
  };
  if (key.kind !== "column") rankGroups(draft, key, ranking);
  else rankByColumn(draft, item, narrowKey(draft, key), ranking);
};

/** What is ranked by: said with the superlative, after "by", elsewhere in the question, or the only thing worked out. */
const rankingKey = (draft: Draft, item: Draft["superlatives"][number]): Operand | undefined =>
  item.key ??
  orderedKey(draft) ??
  countedThings(draft, item) ??
  saidNumber(draft) ??
  onlyMeasure(draft) ??
  soleNumber(draft, item) ??
  answeredColumn(draft, wordsOf(draft.chart, item)[0] ?? "best", item);

/** The only table that the values named are in. */
const soleTable = (draft: Draft): string | undefined => {
  const tables = new Set(draft.conditions.flatMap(({ fragment }) => (fragment.type === "value" ? fragment.mention.candidates.map(({ table }) => table) : [])));
  return tables.size === 1 ? [...tables][0] : undefined;
};

/** "top 5 stocks": a table with one number is ranked by it. */
const soleNumber = (draft: Draft, span: Span): ColumnMention | undefined => {
  const table = draft.chart.catalog.tables.get(draft.entity?.candidates[0]?.table ?? soleTable(draft) ?? "");
  const numbers = table?.columns.filter((column) => column.kind === "number" && !column.isKey && !column.isYear) ?? [];
  if (table === undefined || numbers.length !== 1 || draft.superlatives[0]?.quality !== undefined) return undefined;
  draft.notes.push(`ranked by ${numbers[0]!.name}, the only number of ${table.name}`);
  return { kind: "column", start: span.start, end: span.end, candidates: [{ table: table.name, column: numbers[0]!.name, score: 1 }] };
};

const orderedKey = (draft: Draft): Operand | undefined => {
  const ordered = draft.orders.find((order) => order.key !== undefined);
  if (ordered !== undefined) draft.orders = draft.orders.filter((order) => order !== ordered);
  return ordered?.key;
};

const saidNumber = (draft: Draft): ColumnMention | undefined => {
  const said = draft.select.map((mention) => ofKind(draft.chart, mention, ["number"])).find((mention) => mention !== undefined);
  if (said !== undefined) draft.select = draft.select.filter((mention) => !sameSpan(mention, said));
  return said;
};

const onlyMeasure = (draft: Draft): Operand | undefined => {
  const [measure] = draft.measures;
  return measure !== undefined && draft.measures.length === 1 ? { kind: "measure", measure } : undefined;
};

/** "the most 8 cylinder cars" and "top 3 destinations for flights" count the things named after the superlative. */
const countedThings = (draft: Draft, item: Draft["superlatives"][number]): Operand | undefined => {
  if (draft.measures.length > 0) return undefined;
  const { entity } = draft;
  if (entity === undefined) return item.many === true && countsRows(draft) ? { kind: "measure", measure: { fn: "count", distinct: false } } : undefined;
  const ranked = item.quality === undefined && item.count !== undefined && draft.select.length > 0;
  if (draft.entityAt < item.at || !(item.many === true || ranked)) return undefined;
  if (ranked) draft.notes.push("ranked by how many there are");
  return { kind: "measure", measure: { fn: "count", of: entity, distinct: false } };
};

/** "which month had the most rain": rows with the condition are counted. */
const countsRows = (draft: Draft): boolean => draft.conditions.length > 0 && (draft.targets.length > 0 || draft.select.length > 0);

/** Whether the superlative picks rows or things, rather than asking for the extreme number itself. */
const picksRows = (draft: Draft, item: Draft["superlatives"][number], count: number | undefined): boolean => {
  if (draft.select.length > 0 || count !== undefined || draft.headValue) return true;
  return draft.entity !== undefined && (item.nextEntity === "adjacent" || draft.entityAt < item.at || item.end - item.start === 1);
};

/** "when did … reach its highest price": the time of the row is asked for, not the number. */
const asksWhen = (draft: Draft): boolean => /^(when|where)$/.test(wordAt(draft.chart, 0)) || /^(when|where)$/.test(wordAt(draft.chart, 1));

const rankByColumn = (draft: Draft, item: Draft["superlatives"][number], column: ColumnMention, ranking: Ranking): void => {
  draft.ranking = item.key === undefined;
  if (draft.targets.length > 0) {
    const measure: Measure = { fn: apartOf(draft) ?? defaultAggregate(columnWords(draft.chart, column)), of: column, distinct: false };
    rankGroups(draft, { kind: "measure", measure }, ranking);
  } else if (!asksWhen(draft) && !picksRows(draft, item, ranking.count) && column.start > item.start)
    extreme(draft, column, ranking.descending ? 1 : -1, ranking.span);
  else rankRows(draft, column, ranking);
};
