import type { DataType } from "../types.ts";
import { types } from "../types.ts";
import { castOf } from "./casts.ts";
import type { Value } from "./value.ts";

const unitMonths: Readonly<Record<string, number>> = { years: 12, quarters: 3, months: 1 };
const unitDays: Readonly<Record<string, number>> = { weeks: 7, days: 1 };
const unitMicros: Readonly<Record<string, bigint>> = {
  hours: 3_600_000_000n,
  minutes: 60_000_000n,
  seconds: 1_000_000n,
  milliseconds: 1_000n,
  microseconds: 1n,
};

function readInterval(text: string): Value {
  const words = text.split(" ");
  let [months, days, micros] = [0, 0, 0n];
  for (let at = 0; at + 1 < words.length; at += 2) {
    const [count, unit = ""] = [Number(words[at]), words[at + 1]];
    months += count * (unitMonths[unit] ?? 0);
    days += count * (unitDays[unit] ?? 0);
    micros += BigInt(count) * (unitMicros[unit] ?? 0n);
  }
  return { months, days, micros };
}

/** Minutes that an offset such as `+02`, `-0330` or `+01:00` stands for. */
function offsetMinutes(offset: string): number {
  const digits = offset.slice(1).replace(":", "").padEnd(4, "0");
  return (offset.startsWith("-") ? -1 : 1) * (Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2)));
}

function readInstant(text: string): Value {
  const [, local = "", offset = "+00"] = /^(.*?)([+-]\d{2}(?::?\d{2})?)$/.exec(text) ?? [];
  const micros = castOf(types.string, types.timestamp)?.(local) as bigint;
  return micros - BigInt(offsetMinutes(offset)) * 60_000_000n;
}

/** A literal's canonical text as a value; undefined where its type is not computed with here. */
export function literalValue(type: DataType, text: string | null): { readonly value: Value } | undefined {
  if (text === null) return { value: null };
  if (type.kind === "interval") return { value: readInterval(text) };
  if (type.kind === "timestamptz") return { value: readInstant(text) };
  const read = castOf(types.string, type);
  return read ? { value: read(text) } : undefined;
}
