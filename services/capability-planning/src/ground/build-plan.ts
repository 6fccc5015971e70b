import { isLookup, shortestPaths } from "../catalog/join-graph.ts";
import type { Path } from "../catalog/join-graph.ts";
import type { CatalogColumn, CatalogTable } from "../catalog/compile-catalog.ts";
import { defaultAggregate } from "../frame/build-frame.ts";
import type { Condition, Frame } from "../frame/types.ts";
import type { ColumnCandidate, ColumnMention, Grouping, Measure, Operand, Span } from "../lattice/types.ts";
import { column as columnExpression, grainOf, snake, weekdayName } from "../plan/expressions.ts";
import type { Existence, NamedExpression, Origin, Plan, PlannedMeasure, Ref } from "../plan/types.ts";
import { nounLemma } from "../text/lemma.ts";
import { sortConditions } from "./conditions.ts";
import type { Sorted } from "./conditions.ts";
import { columnOf, resolveColumn, resolveTable, resolveTime, textOf } from "./resolver.ts";
import type { Resolved, Resolver } from "./resolver.ts";

/** Gives each output column a name of its own. */
const createNames = (): ((wanted: string) => string) => {
  const used = new Set<string>();
  return (wanted) => {
    let name = wanted;
    for (let at = 2; used.has(name); at++) name = `${wanted}_${at}`;
    used.add(name);
    return name;
  };
};

interface Build {
  readonly resolver: Resolver;
  readonly frame: Frame;
  readonly name: (wanted: string) => string;
}

const origin = (span: Span, meaning: string): Origin => ({ start: span.start, end: span.end, meaning });

const displayOf = (build: Build, table: CatalogTable, path: Path, span: Span, keyed: boolean): NamedExpression[] => {
  const keys = keyed ? table.columns.filter((column) => table.primaryKey.includes(column.name)) : [];
  const shown = [...new Set([...table.display, ...keys])];
  return shown.map((column) => {
    const ref: Ref = { table: table.name, column: column.name, path };
    return { name: build.name(snake(column.name)), expression: columnExpression(ref), origin: origin(span, `${table.name}.${column.name}`) };
  });
};

const entityGroup = (build: Build, group: Extract<Grouping, { kind: "entity" }>): NamedExpression[] => {
  const found = resolveTable(build.resolver, group, group.candidates);
  if (found === undefined) return [];
  const kinds = found.table.columns.filter((column) => column.kind === "text" && (column.distinctShare ?? 1) < 0.5);
  const nameless = found.table.display.length === found.table.columns.length && found.table.primaryKey.length === 0 && kinds.length === 1;
  if (!nameless) return displayOf(build, found.table, found.path, group, true);
  const ref: Ref = { table: found.table.name, column: kinds[0]!.name, path: found.path };
  return [{ name: build.name(snake(kinds[0]!.name)), expression: columnExpression(ref), origin: origin(group, `${found.table.name}.${kinds[0]!.name}`) }];
};

const grainGroup = (build: Build, group: Extract<Grouping, { kind: "grain" }>): NamedExpression[] => {
  const yearly = group.grain === "year" || group.grain === "decade";
  const found = resolveTime(build.resolver, { start: 0, end: 0 }, yearly, build.resolver.verbs);
  if (found === undefined || (found.column.isYear && !yearly) || (group.grain === "hour" && found.column.kind !== "timestamp")) {
    build.resolver.failed = true;
    return [];
  }
  const base = columnExpression(found.ref);
  const name = build.name(group.grain === "monthName" ? "month" : group.grain);
  const own: NamedExpression = {
    name,
    expression: grainOf(base, group.grain, found.column),
    origin: { start: -1, end: -1, meaning: `${group.grain} of ${found.column.name}` },
  };
  return group.grain === "weekday" ? [own, { name: build.name("weekday_name"), expression: weekdayName(base), origin: own.origin }] : [own];
};

const groupColumns = (build: Build, group: Grouping): NamedExpression[] => {
  if (group.kind === "grain") return grainGroup(build, group);
  if (group.kind === "entity") return entityGroup(build, group);
  const found = resolveColumn(build.resolver, group, group.candidates);
  return found === undefined
    ? []
    : [
        {
          name: build.name(snake(found.column.name)),
          expression: columnExpression(found.ref),
          origin: origin(group, `${found.ref.table}.${found.column.name}`),
        },
      ];
};

const rowKey = (table: CatalogTable): string | undefined =>
  table.primaryKey.length === 1 ? table.primaryKey[0] : table.columns.find((column) => column.unique)?.name;

/** A count of rows of another table than the first: its keys, once each. */
const countOf = (build: Build, measure: Measure): Pick<PlannedMeasure, "of" | "distinct"> & { noun: string; meaning: string } => {
  const { resolver } = build;
  if (measure.of === undefined) return { of: undefined, distinct: false, noun: "row", meaning: "count of rows" };
  if (measure.of.kind === "entity") {
    const found = resolveTable(resolver, measure.of, measure.of.candidates);
    const noun = snake(nounLemma(textOf(resolver.chart, measure.of).split(" ").at(-1) ?? "row"));
    const key = found === undefined || found.path.length === 0 ? undefined : rowKey(found.table);
    const of = key === undefined ? undefined : columnExpression({ table: found!.table.name, column: key, path: found!.path });
    return { of, distinct: of !== undefined, noun, meaning: `count of ${found?.table.name ?? "rows"}` };
  }
  const found = resolveColumn(resolver, measure.of, measure.of.candidates);
  if (found === undefined) return { of: undefined, distinct: false, noun: "row", meaning: "count" };
  const distinct = measure.distinct || !found.column.unique;
  return { of: columnExpression(found.ref), distinct, noun: snake(found.column.name), meaning: `count of ${distinct ? "different " : ""}${found.column.name}` };
};

/** "how many miles": of a column of amounts the sum is meant, not how many there are. */
const amountOf = (build: Build, mention: Extract<Measure["of"], { kind: "column" }>): "sum" | undefined => {
  const [first] = mention.candidates;
  const column = first === undefined ? undefined : columnOf(build.resolver.chart, first.table, first.column);
  return column?.kind === "number" && !column.isKey && !column.isYear ? "sum" : undefined;
};

const plannedMeasure = (build: Build, measure: Measure & Span): PlannedMeasure | undefined => {
  if (measure.per !== undefined) return nestedMeasure(build, measure, measure.per);
  const amount = measure.fn === "count" && !measure.distinct && measure.of?.kind === "column" ? amountOf(build, measure.of) : undefined;
  if (measure.fn === "count" && amount === undefined) {
    const counted = countOf(build, measure);
    return { name: build.name(`${counted.noun}_count`), fn: "count", of: counted.of, distinct: counted.distinct, origin: origin(measure, counted.meaning) };
  }
  const fn = amount ?? measure.fn;
  const found = measure.of?.kind === "column" ? resolveColumn(build.resolver, measure.of, measure.of.candidates) : undefined;
  return found === undefined ? undefined : columnMeasure(build, measure, found, fn);
};

const nestedMeasure = (build: Build, measure: Measure & Span, per: Grouping): PlannedMeasure | undefined => {
  const [by] = groupColumns(build, per);
  if (by === undefined) return undefined;
  const inner = countOf(build, measure);
  return {
    name: build.name(`${measure.fn}_${inner.noun}_count`),
    fn: measure.fn,
    of: inner.of,
    distinct: inner.distinct,
    origin: origin(measure, `${measure.fn} of ${inner.meaning} per ${by.name}`),
    per: { fn: "count", by },
  };
};

const prefixes: Readonly<Record<Measure["fn"], string>> = {
  avg: "avg",
  sum: "total",
  min: "min",
  max: "max",
  median: "median",
  stddev: "stddev",
  count: "count",
};

const columnMeasure = (build: Build, measure: Measure & Span, found: Resolved, fn: Measure["fn"]): PlannedMeasure => {
  if (found.column.kind === "text") build.resolver.failed = true;
  if ((found.column.source.nullCount ?? 0) > 0) build.resolver.assumptions.add(`rows without ${found.column.name} are left out`);
  return {
    name: build.name(snake(`${prefixes[fn]}_${found.column.name}`)),
    fn,
    of: columnExpression(found.ref),
    distinct: false,
    origin: origin(measure, `${fn}(${found.column.name})`),
  };
};

const sameMeasure = (a: Measure, b: Measure): boolean => a.fn === b.fn && a.of?.start === b.of?.start && a.of?.end === b.of?.end;

/** The planned measure that an operand names, added when the question only ranks or filters by it. */
const measureFor = (build: Build, planned: { source: Measure; planned: PlannedMeasure }[], operand: Operand, span: Span): PlannedMeasure | undefined => {
  const measure: Measure =
    operand.kind === "measure"
      ? operand.measure
      : operand.kind === "entity"
        ? { fn: "count", of: operand, distinct: false }
        : { fn: defaultAggregate(textOf(build.resolver.chart, operand).split(" ")), of: operand, distinct: false };
  const known = planned.find((item) => sameMeasure(item.source, measure));
  if (known !== undefined) return known.planned;
  const fresh = plannedMeasure(build, { ...measure, start: span.start, end: span.end });
  if (fresh !== undefined) planned.push({ source: measure, planned: fresh });
  return fresh;
};

const compareGroups = (build: Build, sorted: Sorted): NamedExpression[] =>
  build.frame.compareValues && build.frame.measures.length > 0
    ? sorted.compared.map((item) => ({ name: build.name(snake(item.ref.column)), expression: columnExpression(item.ref), origin: item.origin }))
    : [];

const existences = (build: Build): Existence[] => {
  const wanted = build.frame.absences.flatMap((absence): Existence[] => {
    const found = resolveTable(build.resolver, absence.entity, absence.entity.candidates);
    if (found === undefined || found.path.length === 0) {
      build.resolver.failed = true;
      return [];
    }
    const inner = sortConditions(build.resolver, absence.conditions, [{ table: found.table.name, column: "", path: found.path }]);
    const outside = inner.where.some((item) => item.expression.refs.some((ref) => ref.path.length < found.path.length)) || inner.exists.length > 0;
    if (outside) build.resolver.failed = true;
    return [{ path: found.path, where: inner.where.map((item) => item.expression), negated: true, origin: origin(absence, `without any ${found.table.name}`) }];
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

const placeWords = new Set([
  "location",
  "city",
  "town",
  "state",
  "country",
  "address",
  "street",
  "region",
  "county",
  "province",
  "place",
  "house",
  "site",
  "district",
]);

/** What answers "where": the columns of the row that hold places, beside its name. */
const placeColumns = (build: Build): NamedExpression[] => {
  const { chart, root } = build.resolver;
  const reached = [...chart.catalog.tables.values()].flatMap((table) =>
    shortestPaths(chart.catalog, root.name, table.name)
      .filter((path) => path.length <= 1 && isLookup(path))
      .flatMap((path) => table.columns.map((column) => ({ column, path }))),
  );
  const places = reached.filter(
    ({ column }) => column !== root.display[0] && !column.isKey && column.phrases.some((phrase) => phrase.words.some((word) => placeWords.has(word))),
  );
  const named = root.display.slice(0, 1).map((column) => ({ column, path: [] as Path }));
  const shown = places.length === 0 ? [] : [...named, ...places];
  return shown.map(({ column, path }) => ({
    name: build.name(snake(column.name)),
    expression: columnExpression({ table: column.table, column: column.name, path }),
    origin: { start: -1, end: -1, meaning: `${column.table}.${column.name}` },
  }));
};

const headColumns = (build: Build): NamedExpression[] => {
  const { frame, resolver } = build;
  const chosen = frame.select.flatMap((mention) => {
    const found = resolveColumn(resolver, mention, mention.candidates);
    return found === undefined
      ? []
      : [
          {
            name: build.name(snake(found.column.name)),
            expression: columnExpression(found.ref),
            origin: origin(mention, `${found.ref.table}.${found.column.name}`),
          },
        ];
  });
  if (chosen.length > 0) return chosen;
  const { date } = resolver.root;
  if (frame.when && date !== undefined)
    return [
      {
        name: build.name(snake(date.name)),
        expression: columnExpression({ table: resolver.root.name, column: date.name, path: [] }),
        origin: { start: 0, end: 1, meaning: `${date.table}.${date.name}` },
      },
    ];
  const places = frame.where ? placeColumns(build) : [];
  if (places.length > 0) return places;
  const { entity } = frame;
  if (entity === undefined) return displayOf(build, resolver.root, [], { start: -1, end: -1 }, false);
  const found = resolveTable(resolver, entity, entity.candidates);
  return found === undefined ? [] : displayOf(build, found.table, found.path, entity, false);
};

const uniqueBy = <T>(items: readonly T[], key: (item: T) => string): T[] =>
  [...new Map(items.toReversed().map((item) => [key(item), item])).values()].toReversed();
const refKey = (ref: Ref): string => `${ref.path.map((hop) => `${hop.role}>${hop.to}`).join(" ")}|${ref.table}.${ref.column}`;

/** The plan of a question when its rows come from the resolver's first table; undefined when that table cannot answer it. */
export const buildPlan = (resolver: Resolver, source: Frame): Plan | undefined => {
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
  const having = frame.having.flatMap((item) => {
    const measure = measureFor(build, planned, item.operand, item);
    const right = item.fragment.right;
    if (measure === undefined || right.kind !== "number") return [];
    const text =
      item.fragment.upper === undefined
        ? `${measure.name} ${item.fragment.op} ${right.value}`
        : `${measure.name} between ${right.value} and ${item.fragment.upper}`;
    return [{ text, origin: origin(item, `${measure.origin.meaning} ${item.fragment.op} ${right.value}`) }];
  });
  if (having.length < frame.having.length) return undefined;
  const aggregated = planned.length > 0 || frame.share !== undefined;
  const select = aggregated && frame.order?.key?.kind !== "column" ? [] : aggregated ? [] : headColumns(build);
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

/** "top N x by y" over repeated x: y is worked out for each x. */
const rankingFrame = (resolver: Resolver, frame: Frame): Frame => {
  const key = frame.order?.key;
  const [target] = frame.select;
  if (!frame.ranking || key?.kind !== "column" || target === undefined || frame.select.length !== 1 || frame.measures.length > 0) return frame;
  const probe = target.candidates.find((candidate) => candidate.table === resolver.root.name);
  const column = probe === undefined ? undefined : columnOf(resolver.chart, probe.table, probe.column);
  return column !== undefined && isRepeated(column) ? groupedRanking(resolver, frame, key, target) : frame;
};

const isRepeated = (column: CatalogColumn): boolean => column.kind === "text" && (column.distinctShare ?? 1) <= 0.9;

const groupedRanking = (resolver: Resolver, frame: Frame, key: ColumnMention, target: ColumnMention): Frame => {
  const measure: Measure = { fn: defaultAggregate(textOf(resolver.chart, key).split(" ")), of: key, distinct: false };
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

const limitOf = (build: Build, parts: Parts): Plan["limit"] => {
  const { limit } = build.frame;
  if (limit === undefined) return undefined;
  const by = limit.by.flatMap((group) => {
    if (group.kind === "grain")
      return parts.groups.filter((known) => known.name === group.grain || (group.grain === "monthName" && known.name === "month")).map((known) => known.name);
    return [...parts.groups, ...parts.select]
      .filter((known) => known.origin.start === group.start && known.origin.end === group.end)
      .map((known) => known.name);
  });
  return {
    count: limit.count,
    offset: limit.offset,
    by,
    origin: origin(limit, `${limit.count} ${limit.count === 1 ? "row" : "rows"}${by.length === 0 ? "" : ` per ${by.join(", ")}`}`),
  };
};

/** "per genre" beside ranked rows: the group's columns come along. */
const limitColumns = (build: Build, parts: Parts): NamedExpression[] =>
  parts.planned.length > 0
    ? []
    : (build.frame.limit?.by ?? [])
        .flatMap((group) => groupColumns(build, group))
        .filter((group) => !parts.select.some((item) => item.origin.start === group.origin.start && item.origin.start >= 0));

const windowOf = (build: Build, parts: Parts): Plan["window"] => {
  const { window } = build.frame;
  if (window === undefined) return undefined;
  const grained = parts.groups.find((group) => group.origin.start === -1);
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

const finish = (build: Build, first: Parts): Plan => {
  const { frame, resolver } = build;
  const parts = shareMeasure(build, first);
  const { order, extra } = orderOf(build, parts);
  const grouped = { ...parts, select: [...parts.select, ...extra] };
  const select = [...limitColumns(build, grouped), ...grouped.select];
  const window = windowOf(build, grouped);
  const changed = parts.groups.find((group) => group.origin.start === -1)?.name;
  return {
    root: resolver.root.name,
    where: parts.sorted.where,
    exists: parts.exists,
    groups: parts.groups,
    measures: parts.planned.map((item) => item.planned),
    having: parts.having,
    select: window !== undefined && !select.some((item) => item.name === window.order.name) && parts.planned.length === 0 ? [window.order, ...select] : select,
    distinct: frame.distinct || isSet(build, grouped),
    order,
    limit: limitOf(build, { ...grouped, select }),
    share: frame.share === undefined ? undefined : { origin: origin(frame.share, "share of all"), percent: frame.share.percent },
    change:
      frame.change === undefined || changed === undefined
        ? undefined
        : { origin: origin(frame.change, "change from the row before"), by: changed, relative: frame.change.relative },
    window,
    assumptions: [...resolver.assumptions, ...frame.notes],
    cost: resolver.cost + frame.cost + (frame.change !== undefined && changed === undefined ? 1 : 0),
  };
};

/** A plain list of one repeating column is a set: "which genres are there". */
const isSet = (build: Build, parts: Parts): boolean => {
  const { frame, resolver } = build;
  if (frame.entity !== undefined || frame.measures.length > 0 || frame.select.length !== 1 || frame.order !== undefined) return false;
  const ref = parts.select[0]?.expression.refs[0];
  const column = ref === undefined ? undefined : columnOf(resolver.chart, ref.table, ref.column);
  return column?.kind === "text" && !column.unique;
};

export type { Condition };
