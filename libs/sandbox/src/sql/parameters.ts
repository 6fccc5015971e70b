import type { DuckDBConnection } from "@duckdb/node-api";
import { toEngineType } from "../engine-type.ts";
import { refuse } from "./failures.ts";
import type { Tree } from "./walk.ts";

/**
 * The same statement with every `$name` replaced by a null of its declared type, so that it can be bound without
 * values. It goes through the engine's own tree, not through text.
 * @throws JobFailure QUERY_REFUSED for a parameter that is not declared
 */
export async function fillParameters(connection: DuckDBConnection, sql: string, types: Readonly<Record<string, string>>): Promise<string> {
  const tree = await serialize(connection, sql);
  const nulls = new Map<string, Tree>();
  for (const [name, type] of Object.entries(types)) nulls.set(name.toLowerCase(), await nullOf(connection, type));
  let replaced = 0;
  const filled = JSON.stringify(tree, (_, value: unknown) => {
    const node = value as Tree | null;
    if (node === null || typeof node !== "object" || node.class !== "PARAMETER") return value;
    const name = String(node.identifier);
    const replacement = nulls.get(name.toLowerCase());
    if (replacement === undefined) throw refuse(sql, `The parameter $${name} is not declared`, Number(node.query_location));
    replaced += 1;
    return { ...replacement, alias: node.alias };
  });
  if (replaced === 0) return sql;
  const reader = await connection.runAndReadAll("SELECT json_deserialize_sql($1::JSON)", [filled]);
  return reader.getRowsJS()[0]?.[0] as string;
}

/** One SELECT as the engine's tree; as far as it is looked into here. */
interface Serialized {
  readonly statements: readonly { readonly node: { readonly select_list: readonly Tree[] } }[];
}

async function serialize(connection: DuckDBConnection, sql: string): Promise<Serialized> {
  const reader = await connection.runAndReadAll("SELECT json_serialize_sql($1::VARCHAR)", [sql]);
  const text = reader.getRowsJS()[0]?.[0] as string;
  // offsets the engine does not know are 2^64 - 1, which a double cannot hold and the engine would not read back
  return JSON.parse(text.replaceAll('"query_location":18446744073709551615', '"query_location":0')) as Serialized;
}

async function nullOf(connection: DuckDBConnection, type: string): Promise<Tree> {
  const { statements } = await serialize(connection, `SELECT CAST(NULL AS ${toEngineType(type)})`);
  const [cast] = statements.flatMap(({ node }) => node.select_list);
  if (cast === undefined) throw new RangeError(`"${type}" is no type`);
  return cast;
}
