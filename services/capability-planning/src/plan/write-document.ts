import type { Operator, RiverDocument } from "@rivergen/contracts";
import type { Catalog } from "../catalog/compile-catalog.ts";
import { impliedSpans } from "./implied-spans.ts";
import { all, quoteName, snake } from "./expressions.ts";
import { addStep, joinRelation, nearest, pointerTo, relocate } from "./relation.ts";
import type { Relation, Writing } from "./relation.ts";
import type { Existence, Expression, NamedExpression, Plan, PlannedMeasure, Ref, Single } from "./types.ts";

export interface WrittenPlan {
  readonly document: RiverDocument;
  readonly spans: Writing["spans"];
  /** Of operators that no word asked for. */
  readonly implied: Writing["spans"];
}

const note = (writing: Writing, origin: { readonly start: number; readonly end: number; readonly meaning: string }, pointer: string): void => {
  if (origin.start >= 0) writing.spans.push({ origin, pointer });
};

/** Columns that the joined relation must hold. */
const neededRefs = (plan: Plan): Ref[] => {
  const measured = plan.measures.flatMap((measure) => [...(measure.of?.refs ?? []), ...(measure.per?.by.expression.refs ?? [])]);
  const windowed = plan.window === undefined ? [] : [...plan.window.order.expression.refs, ...(plan.window.of?.expression.refs ?? [])];
  const keys = plan.exists.map((existence) => leftKey(existence));
  return [
    ...plan.where.flatMap((item) => item.expression.refs),
    ...plan.groups.flatMap((item) => item.expression.refs),
    ...measured,
    ...plan.select.flatMap((item) => item.expression.refs),
    ...windowed,
    ...keys,
  ];
};

const fanAt = (existence: Existence): number => {
  const at = existence.path.findIndex((hop) => !hop.forward);
  return at < 0 ? existence.path.length - 1 : at;
};

const leftKey = (existence: Existence): Ref => {
  const at = fanAt(existence);
  const hop = existence.path[at]!;
  return { table: hop.from, column: hop.fromColumn, path: existence.path.slice(0, at) };
};

/** A step with the partner rows, and the semi or anti join with it. */
/** The first rows by a column; all that share the first place when one is asked for. */
const firstRows = (column: string, { descending, count }: NonNullable<Existence["top"]>): Operator[] => {
  const order = `${column} ${descending ? "desc" : "asc"}`;
  return count === 1
    ? [{ window: { orderBy: [order], values: { place: "rank()" } } }, { filter: "place = 1" }, { drop: ["place"] }]
    : [{ orderBy: [order] }, { limit: count }];
};

const existenceOperator = (writing: Writing, existence: Existence, relation: Relation): Operator => {
  const at = fanAt(existence);
  const hop = existence.path[at]!;
  const prefix = existence.path.slice(0, at + 1);
  const where = existence.where.map((expression) => relocate(expression, prefix));
  const top = existence.top === undefined ? undefined : { ...existence.top.ref, path: existence.top.ref.path.slice(prefix.length) };
  const inner = joinRelation(
    writing,
    hop.to,
    [...where.flatMap((expression) => expression.refs), ...(top === undefined ? [] : [top])],
    [existence.path.slice(at + 1)],
    `${snake(hop.to)}_joined`,
  );
  const operators: Operator[] = where.length === 0 ? [] : [{ filter: all(where, "and").print(inner.name) }];
  if (top !== undefined) operators.push(...firstRows(quoteName(inner.name(top)), existence.top!));
  const step = operators.length === 0 ? inner.step : addStep(writing, `${snake(hop.to)}_matching`, inner.step, operators);
  return {
    join: {
      to: step,
      type: existence.negated ? "anti" : "semi",
      where: `${quoteName(relation.name(leftKey(existence)))} = ${step}.${quoteName(hop.toColumn)}`,
    },
  };
};

const singleOperator = (writing: Writing, plan: Plan, single: Single): Operator => {
  const inner = joinRelation(writing, plan.root, [single.of, ...single.where.flatMap((expression) => expression.refs)], [], `${single.name}_rows`);
  const filter: Operator[] = single.where.length === 0 ? [] : [{ filter: all(single.where, "and").print(inner.name) }];
  const step = addStep(writing, single.name.replace(/_to_compare$/, "_worked_out"), inner.step, [
    ...filter,
    { aggregate: { values: { [single.name]: `${single.fn}(${quoteName(inner.name(single.of))})` } } },
  ]);
  return { join: { to: step, type: "cross" } };
};

/** Row conditions and partners. */
const writeFilters = (writing: Writing, plan: Plan, relation: Relation): string => {
  const late = plan.share === undefined ? [] : partConditions(plan, writing);
  const kept = plan.where.filter((item) => !late.includes(item));
  const singles = plan.where.flatMap((item) => (item.single === undefined ? [] : [singleOperator(writing, plan, item.single)]));
  const joins = [...singles, ...plan.exists.map((existence) => existenceOperator(writing, existence, relation))];
  const dropNull = nullableKeys(writing, plan).map((ref): Expression => ({ refs: [ref], print: (name) => `${quoteName(name(ref))} is not null` }));
  const conditions = [...kept.map((item) => item.expression), ...dropNull];
  const operators: Operator[] = [...joins, ...(conditions.length === 0 ? [] : [{ filter: all(conditions, "and").print(relation.name) }])];
  if (operators.length === 0) return relation.step;
  const step = addStep(writing, "filtered", relation.step, operators);
  for (const item of kept) note(writing, item.origin, pointerTo(writing, step, operators.length - 1, "filter"));
  plan.exists.forEach((existence, at) => note(writing, existence.origin, pointerTo(writing, step, singles.length + at, "join")));
  return step;
};

/** Rows without a group are no candidates of a ranking. */
const nullableKeys = (writing: Writing, plan: Plan): Ref[] =>
  plan.limit === undefined && !plan.groupsAreListed
    ? []
    : [...plan.groups, ...plan.select.filter((item) => plan.limit?.by.includes(item.name))].flatMap((group) =>
        group.expression.refs.filter(
          (ref) => (writing.catalog.tables.get(ref.table)?.columns.find((column) => column.name === ref.column)?.source.nullCount ?? 0) > 0,
        ),
      );

/** A share of each group has conditions of its own; without them the groups are shares of the whole. */
const isShareOfGroup = (plan: Plan): boolean => plan.share !== undefined && (plan.groups.length === 0 || plan.where.some((item) => item.late));

const partConditions = (plan: Plan, writing: Writing): Plan["where"] =>
  plan.groups.length > 0 ? plan.where.filter((item) => item.late) : lateConditions(plan, writing);

const readsTime = ({ expression }: Plan["where"][number], { catalog }: Writing): boolean =>
  expression.refs.some(({ table, column }) => /^(date|timestamp)$/.test(catalog.tables.get(table)?.columns.find(({ name }) => name === column)?.kind ?? ""));

const readsAlike = (a: Plan["where"][number], b: Plan["where"][number]): boolean =>
  a.expression.refs.length > 0 && a.expression.refs.every((ref) => b.expression.refs.some(({ table, column }) => table === ref.table && column === ref.column));

/** Which conditions describe the part of a share: those after the verb, else the last that is no time, with all about the same. */
const lateConditions = (plan: Plan, writing: Writing): Plan["where"] => {
  const late = plan.where.filter((item) => item.late);
  if (late.length > 0) return late;
  const last = plan.where.findLast((item) => !readsTime(item, writing)) ?? plan.where.at(-1);
  return last === undefined ? [] : plan.where.filter((item) => item === last || readsAlike(item, last));
};

const rootKey = (writing: Writing, plan: Plan): string | undefined => {
  const table = writing.catalog.tables.get(plan.root)!;
  return table.primaryKey.length === 1 ? table.primaryKey[0] : table.columns.find((column) => column.unique)?.name;
};

const measureText = (measure: PlannedMeasure, relation: Relation, key: string | undefined): string => {
  if (measure.of === undefined) return relation.fans && key !== undefined ? `count(distinct ${quoteName(key)})` : "count(*)";
  const inner = measure.of.print(relation.name);
  if (measure.fn === "count") return `count(${measure.distinct ? "distinct " : ""}${inner})`;
  return measure.fn === "range" ? `max(${inner}) - min(${inner})` : `${measure.fn}(${inner})`;
};

const groupMap = (groups: readonly NamedExpression[], relation: Relation): Record<string, string> =>
  Object.fromEntries(groups.map((group) => [group.name, group.expression.print(relation.name)]));

/** Sums and averages over rows that a join repeated would count twice: one row per key and group is kept. */
const dedupeOperator = (plan: Plan, relation: Relation, key: string | undefined): Operator[] => {
  const summed = plan.measures.some(
    (measure) =>
      ["sum", "avg", "median", "stddev"].includes(measure.fn) && measure.per === undefined && measure.of?.refs.every((ref) => nearest(ref).path.length === 0),
  );
  if (!relation.fans || key === undefined || !summed) return [];
  const columns = plan.groups.flatMap((group) => group.expression.refs.map(relation.name));
  return [{ dedupe: { by: [...new Set([key, ...columns])], keep: "any" } }];
};

/** First per inner group, then over the groups: the average number of flights per day. */
const writeNested = (writing: Writing, plan: Plan, relation: Relation, from: string, measure: PlannedMeasure): string => {
  const { by, fn } = measure.per!;
  const inner = `${by.name}_count`;
  const counted = measureText({ ...measure, fn }, relation, rootKey(writing, plan));
  const first = addStep(writing, `per_${snake(by.name)}`, from, [
    { aggregate: { by: { ...groupMap(plan.groups, relation), [by.name]: by.expression.print(relation.name) }, values: { [inner]: counted } } },
  ]);
  const groups = plan.groups.map((group) => group.name);
  const step = addStep(writing, "aggregated", first, [
    { aggregate: { ...(groups.length === 0 ? {} : { by: groups }), values: { [measure.name]: `${measure.fn}(${quoteName(inner)})` } } },
  ]);
  note(writing, measure.origin, `/steps/${step}/aggregate/values/${measure.name}`);
  note(writing, by.origin, `/steps/${first}/aggregate/by/${by.name}`);
  for (const group of plan.groups) note(writing, group.origin, `/steps/${first}/aggregate/by/${group.name}`);
  return step;
};

const writeAggregate = (writing: Writing, plan: Plan, relation: Relation, from: string): string => {
  const nested = plan.measures.find((measure) => measure.per !== undefined);
  if (nested !== undefined) return writeNested(writing, plan, relation, from, nested);
  const key = rootKey(writing, plan);
  const values = Object.fromEntries(plan.measures.map((measure) => [measure.name, measureText(measure, relation, key)]));
  if (isShareOfGroup(plan)) values["share"] = shareText(writing, plan, relation, values[plan.measures[0]!.name]!);
  const by = groupMap(plan.groups, relation);
  const operators: Operator[] = [...dedupeOperator(plan, relation, key), { aggregate: { ...(plan.groups.length === 0 ? {} : { by }), values } }];
  const step = addStep(writing, "aggregated", from, operators);
  const pointer = pointerTo(writing, step, operators.length - 1, "aggregate");
  for (const measure of plan.measures) note(writing, measure.origin, `${pointer}/values/${measure.name}`);
  for (const group of plan.groups) note(writing, group.origin, `${pointer}/by/${group.name}`);
  if (isShareOfGroup(plan)) note(writing, plan.share!.origin, `${pointer}/values/share`);
  if (plan.having.length === 0) return step;
  const kept = addStep(writing, "kept", step, [{ filter: plan.having.map((item) => item.text).join(" and ") }]);
  for (const item of plan.having) note(writing, item.origin, `/steps/${kept}/filter`);
  return kept;
};

const shareText = (writing: Writing, plan: Plan, relation: Relation, total: string): string => {
  const part = partConditions(plan, writing).map((item) => item.expression);
  const filtered = part.length === 0 ? total : `${total} filter (where ${all(part, "and").print(relation.name)})`;
  return `${plan.share!.percent ? "100.0 * " : "1.0 * "}${filtered} / ${total}`;
};

/** Share of the total, change from the row before, running and moving values over groups. */
const writeWindows = (writing: Writing, plan: Plan, from: string): string => {
  const [measure] = plan.measures;
  if (measure === undefined) return from;
  const value = quoteName(measure.name);
  const others = plan.groups.map((group) => group.name);
  let step = from;
  if (plan.share !== undefined && !isShareOfGroup(plan)) {
    const factor = plan.share.percent ? "100.0 * " : "1.0 * ";
    step = addStep(writing, "shared", step, [
      { window: { values: { total: `sum(${value})` } } },
      { derive: { share: `${factor}${value} / total` } },
      { drop: ["total"] },
    ]);
    note(writing, plan.share.origin, `/steps/${step}/do/1/derive/share`);
  }
  if (plan.change !== undefined) {
    const by = others.filter((name) => name !== plan.change!.by);
    const delta = `${value} - previous`;
    const changeText = plan.change.relative ? `(${delta}) / previous` : delta;
    step = addStep(writing, "changed", step, [
      { window: { ...(by.length === 0 ? {} : { by }), orderBy: [quoteName(plan.change.by)], values: { previous: `lag(${value})` } } },
      { derive: { change: changeText } },
    ]);
    note(writing, plan.change.origin, `/steps/${step}/do/1/derive/change`);
  }
  if (plan.window === undefined) return step;
  return writeFrame(
    writing,
    plan,
    step,
    value,
    others.filter((name) => name !== plan.window!.order.name),
  );
};

const writeFrame = (writing: Writing, plan: Plan, from: string, value: string, by: readonly string[]): string => {
  const window = plan.window!;
  const frame =
    window.fn === "sum" && window.rows === undefined
      ? "rows between unbounded preceding and current row"
      : `rows between ${Math.max(0, (window.rows ?? 1) - 1)} preceding and current row`;
  const name = window.fn === "sum" ? "running_total" : "moving_average";
  const step = addStep(writing, "windowed", from, [
    { window: { ...(by.length === 0 ? {} : { by: [...by] }), orderBy: [quoteName(window.order.name)], values: { [name]: `${window.fn}(${value})` }, frame } },
  ]);
  note(writing, window.origin, `/steps/${step}/window/values/${name}`);
  return step;
};

const writeSelect = (writing: Writing, plan: Plan, relation: Relation, from: string): string => {
  const operators: Operator[] = [{ select: groupMap(plan.select, relation) }];
  if (plan.distinct) operators.push({ dedupe: { by: plan.select.map((item) => item.name), keep: "any" } });
  const step = addStep(writing, "chosen", from, operators);
  for (const item of plan.select) note(writing, item.origin, `${pointerTo(writing, step, 0, "select")}/${item.name}`);
  if (plan.window?.of === undefined) return step;
  const of = plan.select.find((item) => item.origin.start === plan.window!.of!.origin.start) ?? plan.window.of;
  return writeFrame(writing, plan, step, quoteName(of.name), []);
};

const writeOrder = (writing: Writing, plan: Plan, from: string): string => {
  const grained = plan.groups.find((group) => group.grain);
  const said = plan.order === undefined ? undefined : `${quoteName(plan.order.column)} ${plan.order.descending ? "desc" : "asc"}`;
  const order = said ?? (grained === undefined ? undefined : quoteName(grained.name));
  const operators = orderOperators(plan, order);
  if (operators.length === 0) return from;
  const step = addStep(writing, "ordered", from, operators);
  const at = (key: "orderBy" | "limit" | "filter"): string =>
    pointerTo(
      writing,
      step,
      operators.findIndex((operator) => operator[key] !== undefined),
      key,
    );
  if (plan.order !== undefined) note(writing, plan.order.origin, at("orderBy"));
  if (plan.limit !== undefined) note(writing, plan.limit.origin, at(operators.some((operator) => operator.limit !== undefined) ? "limit" : "filter"));
  return step;
};

const freeName = (plan: Plan, wanted: string): string => {
  const taken = new Set([...plan.groups, ...plan.measures, ...plan.select].map((item) => item.name));
  let name = wanted;
  for (let at = 2; taken.has(name); at++) name = `${wanted}_${at}`;
  return name;
};

/** How a result is sorted and cut; one asked for without a number is all that share the first place. */
const orderOperators = (plan: Plan, order: string | undefined): Operator[] => {
  const sorted: Operator[] = order === undefined ? [] : [{ orderBy: [order] }];
  if (plan.limit === undefined) return sorted;
  const { by, count, offset } = plan.limit;
  if (plan.limit.ties && order !== undefined && offset === 0) {
    const place = freeName(plan, "place");
    const ranked = { ...(by.length === 0 ? {} : { by: [...by] }), orderBy: [order], values: { [place]: "rank()" } };
    return [{ window: ranked }, { filter: `${place} = 1` }, { drop: [place] }, ...sorted];
  }
  if (by.length > 0) return [{ limit: { rows: count, by: [...by], ...(order === undefined ? {} : { orderBy: [order] }) } }, ...sorted];
  return [...sorted, { limit: offset > 0 ? { rows: 1, offset } : count }];
};

/** Writes a plan as a river whose only output is `answer`. */
export const writeDocument = (catalog: Catalog, plan: Plan, question: string): WrittenPlan => {
  const writing: Writing = { catalog, sources: {}, steps: {}, spans: [] };
  const relation = joinRelation(writing, plan.root, neededRefs(plan), [], "joined");
  const filtered = writeFilters(writing, plan, relation);
  const aggregated = plan.measures.length > 0;
  const worked = aggregated ? writeWindows(writing, plan, writeAggregate(writing, plan, relation, filtered)) : writeSelect(writing, plan, relation, filtered);
  const last = writeOrder(writing, plan, worked);
  const document: RiverDocument = {
    apiVersion: "rivergen.dev/v1",
    river: "answer",
    description: question.slice(0, 2000),
    sources: writing.sources,
    ...(Object.keys(writing.steps).length === 0 ? {} : { steps: writing.steps }),
    outputs: { answer: { from: last } },
  };
  return { document, spans: writing.spans, implied: impliedSpans(document, writing.spans) };
};
