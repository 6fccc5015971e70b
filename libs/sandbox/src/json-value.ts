import type { DuckDBArrayValue, DuckDBListValue, DuckDBMapValue, DuckDBStructValue, DuckDBType, DuckDBValue } from "@duckdb/node-api";
import {
  DuckDBBlobValue,
  DuckDBTimestampMillisecondsValue,
  DuckDBTimestampNanosecondsValue,
  DuckDBTimestampSecondsValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  DuckDBTypeId,
} from "@duckdb/node-api";

/** A value as it stands in an answer. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | { readonly [name: string]: JsonValue };

/** Turns a value that is not null into JSON. */
export type ToJson = (value: Exclude<DuckDBValue, null>) => JsonValue;

/**
 * How the values of a type are written in JSON: integers as numbers, beyond 2^53 as strings; decimals as strings with
 * all their digits; times in ISO 8601 (a timestamp without a zone has none, one with a zone is in UTC); NaN and the
 * infinities as their names; intervals as the engine words them; binary as base64; a map as a list of `{ key, value }`. Documents of type json stay text.
 */
export function createToJson(type: DuckDBType): ToJson {
  switch (type.typeId) {
    case DuckDBTypeId.BIGINT:
      return (value) => integerToJson(value as bigint);
    case DuckDBTypeId.FLOAT:
    case DuckDBTypeId.DOUBLE:
      return (value) => (Number.isFinite(value) ? (value as number) : String(value));
    case DuckDBTypeId.LIST:
    case DuckDBTypeId.ARRAY:
      return listToJson(createToJson(type.valueType));
    case DuckDBTypeId.MAP:
      return mapToJson(createToJson(type.keyType), createToJson(type.valueType));
    case DuckDBTypeId.STRUCT:
      return structToJson(type.entryNames, type.entryTypes.map(createToJson));
    default:
      return scalarToJson;
  }
}

function integerToJson(value: bigint): JsonValue {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value.toString();
}

function listToJson(toJson: ToJson): ToJson {
  return (value) => {
    const { items } = value as DuckDBListValue | DuckDBArrayValue;
    return items.map((item) => (item === null ? null : toJson(item)));
  };
}

function mapToJson(keyToJson: ToJson, valueToJson: ToJson): ToJson {
  return (value) =>
    (value as DuckDBMapValue).entries.map((entry) => ({
      key: entry.key === null ? null : keyToJson(entry.key),
      value: entry.value === null ? null : valueToJson(entry.value),
    }));
}

function structToJson(names: readonly string[], fields: readonly ToJson[]): ToJson {
  return (value) => {
    const { entries } = value as DuckDBStructValue;
    return Object.fromEntries(
      names.map((name, index) => {
        const entry = entries[name];
        return [name, entry == null ? null : (fields[index] ?? scalarToJson)(entry)];
      }),
    );
  };
}

function scalarToJson(value: Exclude<DuckDBValue, null>): JsonValue {
  if (typeof value === "boolean" || typeof value === "number" || typeof value === "string") return value;
  if (value instanceof DuckDBBlobValue) return Buffer.from(value.bytes).toString("base64");
  if (value instanceof DuckDBTimestampTZValue) return `${toIsoTime(new DuckDBTimestampValue(value.micros))}Z`;
  if (isTimestamp(value)) return toIsoTime(value);
  return String(value);
}

type Timestamp = DuckDBTimestampValue | DuckDBTimestampSecondsValue | DuckDBTimestampMillisecondsValue | DuckDBTimestampNanosecondsValue;

function isTimestamp(value: object | bigint): value is Timestamp {
  return (
    value instanceof DuckDBTimestampValue ||
    value instanceof DuckDBTimestampSecondsValue ||
    value instanceof DuckDBTimestampMillisecondsValue ||
    value instanceof DuckDBTimestampNanosecondsValue
  );
}

function toIsoTime(value: Timestamp): string {
  return value.toString().replace(" ", "T");
}
