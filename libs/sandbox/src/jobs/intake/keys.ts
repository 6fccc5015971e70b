import { join } from "node:path";
import type { JobContext, JobDefinition } from "../job.ts";
import { isIdentifierName, nameEvidence, namesOwnTable, wordsOf } from "./key-names.ts";
import { name, row, text } from "./sql.ts";

/** What is already known of a column; all of it stands in the profile of its version. */
export interface KeyColumn {
  readonly name: string;
  readonly type: string;
  readonly nullCount: number;
  readonly distinctCount: number;
  readonly distinctIsExact: boolean;
  readonly min: string | null;
  readonly max: string | null;
}

export interface KeyTable {
  readonly name: string;
  /** Name of its Parquet file in the run's `in` folder. */
  readonly file: string;
  readonly rowCount: number;
  readonly columns: readonly KeyColumn[];
}

export interface KeysInput {
  readonly tables: readonly KeyTable[];
}

export interface FoundKey {
  readonly from: { readonly table: string; readonly column: string };
  readonly to: { readonly table: string; readonly column: string };
  /** Share of the distinct non-null `from` values that exist in `to`, 0–1; over at most 20,000 of them. */
  readonly coverage: number;
}

export interface KeysOutput {
  /** Table → the columns that identify a row; tables without one are absent. */
  readonly primaryKeys: Readonly<Record<string, readonly string[]>>;
  readonly keys: readonly FoundKey[];
}

/** Distinct values of a column that are looked up in another table. */
const sampleValues = 20_000;
/** Pairs of columns that are compared by value; the likeliest come first. */
const maxComparisons = 2_000;

interface Target {
  readonly table: KeyTable;
  readonly column: KeyColumn;
  readonly isPrimary: boolean;
}

interface Pair extends Target {
  readonly source: KeyTable;
  readonly from: KeyColumn;
  readonly evidence: number;
}

/**
 * Finds what identifies rows and what refers to what among the tables of one workspace. Codes (strings) are matched by
 * their values, names only strengthen; whole numbers need a name that points at the table, since any small numbers are
 * contained in any sequence.
 */
async function findKeys(context: JobContext, input: KeysInput): Promise<KeysOutput> {
  const primaryKeys: Record<string, string[]> = {};
  const targets: Target[] = [];
  for (const table of input.tables) {
    const unique = await uniqueColumns(context, table);
    const primary = unique.toSorted((a, b) => identifierRank(table, b) - identifierRank(table, a))[0];
    if (primary !== undefined && identifierRank(table, primary) > 0) primaryKeys[table.name] = [primary.name];
    else {
      const pair = await uniquePair(context, table);
      if (pair !== undefined) primaryKeys[table.name] = pair;
    }
    for (const column of unique) targets.push({ table, column, isPrimary: primaryKeys[table.name]?.[0] === column.name });
  }
  const pairs = pairsOf(input.tables, targets);
  const found: (Pair & { coverage: number })[] = [];
  for (const [index, pair] of pairs.entries()) {
    const coverage = await coverageOf(context, pair);
    if (isKey(pair, coverage)) found.push({ ...pair, coverage });
    context.progress((index + 1) / pairs.length, index + 1);
  }
  return { primaryKeys, keys: bestKeys(found) };
}

/** The search for keys as a job of the sandbox. */
export const keys: JobDefinition<KeysInput, KeysOutput> = { settings: ["SET TimeZone='UTC'"], run: findKeys };

const relationOf = (context: JobContext, table: KeyTable): string => `read_parquet(${text(join(context.folder.in, table.file))})`;
const canIdentify = (column: KeyColumn): boolean => column.type === "integer" || column.type === "string";

/** Columns without nulls whose values are all different. */
async function uniqueColumns(context: JobContext, table: KeyTable): Promise<KeyColumn[]> {
  const unique: KeyColumn[] = [];
  for (const column of table.columns) {
    if (!canIdentify(column) || column.nullCount > 0 || table.rowCount === 0) continue;
    if (column.distinctIsExact ? column.distinctCount === table.rowCount : await isUnique(context, table, column)) unique.push(column);
  }
  return unique;
}

/** Counts anew where the profile only estimates; estimates are a few percent off at most. */
async function isUnique(context: JobContext, table: KeyTable, column: KeyColumn): Promise<boolean> {
  if (column.distinctCount < table.rowCount * 0.9) return false;
  const { distinct } = await row<{ distinct: string }>(
    context.connection,
    `SELECT count(DISTINCT ${name(column.name)}) AS distinct FROM ${relationOf(context, table)}`,
  );
  return Number(distinct) === table.rowCount;
}

/** How much a unique column looks like the identifier of its table; 0 means that it is unique by chance. */
function identifierRank(table: KeyTable, column: KeyColumn): number {
  const position = 1 / (2 + table.columns.indexOf(column));
  if (namesOwnTable(table.name, column.name)) return 4 + position;
  if (isIdentifierName(column.name)) return 3 + position;
  if (table.columns[0] === column) return 2 + position;
  return column.type === "string" && table.rowCount >= 3 ? 1 + position : 0;
}

/** Two identifiers that name a row together, as in a table between two others. */
async function uniquePair(context: JobContext, table: KeyTable): Promise<string[] | undefined> {
  const parts = table.columns.filter((column) => canIdentify(column) && column.nullCount === 0 && isIdentifierName(column.name)).slice(0, 4);
  for (const [index, first] of parts.entries()) {
    for (const second of parts.slice(index + 1)) {
      if (first.distinctCount * second.distinctCount < table.rowCount) continue;
      const { distinct } = await row<{ distinct: string }>(
        context.connection,
        `SELECT count(*) AS distinct FROM (SELECT DISTINCT ${name(first.name)}, ${name(second.name)} FROM ${relationOf(context, table)})`,
      );
      if (Number(distinct) === table.rowCount && table.rowCount > 0) return [first.name, second.name];
    }
  }
  return undefined;
}

/** Every pair that may be a key, the ones with the strongest names first. */
function pairsOf(tables: readonly KeyTable[], targets: readonly Target[]): Pair[] {
  const pairs: Pair[] = [];
  for (const source of tables) {
    for (const from of source.columns) {
      if (!canIdentify(from) || from.distinctCount === 0) continue;
      for (const target of targets) {
        const evidence = nameEvidence({ table: source.name, column: from.name }, { table: target.table.name, column: target.column.name });
        if (mayRefer(source, from, target, evidence)) pairs.push({ ...target, source, from, evidence });
      }
    }
  }
  return pairs.toSorted((a, b) => b.evidence - a.evidence || b.table.rowCount - a.table.rowCount).slice(0, maxComparisons);
}

function mayRefer(source: KeyTable, from: KeyColumn, target: Target, evidence: number): boolean {
  if (from.type !== target.column.type || from === target.column) return false;
  if (source.name === target.table.name) return selfReference(source, from, target);
  if (isDisjoint(from, target.column) || (evidence < 0.8 && namesOwnTable(source.name, from.name))) return false;
  if (evidence > 0) return target.isPrimary || evidence >= 0.8;
  return from.type === "string" && isCode(from, target);
}

/** Whether values alone may prove a key: several different ones, in a column that identifies its rows. */
const isCode = (from: KeyColumn, target: Target): boolean =>
  from.distinctCount >= 3 && target.table.rowCount >= 3 && (target.isPrimary || isIdentifierName(target.column.name));

const roles = new Set([
  "parent",
  "manager",
  "boss",
  "supervisor",
  "reports",
  "predecessor",
  "previous",
  "next",
  "original",
  "root",
  "superior",
  "mentor",
  "referrer",
  "leader",
]);

/** `parent_id` beside `id` in one table. */
function selfReference(source: KeyTable, from: KeyColumn, target: Target): boolean {
  return target.isPrimary && from.distinctCount < source.rowCount && wordsOf(from.name).some((word) => roles.has(word));
}

function isDisjoint(from: KeyColumn, to: KeyColumn): boolean {
  if (from.type !== "integer" || from.min === null || from.max === null || to.min === null || to.max === null) return false;
  return BigInt(from.max) < BigInt(to.min) || BigInt(from.min) > BigInt(to.max);
}

async function coverageOf(context: JobContext, pair: Pair): Promise<number> {
  const { share } = await row<{ share: number | null }>(
    context.connection,
    `SELECT avg(CASE WHEN v IN (SELECT ${name(pair.column.name)} FROM ${relationOf(context, pair.table)}) THEN 1 ELSE 0 END) AS share FROM (SELECT v FROM (SELECT DISTINCT ${name(pair.from.name)} AS v FROM ${relationOf(context, pair.source)}) WHERE v IS NOT NULL ORDER BY hash(v) LIMIT ${sampleValues})`,
  );
  return share === null ? 0 : Number(share);
}

/** A strong name may carry some orphans; values alone must nearly all be there. */
function isKey(pair: Pair, coverage: number): boolean {
  const isUniqueSource = pair.from.nullCount === 0 && pair.from.distinctCount === pair.source.rowCount;
  const isIdentifier = pair.isPrimary || isIdentifierName(pair.column.name);
  if (pair.evidence > 0 && !isIdentifier) return coverage >= 0.95;
  if (pair.evidence === 1) return coverage >= 0.5;
  if (pair.evidence > 0) return coverage >= 0.8;
  if (pair.source.name === pair.table.name) return coverage >= 0.8;
  return coverage >= 0.95 && !(isUniqueSource && pair.source.rowCount > pair.table.rowCount) && (pair.from.distinctCount >= 8 || coverage === 1);
}

/** One target per column: the strongest name, then the fullest cover, then a primary key, then the tightest table. */
function bestKeys(found: readonly (Pair & { coverage: number })[]): FoundKey[] {
  const best = new Map<string, Pair & { coverage: number }>();
  const better = (a: Pair & { coverage: number }, b: Pair & { coverage: number }): boolean =>
    (a.evidence - b.evidence ||
      owns(a) - owns(b) ||
      Math.round((a.coverage - b.coverage) * 100) ||
      Number(a.isPrimary) - Number(b.isPrimary) ||
      b.table.rowCount - a.table.rowCount) > 0;
  for (const pair of found) {
    const id = JSON.stringify([pair.source.name, pair.from.name]);
    const rival = best.get(id);
    if (rival === undefined || better(pair, rival)) best.set(id, pair);
  }
  const chosen = [...best.values()].filter((pair) => !isMirrored(pair, best));
  return chosen.map((pair) => ({
    from: { table: pair.source.name, column: pair.from.name },
    to: { table: pair.table.name, column: pair.column.name },
    coverage: pair.coverage,
  }));
}

/** Whether the target carries the name of its table: `state_name` in `state` rather than in `border`. */
function owns(pair: Pair): number {
  const table = wordsOf(pair.table.name);
  const column = wordsOf(pair.column.name);
  return namesOwnTable(pair.table.name, pair.column.name) || table.every((word) => column.includes(word)) ? 1 : 0;
}

/** Two columns that refer to each other are one key: from the one that is no primary key, from the smaller table, by name. */
function isMirrored(pair: Pair, best: ReadonlyMap<string, Pair>): boolean {
  const back = best.get(JSON.stringify([pair.table.name, pair.column.name]));
  if (back === undefined || back.table.name !== pair.source.name || back.column.name !== pair.from.name) return false;
  const order =
    identifierRank(pair.source, pair.from) - identifierRank(back.source, back.from) ||
    pair.source.rowCount - back.source.rowCount ||
    (pair.source.name < pair.table.name ? -1 : 1);
  return order > 0;
}
