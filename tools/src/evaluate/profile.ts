import type { DuckDBConnection } from "@duckdb/node-api";
import type { PlanningCatalog } from "@rivergen/contracts";
import type { GivenCatalog } from "./records.ts";

type Table = PlanningCatalog["tables"][number];
type Column = Table["columns"][number];

export const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`;
export const rowsOf = async (connection: DuckDBConnection, sql: string): Promise<unknown[][]> =>
  (await connection.runAndReadAll(sql)).getRowsJS() as unknown[][];

/** The name that an uploaded table gets. */
export const datasetName = (table: string): string => {
  const plain = table.replaceAll(/[^A-Za-z0-9]+/g, "_").toLowerCase();
  return /^[a-z]/.test(plain) ? plain : `t_${plain}`;
};

const typeOf = (duckdb: string): string => {
  if (/INT/.test(duckdb)) return "integer";
  if (duckdb.startsWith("DECIMAL")) return duckdb.toLowerCase();
  const known: Readonly<Record<string, string>> = {
    DOUBLE: "double",
    FLOAT: "double",
    VARCHAR: "string",
    DATE: "date",
    TIMESTAMP: "timestamp",
    BOOLEAN: "boolean",
    TIME: "time",
    "TIMESTAMP WITH TIME ZONE": "timestamptz",
  };
  return known[duckdb] ?? "string";
};

const profileColumn = async (connection: DuckDBConnection, table: string, name: string, duckdb: string): Promise<Column> => {
  const column = quote(name);
  const [stats] = await rowsOf(
    connection,
    `select count(*) - count(${column}), count(distinct ${column}), min(${column})::varchar, max(${column})::varchar from ${quote(table)}`,
  );
  const [nulls, distinct, min, max] = stats!;
  const limit = 5000;
  const isText = typeOf(duckdb) === "string";
  const values = isText
    ? await rowsOf(
        connection,
        `select ${column}::varchar, count(*) n from ${quote(table)} where ${column} is not null group by 1 order by n desc, 1 limit ${limit}`,
      )
    : [];
  return {
    name,
    type: typeOf(duckdb),
    nullable: Number(nulls) > 0,
    labels: [],
    description: "",
    synonyms: [],
    nullCount: Number(nulls),
    distinctCount: Number(distinct),
    min: min as string | null,
    max: max as string | null,
    values: values.map(([value, count]) => ({ value: String(value), count: Number(count) })),
    valuesComplete: isText && Number(distinct) <= limit,
  };
};

const wordsOf = (name: string): string[] =>
  name
    .replaceAll(/([a-z])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== "")
    .map((word) => word.replace(/s$/, ""));

/** How much two names say that one refers to the other, 0–1. */
const nameEvidence = (from: Column, target: Table, to: Column): number => {
  const [own, table, key] = [wordsOf(from.name), wordsOf(target.title), wordsOf(to.name)];
  if (own.join(" ") === key.join(" ")) return key.join(" ") === "id" ? 0 : 1;
  if (own.at(-1) === key.at(-1) && own.some((word) => table.includes(word) || table.some((part) => part.startsWith(word) && word.length >= 3))) return 1;
  return own.some((word) => table.includes(word)) ? 0.6 : 0;
};

/** Unique columns that hold (nearly) every value of another table's column. */
const findKeys = async (connection: DuckDBConnection, tables: readonly Table[]): Promise<PlanningCatalog["keys"]> => {
  const keys: PlanningCatalog["keys"] = [];
  for (const target of tables) {
    for (const to of target.columns.filter((column) => isReferable(target, column))) {
      for (const source of tables.filter((table) => table !== target)) {
        for (const from of source.columns) keys.push(...(await keyBetween(connection, source, from, target, to)));
      }
    }
  }
  return bestTargets(keys, tables);
};

const isReferable = (table: Table, column: Column): boolean =>
  column.distinctCount === table.rowCount && (table.rowCount ?? 0) > 1 && ["string", "integer"].includes(column.type);

const keyBetween = async (connection: DuckDBConnection, source: Table, from: Column, target: Table, to: Column): Promise<PlanningCatalog["keys"]> => {
  if (from.type !== to.type || (from.distinctCount ?? 0) === 0) return [];
  const evidence = nameEvidence(from, target, to);
  if (evidence === 0 && (from.type === "integer" || from.distinctCount! < 10)) return [];
  const forward = from.distinctCount !== source.rowCount || evidence < 1 || wordsOf(from.name).some((word) => wordsOf(target.title).includes(word));
  if (!forward) return [];
  const [[covered]] = (await rowsOf(
    connection,
    `select count(distinct a.${quote(from.name)}) from ${quote(source.name)} a semi join ${quote(target.name)} b on a.${quote(from.name)} = b.${quote(to.name)}`,
  )) as [[number]];
  const coverage = Number(covered) / from.distinctCount!;
  return coverage >= (evidence === 1 ? 0.85 : 0.95)
    ? [{ from: { table: source.name, column: from.name }, to: { table: target.name, column: to.name }, coverage }]
    : [];
};

/** A column refers to one table: the one its name speaks of. */
const bestTargets = (keys: PlanningCatalog["keys"], tables: readonly Table[]): PlanningCatalog["keys"] => {
  const score = (key: PlanningCatalog["keys"][number]): number => {
    const target = tables.find((table) => table.name === key.to.table)!;
    const words = wordsOf(key.from.column);
    return key.coverage + (wordsOf(target.title).some((word) => words.includes(word)) ? 0.5 : 0);
  };
  const best = new Map<string, PlanningCatalog["keys"][number]>();
  for (const key of keys) {
    const name = `${key.from.table}.${key.from.column}`;
    const known = best.get(name);
    if (known === undefined || score(known) < score(key)) best.set(name, key);
  }
  return [...best.values()];
};

const splitReference = (reference: string, tables: readonly Table[]): { table: string; column: string } | undefined => {
  const [table, column] = reference.split(".");
  const found = tables.find((candidate) => candidate.title.toLowerCase() === table!.toLowerCase());
  const own = found?.columns.find((candidate) => candidate.name.toLowerCase() === column!.toLowerCase());
  return found === undefined || own === undefined ? undefined : { table: found.name, column: own.name };
};

const givenKeys = (given: GivenCatalog, tables: readonly Table[]): PlanningCatalog["keys"] =>
  (given.foreignKeys ?? []).flatMap(([left, right]) => {
    const [from, to] = [splitReference(left, tables), splitReference(right, tables)];
    return from === undefined || to === undefined ? [] : [{ from, to, coverage: 1 }];
  });

const describe = (table: Table, given: GivenCatalog): Table => ({
  ...table,
  primaryKey: primaryKeyOf(table, given),
  columns: table.columns.map((column) => ({ ...column, description: given.naturalNames?.[`${table.title}.${column.name}`] ?? "" })),
});

const primaryKeyOf = (table: Table, given: GivenCatalog): string[] | null => {
  const named = (given.primaryKeys ?? []).flatMap((key) =>
    key.split(".")[0]!.toLowerCase() === table.title.toLowerCase() ? [key.split(".")[1]!.toLowerCase()] : [],
  );
  const columns = table.columns.filter((column) => named.includes(column.name.toLowerCase())).map((column) => column.name);
  return columns.length === 0 ? null : columns;
};

/** Profiles tables (title → dataset name) into the catalog that the planner is given. */
export const buildCatalog = async (connection: DuckDBConnection, titles: readonly string[], given: GivenCatalog): Promise<PlanningCatalog> => {
  const tables: Table[] = [];
  for (const title of titles) {
    const name = datasetName(title);
    const [[count]] = (await rowsOf(connection, `select count(*) from ${quote(name)}`)) as [[number]];
    const described = await rowsOf(
      connection,
      `select column_name, data_type from information_schema.columns where table_name = '${name}' order by ordinal_position`,
    );
    const columns: Column[] = [];
    for (const [column, type] of described) columns.push(await profileColumn(connection, name, String(column), String(type)));
    tables.push(describe({ name, title, description: "", synonyms: [], rowCount: Number(count), columns, primaryKey: null }, given));
  }
  const declared = givenKeys(given, tables);
  return { tables, keys: declared.length > 0 ? declared : await findKeys(connection, tables) };
};
