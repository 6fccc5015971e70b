import type { DataType } from "./types.ts";
import { isNumeric, printType, sameType } from "./types.ts";

/** What text can be read as. */
const fromText = new Set(["boolean", "integer", "decimal", "double", "date", "time", "timestamp", "timestamptz", "interval", "json"]);

/** Why a cast has no meaning, or undefined where it has. */
export function castFault(from: DataType, to: DataType): string | undefined {
  if (sameType(from, to) || from.kind === "null" || from.kind === "unknown") return undefined;
  if (from.kind === "timestamptz" && (to.kind === "timestamp" || to.kind === "date")) return "zones are explicit: write x at time zone 'UTC', then cast";
  if ((from.kind === "timestamp" || from.kind === "date") && to.kind === "timestamptz") return "zones are explicit: write x at time zone 'UTC'";
  if (isNumeric(from) && isNumeric(to)) return undefined;
  if (from.kind === "string" && fromText.has(to.kind)) return undefined;
  if (to.kind === "string" && from.kind !== "binary") return undefined;
  if (from.kind === "boolean" && to.kind === "integer") return undefined;
  if (from.kind === "date" && to.kind === "timestamp") return undefined;
  if (from.kind === "timestamp" && (to.kind === "date" || to.kind === "time")) return undefined;
  if (from.kind === "json" && ["integer", "double", "boolean"].includes(to.kind)) return undefined;
  if (from.kind === "list" && to.kind === "list") return castFault(from.element, to.element);
  return `there is no cast from ${printType(from)} to ${printType(to)}`;
}
