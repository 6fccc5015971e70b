import { nounLemma, rowNouns } from "@rivergen/words";
import type { CatalogColumn, CatalogTable } from "../catalog/compile-catalog.ts";
import { defaultAggregate } from "../frame/word-sense.ts";
import type { Grouping, Measure, Operand, Span } from "../lattice/types.ts";
import { column as columnExpression, snake } from "../plan/expressions.ts";
import type { PlannedMeasure } from "../plan/types.ts";
import { groupColumns, origin } from "./columns.ts";
import type { Build } from "./columns.ts";
import { columnOf, resolveColumn, resolveTable, textOf } from "./resolver.ts";
import type { Resolved } from "./resolver.ts";

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

const tallyWords = /^(count|cnt|tally)$/;

/** Where each row already is a count of the things it describes, how many there are is the sum of the counts. */
const tallyOf = (build: Build, measure: Measure): CatalogColumn | undefined => {
  const { chart, root } = build.resolver;
  const counted = measure.of;
  if (measure.fn !== "count" || measure.distinct || counted?.kind === "column") return undefined;
  if (counted !== undefined && (counted.candidates[0]!.table !== root.name || rowNouns.has(nounLemma(textOf(chart, counted))))) return undefined;
  if (counted === undefined && chart.tokens.some(({ lemma }) => rowNouns.has(lemma))) return undefined;
  const [tally, ...others] = root.columns.filter(
    (column) => column.kind === "number" && !column.isKey && column.phrases.some(({ words }) => words.length === 1 && tallyWords.test(words[0]!)),
  );
  return others.length > 0 ? undefined : tally;
};

const summedTally = (build: Build, measure: Measure & Span, tally: CatalogColumn): PlannedMeasure => {
  build.resolver.assumptions.add(`each row of ${tally.table} stands for as many as its ${tally.name} says`);
  return {
    name: build.name(snake(`total_${tally.name}`)),
    fn: "sum",
    of: columnExpression({ table: tally.table, column: tally.name, path: [] }),
    distinct: false,
    origin: origin(measure, `sum(${tally.name})`),
  };
};

export const plannedMeasure = (build: Build, measure: Measure & Span): PlannedMeasure | undefined => {
  if (measure.per !== undefined) return nestedMeasure(build, measure, measure.per);
  const tally = tallyOf(build, measure);
  return tally === undefined ? ownMeasure(build, measure) : summedTally(build, measure, tally);
};

const ownMeasure = (build: Build, measure: Measure & Span): PlannedMeasure | undefined => {
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
  range: "range",
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
export const measureFor = (build: Build, planned: { source: Measure; planned: PlannedMeasure }[], operand: Operand, span: Span): PlannedMeasure | undefined => {
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
