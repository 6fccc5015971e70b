import type { DataType } from "./types.ts";

/** A canonical literal, or why the text is none. */
export type LiteralReading = { readonly ok: true; readonly text: string; readonly wholeDays?: boolean } | { readonly ok: false; readonly message: string };

const bad = (message: string): LiteralReading => ({ ok: false, message });

/** Whether a day exists in the calendar. */
function isDay(year: number, month: number, day: number): boolean {
  const date = new Date(Date.UTC(2000, 0, 1));
  date.setUTCFullYear(year, month - 1, day);
  return month >= 1 && month <= 12 && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}

function readDate(text: string): LiteralReading {
  const found = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text.trim());
  if (!found) return bad(`'${text}' is no date: write YYYY-MM-DD`);
  if (!isDay(Number(found[1]), Number(found[2]), Number(found[3]))) return bad(`the day ${text} does not exist`);
  return { ok: true, text: text.trim() };
}

const clock = /^(\d{2}):(\d{2})(?::(\d{2})(\.\d{1,6})?)?$/;

function readTime(text: string): LiteralReading {
  const found = clock.exec(text.trim());
  if (!found) return bad(`'${text}' is no time: write HH:MM:SS`);
  if (Number(found[1]) > 23 || Number(found[2]) > 59 || Number(found[3] ?? 0) > 59) return bad(`the time ${text} does not exist`);
  return { ok: true, text: `${found[1]}:${found[2]}:${found[3] ?? "00"}${found[4] ?? ""}` };
}

const instant = /^(\d{4}-\d{2}-\d{2})(?:[ T](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?))?(Z|[+-]\d{2}(?::?\d{2})?)?$/;

function readTimestamp(text: string): LiteralReading {
  const [, day = "", time = "00:00:00", offset] = instant.exec(text.trim()) ?? [];
  if (day === "" || offset !== undefined) return bad(`'${text}' is no timestamp: write YYYY-MM-DD HH:MM:SS`);
  const date = readDate(day);
  const clockTime = readTime(time);
  if (!date.ok) return date;
  return clockTime.ok ? { ok: true, text: `${date.text} ${clockTime.text}` } : clockTime;
}

function readInstant(text: string): LiteralReading {
  const offset = instant.exec(text.trim())?.[3];
  if (offset === undefined) return bad(`'${text}' is no timestamptz: write YYYY-MM-DD HH:MM:SS+00, with the offset`);
  const local = readTimestamp(text.trim().slice(0, -offset.length));
  return local.ok ? { ok: true, text: `${local.text}${offset === "Z" ? "+00" : offset}` } : local;
}

const units: readonly (readonly [name: string, wholeDays: boolean])[] = [
  ["year", true], ["quarter", true], ["month", true], ["week", true], ["day", true],
  ["hour", false], ["minute", false], ["second", false], ["millisecond", false], ["microsecond", false],
]; // prettier-ignore

function readInterval(text: string): LiteralReading {
  const parts = text.trim().toLowerCase().split(/\s+/);
  const printed: string[] = [];
  let wholeDays = true;
  for (let index = 0; index < parts.length; index += 2) {
    const unit = units.find(([name]) => parts[index + 1] === name || parts[index + 1] === `${name}s`);
    if (!unit || !/^[+-]?\d{1,9}$/.test(parts[index] ?? ""))
      return bad(`'${text}' is no interval: write a number and a unit, as '3 days' or '1 month 12 hours'`);
    wholeDays &&= unit[1];
    printed.push(`${Number(parts[index])} ${unit[0]}s`);
  }
  return { ok: true, text: printed.join(" "), wholeDays };
}

function readJson(text: string): LiteralReading {
  try {
    JSON.parse(text);
    return { ok: true, text };
  } catch {
    return bad("this text is no JSON");
  }
}

const textReaders: Partial<Record<DataType["kind"], (text: string) => LiteralReading>> = {
  string: (text) => ({ ok: true, text }),
  date: readDate,
  time: readTime,
  timestamp: readTimestamp,
  timestamptz: readInstant,
  interval: readInterval,
  json: readJson,
};

/** Checks the text of a literal such as `date '2024-01-31'` and gives its canonical form. */
export function readLiteral(type: DataType, text: string): LiteralReading {
  return textReaders[type.kind]?.(text) ?? { ok: true, text };
}

function readInteger(value: unknown): LiteralReading {
  const text = typeof value === "number" && Number.isSafeInteger(value) ? String(value) : typeof value === "string" ? value : "";
  if (!/^-?\d{1,19}$/.test(text) || BigInt.asIntN(64, BigInt(text)) !== BigInt(text)) return bad("must be a whole number of 64 bits (as text beyond 2^53)");
  return { ok: true, text };
}

function readDecimal(type: Extract<DataType, { kind: "decimal" }>, value: unknown): LiteralReading {
  const text = typeof value === "number" || typeof value === "string" ? String(value) : "";
  const found = /^-?(\d+)(?:\.(\d+))?$/.exec(text);
  const whole = (found?.[1] ?? "").replace(/^0+/, "").length;
  const isWide = (found?.[2] ?? "").length > type.scale || whole > type.precision - type.scale;
  return found && !isWide ? { ok: true, text } : bad(`must be a number that fits decimal(${type.precision},${type.scale})`);
}

/** A parameter's value, or a default, as a literal of its type; integers and decimals may come as numbers or as text. */
export function readValue(type: DataType, value: unknown): LiteralReading {
  if (type.kind === "boolean") return typeof value === "boolean" ? { ok: true, text: String(value) } : bad("must be true or false");
  if (type.kind === "integer") return readInteger(value);
  if (type.kind === "decimal") return readDecimal(type, value);
  if (type.kind === "double") return typeof value === "number" && Number.isFinite(value) ? { ok: true, text: String(value) } : bad("must be a number");
  const read = textReaders[type.kind];
  if (!read) return bad(`parameters cannot be of type ${type.kind}`);
  if (typeof value !== "string") return bad(`must be a text that is ${/^[aeiou]/.test(type.kind) ? "an" : "a"} ${type.kind}`);
  return value.includes("\0") ? bad("must not hold the character U+0000") : read(value);
}
