import type { DuckDBType } from "@duckdb/node-api";
import { BIGINT, BLOB, BOOLEAN, DOUBLE, HUGEINT, VARCHAR } from "@duckdb/node-api";
import { Type } from "@uwdata/flechette";
import type { DataType } from "@uwdata/flechette";
import { decimalText, jsonOf, partsOf } from "./arrow-json.ts";

/** How a column of Arrow goes into a staging table, and comes out of it with its type. */
export interface ArrowPlan {
  readonly staged: DuckDBType;
  /** A value of the decoder as the staging table takes it. */
  readonly convert: (value: unknown) => bigint | number | string | boolean | Uint8Array | null;
  /** Our type. */
  readonly type: string;
  /** SQL over the staged column. */
  sql(column: string): string;
  readonly note: string | null;
  /** True for a staged column whose values are finer than the type; then the text form is taken. */
  readonly finer?: (column: string) => string;
}

const whole = (value: unknown): bigint => (typeof value === "bigint" ? value : BigInt(Math.trunc(Number(value))));
const same = (column: string): string => column;

function plan(
  staged: DuckDBType,
  type: string,
  convert: ArrowPlan["convert"],
  sql: ArrowPlan["sql"] = same,
  more: Partial<Pick<ArrowPlan, "note" | "finer">> = {},
): ArrowPlan {
  return { staged, type, convert: (value) => (value === null || value === undefined ? null : convert(value)), sql, note: null, ...more };
}

const unitNames = ["seconds", "milliseconds", "microseconds", "nanoseconds"] as const;
const microsPerUnit = [1_000_000, 1_000, 1] as const;

/** Microseconds since 1970 (or midnight), as SQL, of a count of units (second, millisecond, microsecond, nanosecond). */
const micros = (column: string, unit: number): string => (unit === 3 ? `(${column} // 1000)` : `(${column} * ${microsPerUnit[unit] ?? 1})`);

function timestampPlan(unit: number, zone: string | null): ArrowPlan {
  const moment = (column: string): string => `make_timestamp(${micros(column, unit)})`;
  const sql = zone === null ? moment : (column: string): string => `(${moment(column)} AT TIME ZONE 'UTC')`;
  return plan(BIGINT, zone === null ? "timestamp" : "timestamptz", whole, sql, unit === 3 ? { finer: (column) => `${column} % 1000 <> 0` } : {});
}

/** Text of a decimal out of its digits without a point. */
function decimalSql(column: string, scale: number): string {
  const digits = `lpad(CAST(abs(${column}) AS VARCHAR), CAST(greatest(length(CAST(abs(${column}) AS VARCHAR)), ${scale + 1}) AS INTEGER), '0')`;
  const fraction = scale === 0 ? "" : ` || '.' || right(${digits}, ${scale})`;
  return `(CASE WHEN ${column} < 0 THEN '-' ELSE '' END || left(${digits}, length(${digits}) - ${scale})${fraction})`;
}

function decimalPlan(precision: number, scale: number): ArrowPlan {
  if (precision > 38 || scale < 0 || scale > precision) {
    return plan(VARCHAR, "string", (value) => decimalText(value, scale), same, { note: "Decimals of more than 38 digits were kept as text." });
  }
  return plan(HUGEINT, `decimal(${precision},${scale})`, whole, (column) => `CAST(${decimalSql(column, scale)} AS DECIMAL(${precision},${scale}))`);
}

const jsonText = (type: DataType): ((value: unknown) => string) => {
  const toJson = jsonOf(type);
  return (value) => JSON.stringify(toJson(value));
};

const jsonPlan = (what: string, type: DataType): ArrowPlan =>
  plan(VARCHAR, "json", jsonText(type), (column) => `CAST(${column} AS JSON)`, { note: `${what} were kept as JSON.` });

function listPlan(list: DataType): ArrowPlan {
  const element = partsOf(list)[0]?.type ?? list;
  const types: Readonly<Record<number, readonly [string, string]>> = {
    [Type.Utf8]: ["string", "VARCHAR"],
    [Type.LargeUtf8]: ["string", "VARCHAR"],
    [Type.Int]: ["integer", "BIGINT"],
    [Type.Float]: ["double", "DOUBLE"],
    [Type.Bool]: ["boolean", "BOOLEAN"],
  };
  const isLong = element.typeId === Type.Int && element.bitWidth === 64 && !element.signed;
  const found = isLong ? (["decimal(20,0)", "DECIMAL(20,0)"] as const) : types[element.typeId];
  if (found === undefined) return jsonPlan("Lists", list);
  return plan(VARCHAR, `list<${found[0]}>`, jsonText(list), (column) => `CAST(CAST(CAST(${column} AS JSON) AS VARCHAR[]) AS ${found[1]}[])`);
}

const bytesOf = (value: unknown): Uint8Array => (value instanceof Uint8Array ? value : Uint8Array.from(value as ArrayLike<number>));

/** The plan for a type of Arrow. What tables do not have becomes JSON. */
export function planOf(type: DataType): ArrowPlan {
  switch (type.typeId) {
    case Type.Dictionary:
      return planOf(type.dictionary);
    case Type.Null:
      return plan(VARCHAR, "string", () => null);
    case Type.Int:
      return type.bitWidth === 64 && !type.signed
        ? plan(HUGEINT, "decimal(20,0)", whole, (column) => `CAST(${column} AS DECIMAL(20,0))`)
        : plan(BIGINT, "integer", whole);
    case Type.Float:
      return plan(DOUBLE, "double", Number);
    case Type.Bool:
      return plan(BOOLEAN, "boolean", Boolean);
    case Type.Utf8:
    case Type.LargeUtf8:
    case Type.Utf8View:
      return plan(VARCHAR, "string", String);
    default:
      return planOfOther(type);
  }
}

function planOfOther(type: DataType): ArrowPlan {
  switch (type.typeId) {
    case Type.Decimal:
      return decimalPlan(type.precision, type.scale);
    case Type.Date:
      return plan(BIGINT, "date", whole, (column) => `CAST(epoch_ms(${column}) AS DATE)`);
    case Type.Timestamp:
      return timestampPlan(type.unit, type.timezone ?? null);
    case Type.Time:
      return plan(
        BIGINT,
        "time",
        whole,
        (column) => `CAST(make_timestamp(${micros(column, type.unit)}) AS TIME)`,
        type.unit === 3 ? { finer: (column) => `${column} % 1000 <> 0` } : {},
      );
    default:
      return planOfBytesOrList(type);
  }
}

function planOfBytesOrList(type: DataType): ArrowPlan {
  switch (type.typeId) {
    case Type.Duration:
      return plan(BIGINT, "integer", whole, same, { note: `Durations, in ${unitNames[type.unit] ?? "units"}.` });
    case Type.Binary:
    case Type.LargeBinary:
    case Type.BinaryView:
    case Type.FixedSizeBinary:
      return plan(BLOB, "binary", bytesOf);
    case Type.List:
    case Type.LargeList:
    case Type.FixedSizeList:
      return listPlan(type);
    default:
      return jsonPlan("Nested values", type);
  }
}
