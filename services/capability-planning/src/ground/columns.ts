import { isLookup, shortestPaths } from "../catalog/join-graph.ts";
import type { Path } from "../catalog/join-graph.ts";
import type { CatalogTable } from "../catalog/compile-catalog.ts";
import type { Frame } from "../frame/types.ts";
import type { Grouping, Span } from "../lattice/types.ts";
import { column as columnExpression, grainOf, snake, weekdayName } from "../plan/expressions.ts";
import type { NamedExpression, Origin, Ref } from "../plan/types.ts";
import { resolveColumn, resolveTable, resolveTime, textOf } from "./resolver.ts";
import type { Resolved, Resolver } from "./resolver.ts";

/** Gives each output column a name of its own. */
export const createNames = (): ((wanted: string) => string) => {
  const used = new Set<string>();
  return (wanted) => {
    let name = wanted;
    for (let at = 2; used.has(name); at++) name = `${wanted}_${at}`;
    used.add(name);
    return name;
  };
};

export interface Build {
  readonly resolver: Resolver;
  readonly frame: Frame;
  readonly name: (wanted: string) => string;
}

export const origin = (span: Span, meaning: string): Origin => ({ start: span.start, end: span.end, meaning });

const displayOf = (build: Build, table: CatalogTable, path: Path, span: Span, keyed: boolean): NamedExpression[] => {
  const keys = keyed ? table.columns.filter((column) => table.primaryKey.includes(column.name)) : [];
  const shown = [...new Set([...table.display, ...keys])];
  return shown.map((column) => {
    const ref: Ref = { table: table.name, column: column.name, path };
    return { name: build.name(snake(column.name)), expression: columnExpression(ref), origin: origin(span, `${table.name}.${column.name}`) };
  });
};

export const entityGroup = (build: Build, group: Extract<Grouping, { kind: "entity" }>): NamedExpression[] => {
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
    origin: origin(group, `${group.grain} of ${found.column.name}`),
    grain: true,
  };
  return group.grain === "weekday" ? [own, { name: build.name("weekday_name"), expression: weekdayName(base), origin: own.origin }] : [own];
};

const keyWords = /^(id|ids|code|codes|key|keys|number|numbers|no|uid|identifier|identifiers)$/;

/** A number that only refers to another table is shown as the name of what it refers to, unless the number itself is asked for. */
const asNamed = (build: Build, { ref, column }: Resolved, span: Span): Ref => {
  const { catalog } = build.resolver.chart;
  const key = catalog.keys.find(({ from }) => from.table === ref.table && from.column === ref.column);
  const target = key === undefined ? undefined : catalog.tables.get(key.to.table);
  const [name] = target?.display ?? [];
  const asked = textOf(build.resolver.chart, span)
    .split(" ")
    .some((word) => keyWords.test(word));
  if (key === undefined || target === undefined || name?.kind !== "text" || column.kind !== "number" || asked) return ref;
  const hop = { from: ref.table, fromColumn: ref.column, to: target.name, toColumn: key.to.column, forward: true, role: ref.column };
  return target.display.length === target.columns.length ? ref : { table: target.name, column: name.name, path: [...ref.path, hop] };
};

const shownColumn = (build: Build, found: Resolved, span: Span): NamedExpression => {
  const ref = asNamed(build, found, span);
  return { name: build.name(snake(ref.column)), expression: columnExpression(ref), origin: origin(span, `${ref.table}.${ref.column}`) };
};

export const groupColumns = (build: Build, group: Grouping): NamedExpression[] => {
  if (group.kind === "grain") return grainGroup(build, group);
  if (group.kind === "entity") return entityGroup(build, group);
  const found = resolveColumn(build.resolver, group, group.candidates);
  if (found?.column.kind === "timestamp" && /^(days?|dates?)$/.test(textOf(build.resolver.chart, group))) {
    const expression = grainOf(columnExpression(found.ref), "day", found.column);
    return [{ name: build.name("day"), expression, origin: origin(group, `day of ${found.column.name}`) }];
  }
  return found === undefined ? [] : [shownColumn(build, found, group)];
};

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
  "hometown",
  "birthplace",
  "nationality",
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

export const headColumns = (build: Build): NamedExpression[] => {
  const { frame, resolver } = build;
  const chosen = frame.select.flatMap((mention) => {
    const found = resolveColumn(resolver, mention, mention.candidates);
    return found === undefined ? [] : [shownColumn(build, found, mention)];
  });
  if (chosen.length > 0 && frame.named)
    return [...displayOf(build, resolver.root, [], { start: -1, end: -1 }, false).filter((item) => !chosen.some(({ name }) => name === item.name)), ...chosen];
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
