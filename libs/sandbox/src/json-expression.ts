import type { DuckDBType } from "@duckdb/node-api";
import { DuckDBTypeId } from "@duckdb/node-api";
import { quoteName, quoteString } from "./engine.ts";

const textTypes: ReadonlySet<DuckDBTypeId> = new Set([
  DuckDBTypeId.DECIMAL,
  DuckDBTypeId.UBIGINT,
  DuckDBTypeId.HUGEINT,
  DuckDBTypeId.UHUGEINT,
  DuckDBTypeId.BIGNUM,
  DuckDBTypeId.INTERVAL,
]);

const timestampTypes: ReadonlySet<DuckDBTypeId> = new Set([
  DuckDBTypeId.TIMESTAMP,
  DuckDBTypeId.TIMESTAMP_S,
  DuckDBTypeId.TIMESTAMP_MS,
  DuckDBTypeId.TIMESTAMP_NS,
]);

/** An expression that the engine's JSON writer writes exactly as {@link ./json-value.ts} would. */
export function toJsonExpression(expression: string, type: DuckDBType, depth = 0): string {
  if (textTypes.has(type.typeId)) return `CAST(${expression} AS VARCHAR)`;
  if (timestampTypes.has(type.typeId)) return `replace(CAST(${expression} AS VARCHAR), ' ', 'T')`;
  switch (type.typeId) {
    case DuckDBTypeId.BIGINT:
      return `CASE WHEN ${expression} BETWEEN -9007199254740991 AND 9007199254740991 THEN to_json(${expression}) ELSE to_json(CAST(${expression} AS VARCHAR)) END`;
    case DuckDBTypeId.FLOAT:
    case DuckDBTypeId.DOUBLE:
      return `CASE WHEN isfinite(${expression}) THEN to_json(${expression}) WHEN isnan(${expression}) THEN to_json('NaN') WHEN ${expression} > 0 THEN to_json('Infinity') WHEN ${expression} < 0 THEN to_json('-Infinity') END`;
    case DuckDBTypeId.TIMESTAMP_TZ:
      return `(replace(CAST(${expression} AT TIME ZONE 'UTC' AS VARCHAR), ' ', 'T') || 'Z')`;
    case DuckDBTypeId.BLOB:
      return `base64(${expression})`;
    default:
      return toNestedExpression(expression, type, depth);
  }
}

function toNestedExpression(expression: string, type: DuckDBType, depth: number): string {
  const item = `i${depth}`;
  switch (type.typeId) {
    case DuckDBTypeId.LIST:
    case DuckDBTypeId.ARRAY:
      return `list_transform(${expression}, lambda ${item}: ${toJsonExpression(item, type.valueType, depth + 1)})`;
    case DuckDBTypeId.MAP: {
      const key = toJsonExpression(`${item}.key`, type.keyType, depth + 1);
      const value = toJsonExpression(`${item}.value`, type.valueType, depth + 1);
      return `list_transform(map_entries(${expression}), lambda ${item}: struct_pack("key" := ${key}, "value" := ${value}))`;
    }
    case DuckDBTypeId.STRUCT: {
      const fields = type.entryNames.map((name, index) => {
        const entry = type.entryTypes[index];
        const field = `struct_extract(${expression}, ${quoteString(name)})`;
        return `${quoteName(name)} := ${entry === undefined ? field : toJsonExpression(field, entry, depth + 1)}`;
      });
      return `CASE WHEN ${expression} IS NOT NULL THEN struct_pack(${fields.join(", ")}) END`;
    }
    default:
      return expression;
  }
}
