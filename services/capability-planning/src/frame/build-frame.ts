import { attributes } from "@rivergen/words";
import { lemmaAt, ofKind, wordAt } from "../grammar/chart.ts";
import type { Chart } from "../grammar/chart.ts";
import type { Parse } from "../grammar/parse.ts";
import type { ColumnMention, Operand, Span } from "../lattice/types.ts";
import { collect } from "./collect.ts";
import { apartOf, isAggregated, sameSpan } from "./draft.ts";
import type { Draft } from "./draft.ts";
import { answeredColumn, applySuperlative, nestSuperlatives, rankGroups, signOf } from "./ranking.ts";
import type { Frame } from "./types.ts";
import { defaultAggregate, wordsOf } from "./word-sense.ts";

/** "how many flights are there per day on average": the counts are averaged. */
const averagePerGroup = (draft: Draft): boolean => {
  const [measure] = draft.measures;
  const [group] = draft.groups;
  const per = draft.groups.length === 1 && group?.by.length === 1 && group.target !== true ? group.by[0] : undefined;
  if (measure?.fn !== "count" || draft.measures.length > 1 || per === undefined || measure.per !== undefined) return false;
  draft.measures = [{ ...measure, fn: "avg", per }];
  draft.groups = [];
  return true;
};

/** "in total", "on average" said apart from the number they aggregate. */
const applyApart = (draft: Draft): void => {
  const fn = apartOf(draft);
  if (fn === undefined) return;
  if (fn === "avg" && averagePerGroup(draft)) return;
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

/** The key is only what the adjective measures: "most expensive movies by production budget" says it itself. */
const isGuessed = (item: Draft["superlatives"][number]): boolean => item.key?.kind === "column" && item.key.end === item.end && item.key.start === item.start;

/** The only column of a grouping that was opened by `by`. */
const soleColumn = (group: Draft["groups"][number]): ColumnMention | undefined => {
  const [first] = group.by;
  return group.target !== true && !group.each && group.by.length === 1 && first?.kind === "column" ? first : undefined;
};

/** "top 5 … by gross": a number after `by` is what is ranked, not a group. */
const groupsOrKeys = (draft: Draft): void => {
  const keyless = draft.orders.every((item) => item.key === undefined) && draft.measures.length === 0;
  const wantsKey = keyless && draft.superlatives.some((item) => item.key === undefined || isGuessed(item));
  const sorts = keyless && draft.superlatives.length === 0 && draft.orders.length > 0;
  for (const group of draft.groups) {
    const sole = soleColumn(group);
    const numeric = sole === undefined ? undefined : ofKind(draft.chart, sole, ["number"]);
    if (sorts && sole !== undefined) pushKey(draft, group, sole);
    else if (wantsKey && numeric !== undefined) {
      pushKey(draft, group, numeric);
      draft.superlatives = draft.superlatives.map((item) => (isGuessed(item) ? withoutKey(item) : item));
    } else if (group.target === true) {
      const asked = /^(which|what|)$/.test(wordAt(draft.chart, group.start - 1));
      draft.targets.push(...group.by.map((grouping) => ({ grouping, asked })));
    } else draft.groupBy.push(...group.by);
  }
};

const pushKey = (draft: Draft, { start, end }: Span, key: ColumnMention): void => void draft.orders.push({ type: "order", start, end, score: 0, key });

const withoutKey = ({ key: _, ...item }: Draft["superlatives"][number]): Draft["superlatives"][number] => item;

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

const applyOrder = (draft: Draft): void => {
  const item = draft.orders.find((order) => order.key !== undefined) ?? draft.orders[0];
  if (item === undefined || draft.order !== undefined) return;
  const [measure] = draft.measures;
  const key: Operand | undefined = item.key ?? (measure === undefined ? draft.select.at(-1) : { kind: "measure", measure });
  if (key === undefined) {
    draft.cost += 0.3;
    draft.loose.push({ start: item.start, end: item.end });
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
  if (limit !== undefined) draft.limit = { start: limit.start, end: limit.end, count: limit.count, offset: 0, by: [], ties: false };
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

/** "names of teachers and the courses they teach": of a second thing in the list its name is shown. */
const nameListed = (draft: Draft): void => {
  if (draft.select.length === 0 || draft.measures.length > 0) return;
  for (const other of draft.others) {
    const table = draft.chart.catalog.tables.get(other.candidates[0]!.table);
    const [name] = table?.display ?? [];
    const named = table !== undefined && name !== undefined && table.display.length < table.columns.length;
    const listed = wordAt(draft.chart, other.start - 1) === "and" && draft.select.some(({ end }) => end === other.start - 1);
    if (!named || !listed) continue;
    draft.others = draft.others.filter((entity) => entity !== other);
    draft.select.push({ kind: "column", start: other.start, end: other.end, candidates: [{ table: table.name, column: name.name, score: 0.9 }] });
  }
};

const applyHaving = (draft: Draft): void => {
  if (draft.having.length > 0 && draft.groupBy.length === 0 && draft.select.length === 0 && draft.targets.length > 0) {
    draft.groupBy.push(...draft.targets.splice(0).map((target) => target.grouping));
    draft.listsGroups = true;
  }
  if (draft.groupBy.length === 0 && draft.having.some((item) => item.bare && item.operand.kind === "measure" && item.operand.measure.fn === "count"))
    draft.cost += 1.5;
  if (draft.having.length === 0 || draft.groupBy.length > 0 || draft.groupEntity !== undefined) return;
  if (draft.select.length > 0) {
    draft.groupBy.push(...draft.select);
    draft.select = [];
  } else draft.groupEntity = draft.entity;
  draft.listsGroups = true;
};

/** "2000 vs 2001": the times named are the groups. */
const compareTimes = (draft: Draft): void => {
  const grains = draft.conditions.flatMap(({ fragment }) =>
    fragment.type === "period" && fragment.reading.period.kind === "range"
      ? [{ kind: "grain" as const, grain: fragment.reading.period.grain, start: fragment.start, end: fragment.end }]
      : [],
  );
  if (draft.compare && grains.length > 1 && draft.groupBy.length === 0) draft.groupBy.push(grains[0]!);
};

const applyChange = (draft: Draft): void => {
  const grain = draft.change?.grain ?? draft.groupBy.map((group) => (group.kind === "grain" ? group.grain : undefined)).find((name) => name !== undefined);
  if (draft.change === undefined) return;
  if (grain !== undefined && !draft.groupBy.some((group) => group.kind === "grain" && group.grain === grain))
    draft.groupBy.push({ kind: "grain", grain, start: draft.change.start, end: draft.change.end });
  if (grain === undefined) draft.cost += 1.5;
  if (draft.measures.length === 0 && draft.entity !== undefined && draft.select.length === 0)
    draft.measures.push({ fn: "count", of: draft.entity, distinct: false, start: draft.entity.start, end: draft.entity.end });
};

/** "moving average of the max temperature": without groups the values move row by row, and "max" is part of the name. */
const applyWindow = (draft: Draft): void => {
  const [measure] = draft.measures;
  const grouped = draft.groups.length > 0 || draft.groupBy.length > 0 || draft.measures.length > 1;
  if (draft.window === undefined || measure?.of?.kind !== "column" || measure.fn === "count" || grouped) return;
  draft.measures = [];
  draft.select.push(measure.of);
};

const newDraft = (chart: Chart, parse: Parse, answers: ReadonlyMap<string, string>): Draft => ({
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
  listsGroups: false,
  nested: [],
  notes: [],
});

/** A number that nothing else used limits the rows. */
const applyLimit = (draft: Draft): void => {
  const [limit] = draft.limits;
  if (draft.limit !== undefined || limit === undefined) return;
  draft.limit = { start: limit.start, end: limit.end, count: limit.count, offset: 0, by: [], ties: false };
  const said = [draft.entity, ...draft.select].some((mention) => mention?.start === limit.end) || /^(only|first|just)$/.test(wordAt(draft.chart, limit.start));
  draft.cost += said && draft.measures.length === 0 ? 0.6 : 2;
};

/** "where is …", "and when did …"; "strikes where …" and "days when …" describe what was named before. */
const asksFor = (chart: Chart, word: string): boolean =>
  lemmaAt(chart, 0) === word || (lemmaAt(chart, 1) === word && (chart.entities[0] ?? []).length === 0 && (chart.columns[0] ?? []).length === 0);

const toFrame = (draft: Draft): Frame => {
  const { change, window, chart } = draft;
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
    listsGroups: draft.listsGroups,
    order: draft.order,
    limit: draft.limit,
    nested: draft.nested,
    when: asksFor(chart, "when"),
    where: asksFor(chart, "where"),
    share: draft.share,
    change: change === undefined ? undefined : { start: change.start, end: change.end, grain: change.grain, relative: change.relative },
    window: window === undefined ? undefined : { start: window.start, end: window.end, fn: window.fn, rows: window.rows },
    named: draft.headValue,
    distinct: draft.distinct,
    compareValues: draft.compare,
    ranking: draft.ranking,
    apart: apartOf(draft),
    loose: draft.loose,
    missing: draft.missing,
    vague: draft.vague,
    skipped: draft.skipped,
    settled: draft.settled,
    notes: draft.notes,
    cost: draft.cost + 0.6 * draft.loose.length,
  };
};

/** Puts the parts of a question together: what is shown, worked out, grouped, ranked. */
export const buildFrame = (chart: Chart, parse: Parse, answers: ReadonlyMap<string, string>): Frame => {
  const draft = newDraft(chart, parse, answers);
  settleVague(draft);
  applyApart(draft);
  groupsOrKeys(draft);
  compareTimes(draft);
  nameListed(draft);
  applyWindow(draft);
  applyChange(draft);
  nestSuperlatives(draft, parse);
  applySuperlative(draft);
  applyOrder(draft);
  applyHaving(draft);
  if (draft.having.length > 0 && draft.groupBy.length === 0 && draft.groupEntity === undefined) draft.cost += 1.5;
  if (draft.measures.length === 0 && draft.targets.length > 0) draft.cost += 1.2;
  implyMeasure(draft);
  groupPlainColumns(draft);
  applyLimit(draft);
  return toFrame(draft);
};
