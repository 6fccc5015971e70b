import type { DataType } from "./types.ts";
import { isNumeric, printType, sameType } from "./types.ts";

/** What can be cast to what; numbers among each other, and lists by their elements, come on top. */
const allowed: Partial<Record<DataType["kind"], readonly DataType["kind"][]>> = {
  string: ["boolean", "integer", "decimal", "double", "date", "time", "timestamp", "timestamptz", "interval", "json"],
  boolean: ["string", "integer"],
  integer: ["string"],
  decimal: ["string"],
  double: ["string"],
  date: ["string", "timestamp"],
  time: ["string"],
  timestamp: ["string", "date", "time"],
  timestamptz: ["string"],
  interval: ["string"],
  json: ["string", "integer", "double", "boolean"],
};

/** Why a cast has no meaning, or undefined where it has. */
export function castFault(from: DataType, to: DataType): string | undefined {
  if (sameType(from, to) || from.kind === "null" || from.kind === "unknown") return undefined;
  if (isNumeric(from) && isNumeric(to)) return undefined;
  if (from.kind === "list" && to.kind === "list") return castFault(from.element, to.element);
  if (allowed[from.kind]?.includes(to.kind)) return undefined;
  const isZoned = [from.kind, to.kind].includes("timestamptz") && ["date", "timestamp", "timestamptz"].includes(from.kind);
  return isZoned ? "zones are explicit: write x at time zone 'UTC', then cast" : `there is no cast from ${printType(from)} to ${printType(to)}`;
}

/** Whether a cast may make null of what is not: one that does not fail, and the null that JSON writes. */
export const castGivesNull = (from: DataType, onError: "fail" | "null"): boolean => onError === "null" || from.kind === "json";
