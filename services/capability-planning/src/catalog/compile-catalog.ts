import type { PlanningCatalog, PlanningColumn, PlanningTable } from "@rivergen/contracts";
import { contentWords, nounLemma } from "@rivergen/words";
import { naturalPhrases, splitName } from "./natural-name.ts";
import { findSummaries } from "./summaries.ts";

type ColumnKind = "number" | "text" | "date" | "timestamp" | "boolean" | "other";

/** A way to say the name; `weight` below 1 for readings that are less literal. */
export interface Phrase {
  readonly words: readonly string[];
  readonly weight: number;
}

export interface CatalogColumn {
  readonly table: string;
  readonly name: string;
  readonly kind: ColumnKind;
  readonly integer: boolean;
  readonly phrases: readonly Phrase[];
  readonly source: PlanningColumn;
  /** Distinct values ÷ rows, 0–1; null when unknown. */
  readonly distinctShare: number | null;
  /** One value per row. */
  readonly unique: boolean;
  /** Identifies things rather than describing them. */
  readonly isKey: boolean;
  /** Whole numbers that are years. */
  readonly isYear: boolean;
}

export interface CatalogTable {
  readonly name: string;
  readonly title: string;
  readonly phrases: readonly Phrase[];
  readonly rows: number;
  readonly columns: readonly CatalogColumn[];
  readonly primaryKey: readonly string[];
  /** What to show when rows are asked for without columns. */
  readonly display: readonly CatalogColumn[];
  /** The column that times are about, if one stands out. */
  readonly date: CatalogColumn | undefined;
  readonly year: CatalogColumn | undefined;
  /** Holds little but keys to other tables. */
  readonly isLink: boolean;
}

export interface Catalog {
  readonly tables: ReadonlyMap<string, CatalogTable>;
  readonly keys: PlanningCatalog["keys"];
  /** Tables that only hold what can be worked out from others: asked only when they are named. */
  readonly summaries: ReadonlySet<string>;
  /** Every word of every name. */
  readonly vocabulary: ReadonlySet<string>;
}

const kindOf = (type: string): ColumnKind => {
  const base = type.toLowerCase();
  if (/^(integer|decimal|double)/.test(base)) return "number";
  if (base === "string") return "text";
  if (base === "date" || base === "boolean") return base;
  return base.startsWith("timestamp") ? "timestamp" : "other";
};

/** First words that every name of a group shares say nothing (`sbTx…`). */
const sharedPrefix = (names: readonly (readonly string[])[]): number => {
  if (names.length < 3) return 0;
  let length = 0;
  while (names.every((words) => words.length > length + 1 && words[length] === names[0]![length])) length++;
  return length;
};

const describedPhrases = (description: string, synonyms: readonly string[]): Phrase[] => {
  const short = contentWords(description);
  const told = synonyms.map((synonym) => ({ words: contentWords(synonym).map(nounLemma), weight: 1.02 }));
  return short.length === 0 || short.length > 5 ? told : [{ words: naturalPhrases(short)[0]!, weight: 1 }, ...told];
};

const dedupePhrases = (phrases: readonly Phrase[]): Phrase[] => {
  const best = new Map<string, Phrase>();
  for (const phrase of phrases) {
    const key = phrase.words.join(" ");
    const known = best.get(key);
    if (phrase.words.length > 0 && (known === undefined || known.weight < phrase.weight)) best.set(key, phrase);
  }
  return [...best.values()];
};

const eventWords = new Set("start end begin began founded established opened closed built born released launched died since".split(" "));

/** Whole numbers like years in a column named after what happened then: `reign_start`, `founded`. */
const holdsYears = (low: number, high: number, words: readonly string[]): boolean => low >= 1000 && high <= 2100 && words.some((word) => eventWords.has(word));

const isYearColumn = (column: PlanningColumn, words: readonly string[]): boolean => {
  const [low, high] = [Number(column.min ?? Number.NaN), Number(column.max ?? Number.NaN)];
  return (
    column.type === "integer" &&
    (words.includes("year") || holdsYears(low, high, words)) &&
    (Number.isNaN(low) || low < 3000) &&
    (Number.isNaN(high) || high >= 1000 || column.max === null)
  );
};

/** A number that hardly repeats names its row; one that repeats counts something ("citation_num"). */
const isMostlyDistinct = (table: PlanningTable, column: PlanningColumn): boolean =>
  column.distinctCount === null || table.rowCount === null || column.distinctCount >= 0.9 * (table.rowCount - (column.nullCount ?? 0));

/** Whether a column identifies things: by its last word, a number of its own, or as the primary key. */
const isKeyColumn = (table: PlanningTable, column: PlanningColumn, words: readonly string[], last: string): boolean =>
  /^(id|key|code|uuid|guid|identifier)$/.test(last) ||
  (words.length > 1 && /^(no|nr|num|number)$/.test(words.at(-1)!) && column.type === "integer" && isMostlyDistinct(table, column)) ||
  (table.primaryKey?.length === 1 && table.primaryKey[0] === column.name);

const compileColumn = (table: PlanningTable, tableWords: ReadonlySet<string>, column: PlanningColumn, dropped: number): CatalogColumn => {
  const words = splitName(column.name);
  const rows = table.rowCount ?? 0;
  const distinct = column.distinctCount;
  const last = naturalPhrases(words)[0]!.at(-1) ?? "";
  return {
    table: table.name,
    name: column.name,
    kind: kindOf(column.type),
    integer: column.type === "integer",
    phrases: dedupePhrases([...namePhrases(words, tableWords, dropped), ...describedPhrases(column.description, column.synonyms)]),
    source: column,
    distinctShare: distinct === null || rows === 0 ? null : distinct / rows,
    unique: distinct !== null && rows > 1 && distinct >= rows - (column.nullCount ?? 0),
    isKey: isKeyColumn(table, column, words, last),
    isYear: isYearColumn(column, words),
  };
};

/** The whole name, the name without what every column of the table shares, without the table's own words, and its initials. */
const namePhrases = (words: readonly string[], tableWords: ReadonlySet<string>, dropped: number): Phrase[] => {
  const phrases: Phrase[] = naturalPhrases(words).map((list, at) => ({ words: list, weight: at === 0 ? 1 : 0.99 }));
  for (const list of [...naturalPhrases(words), ...naturalPhrases(words.slice(dropped))]) {
    const core = list.filter((word) => !tableWords.has(word));
    phrases.push({ words: list, weight: 0.98 });
    if (core.length > 0 && core.length < list.length) phrases.push({ words: core, weight: 0.97 });
  }
  if (words.length >= 3) phrases.push({ words: [words.map((word) => word[0]).join("")], weight: 0.95 });
  return phrases;
};

const auditWords = new Set(["created", "updated", "modified", "inserted", "loaded", "timestamp"]);
const isAudit = (column: CatalogColumn): boolean => column.phrases.some((phrase) => phrase.words.some((word) => auditWords.has(word)));

const pickDate = (columns: readonly CatalogColumn[]): CatalogColumn | undefined => {
  const dates = columns.filter((column) => column.kind === "date" || column.kind === "timestamp");
  return dates.find((column) => !isAudit(column)) ?? dates[0];
};

const nameWords = new Set(["name", "title", "label", "caption"]);
const nameScore = (column: CatalogColumn, tableWords: ReadonlySet<string>): number => {
  if (column.kind !== "text" || column.source.distinctCount === 0) return 0;
  const words = column.phrases.flatMap((phrase) => phrase.words);
  const named = words.some((word) => nameWords.has(word)) ? 2 : 0;
  const own = words.some((word) => tableWords.has(word)) ? 0.5 : 0;
  const short = Math.min(...column.phrases.map((phrase) => phrase.words.length)) === 1 ? 0.4 : 0;
  return (named === 0 ? (words.some((word) => tableWords.has(word)) && !column.isKey ? 1 : 0) : named + own + short) + (column.distinctShare ?? 0) * 0.5;
};

/** A name that so many rows share tells them apart no more: a strike is not known by its airport. */
const leastTelling = 0.02;

const pickDisplay = (columns: readonly CatalogColumn[], tableWords: ReadonlySet<string>, primaryKey: readonly string[]): CatalogColumn[] => {
  const scored = columns.map((column) => ({ column, score: nameScore(column, tableWords) })).toSorted((a, b) => b.score - a.score);
  const best = scored[0]?.score ?? 0;
  const names = scored
    .filter(({ column, score }) => score >= 1 && (score >= best - 0.05 || /^(first|last|sur)/.test(column.phrases.at(-1)?.words[0] ?? "")))
    .map(({ column }) => column);
  const keys = columns.filter((column) => primaryKey.includes(column.name) || (column.unique && column.isKey));
  const chosen = [...new Set([...names.slice(0, 3), ...keys])];
  const telling = keys.length > 0 || names.some(({ distinctShare }) => distinctShare === null || distinctShare >= leastTelling);
  return !telling || names.length === 0
    ? [...columns]
    : columns.filter((column) => chosen.includes(column)).toSorted((a, b) => Number(names.includes(b)) - Number(names.includes(a)));
};

const compileTable = (table: PlanningTable, dropped: number, keys: PlanningCatalog["keys"]): CatalogTable => {
  const words = splitName(table.name).slice(dropped);
  const titleWords = table.title === "" || table.title === table.name ? [] : naturalPhrases(splitName(table.title));
  const tableWords = new Set([...words.map(nounLemma), ...naturalPhrases(words).flat()]);
  const prefix = sharedPrefix(table.columns.map((column) => splitName(column.name)));
  const references = new Set(keys.filter((key) => key.from.table === table.name).map((key) => key.from.column));
  const columns = table.columns
    .map((column) => compileColumn(table, tableWords, column, prefix))
    .map((column) => (column.kind === "number" && references.has(column.name) ? { ...column, isKey: true } : column));
  const primaryKey =
    table.primaryKey ??
    columns
      .filter((column) => column.unique && column.isKey)
      .map((column) => column.name)
      .slice(0, 1);
  const phrases = dedupePhrases([
    ...naturalPhrases(words).map((list) => ({ words: list, weight: 1 })),
    ...titleWords.map((list) => ({ words: list, weight: 1 })),
    ...describedPhrases("", table.synonyms),
  ]);
  return {
    name: table.name,
    title: table.title,
    phrases,
    rows: table.rowCount ?? 0,
    columns,
    primaryKey,
    display: pickDisplay(columns, tableWords, primaryKey),
    date: pickDate(columns),
    year: columns.find((column) => column.isYear),
    isLink: references.size >= 2 && columns.filter((column) => !references.has(column.name) && !primaryKey.includes(column.name)).length === 0,
  };
};

/** What the planner needs to know of a workspace, worked out from its catalog alone; pure. */
export const compileCatalog = (catalog: PlanningCatalog): Catalog => {
  const dropped = sharedPrefix(catalog.tables.map((table) => splitName(table.name)));
  const tables = new Map(catalog.tables.map((table) => [table.name, compileTable(table, dropped, catalog.keys)]));
  const vocabulary = new Set<string>();
  for (const table of tables.values()) {
    for (const phrase of [...table.phrases, ...table.columns.flatMap((column) => column.phrases)]) for (const word of phrase.words) vocabulary.add(word);
  }
  return { tables, keys: catalog.keys, summaries: findSummaries(catalog), vocabulary };
};
