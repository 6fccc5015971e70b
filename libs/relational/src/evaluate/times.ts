import type { DataType } from "../types.ts";
import { addMonths, checkDays, checkMicros, daysOfMonth, fromDays, isoDay, isoWeek, joinMicros, mondayOf, splitMicros, toDays } from "./calendar.ts";
import type { Call, Strict, StrictMaker } from "./numbers.ts";
import { fail } from "./value.ts";
import type { IntervalValue } from "./value.ts";

const dateParts: Readonly<Record<string, (days: number) => number>> = {
  year: (days) => fromDays(days).year,
  quarter: (days) => Math.floor((fromDays(days).month + 2) / 3),
  month: (days) => fromDays(days).month,
  week: (days) => isoWeek(days).week,
  day: (days) => fromDays(days).day,
  isoyear: (days) => isoWeek(days).year,
  dow: (days) => isoDay(days) % 7,
  isodow: isoDay,
  doy: (days) => days - toDays({ year: fromDays(days).year, month: 1, day: 1 }) + 1,
};

const timeParts: Readonly<Record<string, (micros: bigint) => bigint>> = {
  hour: (micros) => micros / 3_600_000_000n,
  minute: (micros) => (micros / 60_000_000n) % 60n,
  second: (micros) => (micros / 1_000_000n) % 60n,
  millisecond: (micros) => (micros / 1_000n) % 60_000n,
  microsecond: (micros) => micros % 60_000_000n,
};

const epochs: Readonly<Partial<Record<DataType["kind"], Strict>>> = {
  date: (days: number) => days * 86_400,
  timestamp: (micros: bigint) => Number(micros) / 1e6,
  timestamptz: (micros: bigint) => Number(micros) / 1e6,
  time: (micros: bigint) => Number(micros) / 1e6,
};

/** Which part a template takes out. */
const partOf = (template: string): string => /date_part\('(\w+)'/.exec(template)?.[1] ?? "";

function extractDay(kind: DataType["kind"] | undefined, part: (days: number) => number): Strict | undefined {
  if (kind === "date") return (days: number) => BigInt(part(days));
  return kind === "timestamp" ? (micros: bigint) => BigInt(part(splitMicros(micros).days)) : undefined;
}

function extractTime(kind: DataType["kind"] | undefined, part: (micros: bigint) => bigint): Strict | undefined {
  if (kind === "timestamp") return (micros: bigint) => part(splitMicros(micros).rest);
  return kind === "time" ? (micros: bigint) => part(micros) : undefined;
}

const extract: StrictMaker = ({ template, types: [type] }) => {
  const part = partOf(template);
  if (part === "epoch") return type && epochs[type.kind];
  const ofDay = dateParts[part];
  const ofTime = timeParts[part];
  if (ofDay) return extractDay(type?.kind, ofDay);
  return ofTime && extractTime(type?.kind, ofTime);
};

const truncatedDays: Readonly<Record<string, (days: number) => number>> = {
  year: (days) => toDays({ year: fromDays(days).year, month: 1, day: 1 }),
  quarter: (days) => {
    const { year, month } = fromDays(days);
    return toDays({ year, month: month - ((month - 1) % 3), day: 1 });
  },
  month: (days) => toDays({ ...fromDays(days), day: 1 }),
  week: mondayOf,
  day: (days) => days,
};

const unitMicros: Readonly<Record<string, bigint>> = { hour: 3_600_000_000n, minute: 60_000_000n, second: 1_000_000n, millisecond: 1_000n, microsecond: 1n };

function truncate(part: string, micros: bigint): bigint {
  const { days, rest } = splitMicros(micros);
  const unit = unitMicros[part];
  return unit === undefined ? joinMicros((truncatedDays[part] ?? ((same) => same))(days), 0n) : joinMicros(days, rest - (rest % unit));
}

const dateTrunc: StrictMaker = ({ types }) => {
  if (types[1]?.kind === "date") return (part: string, days: number) => (truncatedDays[part] ?? ((same: number) => same))(days);
  return types[1]?.kind === "timestamp" ? (part: string, micros: bigint) => truncate(part, micros) : undefined;
};

/** Which boundary a day belongs to, counted from some zero. */
const dayCounts: Readonly<Record<string, (days: number) => number>> = {
  year: (days) => fromDays(days).year,
  quarter: (days) => fromDays(days).year * 4 + Math.floor((fromDays(days).month - 1) / 3),
  month: (days) => fromDays(days).year * 12 + fromDays(days).month,
  week: (days) => Math.floor((days + 3) / 7),
  day: (days) => days,
};

const floorTo = (micros: bigint, unit: bigint): bigint => (micros - (((micros % unit) + unit) % unit)) / unit;

function difference(part: string, from: bigint, to: bigint): bigint {
  const unit = unitMicros[part];
  if (unit !== undefined) return floorTo(to, unit) - floorTo(from, unit);
  const count = dayCounts[part] ?? ((days: number) => days);
  return BigInt(count(splitMicros(to).days) - count(splitMicros(from).days));
}

const dateDiff: StrictMaker = ({ types }) => {
  if (types[1]?.kind === "date") return (part: string, from: number, to: number) => difference(part, joinMicros(from, 0n), joinMicros(to, 0n));
  return (part: string, from: bigint, to: bigint) => difference(part, from, to);
};

function shift(micros: bigint, { months, days, micros: more }: IntervalValue, sign: 1 | -1): bigint {
  const { days: start, rest } = splitMicros(micros);
  const moved = checkDays(addMonths(start, months * sign) + days * sign);
  return checkMicros(joinMicros(moved, rest) + more * BigInt(sign));
}

/** A point in time plus or minus an interval, in the type of the result. */
function shiftPoint(kind: DataType["kind"], result: DataType["kind"], sign: 1 | -1): (point: never, interval: IntervalValue) => number | bigint {
  const move = (micros: bigint, interval: IntervalValue): number | bigint => {
    const moved = shift(micros, interval, sign);
    return result === "date" ? splitMicros(moved).days : moved;
  };
  return kind === "date" ? (days: number, interval) => move(joinMicros(days, 0n), interval) : (micros: bigint, interval) => move(micros, interval);
}

const points = new Set<DataType["kind"] | undefined>(["date", "timestamp", "timestamptz"]);

/** `+` and `-` where one side is a point in time; templates always name the point first. */
export const shiftTime =
  (operator: "+" | "-"): StrictMaker =>
  ({ types: [left, right], result }: Call) => {
    if (left?.kind === "date" && right?.kind === "date") return (a: number, b: number) => BigInt(a - b);
    if (!left || !points.has(left.kind) || right?.kind !== "interval") return undefined;
    return shiftPoint(left.kind, result.kind, operator === "+" ? 1 : -1);
  };

const months = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];
const weekdays = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

function makeDate(year: bigint, month: bigint, day: bigint): number {
  const parts = { year: Number(year), month: Number(month), day: Number(day) };
  const isReal =
    Math.abs(parts.year) < 5_000_000 && parts.month >= 1 && parts.month <= 12 && parts.day >= 1 && parts.day <= daysOfMonth(parts.year, parts.month);
  if (!isReal) throw fail("There is no such date");
  return checkDays(toDays(parts));
}

function lastDay(micros: bigint): number {
  const { year, month } = fromDays(splitMicros(micros).days);
  return toDays({ year, month, day: daysOfMonth(year, month) });
}

export const timeMakers: Readonly<Record<string, StrictMaker>> = {
  extract,
  ...Object.fromEntries(["year", "quarter", "month", "week", "day", "weekday", "hour", "minute", "second"].map((name) => [name, extract])),
  date_trunc: dateTrunc,
  date_diff: dateDiff,
  monthname: () => (micros: bigint) => months[fromDays(splitMicros(micros).days).month - 1] ?? "",
  dayname: () => (micros: bigint) => weekdays[isoDay(splitMicros(micros).days) - 1] ?? "",
  last_day: () => lastDay,
  make_date: () => makeDate,
};
