import { roleWords } from "@rivergen/words";
import { isLookup, pathCost, shortestPaths } from "../catalog/join-graph.ts";
import type { Path } from "../catalog/join-graph.ts";
import type { CatalogColumn, CatalogTable } from "../catalog/compile-catalog.ts";
import { splitName } from "../catalog/natural-name.ts";
import type { Chart } from "../grammar/chart.ts";
import type { ColumnCandidate, EntityMention, Span } from "../lattice/types.ts";
import type { Ref } from "../plan/types.ts";

/** Two or more ways to understand the same words. */
export interface Ambiguity {
  readonly id: string;
  readonly text: string;
  readonly options: readonly { readonly value: string; readonly text: string }[];
  readonly closeness: number;
}

/** Answers to earlier questions: question id → value. */
export type Answers = ReadonlyMap<string, string>;

export interface Resolved {
  readonly ref: Ref;
  readonly column: CatalogColumn;
  readonly candidate: ColumnCandidate;
}

/** Decides tables, columns and join paths for one choice of the first table, noting costs and doubts. */
export interface Resolver {
  readonly chart: Chart;
  readonly root: CatalogTable;
  readonly answers: Answers;
  readonly ambiguities: Ambiguity[];
  readonly assumptions: Set<string>;
  /** Words that nothing used, most of them verbs: they hint at which date is meant. */
  readonly verbs: readonly string[];
  /** Tables that the question names as what it is about. */
  readonly heads: ReadonlySet<string>;
  /** The things themselves are listed or counted: a name is hardly one of them ("rivers in colorado"). */
  readonly listed: boolean;
  cost: number;
  /** How literally the least literal name was said, 0–1. */
  weakest: number;
  failed: boolean;
}

export const createResolver = (
  chart: Chart,
  root: CatalogTable,
  answers: Answers,
  verbs: readonly string[],
  heads: ReadonlySet<string> = new Set(),
  listed = false,
): Resolver => ({
  heads,
  listed,
  chart,
  root,
  answers,
  verbs,
  ambiguities: [],
  assumptions: new Set(),
  cost: 0,
  weakest: 1,
  failed: false,
});

export const columnOf = (chart: Chart, table: string, name: string): CatalogColumn | undefined =>
  chart.catalog.tables.get(table)?.columns.find((column) => column.name === name);

export const textOf = (chart: Chart, span: Span): string =>
  chart.tokens
    .slice(span.start, span.end)
    .map((token) => token.lower)
    .join(" ");

/** 1 when a key's name says what the words say (from ↔ origin), -1 when it says the opposite. */
const roleFit = (role: string, words: readonly string[]): number => {
  const parts = splitName(role);
  const sides = (["source", "target"] as const).filter((side) => parts.some((part) => roleWords[side].has(part)));
  const side = sides[0];
  if (side === undefined) return parts.some((part) => words.includes(part)) ? 1 : 0;
  const nearest = words.findLast((word) => roleWords.source.has(word) || roleWords.target.has(word));
  return nearest === undefined ? 0 : roleWords[side].has(nearest) ? 1 : -1;
};

const perHop = 0.16;
const distance = (path: Path): number => perHop * pathCost(path);

interface Option extends Resolved {
  readonly value: number;
}

const roleName = (path: Path): string => path.map((hop) => hop.role).join(" ");

/** A value of the column by which rows of its table are known means that row. */
const identity = (resolver: Resolver, candidate: ColumnCandidate, span: object, words: readonly string[]): number => {
  if (!("kind" in span) || span.kind !== "value") return 0;
  const table = resolver.chart.catalog.tables.get(candidate.table);
  if (table === undefined || !namesRows(table, candidate.column)) return 0;
  if (candidate.table === resolver.root.name && resolver.listed && resolver.heads.has(candidate.table)) return -0.7;
  return candidate.table === resolver.root.name && resolver.heads.has(candidate.table) && words.some((word) => within.has(word)) ? -0.15 : 0.12;
};

/** Prepositions after which a name is a place or a whole, not the thing itself: "rivers in colorado". */
const within = new Set(["in", "through", "across", "inside", "throughout", "within", "along"]);

/** Whether rows of the table are known by the column: `city_name` of `city`. */
const namesRows = (table: CatalogTable, name: string): boolean => {
  const first = table.display[0];
  const own = new Set(table.phrases.flatMap((phrase) => phrase.words));
  return table.display.length < table.columns.length && first?.name === name && first.phrases.some((phrase) => phrase.words.some((word) => own.has(word)));
};

const optionsFor = (resolver: Resolver, candidates: readonly ColumnCandidate[], words: readonly string[], via: string | undefined, span: object): Option[] =>
  candidates.flatMap((candidate) => {
    const column = columnOf(resolver.chart, candidate.table, candidate.column);
    if (column === undefined) return [];
    return shortestPaths(resolver.chart.catalog, resolver.root.name, candidate.table).map((path) => {
      const role =
        path.length === 0
          ? 0.35 * Math.min(0, roleFit(candidate.column, words)) + 0.12 * Math.max(0, roleFit(candidate.column, words))
          : Math.max(-0.5, ...path.map((hop) => 0.25 * roleFit(hop.role, words)));
      const named = via === undefined ? 0 : path.some((hop) => hop.role === via) ? 0.4 : -0.6;
      return {
        ref: { table: candidate.table, column: candidate.column, path },
        column,
        candidate,
        value: candidate.score - distance(path) + role + named + identity(resolver, candidate, span, words),
      };
    });
  });

const optionValue = (option: Option): string =>
  `${option.candidate.table}.${option.candidate.column}${option.ref.path.length === 0 ? "" : `@${roleName(option.ref.path)}`}`;

const optionText = (option: Option, several: boolean): string => {
  const base = `${option.candidate.column} of ${option.candidate.table}`;
  return several && option.ref.path.length > 0 ? `${base} by ${roleName(option.ref.path)}` : base;
};

const margin = 0.07;

const noteAmbiguity = (resolver: Resolver, span: Span, best: Option, close: readonly Option[]): void => {
  const words = textOf(resolver.chart, span);
  const several = close.some((option) => option.candidate.table === best.candidate.table && option.candidate.column === best.candidate.column);
  const options = [best, ...close].slice(0, 6).map((option) => ({ value: optionValue(option), text: optionText(option, several) }));
  const runnerUp = Math.max(...close.map((option) => option.value));
  resolver.ambiguities.push({ id: `column:${words}`, text: `Which ${words} is meant?`, options, closeness: 1 - (best.value - runnerUp) / margin });
};

/** A name that says the same column in fewer words leaves no doubt; two different partial names do. */
const rivals = (options: readonly Option[], best: Option): Option[] =>
  options.filter(
    (option) =>
      option !== best &&
      option.value > best.value - margin &&
      option.candidate.score < 1.01 &&
      optionValue(option) !== optionValue(best) &&
      !linkedTwins(option, best),
  );

/** Both ends of the key on the path hold the same thing. */
const linkedTwins = (a: Option, b: Option): boolean => {
  const [short, long] = a.ref.path.length < b.ref.path.length ? [a, b] : [b, a];
  const hop = long.ref.path[short.ref.path.length];
  return hop !== undefined && long.ref.path.length === short.ref.path.length + 1 && hop.fromColumn === short.ref.column && hop.toColumn === long.ref.column;
};

/** Of equal names, the column of the entity said last comes first. */
const nearer = (candidates: readonly ColumnCandidate[], near: EntityMention | undefined): readonly ColumnCandidate[] => {
  const tables = new Set((near?.candidates ?? []).filter((candidate) => candidate.score >= 0.9).map((candidate) => candidate.table));
  return candidates
    .map((candidate) => (tables.has(candidate.table) ? { ...candidate, score: candidate.score + 0.2 } : candidate))
    .toSorted((a, b) => b.score - a.score);
};

/** Decides a column among candidates; undefined (and the resolver failed) when none can be reached from the first table. */
export const resolveColumn = (
  resolver: Resolver,
  span: Span & { readonly via?: string },
  given: readonly ColumnCandidate[],
  words: readonly string[] = [],
  near?: EntityMention,
): Resolved | undefined => {
  const candidates = nearer(given, near);
  const options = optionsFor(resolver, candidates, words, span.via, span).toSorted((a, b) => b.value - a.value);
  const answered = resolver.answers.get(`column:${textOf(resolver.chart, span)}`);
  const chosen = answered === undefined ? undefined : options.find((option) => optionValue(option) === answered);
  const best = chosen ?? options[0];
  if (best === undefined) {
    resolver.failed = true;
    return undefined;
  }
  const top = Math.max(...candidates.map((candidate) => candidate.score));
  resolver.cost += (top - best.candidate.score) * (span.end - span.start) + 1.1 * distance(best.ref.path) - identity(resolver, best.candidate, span, words);
  resolver.weakest = Math.min(resolver.weakest, best.candidate.score);
  const close = chosen === undefined ? rivals(options, best) : [];
  if (close.length > 0) noteAmbiguity(resolver, span, best, close);
  return best;
};

/** The way to another table, by the words around it when keys have roles. */
export const resolveTable = (
  resolver: Resolver,
  span: Span,
  candidates: readonly { readonly table: string; readonly score: number }[],
  words: readonly string[] = [],
): { readonly table: CatalogTable; readonly path: Path } | undefined => {
  const options = candidates.flatMap((candidate) =>
    shortestPaths(resolver.chart.catalog, resolver.root.name, candidate.table).map((path) => ({
      candidate,
      path,
      value: candidate.score - distance(path) + Math.max(-0.5, ...path.map((hop) => 0.25 * roleFit(hop.role, words)), path.length === 0 ? 0 : -1),
    })),
  );
  const best = options.toSorted((a, b) => b.value - a.value)[0];
  if (best === undefined) {
    resolver.failed = true;
    return undefined;
  }
  resolver.cost += (candidates[0]!.score - best.candidate.score) * (span.end - span.start) + 1.1 * distance(best.path);
  resolver.weakest = Math.min(resolver.weakest, best.candidate.score);
  return { table: resolver.chart.catalog.tables.get(best.candidate.table)!, path: best.path };
};

/**
 * The ways along which a thing must be absent: the one whose role is said, else all that lead there: "airports without flights"
 * are neither origin nor destination of one.
 */
export const absentPaths = (resolver: Resolver, table: CatalogTable, words: readonly string[]): readonly Path[] => {
  const paths = shortestPaths(resolver.chart.catalog, resolver.root.name, table.name);
  const said = (["source", "target"] as const).filter((side) => words.some((word) => roleWords[side].has(word)));
  const fitting = said.length === 1 ? paths.filter((path) => path.some((hop) => roleFit(hop.role, words) === 1)) : paths;
  return fitting.length === 0 ? paths : fitting;
};

const timeOptions = (resolver: Resolver, wantsYear: boolean): { column: CatalogColumn; path: Path; value: number }[] =>
  [...resolver.chart.catalog.tables.values()].flatMap((table) => {
    const dates = table.columns.filter((column) => column.kind === "date" || column.kind === "timestamp" || (wantsYear && column.isYear));
    return shortestPaths(resolver.chart.catalog, resolver.root.name, table.name).flatMap((path) =>
      dates.map((column) => ({
        column,
        path,
        value: 0.8 - distance(path) * 2 - (isLookup(path) ? 0 : 0.2) + (column === table.date || (table.date === undefined && column.isYear) ? 0.2 : 0),
      })),
    );
  });

/** The column that a time without a name is about. */
export const resolveTime = (resolver: Resolver, span: Span, wantsYear: boolean, words: readonly string[]): Resolved | undefined => {
  const hinted = (column: CatalogColumn): number => {
    const own = new Set(column.phrases.flatMap((phrase) => phrase.words));
    return words.some((word) =>
      [...resolver.chart.match(word)].some(([known, score]) => score >= 0.7 && own.has(known) && !["date", "time", "year", "day"].includes(known)),
    )
      ? 0.5
      : 0;
  };
  const best = timeOptions(resolver, wantsYear)
    .map((option) => ({ ...option, value: option.value + hinted(option.column) }))
    .toSorted((a, b) => b.value - a.value)[0];
  if (best === undefined) {
    resolver.failed = true;
    return undefined;
  }
  resolver.cost += 1.1 * distance(best.path);
  const candidate: ColumnCandidate = { table: best.column.table, column: best.column.name, score: 1 };
  return { ref: { ...candidate, path: best.path }, column: best.column, candidate };
};
