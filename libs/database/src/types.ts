import { types } from "pg";

const oid = { int8: 20, json: 114, date: 1082, timestamp: 1114, timestamptz: 1184, int8Array: 1016, jsonb: 3802 } as const;

/**
 * How values come out: `bigint` as a number where that is exact, else as text; `numeric` as text; `date` as `YYYY-MM-DD`;
 * times as RFC 3339 with every digit that the database keeps; `json` parsed; the rest as `pg` does it.
 */
export const valueTypes = {
  getTypeParser(type: number, format?: string): (text: string) => unknown {
    switch (type) {
      case oid.int8:
        return toInteger;
      case oid.date:
      case oid.timestamp:
        return (text) => text.replace(" ", "T");
      case oid.timestamptz:
        return toInstant;
      case oid.int8Array:
        return (text) => (types.getTypeParser(oid.int8Array)(text) as (string | null)[]).map((item) => (item === null ? null : toInteger(item)));
      default:
        return types.getTypeParser(type, format);
    }
  },
};

function toInteger(text: string): number | string {
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : text;
}

/** `2026-01-02 03:04:05.123456+00` → `2026-01-02T03:04:05.123456Z`; other zones and infinities stay as they are spelled. */
function toInstant(text: string): string {
  return text.replace(" ", "T").replace(/\+00$/, "Z");
}
