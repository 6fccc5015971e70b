import { fail } from "./value.ts";

/** A day of the Gregorian calendar, extended to both sides. */
export interface Day {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  /** From 1. */
  readonly day: number;
}

const floorDiv = (value: number, by: number): number => Math.floor(value / by);

/** Days since 1970-01-01 of a day. @see https://howardhinnant.github.io/date_algorithms.html */
export function toDays({ year, month, day }: Day): number {
  const y = month <= 2 ? year - 1 : year;
  const era = floorDiv(y, 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = floorDiv(153 * (month + (month > 2 ? -3 : 9)) + 2, 5) + day - 1;
  return era * 146_097 + yearOfEra * 365 + floorDiv(yearOfEra, 4) - floorDiv(yearOfEra, 100) + dayOfYear - 719_468;
}

/** The day so many days after 1970-01-01. */
export function fromDays(days: number): Day {
  const shifted = days + 719_468;
  const era = floorDiv(shifted, 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = floorDiv(dayOfEra - floorDiv(dayOfEra, 1_460) + floorDiv(dayOfEra, 36_524) - floorDiv(dayOfEra, 146_096), 365);
  const dayOfYear = dayOfEra - (365 * yearOfEra + floorDiv(yearOfEra, 4) - floorDiv(yearOfEra, 100));
  const shiftedMonth = floorDiv(5 * dayOfYear + 2, 153);
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day: dayOfYear - floorDiv(153 * shiftedMonth + 2, 5) + 1 };
}

const isLeap = (year: number): boolean => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;

/** Days of a month. */
export function daysOfMonth(year: number, month: number): number {
  return month === 2 ? (isLeap(year) ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31;
}

export const microsOfDay = 86_400_000_000n;

/** Splits an instant into days since 1970-01-01 and microseconds of the day. */
export function splitMicros(micros: bigint): { days: number; rest: bigint } {
  const rest = ((micros % microsOfDay) + microsOfDay) % microsOfDay;
  return { days: Number((micros - rest) / microsOfDay), rest };
}

export const joinMicros = (days: number, rest: bigint): bigint => BigInt(days) * microsOfDay + rest;

/** Months are added to the calendar's month; a day that the new month lacks becomes its last. */
export function addMonths(days: number, months: number): number {
  if (months === 0) return days;
  const { year, month, day } = fromDays(days);
  const count = year * 12 + (month - 1) + months;
  const newYear = floorDiv(count, 12);
  const newMonth = count - newYear * 12 + 1;
  return toDays({ year: newYear, month: newMonth, day: Math.min(day, daysOfMonth(newYear, newMonth)) });
}

/** Days of the ISO week, Monday 1 to Sunday 7. */
export const isoDay = (days: number): number => ((((days + 3) % 7) + 7) % 7) + 1;

export const mondayOf = (days: number): number => days - isoDay(days) + 1;

/** ISO week and the year it belongs to. */
export function isoWeek(days: number): { year: number; week: number } {
  const thursday = mondayOf(days) + 3;
  const { year } = fromDays(thursday);
  return { year, week: floorDiv(thursday - toDays({ year, month: 1, day: 1 }), 7) + 1 };
}

/** Most days from 1970-01-01 that a date holds, in both directions. */
const mostDays = 2_147_483_646;
/** Most microseconds from 1970-01-01 that a timestamp holds, in both directions. */
const mostMicros = 9_223_372_022_400_000_000n;

export function checkDays(days: number): number {
  if (days > mostDays || days < -mostDays) throw fail("A date is out of range");
  return days;
}

export function checkMicros(micros: bigint): bigint {
  if (micros > mostMicros || micros < -mostMicros) throw fail("A timestamp is out of range");
  return micros;
}
