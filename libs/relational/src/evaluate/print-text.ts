import type { DataType } from "../types.ts";
import { fromDays, splitMicros } from "./calendar.ts";
import type { Value } from "./value.ts";

const two = (value: number): string => String(value).padStart(2, "0");

function printDay(days: number): string {
  const { year, month, day } = fromDays(days);
  const shown = year > 0 ? year : 1 - year;
  return `${String(shown).padStart(4, "0")}-${two(month)}-${two(day)}${year > 0 ? "" : " (BC)"}`;
}

function printClock(micros: bigint): string {
  const seconds = Number(micros / 1_000_000n);
  const part = micros % 1_000_000n === 0n ? "" : `.${String(micros % 1_000_000n).padStart(6, "0").replace(/0+$/, "")}`; // prettier-ignore
  return `${two(Math.floor(seconds / 3_600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}${part}`;
}

function printInstant(micros: bigint): string {
  const { days, rest } = splitMicros(micros);
  return `${printDay(days)} ${printClock(rest)}`;
}

/** Instants have all six places, and their zone. */
function printZoned(micros: bigint): string {
  const { days, rest } = splitMicros(micros);
  const clock = printClock(rest);
  return `${printDay(days)} ${clock.slice(0, 8)}.${String(rest % 1_000_000n).padStart(6, "0")}+00`;
}

/** Digits without sign and point, with the point after so many of them. */
function placePoint(digits: string, whole: number): string {
  if (whole <= 0) return `0.${"0".repeat(-whole)}${digits}`;
  return digits.length > whole ? `${digits.slice(0, whole)}.${digits.slice(whole)}` : `${digits.padEnd(whole, "0")}.0`;
}

/** The shortest digits that stand for the number; with an exponent from 1e16 on and below 1e-4. */
export function printDouble(value: number): string {
  if (Number.isNaN(value)) return "nan";
  const sign = value < 0 || Object.is(value, -0) ? "-" : "";
  const size = Math.abs(value);
  if (size === Infinity) return `${sign}inf`;
  const [digits = "", exponent = "0"] = size.toExponential().split("e");
  const power = Number(exponent);
  const isLong = size !== 0 && (power >= 16 || power < -4);
  if (isLong) return `${sign}${digits}e${power < 0 ? "-" : "+"}${two(Math.abs(power))}`;
  return sign + placePoint(digits.replace(".", ""), power + 1);
}

/** A decimal with all its places. */
export function printDecimal(value: bigint, scale: number): string {
  if (scale === 0) return String(value);
  const digits = String(value < 0n ? -value : value).padStart(scale + 1, "0");
  return `${value < 0n ? "-" : ""}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

/** A value that is not null as text, as casts write it. */
export function printText(type: DataType, value: Value): string {
  switch (type.kind) {
    case "decimal":
      return printDecimal(value as bigint, type.scale);
    case "double":
      return printDouble(value as number);
    case "date":
      return printDay(value as number);
    case "time":
      return printClock(value as bigint);
    case "timestamp":
      return printInstant(value as bigint);
    case "timestamptz":
      return printZoned(value as bigint);
    default:
      return String(value as string | bigint | boolean);
  }
}
