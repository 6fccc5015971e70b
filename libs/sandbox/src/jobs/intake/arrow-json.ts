import { Type } from "@uwdata/flechette";
import type { DataType, Field } from "@uwdata/flechette";

/** What a nested type is made of. */
export const partsOf = (type: DataType | undefined): readonly Field[] => (type && "children" in type ? type.children : []);

type ToJson = (value: unknown) => unknown;

/** Text of a decimal out of its digits without a point. */
export function decimalText(value: unknown, scale: number): string {
  const digits = BigInt(value as bigint);
  if (scale <= 0) return String(digits * 10n ** BigInt(-scale));
  const padded = String(digits < 0n ? -digits : digits).padStart(scale + 1, "0");
  return `${digits < 0n ? "-" : ""}${padded.slice(0, -scale)}.${padded.slice(-scale)}`;
}

/** ISO 8601 of a count of units (seconds, milliseconds, microseconds, nanoseconds) since 1970. */
function isoText(value: unknown, unit: number): string {
  const perSecond = 10n ** BigInt(unit * 3);
  const count = BigInt(value as bigint);
  const part = ((count % perSecond) + perSecond) % perSecond;
  const fraction = part === 0n ? "" : `.${String(part).padStart(unit * 3, "0")}`;
  return `${new Date(Number((count - part) / perSecond) * 1000).toISOString().slice(0, -5)}${fraction}`;
}

function ofInteger(value: unknown): unknown {
  return typeof value === "bigint" ? (Number.isSafeInteger(Number(value)) ? Number(value) : String(value)) : value;
}

function ofStruct(type: DataType): ToJson {
  const fields = partsOf(type).map((field) => [field.name, jsonOf(field.type)] as const);
  return (value) => Object.fromEntries(fields.map(([name, toJson]) => [name, toJson((value as Record<string, unknown>)[name])]));
}

function ofList(element: DataType | undefined): ToJson {
  const toJson = element === undefined ? (value: unknown): unknown => value : jsonOf(element);
  return (value) => Array.from(value as ArrayLike<unknown>, toJson);
}

const rules: Readonly<Partial<Record<number, (type: DataType) => ToJson>>> = {
  [Type.Int]: () => ofInteger,
  [Type.Duration]: () => ofInteger,
  [Type.Float]: () => (value) => (Number.isFinite(value) ? value : String(value)),
  [Type.Decimal]: (type) => (value) => decimalText(value, "scale" in type ? Number(type.scale) : 0),
  [Type.Date]: () => (value) => isoText(value, 1).slice(0, -9),
  [Type.Time]: (type) => (value) => isoText(value, "unit" in type ? Number(type.unit) : 0).slice(11),
  [Type.Timestamp]: (type) => (value) => `${isoText(value, "unit" in type ? Number(type.unit) : 0)}${"timezone" in type && type.timezone ? "Z" : ""}`,
  [Type.Binary]: () => (value) => Buffer.from(value as Uint8Array).toString("base64"),
  [Type.LargeBinary]: () => (value) => Buffer.from(value as Uint8Array).toString("base64"),
  [Type.FixedSizeBinary]: () => (value) => Buffer.from(value as Uint8Array).toString("base64"),
  [Type.Dictionary]: (type) => ("dictionary" in type ? jsonOf(type.dictionary) : (value) => value),
  [Type.Struct]: ofStruct,
  [Type.List]: (type) => ofList(partsOf(type)[0]?.type),
  [Type.LargeList]: (type) => ofList(partsOf(type)[0]?.type),
  [Type.FixedSizeList]: (type) => ofList(partsOf(type)[0]?.type),
  [Type.Map]: (type) => ofMap(type),
};

/** A map is a list of keys with their values. */
function ofMap(type: DataType): ToJson {
  const [key, value] = partsOf(partsOf(type)[0]?.type);
  const parts = [key, value].map((field) => (field ? jsonOf(field.type) : (part: unknown): unknown => part));
  return (entries) => Array.from(entries as Iterable<readonly unknown[]>, (entry) => entry.map((part, index) => parts[index]?.(part)));
}

/** How a value of an Arrow type is written in JSON: decimals and what a number cannot hold as texts, times in ISO 8601, bytes in base64. */
export function jsonOf(type: DataType): ToJson {
  const toJson = rules[type.typeId]?.(type) ?? ((value: unknown) => value);
  return (value) => (value === null || value === undefined ? null : toJson(value));
}
