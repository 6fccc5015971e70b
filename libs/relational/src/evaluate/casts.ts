import { decimalShape, printType, sameType } from "../types.ts";
import type { DataType } from "../types.ts";
import { checkDays, daysOfMonth, joinMicros, microsOfDay, splitMicros, toDays } from "./calendar.ts";
import { printText } from "./print-text.ts";
import { divideRounded, fail, isKnown, rescale, roundDouble, tenTo, toDecimal, toInteger } from "./value.ts";
import type { Value } from "./value.ts";

type Change = (value: never) => Value;

const unreadable = (to: DataType) => fail(`A text cannot be read as ${printType(to)}`);

// The look ahead keeps long spaces from being shared out between both ends in every way.
const numeral = /^[ \t\n\v\f\r]*(?![ \t\n\v\f\r])([+-]?)(\d(?:_?\d)*)?(?:(\.)(\d(?:_?\d)*)?)?(?:[eE]([+-]?\d{1,3}))?[ \t\n\v\f\r]*$/;

/** Reads a number as digits and places; undefined where the text is none. */
function readNumeral(text: string): { digits: bigint; places: number } | undefined {
  const found = numeral.exec(text);
  if (!found || (found[2] === undefined && found[4] === undefined)) return undefined;
  const [, sign = "", whole = "", , part = "", exponent = "0"] = found;
  const digits = BigInt(`${whole}${part}`.replaceAll("_", ""));
  return { digits: sign === "-" ? -digits : digits, places: part.replaceAll("_", "").length - Number(exponent) };
}

function textToScaled(text: string, scale: number, to: DataType): bigint {
  const found = readNumeral(text);
  if (!found) throw unreadable(to);
  const { digits, places } = found;
  return places <= scale ? digits * tenTo(scale - places) : divideRounded(digits, tenTo(places - scale));
}

const namedDoubles: Readonly<Record<string, number>> = { nan: NaN, inf: Infinity, infinity: Infinity, "+inf": Infinity, "+infinity": Infinity, "-inf": -Infinity, "-infinity": -Infinity, "-nan": NaN }; // prettier-ignore

function textToDouble(text: string, to: DataType): number {
  const trimmed = text.trim();
  const named = namedDoubles[trimmed.toLowerCase()];
  if (named !== undefined) return named;
  if (!readNumeral(trimmed)) throw unreadable(to);
  return Number(trimmed.replaceAll("_", ""));
}

const truths: Readonly<Record<string, boolean>> = {
  true: true,
  t: true,
  yes: true,
  y: true,
  "1": true,
  false: false,
  f: false,
  no: false,
  n: false,
  "0": false,
};

function textToBoolean(text: string, to: DataType): boolean {
  const found = Object.hasOwn(truths, text.toLowerCase()) ? truths[text.toLowerCase()] : undefined;
  if (found === undefined) throw unreadable(to);
  return found;
}

const dayText = /^\s*(\d{1,6})([-/\\ ])(\d{1,2})\2(\d{1,2})(?!\d)/;

function textToDate(text: string, to: DataType): number {
  const [, year, , month, day] = dayText.exec(text) ?? [];
  const parts = { year: Number(year), month: Number(month), day: Number(day) };
  const isReal = day !== undefined && parts.month >= 1 && parts.month <= 12 && parts.day >= 1 && parts.day <= daysOfMonth(parts.year, parts.month);
  if (!isReal) throw unreadable(to);
  return checkDays(toDays(parts));
}

const clockText = /^(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,6})\d*)?)?$/;

function textToTime(text: string, to: DataType): bigint {
  const [, hour, minute, second = "0", part = ""] = clockText.exec(text.trim()) ?? [];
  const isReal = minute !== undefined && Number(hour) < 24 && Number(minute) < 60 && Number(second) < 60;
  if (!isReal) throw unreadable(to);
  return BigInt((Number(hour) * 60 + Number(minute)) * 60 + Number(second)) * 1_000_000n + BigInt(part.padEnd(6, "0"));
}

const instantText = /^\s*(\d{1,6}-\d{1,2}-\d{1,2})(?:[T ](\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?))?Z?\s*$/;

function textToTimestamp(text: string, to: DataType): bigint {
  const [, day, clock] = instantText.exec(text) ?? [];
  if (day === undefined) throw unreadable(to);
  return joinMicros(textToDate(day, to), clock === undefined ? 0n : textToTime(clock, to));
}

function doubleToScaled(value: number, scale: number, to: DataType): bigint {
  const scaled = roundDouble(value * 10 ** scale);
  if (!Number.isFinite(scaled)) throw fail(`A number does not fit ${printType(to)}`);
  return BigInt(scaled);
}

/** The nearest double of a decimal. */
function scaledToDouble(value: bigint, scale: number): number {
  if (scale === 0) return Number(value);
  const isShort = value <= 9_007_199_254_740_991n && value >= -9_007_199_254_740_991n;
  if (isShort && scale <= 22) return Number(value) / 10 ** scale;
  const factor = tenTo(scale);
  return Number(value / factor) + Number(value % factor) / 10 ** scale;
}

type Maker = (from: DataType, to: DataType) => Change | undefined;

const toScaled =
  (finish: (value: bigint, to: DataType) => bigint): Maker =>
  (from, to) => {
    const { scale } = decimalShape(to);
    if (from.kind === "integer" || from.kind === "decimal") {
      const places = from.kind === "decimal" ? from.scale : 0;
      return (value: bigint) => finish(rescale(value, places, scale), to);
    }
    if (from.kind === "double") return (value: number) => finish(doubleToScaled(value, scale, to), to);
    if (from.kind === "string") return (value: string) => finish(textToScaled(value, scale, to), to);
    return from.kind === "boolean" ? (value: boolean) => (value ? 1n : 0n) : undefined;
  };

const makers: Readonly<Partial<Record<DataType["kind"], Maker>>> = {
  integer: toScaled((value) => toInteger(value)),
  decimal: toScaled((value, to) => toDecimal(value, decimalShape(to).precision)),
  double: (from, to) => {
    if (from.kind === "integer") return (value: bigint) => Number(value);
    if (from.kind === "decimal") return (value: bigint) => scaledToDouble(value, from.scale);
    return from.kind === "string" ? (value: string) => textToDouble(value, to) : undefined;
  },
  string: (from) => (isKnown(from) ? (value: never) => printText(from, value) : undefined),
  boolean: (from, to) => (from.kind === "string" ? (value: string) => textToBoolean(value, to) : undefined),
  date: (from, to) => {
    if (from.kind === "timestamp") return (value: bigint) => splitMicros(value).days;
    return from.kind === "string" ? (value: string) => textToDate(value, to) : undefined;
  },
  time: (from, to) => {
    if (from.kind === "timestamp") return (value: bigint) => splitMicros(value).rest;
    return from.kind === "string" ? (value: string) => textToTime(value, to) : undefined;
  },
  timestamp: (from, to) => {
    if (from.kind === "date") return (value: number) => BigInt(value) * microsOfDay;
    return from.kind === "string" ? (value: string) => textToTimestamp(value, to) : undefined;
  },
};

/** Changes a value that is not null from one type to another; undefined where that is not done here. */
export function castOf(from: DataType, to: DataType): ((value: Value) => Value) | undefined {
  if (sameType(from, to)) return (value) => value;
  return makers[to.kind]?.(from, to) as ((value: Value) => Value) | undefined;
}
