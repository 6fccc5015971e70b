import type {
  DuckDBArrayValue,
  DuckDBBlobValue,
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBListValue,
  DuckDBMapValue,
  DuckDBStructValue,
  DuckDBTimestampValue,
  DuckDBTimeValue,
  DuckDBType,
  DuckDBValue,
} from "@duckdb/node-api";
import { DuckDBTimestampMillisecondsValue, DuckDBTimestampNanosecondsValue, DuckDBTimestampSecondsValue, DuckDBTypeId } from "@duckdb/node-api";
import {
  TimeUnit,
  binary,
  bool,
  dateDay,
  decimal,
  field,
  float32,
  float64,
  int16,
  int32,
  int64,
  int8,
  list,
  struct,
  timeMicrosecond,
  timestamp,
  uint16,
  uint32,
  uint64,
  uint8,
  utf8,
} from "@uwdata/flechette";
import type { DataType } from "@uwdata/flechette";

type Value = Exclude<DuckDBValue, null>;

/** How a type of the engine is written in Arrow. */
export interface ArrowShape {
  readonly type: DataType;
  /**
   * The type the encoder is told to build. It differs for timestamps: the encoder takes milliseconds as floating point,
   * so microseconds are handed over as integers under the one unit that it does not scale.
   */
  readonly storage: DataType;
  readonly convert: (value: Value) => unknown;
}

const asIs = (value: Value): unknown => value;
const asText = (value: Value): unknown => String(value);
const plain = (type: DataType, convert: ArrowShape["convert"] = asIs): ArrowShape => ({ type, storage: type, convert });

const shapes: Readonly<Partial<Record<DuckDBTypeId, () => ArrowShape>>> = {
  [DuckDBTypeId.BOOLEAN]: () => plain(bool()),
  [DuckDBTypeId.TINYINT]: () => plain(int8()),
  [DuckDBTypeId.SMALLINT]: () => plain(int16()),
  [DuckDBTypeId.INTEGER]: () => plain(int32()),
  [DuckDBTypeId.BIGINT]: () => plain(int64()),
  [DuckDBTypeId.UTINYINT]: () => plain(uint8()),
  [DuckDBTypeId.USMALLINT]: () => plain(uint16()),
  [DuckDBTypeId.UINTEGER]: () => plain(uint32()),
  [DuckDBTypeId.UBIGINT]: () => plain(uint64()),
  [DuckDBTypeId.HUGEINT]: () => plain(decimal(38, 0, 128)),
  [DuckDBTypeId.FLOAT]: () => plain(float32()),
  [DuckDBTypeId.DOUBLE]: () => plain(float64()),
  [DuckDBTypeId.DATE]: () => plain(dateDay(), (value) => (value as DuckDBDateValue).days * 86_400_000),
  [DuckDBTypeId.TIME]: () => plain(timeMicrosecond(), (value) => (value as DuckDBTimeValue).micros),
  [DuckDBTypeId.BLOB]: () => plain(binary(), (value) => (value as DuckDBBlobValue).bytes),
  [DuckDBTypeId.TIMESTAMP]: () => timestampShape(null),
  [DuckDBTypeId.TIMESTAMP_S]: () => timestampShape(null),
  [DuckDBTypeId.TIMESTAMP_MS]: () => timestampShape(null),
  [DuckDBTypeId.TIMESTAMP_NS]: () => timestampShape(null),
  [DuckDBTypeId.TIMESTAMP_TZ]: () => timestampShape("UTC"),
};

function timestampShape(zone: string | null): ArrowShape {
  return { type: timestamp(TimeUnit.MICROSECOND, zone), storage: timestamp(TimeUnit.MILLISECOND, zone), convert: toMicros };
}

function toMicros(value: Value): bigint {
  if (value instanceof DuckDBTimestampSecondsValue) return value.seconds * 1_000_000n;
  if (value instanceof DuckDBTimestampMillisecondsValue) return value.millis * 1_000n;
  if (value instanceof DuckDBTimestampNanosecondsValue) return value.nanos / 1_000n;
  return (value as DuckDBTimestampValue).micros;
}

/** The Arrow type of a type of the engine. What Arrow has no like of (intervals, enums, UUIDs, JSON) is written as text. */
export function toArrowShape(type: DuckDBType): ArrowShape {
  switch (type.typeId) {
    case DuckDBTypeId.DECIMAL:
      return plain(decimal(type.width, type.scale, 128), (value) => (value as DuckDBDecimalValue).value);
    case DuckDBTypeId.LIST:
    case DuckDBTypeId.ARRAY:
      return listShape(toArrowShape(type.valueType));
    case DuckDBTypeId.MAP:
      return mapShape(toArrowShape(type.keyType), toArrowShape(type.valueType));
    case DuckDBTypeId.STRUCT:
      return structShape(type.entryNames, type.entryTypes.map(toArrowShape));
    default:
      return shapes[type.typeId]?.() ?? plain(utf8(), asText);
  }
}

function orNull(shape: ArrowShape, value: DuckDBValue | undefined): unknown {
  return value == null ? null : shape.convert(value);
}

function listShape(item: ArrowShape): ArrowShape {
  return {
    type: list(item.type),
    storage: list(item.storage),
    convert: (value) => (value as DuckDBListValue | DuckDBArrayValue).items.map((each) => orNull(item, each)),
  };
}

function mapShape(key: ArrowShape, value: ArrowShape): ArrowShape {
  const entry = structShape(["key", "value"], [key, value]);
  const items = listShape({ ...entry, convert: asIs });
  return {
    ...items,
    convert: (map) => (map as DuckDBMapValue).entries.map((each) => ({ key: orNull(key, each.key), value: orNull(value, each.value) })),
  };
}

function structShape(names: readonly string[], fields: readonly ArrowShape[]): ArrowShape {
  const build = (kind: "type" | "storage"): DataType => struct(fields.map((shape, index) => field(names[index] ?? "", shape[kind])));
  return {
    type: build("type"),
    storage: build("storage"),
    convert(value) {
      const { entries } = value as DuckDBStructValue;
      return Object.fromEntries(fields.map((shape, index) => [names[index] ?? "", orNull(shape, entries[names[index] ?? ""])]));
    },
  };
}
