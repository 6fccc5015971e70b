import { AppError } from "@rivergen/contracts";
import type { DataType } from "../types.ts";

/** An interval: months and days are kept apart from time, as their lengths differ. */
export interface IntervalValue {
  readonly months: number;
  readonly days: number;
  readonly micros: bigint;
}

/**
 * A value while it is computed with; its type is known beside it. integer: bigint; decimal: bigint, the number without
 * its point; double: number; date: number, days since 1970-01-01; time: bigint, microseconds of the day; timestamp and
 * timestamptz: bigint, microseconds since 1970-01-01 (UTC). Values of json, binary, list and struct are passed on as
 * they come and never looked into.
 */
export type Value = null | boolean | number | bigint | string | IntervalValue | object;

/** Values by position. */
export type Row = readonly Value[];

/** Computes one value from a row. @throws AppError STEP_FAILED where the values have no result, without naming them */
export type Evaluator = (row: Row) => Value;

/** A failure that the data caused. Its text names no value of the data. */
export const fail = (detail: string): AppError => new AppError("STEP_FAILED", { detail });

/** Types whose values are compared and computed with here. */
const known = new Set<DataType["kind"]>(["boolean", "integer", "decimal", "double", "string", "date", "time", "timestamp", "timestamptz"]);
export const isKnown = (type: DataType): boolean => known.has(type.kind);

const highest = 2n ** 63n - 1n;
const lowest = -(2n ** 63n);

/** The number, where it fits 64 bits. */
export function toInteger(value: bigint): bigint {
  if (value > highest || value < lowest) throw fail("A number does not fit an integer of 64 bits");
  return value;
}

const powers = Array.from({ length: 80 }, (_, index) => 10n ** BigInt(index));

/** 10 to a power from 0. */
export const tenTo = (exponent: number): bigint => powers[exponent] ?? 10n ** BigInt(exponent);

/** The decimal, where it fits its digits. */
export function toDecimal(value: bigint, precision: number): bigint {
  const limit = tenTo(precision);
  if (value >= limit || value <= -limit) throw fail(`A number does not fit ${precision} digits`);
  return value;
}

/** Divides, rounding half away from zero. */
export function divideRounded(value: bigint, divisor: bigint): bigint {
  const half = divisor / 2n;
  return value >= 0n ? (value + half) / divisor : -((-value + half) / divisor);
}

/** A decimal with another number of places, rounded half away from zero. */
export function rescale(value: bigint, from: number, to: number): bigint {
  return to >= from ? value * tenTo(to - from) : divideRounded(value, tenTo(from - to));
}

/** Rounds half away from zero. */
export function roundDouble(value: number): number {
  const whole = Math.trunc(value);
  return Math.abs(value - whole) >= 0.5 ? whole + Math.sign(value) : whole;
}
