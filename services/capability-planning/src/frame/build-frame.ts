import type { Chart } from "../grammar/chart.ts";
import { lemmaAt, ofKind, wordAt } from "../grammar/chart.ts";
import type { Parse } from "../grammar/parse.ts";
import type { ColumnMention, EntityMention, Grouping, Measure, Operand, Span } from "../lattice/types.ts";
import { attributes } from "../words/vocabulary.ts";
import { collect } from "./collect.ts";
import type { Collected } from "./collect.ts";
import type { Frame, Limit, Ordering } from "./types.ts";
import { defaultAggregate, isUndesirable, wordsOf } from "./word-sense.ts";

interface Ranking {
  readonly descending: boolean;
  readonly count: number | undefined;
  readonly span: Span;
  readonly nth: number | undefined;
}

interface Draft extends Collected {
  chart: Chart;
  answers: ReadonlyMap<string, string>;
  groupBy: Grouping[];
  /** Units of time that are asked for. */
  targets: { readonly grouping: Grouping; readonly asked: boolean }[];
  groupEntity: EntityMention | undefined;
  order: Ordering | undefined;
  limit: Limit | undefined;
  ranking: boolean;
  settled: number;
  nested: Frame["nested"][number][];
  notes: string[];
}

const asMeasure = (operand: Operand): Measure => {
  if (operand.kind === "measure") return operand.measure;
  return operand.kind === "entity" ? { fn: "count", of: operand, distinct: false } : { fn: "sum", of: operand, distinct: false };
};

const sameSpan = (a: Span | undefined, b: Span | undefined): boolean => a !== undefined && b !== undefined && a.start === b.start && a.end === b.end;

const isAggregated = (operand: Operand | undefined): boolean => operand !== undefined && operand.kind !== "column";

/** "in total", "on average" said apart from the number they aggregate. */
const applyApart = (draft: Draft): void => {
  const fn = draft.average !== undefined ? "avg" : draft.total !== undefined ? "sum" : undefined;
  if (fn === undefined) return;
  draft.superlatives = draft.superlatives.map((item) =>
    item.key?.kind === "column" ? { ...item, key: { kind: "measure", measure: { fn, of: item.key, distinct: false } } } : item,
  );
  draft.orders = draft.orders.map((item) =>
    item.key?.kind === "column" ? { ...item, key: { kind: "measure", measure: { fn, of: item.key, distinct: false } } } : item,
  );
  if (draft.superlatives.length > 0 || draft.orders.length > 0 || draft.measures.length > 0) return;
  const numeric = draft.select.map((mention) => ofKind(draft.chart, mention, ["number"]));
  const at = numeric.findIndex((mention) => mention !== undefined);
  if (at < 0) return;
  draft.measures.push({ fn, of: numeric[at]!, distinct: false, start: numeric[at]!.start, end: numeric[at]!.end });
  draft.select = draft.select.filter((_, i) => i !== at);
};

/** "top 5 … by gross": a number after `by` is what is ranked, not a group. */
const groupsOrKeys = (draft: Draft): void => {
  const wantsKey =
    draft.superlatives.some((item) => item.key === undefined) && draft.orders.every((item) => item.key === undefined) && draft.measures.length === 0;
  for (const group of draft.groups) {
    if (group.target === true) {
      const asked = /^(which|what|)$/.test(wordAt(draft.chart, group.start - 1));
      draft.targets.push(...group.by.map((grouping) => ({ grouping, asked })));
      continue;
    }
    const only = group.by.length === 1 && group.by[0]!.kind === "column" ? group.by[0]! : undefined;
    const numeric = only === undefined ? undefined : ofKind(draft.chart, only as ColumnMention, ["number"]);
    if (wantsKey && !group.each && numeric !== undefined) draft.orders.push({ type: "order", start: group.start, end: group.end, score: 0, key: numeric });
    else draft.groupBy.push(...group.by);
  }
};

const targetOf = (draft: Draft, key: Measure): void => {
  const counted = key.of;
  const entity = draft.entity !== undefined && !sameSpan(draft.entity, counted) ? draft.entity : undefined;
  if (draft.select.length > 0 && draft.select.some((mention) => ofKind(draft.chart, mention, ["text", "date", "boolean", "number"]) !== undefined)) return;
  if ((draft.groupBy.length > 0 && entity === undefined) || draft.targets.length > 0) return;
  if (entity !== undefined) draft.groupEntity = entity;
  if (entity !== undefined && key.fn === "count" && counted === undefined) draft.cost += 1;
};

/** The result is ranked by something aggregated: the target becomes a group. */
const rankGroups = (draft: Draft, key: Operand, { descending, count, span, nth }: Ranking): void => {
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
  if (rows !== undefined) draft.limit = { start: span.start, end: span.end, count: rows, offset: (nth ?? 1) - 1, by: perGroup ? explicit : [] };
};

/** The result is ranked by a column of its own rows. */
const rankRows = (draft: Draft, key: ColumnMention, { descending, count, span, nth }: Ranking): void => {
  draft.order = { start: span.start, end: span.end, key, descending };
  draft.limit = { start: span.start, end: span.end, count: count ?? 1, offset: (nth ?? 1) - 1, by: [...draft.groupBy] };
  draft.groupBy = [];
};

const extreme = (draft: Draft, key: ColumnMention, sign: 1 | -1, span: Span): void => {
  draft.measures.push({ fn: sign === 1 ? "max" : "min", of: key, distinct: false, start: span.start, end: span.end });
};

const signOf = (draft: Draft, item: { sign?: 1 | -1; quality?: "good" | "bad" }, key: Operand): 1 | -1 => {
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
    const candidates = key.candidates.filter((candidate) =>
      mention.candidates.some(({ table, column, score }) => table === candidate.table && column === candidate.column && score >= 0.4),
    );
    if (key.candidates.length < 2 || candidates.length === 0 || candidates.length === key.candidates.length || sameSpan(key, mention)) continue;
    draft.select = draft.select.filter((item) => item !== mention);
    draft.loose = draft.loose.filter((item) => item !== mention);
    return { ...key, candidates };
  }
  return key;
};

/** Superlatives that belong to another entity than the head become conditions. */
const nestSuperlatives = (draft: Draft, parse: Parse): void => {
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
const answeredColumn = (draft: Draft, word: string, span: Span): ColumnMention | undefined => {
  const [table, ...rest] = (draft.answers.get(`measure:${word}`) ?? "").split(".");
  const column = draft.chart.catalog.tables.get(table!)?.columns.find((known) => known.name === rest.join("."));
  return column === undefined
    ? undefined
    : { kind: "column", start: span.start, end: span.end, candidates: [{ table: column.table, column: column.name, score: 1 }] };
};

/** "popular movies" once its measure is known: more of it than the average. */
const settleVague = (draft: Draft): void => {
  for (const word of draft.vague) {
    const at = draft.chart.tokens.findIndex((token) => token.lower === word);
    const left = answeredColumn(draft, word, { start: at, end: at + 1 });
    if (left === undefined) continue;
    const op = attributes[word]?.sign === -1 ? "<" : ">";
    draft.conditions.push({
      fragment: { type: "compare", start: at, end: at + 1, score: 1, left, op, right: { kind: "aggregate", fn: "avg" } },
      negated: false,
      words: [],
      or: false,
      late: false,
    });
    draft.vague = draft.vague.filter((other) => other !== word);
    draft.settled++;
    draft.notes.push(`"${word}" means ${op === ">" ? "above" : "below"} the average of ${left.candidates[0]!.column}`);
  }
};

const applySuperlative = (draft: Draft): void => {
  const item = draft.superlatives[0];
  if (item === undefined) return;
  draft.cost += 1.2 * (draft.superlatives.length - 1);
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
const rankingKey = (draft: Draft, item: Draft["superlatives"][number]): Operand | undefined => {
  if (item.key !== undefined) return item.key;
  const ordered = draft.orders.find((order) => order.key !== undefined);
  if (ordered !== undefined) {
    draft.orders = draft.orders.filter((order) => order !== ordered);
    return ordered.key;
  }
  const counted = countedThings(draft, item);
  if (counted !== undefined) return counted;
  const said = draft.select.map((mention) => ofKind(draft.chart, mention, ["number"])).find((mention) => mention !== undefined);
  if (said !== undefined) draft.select = draft.select.filter((mention) => !sameSpan(mention, said));
  const [measure] = draft.measures;
  return (
    said ??
    (measure !== undefined && draft.measures.length === 1 ? { kind: "measure", measure } : answeredColumn(draft, wordsOf(draft.chart, item)[0] ?? "best", item))
  );
};

/** "the most 8 cylinder cars" and "top 3 destinations for flights" count the things named after the superlative. */
const countedThings = (draft: Draft, item: Draft["superlatives"][number]): Operand | undefined => {
  const after = draft.entity !== undefined && draft.entityAt > item.at && draft.measures.length === 0;
  const ranked = item.quality === undefined && item.count !== undefined && draft.select.length > 0;
  if (after && (item.many === true || ranked)) {
    if (ranked) draft.notes.push("ranked by how many there are");
    return { kind: "measure", measure: { fn: "count", of: draft.entity!, distinct: false } };
  }
  const rows =
    item.many === true &&
    draft.entity === undefined &&
    draft.measures.length === 0 &&
    draft.conditions.length > 0 &&
    (draft.targets.length > 0 || draft.select.length > 0);
  return rows ? { kind: "measure", measure: { fn: "count", distinct: false } } : undefined;
};

/** Whether the superlative picks rows or things, rather than asking for the extreme number itself. */
const picksRows = (draft: Draft, item: Draft["superlatives"][number], count: number | undefined): boolean => {
  if (draft.select.length > 0 || count !== undefined) return true;
  return draft.entity !== undefined && (item.nextEntity === "adjacent" || draft.entityAt < item.at || item.end - item.start === 1);
};

const rankByColumn = (draft: Draft, item: Draft["superlatives"][number], column: ColumnMention, ranking: Ranking): void => {
  draft.ranking = item.key === undefined;
  if (draft.targets.length > 0) {
    const measure: Measure = { fn: defaultAggregate(columnWords(draft.chart, column)), of: column, distinct: false };
    rankGroups(draft, { kind: "measure", measure }, ranking);
  } else if (!picksRows(draft, item, ranking.count) && column.start > item.start) extreme(draft, column, item.sign, ranking.span);
  else rankRows(draft, column, ranking);
};

const applyOrder = (draft: Draft): void => {
  const item = draft.orders.find((order) => order.key !== undefined) ?? draft.orders[0];
  if (item === undefined || draft.order !== undefined) return;
  const [measure] = draft.measures;
  const key: Operand | undefined = item.key ?? (measure === undefined ? draft.select.at(-1) : { kind: "measure", measure });
  if (key === undefined) {
    draft.cost += 0.3;
    return;
  }
  orderBy(draft, item, key);
};

/** 1 for the highest first: as said, else for rankings. */
const directionOf = (draft: Draft, item: Draft["orders"][number], key: Operand): 1 | -1 => {
  const said = draft.orders.find((order) => order.sign !== undefined || order.quality !== undefined);
  if (said !== undefined) return signOf(draft, said, key);
  return (item.key !== undefined && isAggregated(key)) || draft.limits.length > 0 ? 1 : -1;
};

const orderBy = (draft: Draft, item: Draft["orders"][number], key: Operand): void => {
  const descending = directionOf(draft, item, key) === 1;
  const limit = draft.limits.at(-1);
  const span: Span = { start: item.start, end: item.end };
  draft.ranking = limit !== undefined && key.kind === "column";
  if (isAggregated(key) && (draft.select.length > 0 || draft.entity !== undefined) && draft.measures.length === 0) {
    rankGroups(draft, key, { descending, count: limit?.count, span, nth: undefined });
    if (limit === undefined) draft.limit = undefined;
    return;
  }
  draft.order = { ...span, key, descending };
  if (limit !== undefined) draft.limit = { start: limit.start, end: limit.end, count: limit.count, offset: 0, by: [] };
};

/** "on rainy days": the days are the rows themselves, not what is grouped by. */
const isRowWord = (chart: Chart, mention: ColumnMention): boolean =>
  mention.end === mention.start + 1 && lemmaAt(chart, mention.start) === "day" && (mention.candidates[0]?.score ?? 0) < 0.9;

/** Columns beside an aggregate are what it is worked out for. */
const groupPlainColumns = (draft: Draft): void => {
  if (draft.measures.length === 0 || (draft.limit !== undefined && draft.order?.key?.kind === "column")) return;
  draft.groupBy.push(
    ...draft.targets
      .splice(0)
      .filter((target) => target.asked)
      .map((target) => target.grouping),
    ...draft.select.filter((mention) => !draft.measures.some((measure) => sameSpan(measure.of, mention)) && !isRowWord(draft.chart, mention)),
  );
  draft.select = [];
};

/** "flights per month", "price by symbol": what is worked out for the groups was not said. */
const implyMeasure = (draft: Draft): void => {
  if (draft.measures.length > 0 || listsEach(draft)) return;
  const grouped = draft.groupBy.length > 0;
  if (!grouped || draft.limit !== undefined) return;
  const numeric = draft.select.map((mention) => ofKind(draft.chart, mention, ["number"])).filter((mention) => mention !== undefined);
  if (numeric.length > 0) {
    for (const of of numeric) draft.measures.push({ fn: defaultAggregate(wordsOf(draft.chart, of)), of, distinct: false, start: of.start, end: of.end });
    draft.select = draft.select.filter((mention) => ofKind(draft.chart, mention, ["number"]) === undefined);
    draft.notes.push("the aggregate was not said");
    draft.cost += 0.25;
  } else if (draft.select.length === 1 && isRowWord(draft.chart, draft.select[0]!)) {
    const [of] = draft.select.splice(0);
    draft.measures.push({ fn: "count", of: of!, distinct: true, start: of!.start, end: of!.end });
  } else if (draft.entity !== undefined) {
    draft.measures.push({ fn: "count", of: draft.entity, distinct: false, start: draft.entity.start, end: draft.entity.end });
  }
};

/** "names and ages for every singer" lists the singers: `every` groups nothing. */
const listsEach = (draft: Draft): boolean => {
  const [only] = draft.groupBy;
  if (only?.kind !== "entity" || draft.groupBy.length > 1 || draft.select.length === 0 || draft.having.length > 0 || draft.share !== undefined) return false;
  draft.entity ??= only;
  draft.groupBy = [];
  return true;
};

const applyHaving = (draft: Draft): void => {
  if (draft.having.length === 0 || draft.groupBy.length > 0 || draft.groupEntity !== undefined) return;
  if (draft.select.length > 0) {
    draft.groupBy.push(...draft.select);
    draft.select = [];
  } else draft.groupEntity = draft.entity;
};

/** "2000 vs 2001": the times named are the groups. */
const compareTimes = (draft: Draft): void => {
  const grains = draft.conditions.flatMap(({ fragment }) =>
    fragment.type === "period" && fragment.reading.period.kind === "range" ? [fragment.reading.period.grain] : [],
  );
  if (draft.compare && grains.length > 1 && draft.groupBy.length === 0) draft.groupBy.push({ kind: "grain", grain: grains[0]! });
};

const applyChange = (draft: Draft): void => {
  const grain = draft.change?.grain ?? draft.groupBy.map((group) => (group.kind === "grain" ? group.grain : undefined)).find((name) => name !== undefined);
  if (draft.change === undefined) return;
  if (grain !== undefined && !draft.groupBy.some((group) => group.kind === "grain" && group.grain === grain)) draft.groupBy.push({ kind: "grain", grain });
  if (grain === undefined) draft.cost += 1.5;
  if (draft.measures.length === 0 && draft.entity !== undefined && draft.select.length === 0)
    draft.measures.push({ fn: "count", of: draft.entity, distinct: false, start: draft.entity.start, end: draft.entity.end });
};

/** Puts the parts of a question together: what is shown, worked out, grouped, ranked. */
export const buildFrame = (chart: Chart, parse: Parse, answers: ReadonlyMap<string, string>): Frame => {
  const draft: Draft = {
    ...collect(parse),
    answers,
    chart,
    groupBy: [],
    targets: [],
    groupEntity: undefined,
    order: undefined,
    limit: undefined,
    ranking: false,
    settled: 0,
    nested: [],
    notes: [],
  };
  settleVague(draft);
  applyApart(draft);
  groupsOrKeys(draft);
  compareTimes(draft);
  applyChange(draft);
  nestSuperlatives(draft, parse);
  applySuperlative(draft);
  applyOrder(draft);
  applyHaving(draft);
  if (draft.measures.length === 0 && draft.targets.length > 0) draft.cost += 1.2;
  implyMeasure(draft);
  groupPlainColumns(draft);
  if (draft.limit === undefined && draft.limits.length > 0) {
    const limit = draft.limits[0]!;
    draft.limit = { start: limit.start, end: limit.end, count: limit.count, offset: 0, by: [] };
    draft.cost += 0.6;
  }
  const { change, window } = draft;
  return {
    entity: draft.entity,
    others: draft.others,
    select: draft.select,
    measures: draft.measures,
    groups: draft.groupBy,
    groupEntity: draft.groupEntity,
    conditions: draft.conditions,
    absences: draft.absences,
    having: draft.having,
    order: draft.order,
    limit: draft.limit,
    nested: draft.nested,
    when: lemmaAt(chart, 0) === "when" || lemmaAt(chart, 1) === "when",
    where: lemmaAt(chart, 0) === "where" || lemmaAt(chart, 1) === "where",
    share: draft.share,
    change: change === undefined ? undefined : { start: change.start, end: change.end, grain: change.grain, relative: change.relative },
    window: window === undefined ? undefined : { start: window.start, end: window.end, fn: window.fn, rows: window.rows },
    distinct: draft.distinct,
    compareValues: draft.compare,
    ranking: draft.ranking,
    loose: draft.loose,
    missing: draft.missing,
    vague: draft.vague,
    skipped: draft.skipped,
    settled: draft.settled,
    notes: draft.notes,
    cost: draft.cost + 0.35 * draft.loose.length,
  };
};
