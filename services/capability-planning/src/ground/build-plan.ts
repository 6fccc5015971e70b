import { isLookup, type Path, shortestPaths } from "../catalog/join-graph.ts";
import type { CatalogColumn } from "../catalog/compile-catalog.ts";
import { defaultAggregate } from "../frame/word-sense.ts";
import type { Absence, Frame } from "../frame/types.ts";
import type { ColumnCandidate, ColumnMention, EntityMention, Measure, Span } from "../lattice/types.ts";
import { column as columnExpression, snake } from "../plan/expressions.ts";
import { nearest } from "../plan/relation.ts";
import type { Existence, NamedExpression, Plan, PlannedMeasure, Ref } from "../plan/types.ts";
import { createNames, entityGroup, groupColumns, headColumns, origin } from "./columns.ts";
import type { Build } from "./columns.ts";
import { sortConditions } from "./conditions.ts";
import type { Sorted } from "./conditions.ts";
import { measureFor, plannedMeasure } from "./measures.ts";
import { absentPaths, columnOf, resolveColumn, resolveTable, resolveTime, textOf } from "./resolver.ts";
import type { Resolver } from "./resolver.ts";

const compareGroups = (build: Build, sorted: Sorted): NamedExpression[] =>
  build.frame.compareValues && build.frame.measures.length > 0
    ? sorted.compared.map((item) => ({ name: build.name(snake(item.ref.column)), expression: columnExpression(item.ref), origin: item.origin }))
    : [];

const absenceAlong = (build: Build, absence: Absence, path: Path, table: string): Existence => {
  const inner = sortConditions(build.resolver, absence.conditions, [{ table, column: "", path }]);
  const outside = inner.where.some((item) => item.expression.refs.some((ref) => ref.path.length < path.length)) || inner.exists.length > 0;
  if (outside) build.resolver.failed = true;
  return { path, where: inner.where.map((item) => item.expression), negated: true, origin: origin(absence, `without any ${table}`) };
};

/** "branches with no late loans" where loans name their branch: those that no such row names. */
const sameTableAbsence = (build: Build, absence: Absence): Existence[] => {
  const { resolver, frame } = build;
  const [shown, ...others] = frame.select;
  const key = shown === undefined || others.length > 0 ? undefined : resolveColumn(resolver, shown, shown.candidates);
  const inner = sortConditions(resolver, absence.conditions, []);
  const own = inner.where.every(({ expression }) => expression.refs.every(({ path }) => path.length === 0)) && inner.exists.length === 0;
  if (key === undefined || key.ref.path.length > 0 || key.column.unique || inner.where.length === 0 || !own) {
    resolver.failed = true;
    return [];
  }
  const { table, column } = key.ref;
  const path: Path = [{ from: table, fromColumn: column, to: table, toColumn: column, forward: false, role: column }];
  const where = inner.where.map(({ expression }) => ({ ...expression, refs: expression.refs.map((ref) => ({ ...ref, path })), print: expression.print }));
  return [{ path, where, negated: true, origin: origin(absence, `without any such ${table}`) }];
};

const existences = (build: Build): Existence[] => {
  const wanted = build.frame.absences.flatMap((absence): Existence[] => {
    const found = resolveTable(build.resolver, absence.entity, absence.entity.candidates);
    if (found === undefined) return [];
    if (found.path.length === 0) return sameTableAbsence(build, absence);
    const words = build.resolver.chart.tokens.slice(absence.start, absence.end).map(({ lower }) => lower);
    const paths = absence.conditions.length > 0 ? [found.path] : absentPaths(build.resolver, found.table, words);
    return paths.map((path) => absenceAlong(build, absence, path, found.table.name));
  });
  return wanted;
};

/** Related rows that must be the first by some column: "in the largest state". */
const nestedTops = (build: Build): Existence[] =>
  build.frame.nested.flatMap((item): Existence[] => {
    const found = resolveColumn(
      build.resolver,
      item.key,
      item.key.candidates.filter((candidate) => item.entity === undefined || item.entity.candidates.some(({ table }) => table === candidate.table)),
    );
    if (found === undefined || found.ref.path.length === 0) {
      build.resolver.failed = true;
      return [];
    }
    return [
      {
        path: found.ref.path,
        where: [],
        negated: false,
        top: { ref: found.ref, descending: item.descending, count: item.count },
        origin: origin(item, `${item.descending ? "highest" : "lowest"} ${found.column.name}`),
      },
    ];
  });

/** Other tables named in passing must have a partner row, unless they are joined anyway. */
const companions = (build: Build, used: readonly Ref[], exists: readonly Existence[]): Existence[] =>
  build.frame.others.flatMap((entity): Existence[] => {
    const found = resolveTable(build.resolver, entity, entity.candidates);
    if (found === undefined || found.path.length === 0 || isLookup(found.path)) return [];
    const covered =
      used.some((ref) => ref.path.some((hop) => hop.to === found.table.name)) ||
      exists.some(
        (item) =>
          item.path.some((hop) => hop.to === found.table.name) ||
          item.where.some((expression) => expression.refs.some((ref) => ref.path.some((hop) => hop.to === found.table.name))),
      );
    return covered ? [] : [{ path: found.path, where: [], negated: false, origin: origin(entity, `with ${found.table.name}`) }];
  });

const uniqueBy = <T>(items: readonly T[], key: (item: T) => string): T[] =>
  [...new Map(items.toReversed().map((item) => [key(item), item])).values()].toReversed();
const refKey = (ref: Ref): string => `${ref.path.map((hop) => `${hop.role}>${hop.to}`).join(" ")}|${ref.table}.${ref.column}`;

const isReachable = (resolver: Resolver, entity: EntityMention): boolean =>
  entity.candidates.some(({ table }) => shortestPaths(resolver.chart.catalog, resolver.root.name, table).length > 0);

/** Conditions on what was worked out for the groups. */
const keptGroups = (build: Build, planned: Parts["planned"]): Plan["having"] =>
  build.frame.having.flatMap((item) => {
    const measure = measureFor(build, planned, item.operand, item);
    const right = item.fragment.right;
    if (measure === undefined || right.kind !== "number") return [];
    const text =
      item.fragment.upper === undefined
        ? `${measure.name} ${item.fragment.op} ${right.value}`
        : `${measure.name} between ${right.value} and ${item.fragment.upper}`;
    return [{ text, origin: origin(item, `${measure.origin.meaning} ${item.fragment.op} ${right.value}`) }];
  });

/** The plan of a question when its rows come from the resolver's first table; undefined when that table cannot answer it. */
export const buildPlan = (resolver: Resolver, source: Frame): Plan | undefined => {
  if (source.entity !== undefined && !isReachable(resolver, source.entity)) return undefined;
  const frame = rankingFrame(resolver, source);
  const build: Build = { resolver, frame, name: createNames() };
  const groups = uniqueBy(
    [...frame.groups.flatMap((group) => groupColumns(build, group)), ...(frame.groupEntity === undefined ? [] : entityGroup(build, frame.groupEntity))],
    (group) => `${refKey(group.expression.refs[0]!)}|${group.expression.print(() => "x")}`,
  );
  const planned = frame.measures.flatMap((measure) => {
    const made = plannedMeasure(build, measure);
    return made === undefined ? [] : [{ source: measure as Measure, planned: made }];
  });
  if (planned.length < frame.measures.length) return undefined;
  const having = keptGroups(build, planned);
  if (having.length < frame.having.length) return undefined;
  const aggregated = planned.length > 0 || frame.share !== undefined;
  const select = aggregated ? [] : headColumns(build);
  const used = [...groups, ...select].flatMap((item) => item.expression.refs);
  const sorted = sortConditions(resolver, frame.conditions, used);
  const compared = compareGroups(build, sorted).filter(
    (extra) => !groups.some((group) => refKey(group.expression.refs[0]!) === refKey(extra.expression.refs[0]!)),
  );
  const exists = [...sorted.exists, ...existences(build), ...nestedTops(build)];
  const all = [...exists, ...companions(build, [...used, ...planned.flatMap((item) => item.planned.of?.refs ?? [])], exists)];
  const finished = finish(build, { groups: [...compared, ...groups], planned, select, sorted, exists: all, having });
  return resolver.failed ? undefined : finished;
};

const ownColumn = (resolver: Resolver, { candidates }: ColumnMention): CatalogColumn | undefined =>
  candidates.filter(({ table }) => table === resolver.root.name).map(({ table, column }) => columnOf(resolver.chart, table, column))[0];

const ranksByAdjective = ({ entity, others, limit, order }: Frame): boolean =>
  entity === undefined && others.length === 0 && limit !== undefined && order?.key?.kind === "column" && order.key.start === order.start;

/** "top N x by y", "costliest x" over repeated x: y is worked out for each x. */
const rankingFrame = (resolver: Resolver, frame: Frame): Frame => {
  const key = frame.order?.key;
  const [target] = frame.select;
  if (!(frame.ranking || ranksByAdjective(frame)) || key?.kind !== "column" || target === undefined) return frame;
  if (frame.select.length !== 1 || frame.measures.length > 0) return frame;
  const column = ownColumn(resolver, target);
  return column !== undefined && isRepeated(column, frame.ranking ? 0.9 : 0.2) ? groupedRanking(resolver, frame, key, target) : frame;
};

const isRepeated = (column: CatalogColumn, most: number): boolean => column.kind === "text" && (column.distinctShare ?? 1) <= most;

const groupedRanking = (resolver: Resolver, frame: Frame, key: ColumnMention, target: ColumnMention): Frame => {
  const measure: Measure = { fn: frame.apart ?? defaultAggregate(textOf(resolver.chart, key).split(" ")), of: key, distinct: false };
  resolver.assumptions.add(`${measure.fn === "sum" ? "totals" : "averages"} per ${textOf(resolver.chart, target)} are compared`);
  return {
    ...frame,
    groups: [target],
    select: [],
    measures: [{ ...measure, start: key.start, end: key.end }],
    order: { ...frame.order!, key: { kind: "measure", measure } },
  };
};

interface Parts {
  readonly groups: readonly NamedExpression[];
  readonly planned: { source: Measure; planned: PlannedMeasure }[];
  readonly select: readonly NamedExpression[];
  readonly sorted: Sorted;
  readonly exists: readonly Existence[];
  readonly having: Plan["having"];
}

/** What the listed rows have themselves comes before what related rows have. */
const ownFirst = (build: Build, candidates: readonly ColumnCandidate[]): readonly ColumnCandidate[] => {
  const own = candidates.filter((candidate) => candidate.table === build.resolver.root.name);
  return own.length === 0 ? candidates : own;
};

const orderOf = (build: Build, parts: Parts): { order: Plan["order"]; extra: readonly NamedExpression[] } => {
  const { order } = build.frame;
  if (order?.key === undefined) return { order: undefined, extra: [] };
  const meaning = order.descending ? "highest first" : "lowest first";
  if (order.key.kind === "column" && parts.planned.length === 0) {
    const found = resolveColumn(build.resolver, order.key, ownFirst(build, order.key.candidates));
    if (found === undefined) return { order: undefined, extra: [] };
    const key = refKey(found.ref);
    const shown = parts.select.find((item) => item.expression.refs.length === 1 && refKey(item.expression.refs[0]!) === key);
    const named = shown ?? { name: build.name(snake(found.column.name)), expression: columnExpression(found.ref), origin: origin(order, meaning) };
    return {
      order: { column: named.name, expression: named.expression, descending: order.descending, origin: origin(order, `${found.column.name}, ${meaning}`) },
      extra: shown === undefined ? [named] : [],
    };
  }
  const matching = order.key.kind === "column" ? parts.groups.find((group) => group.origin.start === (order.key as Span).start) : undefined;
  const measure = matching ?? measureFor(build, parts.planned, order.key, order);
  return {
    order: measure === undefined ? undefined : { column: measure.name, expression: undefined, descending: order.descending, origin: origin(order, meaning) },
    extra: [],
  };
};

/** Whether first places that are shared can be told apart: rows without a name, and the extreme number alone, cannot. */
const showsTies = (build: Build, parts: Parts, order: Plan["order"]): boolean => {
  if (parts.planned.length > 0) return true;
  const { display, columns } = build.resolver.root;
  const nameless = build.frame.select.length === 0 && display.length === columns.length;
  return !nameless && parts.select.some((item) => item.name !== order?.column);
};

const limitOf = (build: Build, by: readonly string[], tied: boolean): Plan["limit"] => {
  const { limit } = build.frame;
  if (limit === undefined) return undefined;
  const rows = `${limit.count} ${limit.count === 1 ? "row" : "rows"}`;
  return {
    count: limit.count,
    offset: limit.offset,
    by,
    ties: limit.ties && tied,
    origin: origin(limit, by.length === 0 ? rows : `${rows} per ${by.join(", ")}`),
  };
};

/** Names of the groups that a limit is taken in, among the groups of a result. */
const groupNames = (build: Build, parts: Parts): string[] =>
  (build.frame.limit?.by ?? []).flatMap((group) => {
    const same = (known: NamedExpression): boolean =>
      group.kind === "grain" ? known.grain === true : known.origin.start === group.start && known.origin.end === group.end;
    return parts.groups.filter(same).map((known) => known.name);
  });

const sameColumn = (a: NamedExpression, b: NamedExpression): boolean =>
  refKey(a.expression.refs[0]!) === refKey(b.expression.refs[0]!) && a.expression.print(() => "x") === b.expression.print(() => "x");

/** "per genre" beside ranked rows: the group's columns come along. */
const limitColumns = (build: Build, parts: Parts): { readonly names: readonly string[]; readonly added: readonly NamedExpression[] } => {
  if (parts.planned.length > 0) return { names: groupNames(build, parts), added: [] };
  const groups = (build.frame.limit?.by ?? []).flatMap((group) => groupColumns(build, group));
  const known = groups.map((group) => parts.select.find((item) => sameColumn(item, group)));
  return { names: groups.map((group, at) => known[at]?.name ?? group.name), added: groups.filter((_, at) => known[at] === undefined) };
};

const windowOf = (build: Build, parts: Parts): Plan["window"] => {
  const { window } = build.frame;
  if (window === undefined) return undefined;
  const grained = parts.groups.find((group) => group.grain);
  const time = grained === undefined ? resolveTime(build.resolver, window, true, build.resolver.verbs) : undefined;
  const order =
    grained ??
    (time === undefined
      ? undefined
      : { name: build.name(snake(time.column.name)), expression: columnExpression(time.ref), origin: origin(window, time.column.name) });
  if (order === undefined) return undefined;
  return {
    origin: origin(window, window.fn === "sum" ? "running total" : `moving average of ${window.rows ?? 0} rows`),
    fn: window.fn,
    rows: window.rows,
    order,
    of: parts.select[0],
  };
};

const shareMeasure = (build: Build, parts: Parts): Parts => {
  const { share } = build.frame;
  if (share === undefined || parts.planned.length > 0) return parts;
  const counted: Measure = { fn: "count", distinct: false, ...(build.frame.entity === undefined ? {} : { of: build.frame.entity }) };
  const made = plannedMeasure(build, { ...counted, start: share.start, end: share.end });
  return made === undefined ? parts : { ...parts, planned: [{ source: counted, planned: made }] };
};

/** Ranking one number, or counting a thing within its own groups, answers nothing. */
const isEmptyRanking = (build: Build, parts: Parts): boolean => {
  if (parts.planned.length === 0) return false;
  if (parts.groups.length === 0) return build.frame.limit !== undefined && build.frame.order !== undefined;
  const grouped = new Set(parts.groups.filter((group) => group.grain !== true).map((group) => refKey(nearest(group.expression.refs[0]!))));
  const own = parts.planned.some(
    ({ planned }) => planned.fn === "count" && planned.of !== undefined && planned.of.refs.every((ref) => grouped.has(refKey(nearest(ref)))),
  );
  const { root } = build.resolver;
  const keyed = root.columns.some((column) => column.unique && grouped.has(refKey({ table: root.name, column: column.name, path: [] })));
  const rows = parts.planned.some(({ planned }) => planned.fn === "count" && planned.of === undefined);
  return (own || (keyed && rows)) && (build.frame.order !== undefined || parts.having.length > 0);
};

/** "share of sunny days": what stands before the thing counted describes the part, not the whole, unless a verb says the part; where and when describe the whole. */
const describesPart = (frame: Frame, said: Span): boolean => {
  const counted = frame.measures[0]?.of ?? frame.entity;
  if (frame.conditions.some(({ late }) => late)) return false;
  if (frame.share === undefined) return false;
  const { start } = frame.share;
  const whole = frame.conditions.find(({ words }) => words.some((word) => /^among(st)?$/.test(word)));
  if (whole !== undefined) return said.end <= whole.fragment.start;
  const precedes = (span: Span): boolean => counted !== undefined && span.start > start && span.end <= counted.start;
  if (frame.conditions.some(({ fragment }) => precedes(fragment))) return precedes(said);
  const placed = frame.conditions.filter(({ words, fragment }) => words.at(-1) === "in" || fragment.type === "period");
  if (placed.length === 0 || placed.length === frame.conditions.length) return false;
  return !placed.some(({ fragment }) => fragment.start === said.start);
};

const finish = (build: Build, first: Parts): Plan => {
  const { frame, resolver } = build;
  const parts = shareMeasure(build, first);
  if (isIncomplete(frame, parts) || isEmptyRanking(build, parts)) resolver.failed = true;
  const { order, extra } = orderOf(build, parts);
  const grouped = { ...parts, select: [...parts.select, ...extra] };
  const per = limitColumns(build, grouped);
  const window = windowOf(build, grouped);
  const change = changeOf(frame, parts);
  return {
    root: resolver.root.name,
    where: parts.sorted.where.map((item) => ({ ...item, late: item.late || describesPart(frame, item.origin) })),
    exists: parts.exists,
    groups: parts.groups,
    groupsAreListed: frame.listsGroups,
    measures: parts.planned.map((item) => item.planned),
    having: parts.having,
    select: withTime([...per.added, ...grouped.select], window, parts),
    distinct: frame.distinct || isSet(build, grouped),
    order,
    limit: limitOf(build, per.names, showsTies(build, grouped, order)),
    share: frame.share === undefined ? undefined : { origin: origin(frame.share, "share of all"), percent: frame.share.percent },
    change,
    window,
    assumptions: [...resolver.assumptions, ...frame.notes],
    cost: resolver.cost + frame.cost + (frame.change !== undefined && change === undefined ? 1 : 0),
  };
};

/** Groups without anything worked out for them, or a share of nothing in particular. */
const isIncomplete = (frame: Frame, parts: Parts): boolean =>
  parts.groups.length > 0 ? parts.planned.length === 0 : frame.share !== undefined && parts.sorted.where.length === 0;

const changeOf = (frame: Frame, parts: Parts): Plan["change"] => {
  const by = parts.groups.find((group) => group.grain)?.name;
  return frame.change === undefined || by === undefined
    ? undefined
    : { origin: origin(frame.change, "change from the row before"), by, relative: frame.change.relative };
};

/** A moving value over rows is shown beside its time. */
const withTime = (select: readonly NamedExpression[], window: Plan["window"], parts: Parts): readonly NamedExpression[] =>
  window !== undefined && parts.planned.length === 0 && !select.some((item) => item.name === window.order.name) ? [window.order, ...select] : select;

/** Whether the rows of a table are known by a column, so that all of them with one value are one thing. */
const isNameOf = (resolver: Resolver, table: string, name: string): boolean => {
  const known = resolver.chart.catalog.tables.get(table);
  return known !== undefined && known.display.length < known.columns.length && known.display[0]?.name === name;
};

/** A plain list of one repeating column is a set: "which genres are there"; of chosen rows each shows what it has. */
const isSet = (build: Build, parts: Parts): boolean => {
  const { frame, resolver } = build;
  if (frame.entity !== undefined || frame.measures.length > 0 || frame.select.length !== 1 || frame.order !== undefined) return false;
  const ref = parts.select[0]?.expression.refs[0];
  const column = ref === undefined ? undefined : columnOf(resolver.chart, ref.table, ref.column);
  return column !== undefined && repeats(build, parts, column);
};

const repeats = ({ frame, resolver }: Build, parts: Parts, column: CatalogColumn): boolean => {
  const named = parts.sorted.where.some(({ expression }) =>
    expression.refs.some(({ path, table, column: name }) => path.length === 0 && isNameOf(resolver, table, name)),
  );
  if (column.kind === "number") return named && frame.conditions.length === 1;
  return column.kind === "text" && !column.unique && !named && !isNameOf(resolver, column.table, column.name);
};
