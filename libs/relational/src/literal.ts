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

function readTimestamp(text: string, zoned: boolean): LiteralReading {
  const found = /^(\d{4}-\d{2}-\d{2})(?:[ T](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?))?(Z|[+-]\d{2}(?::?\d{2})?)?$/.exec(text.trim());
  if (!found || (!zoned && found[3]))
    return bad(`'${text}' is no ${zoned ? "timestamptz: write YYYY-MM-DD HH:MM:SS+00" : "timestamp: write YYYY-MM-DD HH:MM:SS"}`);
  if (zoned && !found[3]) return bad(`'${text}' needs its offset, as +00 or Z`);
  const day = readDate(found[1] ?? "");
  if (!day.ok) return day;
  const time = readTime(found[2] ?? "00:00:00");
  if (!time.ok) return time;
  const offset = found[3] === "Z" ? "+00" : (found[3] ?? "");
  return { ok: true, text: `${day.text} ${time.text}${offset}` };
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

/** Checks the text of a literal such as `date '2024-01-31'` and gives its canonical form. */
export function readLiteral(type: DataType, text: string): LiteralReading {
  switch (type.kind) {
    case "date":
      return readDate(text);
    case "time":
      return readTime(text);
    case "timestamp":
    case "timestamptz":
      return readTimestamp(text, type.kind === "timestamptz");
    case "interval":
      return readInterval(text);
    case "json":
      return readJson(text);
    default:
      return { ok: true, text };
  }
}

/** A parameter's value, or a default, as a literal of its type; numbers may come as numbers or as text. */
export function readValue(type: DataType, value: unknown): LiteralReading {
  if (type.kind === "boolean") return typeof value === "boolean" ? { ok: true, text: String(value) } : bad("must be true or false");
  if (type.kind === "integer") {
    const text = typeof value === "number" && Number.isSafeInteger(value) ? String(value) : typeof value === "string" ? value : "";
    if (!/^-?\d{1,19}$/.test(text) || BigInt.asIntN(64, BigInt(text)) !== BigInt(text)) return bad("must be a whole number of 64 bits (as text beyond 2^53)");
    return { ok: true, text };
  }
  if (type.kind === "double") return typeof value === "number" && Number.isFinite(value) ? { ok: true, text: String(value) } : bad("must be a number");
  if (type.kind === "decimal") {
    const text = typeof value === "number" ? String(value) : typeof value === "string" ? value : "";
    const found = /^-?(\d+)(?:\.(\d+))?$/.exec(text);
    const whole = (found?.[1] ?? "").replace(/^0+/, "").length;
    if (!found || (found[2] ?? "").length > type.scale || whole > type.precision - type.scale)
      return bad(`must be a number that fits decimal(${type.precision},${type.scale})`);
    return { ok: true, text };
  }
  if (typeof value !== "string") return bad(`must be a text that is ${/^[aeiou]/.test(type.kind) ? "an" : "a"} ${type.kind}`);
  if (value.includes("\0")) return bad("must not hold the character U+0000");
  return ["string", "date", "time", "timestamp", "timestamptz", "interval", "json"].includes(type.kind)
    ? readLiteral(type, value)
    : bad(`parameters cannot be of type ${type.kind}`);
}
