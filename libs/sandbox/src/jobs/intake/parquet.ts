import type { DuckDBConnection } from "@duckdb/node-api";
import { Unreadable } from "./model.ts";
import type { IntakeLimits } from "./model.ts";
import { toColumnNames } from "./names.ts";
import { describeSelect } from "./publish.ts";
import { createRejectList } from "./rejects.ts";
import { name, row, rows, text } from "./sql.ts";
import { noDialect } from "./table.ts";
import type { NativeColumn, NativeTable } from "./table.ts";
import { typeOfDuck } from "./types.ts";

/**
 * Opens a Parquet file. Its types are kept; those that tables do not have are widened without loss.
 * @throws Unreadable where the file is damaged
 */
export async function readParquet(connection: DuckDBConnection, path: string, limits: IntakeLimits): Promise<NativeTable> {
  const relation = `read_parquet(${text(path)})`;
  const { described, rowCount, originals } = await inspect(connection, relation);
  if (described.length > limits.columns)
    throw new Unreadable(`The file has ${described.length} columns; at most ${limits.columns} are accepted. Split it and upload the parts.`);
  const { names, notes } = toColumnNames(originals);
  const cut = await readFineTypes(connection, path);
  const columns: NativeColumn[] = [];
  for (const [index, column] of described.entries()) {
    const title = names[index] ?? { name: column.name, originalName: column.name };
    const widened = await widen(connection, relation, column);
    columns.push({ ...title, ...widened, note: cut.has(column.name) ? "Written in nanoseconds: what is finer than microseconds was left out." : widened.note });
  }
  const inPlace = columns.every((column, index) => column.name === described[index]?.name && typeOfDuck(described[index]?.type ?? "") === column.type);
  return { kind: "native", relation, columns, rowCount, dialect: { ...noDialect, format: "parquet", notes }, rejects: createRejectList(), inPlace };
}

async function inspect(connection: DuckDBConnection, relation: string) {
  try {
    const described = await describeSelect(connection, relation);
    const { count } = await row<{ count: string }>(connection, `SELECT count(*) AS count FROM ${relation}`);
    return { described, rowCount: Number(count), originals: described.map((column) => column.name) };
  } catch (error) {
    throw new Unreadable(`The Parquet file cannot be read: ${firstLine(error)} Write it again and upload it anew.`);
  }
}

/**
 * The columns whose nanoseconds the engine cuts off. Decimals that are too long it would read as other numbers.
 * @throws Unreadable where there are such decimals
 */
async function readFineTypes(connection: DuckDBConnection, path: string): Promise<ReadonlySet<string>> {
  const found = await rows<{ name: string; digits: string | null; cut: boolean }>(
    connection,
    `SELECT name, precision AS digits, (type = 'INT96' OR (logical_type LIKE '%NANOS=NanoSeconds%' AND duckdb_type <> 'TIMESTAMP_NS')) IS TRUE AS cut FROM parquet_schema(${text(path)}) WHERE num_children IS NULL`,
  );
  const long = found.find(({ digits }) => Number(digits ?? 0) > 38);
  if (long)
    throw new Unreadable(
      `Column "${long.name.slice(0, 80)}" holds decimals of ${long.digits} digits; at most 38 can be read. Write it as text, or with fewer.`,
    );
  return new Set(found.filter(({ cut }) => cut).map((column) => column.name));
}

/** The first line of an engine's message, without paths. */
function firstLine(error: unknown): string {
  const message = error instanceof Error ? (error.message.split("\n", 1)[0] ?? "") : "unknown fault";
  return `${message
    .replaceAll(/["']?\/[^\s"']+["']?/g, "the file")
    .slice(0, 200)
    .replace(/[.!]?$/, ".")}`;
}

type Widened = Pick<NativeColumn, "type" | "sql" | "note">;

const lossless: Readonly<Record<string, readonly [string, string]>> = {
  TINYINT: ["integer", "BIGINT"],
  SMALLINT: ["integer", "BIGINT"],
  INTEGER: ["integer", "BIGINT"],
  UTINYINT: ["integer", "BIGINT"],
  USMALLINT: ["integer", "BIGINT"],
  UINTEGER: ["integer", "BIGINT"],
  FLOAT: ["double", "DOUBLE"],
  UUID: ["string", "VARCHAR"],
  BIT: ["string", "VARCHAR"],
  TIMESTAMP_S: ["timestamp", "TIMESTAMP"],
  TIMESTAMP_MS: ["timestamp", "TIMESTAMP"],
  "TIME WITH TIME ZONE": ["string", "VARCHAR"],
};

/** The nearest of our types that holds every value. */
async function widen(connection: DuckDBConnection, relation: string, column: { name: string; type: string }): Promise<Widened> {
  const value = name(column.name);
  const same = typeOfDuck(column.type);
  if (same !== undefined) return { type: same, sql: value, note: null };
  const safe = lossless[column.type];
  if (safe !== undefined) return { type: safe[0], sql: `CAST(${value} AS ${safe[1]})`, note: null };
  if (column.type.startsWith("ENUM(")) return { type: "string", sql: `CAST(${value} AS VARCHAR)`, note: null };
  if (["UBIGINT", "HUGEINT", "UHUGEINT", "BIGNUM"].includes(column.type)) return widenWhole(connection, relation, column);
  if (column.type === "TIMESTAMP_NS") return widenNanoseconds(connection, relation, column);
  if (column.type.endsWith("]")) return widenList(column);
  return { type: "json", sql: `CAST(to_json(${value}) AS JSON)`, note: `Values of type ${column.type.slice(0, 60)} were kept as JSON.` };
}

async function widenWhole(connection: DuckDBConnection, relation: string, column: { name: string; type: string }): Promise<Widened> {
  const value = name(column.name);
  const { fits, wide } = await row<{ fits: boolean; wide: boolean }>(
    connection,
    `SELECT count(${value}) = count(try_cast(${value} AS BIGINT)) AS fits, count(${value}) = count(try_cast(${value} AS DECIMAL(38,0))) AS wide FROM ${relation}`,
  );
  if (fits) return { type: "integer", sql: `CAST(${value} AS BIGINT)`, note: null };
  if (wide) return { type: "decimal(38,0)", sql: `CAST(${value} AS DECIMAL(38,0))`, note: "Values beyond 64 bits: kept as decimal(38,0)." };
  return { type: "string", sql: `CAST(${value} AS VARCHAR)`, note: "Values beyond 38 digits: kept as text so that no digit is lost." };
}

async function widenNanoseconds(connection: DuckDBConnection, relation: string, column: { name: string }): Promise<Widened> {
  const value = name(column.name);
  const { loses } = await row<{ loses: boolean }>(
    connection,
    `SELECT coalesce(bool_or(CAST(CAST(${value} AS TIMESTAMP) AS TIMESTAMP_NS) <> ${value}), false) AS loses FROM ${relation}`,
  );
  if (!loses) return { type: "timestamp", sql: `CAST(${value} AS TIMESTAMP)`, note: null };
  return { type: "string", sql: `CAST(${value} AS VARCHAR)`, note: "Nanoseconds are finer than a timestamp holds: kept as text." };
}

/** Lists of something that only differs in width; anything else becomes JSON. */
function widenList(column: { name: string; type: string }): Widened {
  const value = name(column.name);
  const element = column.type.replace(/\[\d*\]$/, "");
  const same = typeOfDuck(element);
  if (same !== undefined) return { type: `list<${same}>`, sql: `CAST(${value} AS ${element}[])`, note: null };
  const safe = lossless[element];
  if (safe !== undefined) return { type: `list<${safe[0]}>`, sql: `CAST(${value} AS ${safe[1]}[])`, note: null };
  return { type: "json", sql: `CAST(to_json(${value}) AS JSON)`, note: `Values of type ${column.type.slice(0, 60)} were kept as JSON.` };
}
