import type { DuckDBDateValue, DuckDBTimeValue, DuckDBTimestampValue, DuckDBValue } from "@duckdb/node-api";
import {
  DuckDBDateValue as DateValue,
  DuckDBDecimalValue,
  DuckDBIntervalValue,
  DuckDBTimeValue as TimeValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue as TimestampValue,
} from "@duckdb/node-api";
import type { RecordType } from "@rivergen/river/flows";

type DataType = RecordType["columns"][number]["type"];
/** A value as flows compute with it. */
export type FlowValue = RecordValues[number];
type RecordValues = import("@rivergen/river/flows").FlowRecord["values"];
type Present = Exclude<DuckDBValue, null>;

const asIs = (value: Present): FlowValue => value as FlowValue;

const readers: Readonly<Partial<Record<DataType["kind"], (value: Present) => FlowValue>>> = {
  decimal: (value) => (value as DuckDBDecimalValue).value,
  date: (value) => (value as DuckDBDateValue).days,
  time: (value) => (value as DuckDBTimeValue).micros,
  timestamp: (value) => (value as DuckDBTimestampValue).micros,
  timestamptz: (value) => (value as DuckDBTimestampValue).micros,
};

const writers: Readonly<Partial<Record<DataType["kind"], (value: never) => Present>>> = {
  date: (value: number) => new DateValue(value),
  time: (value: bigint) => new TimeValue(value),
  timestamp: (value: bigint) => new TimestampValue(value),
  timestamptz: (value: bigint) => new DuckDBTimestampTZValue(value),
  interval: ({ months, days, micros }: DuckDBIntervalValue) => new DuckDBIntervalValue(months, days, micros),
};

/** How values of a type come out of the engine; what flows only pass on stays the engine's. */
export const readerOf = (type: DataType): ((value: Present) => FlowValue) => readers[type.kind] ?? asIs;

/** How they go back. */
export function writerOf(type: DataType): (value: FlowValue) => DuckDBValue {
  const write =
    type.kind === "decimal"
      ? (value: bigint) => new DuckDBDecimalValue(value, type.precision, type.scale)
      : (writers[type.kind] ?? ((value: never) => value as Present));
  return (value) => (value === null ? null : write(value as never));
}
