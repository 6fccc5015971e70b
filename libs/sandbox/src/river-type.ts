import type { DuckDBType } from "@duckdb/node-api";
import { DuckDBTypeId } from "@duckdb/node-api";

const plainTypes: Readonly<Partial<Record<DuckDBTypeId, string>>> = {
  [DuckDBTypeId.BOOLEAN]: "boolean",
  [DuckDBTypeId.TINYINT]: "integer",
  [DuckDBTypeId.SMALLINT]: "integer",
  [DuckDBTypeId.INTEGER]: "integer",
  [DuckDBTypeId.BIGINT]: "integer",
  [DuckDBTypeId.UTINYINT]: "integer",
  [DuckDBTypeId.USMALLINT]: "integer",
  [DuckDBTypeId.UINTEGER]: "integer",
  [DuckDBTypeId.UBIGINT]: "decimal(20,0)",
  [DuckDBTypeId.HUGEINT]: "decimal(38,0)",
  [DuckDBTypeId.UHUGEINT]: "decimal(38,0)",
  [DuckDBTypeId.BIGNUM]: "decimal(38,0)",
  [DuckDBTypeId.FLOAT]: "double",
  [DuckDBTypeId.DOUBLE]: "double",
  [DuckDBTypeId.VARCHAR]: "string",
  [DuckDBTypeId.ENUM]: "string",
  [DuckDBTypeId.UUID]: "string",
  [DuckDBTypeId.BIT]: "string",
  [DuckDBTypeId.SQLNULL]: "string",
  [DuckDBTypeId.DATE]: "date",
  [DuckDBTypeId.TIME]: "time",
  [DuckDBTypeId.TIME_NS]: "time",
  [DuckDBTypeId.TIME_TZ]: "time",
  [DuckDBTypeId.TIMESTAMP]: "timestamp",
  [DuckDBTypeId.TIMESTAMP_S]: "timestamp",
  [DuckDBTypeId.TIMESTAMP_MS]: "timestamp",
  [DuckDBTypeId.TIMESTAMP_NS]: "timestamp",
  [DuckDBTypeId.TIMESTAMP_TZ]: "timestamptz",
  [DuckDBTypeId.INTERVAL]: "interval",
  [DuckDBTypeId.BLOB]: "binary",
};

/**
 * A type of DuckDB as RiverGen spells it (`integer`, `decimal(18,2)`, `list<string>`, `struct<name: string>`). A map
 * is a list of key and value; what has no counterpart is `json`.
 */
export function toRiverType(type: DuckDBType): string {
  if (type.alias === "JSON") return "json";
  switch (type.typeId) {
    case DuckDBTypeId.DECIMAL:
      return `decimal(${type.width},${type.scale})`;
    case DuckDBTypeId.LIST:
    case DuckDBTypeId.ARRAY:
      return `list<${toRiverType(type.valueType)}>`;
    case DuckDBTypeId.MAP:
      return `list<struct<key: ${toRiverType(type.keyType)}, value: ${toRiverType(type.valueType)}>>`;
    case DuckDBTypeId.STRUCT:
      return `struct<${type.entryNames.map((name, index) => `${toFieldName(name)}: ${toRiverType(type.entryTypes[index] as DuckDBType)}`).join(", ")}>`;
    default:
      return plainTypes[type.typeId] ?? "json";
  }
}

function toFieldName(name: string): string {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
}
