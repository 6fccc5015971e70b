import { z } from "zod";

/** RFC 3339 in UTC. */
export const Time = z.iso.datetime().meta({ id: "Time" });
/** A decimal number as text, exact. */
export const DecimalText = z.string().regex(/^-?\d+(\.\d+)?$/);
/** Names of rivers and datasets. */
export const Name = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,62}$/, "must start with a small letter and hold at most 63 of a–z, 0–9 and _")
  .refine((name) => !["validate", "new"].includes(name) && !/^[a-z]{3}_[0-9a-hjkmnp-tv-z]{20,}$/.test(name), "is reserved")
  .meta({ id: "Name" });
/** An id, or the name of the thing. */
export const IdOrName = z.string().min(1).max(80);

/** Highest number of a version. */
export const mostVersions = 2 ** 31 - 1;
/** Which version of a river or dataset is meant; they count up from 1. */
export const VersionNumber = z.number().int().positive().max(mostVersions);

/** Query of every list. */
export const PageQuery = z.strictObject({
  /** Items of one page, 1–200. */
  limit: z.coerce.number().int().min(1).max(200).default(50),
  /** `nextCursor` of the page before. */
  cursor: z.string().min(1).max(200).optional(),
});
export const page = <T extends z.ZodType>(item: T) => z.strictObject({ items: z.array(item), nextCursor: z.string().nullable() });

export const FaultShape = z
  .strictObject({
    path: z.string(),
    code: z.string(),
    message: z.string(),
    line: z.number().int().optional(),
    column: z.number().int().optional(),
    /** What was probably meant. */
    suggestion: z.string().optional(),
  })
  .meta({ id: "Fault" });

/** Problem details (RFC 9457). */
export const Problem = z
  .looseObject({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    code: z.string(),
    detail: z.string(),
    requestId: z.string(),
    errors: z.array(FaultShape).optional(),
  })
  .meta({ id: "Problem" });
export type Problem = z.output<typeof Problem>;

/** How bulk data can be asked for. */
export const Format = z.enum(["json", "ndjson", "csv", "parquet", "arrow"]);
export type Format = z.output<typeof Format>;
/** Media type of each format. */
export const formatTypes: Readonly<Record<Format, string>> = {
  json: "application/json",
  ndjson: "application/x-ndjson",
  csv: "text/csv",
  parquet: "application/vnd.apache.parquet",
  arrow: "application/vnd.apache.arrow.stream",
};

/** Which rows of a table a page shows, and in which order. */
export const rowQuery = {
  /** Rows to skip, of those that `filter` leaves. */
  offset: z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER).optional(),
  /** Columns by comma, `-` before a name for the other direction, a name in double quotes where it holds a comma; nulls come last. The table's own order by default. */
  sort: z.string().min(1).max(2_000).optional(),
  /** A condition in the language of docs/expressions.md, without aggregates and parameters. */
  filter: z.string().min(1).max(4_000).optional(),
};

/** One column of a table, as the wire shows it. */
export const ColumnType = z.strictObject({ name: z.string(), type: z.string() });
/** Rows as objects: integers beyond 2^53 and decimals are strings. */
export const Row = z.record(z.string(), z.unknown());
