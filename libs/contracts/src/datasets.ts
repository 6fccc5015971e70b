import { z } from "zod";
import { ColumnType, Format, formatTypes, IdOrName, page, PageQuery, Row, rowQuery, Time } from "./common.ts";
import { route } from "./http.ts";

/** One column of a dataset's newest version. */
export const Column = z
  .strictObject({
    name: z.string(),
    /** Spelled as in river documents: `integer`, `decimal(18,2)`, `list<string>` … */
    type: z.string(),
    nullable: z.boolean(),
    /** Evidence of what it holds, such as `pii.email`. */
    labels: z.array(z.string()),
    description: z.string(),
    synonyms: z.array(z.string()).optional(),
    /** What was noticed while reading it ("3 of 9,994 values are no dates: kept as text"). */
    note: z.string().optional(),
  })
  .meta({ id: "Column" });
export type Column = z.output<typeof Column>;

function isEncoding(label: string): boolean {
  try {
    new TextDecoder(label).decode();
    return true;
  } catch {
    return false;
  }
}

/** What a person may say about a text file instead of letting it be guessed. */
export const DialectHints = z
  .strictObject({
    /** Label of the WHATWG encoding standard: `utf-8`, `windows-1252`, `utf-16le` … */
    encoding: z
      .string()
      .max(40)
      .refine(isEncoding, "is no encoding; use utf-8, utf-16le, utf-16be, windows-1252 or another name of the WHATWG list")
      .optional(),
    delimiter: z.string().max(1).optional(),
    /** Empty where nothing is quoted. */
    quote: z.string().max(1).optional(),
    /** How a quote stands inside quotes. */
    escape: z.enum(["doubled", "backslash"]).optional(),
    decimal: z.enum([".", ","]).optional(),
    /** What groups thousands; empty where nothing does. */
    thousands: z.enum(["", ".", ",", " ", "'"]).optional(),
    header: z.boolean().optional(),
    /** Physical lines before the header (or the first row). */
    skipLines: z.number().int().min(0).max(10_000).optional(),
    /** Order of day, month and year where the file leaves it open. */
    dateOrder: z.enum(["dmy", "mdy"]).optional(),
  })
  .meta({ id: "DialectHints" });
export type DialectHints = z.output<typeof DialectHints>;

/** How a file was read: every choice that was a guess, so that a person can correct it. */
export const Dialect = z
  .strictObject({
    format: z.string(),
    compression: z.string().nullable(),
    encoding: z.string().nullable(),
    delimiter: z.string().nullable(),
    quote: z.string().nullable(),
    escape: z.string().nullable(),
    newline: z.string().nullable(),
    decimal: z.string().nullable(),
    thousands: z.string().nullable(),
    header: z.boolean().nullable(),
    skipLines: z.number().int().nullable(),
    dateOrder: z.string().nullable(),
    /** Whether an empty value in quotes was read as null or as an empty string. */
    quotedEmpty: z.string().nullable(),
    /** Sentences about what was assumed, skipped or renamed. */
    notes: z.array(z.string()),
  })
  .meta({ id: "Dialect" });
export type Dialect = z.output<typeof Dialect>;

export const Rejected = z
  .strictObject({
    count: z.number().int().nonnegative(),
    /** At most 100 of them. */
    sample: z.array(z.strictObject({ line: z.number().int().nullable(), column: z.string().nullable(), reason: z.string(), text: z.string() })),
  })
  .meta({ id: "RejectedRows" });

export const DatasetSource = z.strictObject({
  kind: z.enum(["file", "connection", "river"]),
  file: z.string().optional(),
  path: z.string().optional(),
  river: z.string().optional(),
  run: z.string().optional(),
});

/** Why a file became no version: it cannot be read as a table, or its columns do not fit the dataset they are appended to. */
export const RejectionCode = z.enum(["FILE_UNREADABLE", "DATASET_SCHEMA_MISMATCH"]);
export type RejectionCode = z.output<typeof RejectionCode>;

/** A table of a workspace: what a file, a connection or a river wrote last. */
export const Dataset = z
  .strictObject({
    id: z.string(),
    /** Unique in its workspace; paths take it in place of the id. */
    name: z.string(),
    title: z.string(),
    description: z.string(),
    /** Newest readable version; 0 before the first. */
    version: z.number().int().nonnegative(),
    status: z.enum(["profiling", "ready", "rejected"]),
    source: DatasetSource,
    rowCount: z.number().int().nonnegative().nullable(),
    sizeBytes: z.number().int().nonnegative().nullable(),
    columns: z.array(Column),
    /** Why it was rejected, and what to do. */
    reason: z.string().optional(),
    code: RejectionCode.optional(),
    rejected: Rejected.optional(),
    dialect: Dialect.optional(),
    /** Keys found by evidence, from a column of this table to one of another; only where one dataset is asked for. */
    keys: z
      .array(z.strictObject({ column: z.string(), to: z.strictObject({ dataset: z.string(), column: z.string() }), coverage: z.number().min(0).max(1) }))
      .optional(),
    createdAt: Time,
    updatedAt: Time,
  })
  .meta({ id: "Dataset" });
export type Dataset = z.output<typeof Dataset>;

export const DatasetVersion = z
  .strictObject({
    version: z.number().int().positive(),
    rowCount: z.number().int().nonnegative(),
    sizeBytes: z.number().int().nonnegative(),
    sha256: z.string(),
    source: DatasetSource,
    createdAt: Time,
  })
  .meta({ id: "DatasetVersion" });

const scalarValue = z.union([z.string(), z.number(), z.boolean(), z.null()]);
export const ProfileColumn = z.strictObject({
  name: z.string(),
  type: z.string(),
  nullCount: z.number().int().nonnegative(),
  distinctCount: z.number().int().nonnegative(),
  distinctIsExact: z.boolean(),
  min: scalarValue,
  max: scalarValue,
  mean: z.number().nullable(),
  /** At most 20, most frequent first. */
  topValues: z.array(z.strictObject({ value: scalarValue, count: z.number().int().nonnegative() })),
  /** At most 20 buckets, `low` ≤ value < `high` (the last includes `high`); null where a histogram says nothing. */
  histogram: z.array(z.strictObject({ low: scalarValue, high: scalarValue, count: z.number().int().nonnegative() })).nullable(),
});
export const Profile = z
  .strictObject({ rowCount: z.number().int().nonnegative(), sampledRows: z.number().int().nonnegative(), columns: z.array(ProfileColumn) })
  .meta({ id: "Profile" });
export type Profile = z.output<typeof Profile>;

export const Lineage = z
  .strictObject({
    nodes: z.array(
      z.strictObject({ id: z.string(), kind: z.enum(["dataset", "step", "output", "column", "file"]), name: z.string(), parent: z.string().optional() }),
    ),
    edges: z.array(z.strictObject({ from: z.string(), to: z.string(), influence: z.enum(["value", "filter", "key", "order"]).optional() })),
  })
  .meta({ id: "Lineage" });
export type Lineage = z.output<typeof Lineage>;

/** A page of rows with the types of its columns. */
export const RowPage = z.strictObject({ columns: z.array(ColumnType), rows: z.array(Row) });
/** Rows in all that a filter leaves; null where nobody counted. */
export const RowCount = z.number().int().nonnegative().nullable();

const DatasetPath = z.strictObject({ dataset: IdOrName });
const tag = "Datasets";
export const datasetRoutes = {
  listDatasets: route({
    method: "GET",
    path: "/v1/datasets",
    scope: "datasets:read",
    tag,
    summary: "Tables of this workspace",
    query: PageQuery,
    answer: page(Dataset),
  }),
  getDataset: route({
    method: "GET",
    path: "/v1/datasets/:dataset",
    scope: "datasets:read",
    tag,
    summary: "One table",
    params: DatasetPath,
    answer: Dataset,
    errors: ["DATASET_NOT_FOUND"],
  }),
  describeDataset: route({
    method: "PATCH",
    path: "/v1/datasets/:dataset",
    scope: "datasets:write",
    tag,
    summary: "Describe a table and its columns for people and for the planner",
    params: DatasetPath,
    body: z.strictObject({
      description: z.string().max(2_000).optional(),
      columns: z
        .array(
          z.strictObject({
            name: z.string().max(500),
            labels: z
              .array(z.string().regex(/^[a-z][a-z0-9_.]{0,62}$/))
              .max(20)
              .optional(),
            description: z.string().max(2_000).optional(),
            synonyms: z.array(z.string().trim().min(1).max(100)).max(50).optional(),
          }),
        )
        .max(10_000)
        .optional(),
    }),
    answer: Dataset,
    errors: ["DATASET_NOT_FOUND"],
  }),
  deleteDataset: route({
    method: "DELETE",
    path: "/v1/datasets/:dataset",
    scope: "datasets:write",
    tag,
    summary: "Delete a table with its versions",
    params: DatasetPath,
    errors: ["DATASET_NOT_FOUND"],
  }),
  listDatasetVersions: route({
    method: "GET",
    path: "/v1/datasets/:dataset/versions",
    scope: "datasets:read",
    tag,
    summary: "Its versions, newest first",
    params: DatasetPath,
    query: PageQuery,
    answer: page(DatasetVersion),
    errors: ["DATASET_NOT_FOUND"],
  }),
  getDatasetProfile: route({
    method: "GET",
    path: "/v1/datasets/:dataset/profile",
    scope: "datasets:read",
    tag,
    summary: "Counts, ranges and frequent values of its columns",
    params: DatasetPath,
    answer: Profile,
    errors: ["DATASET_NOT_FOUND", "DATASET_NOT_READY"],
  }),
  getDatasetLineage: route({
    method: "GET",
    path: "/v1/datasets/:dataset/lineage",
    scope: "datasets:read",
    tag,
    summary: "Where its columns come from, down to the columns of other tables",
    params: DatasetPath,
    answer: Lineage,
    errors: ["DATASET_NOT_FOUND"],
  }),
  rereadDataset: route({
    method: "POST",
    path: "/v1/datasets/:dataset/reread",
    scope: "datasets:write",
    tag,
    summary: "Read its files anew with a corrected dialect or types",
    params: DatasetPath,
    body: z.strictObject({
      dialect: DialectHints.optional(),
      types: z.record(z.string().max(500), z.string().max(200)).optional(),
    }),
    answer: Dataset,
    headers: { prefer: "`wait=N`: seconds (0–60, default 10) to wait for the dataset to be ready or rejected" },
    errors: ["DATASET_NOT_FOUND", "FILE_NOT_FOUND"],
  }),
};

const FormatQuery = z.strictObject({ format: Format.optional() });
export const datasetContentRoutes = {
  previewDataset: route({
    method: "GET",
    path: "/v1/datasets/:dataset/preview",
    scope: "datasets:read",
    tag,
    summary: "A page of its rows",
    params: DatasetPath,
    query: z.strictObject({ limit: z.coerce.number().int().min(1).max(1_000).default(100), ...rowQuery }),
    answer: RowPage.extend({ rowCount: RowCount }),
    errors: ["DATASET_NOT_FOUND", "DATASET_NOT_READY", "QUERY_FAILED", "QUERY_TIMEOUT", "QUERY_MEMORY_EXCEEDED"],
  }),
  getDatasetContent: route({
    method: "GET",
    path: "/v1/datasets/:dataset/content",
    scope: "datasets:read",
    tag,
    summary: "The whole table, streamed",
    params: DatasetPath,
    query: FormatQuery,
    produces: Object.values(formatTypes),
    headers: { accept: "One of the media types, where `format` is absent" },
    errors: ["DATASET_NOT_FOUND", "DATASET_NOT_READY", "NOT_ACCEPTABLE"],
  }),
};

const Usage = z.array(z.strictObject({ meter: z.string(), quantity: z.number(), unit: z.string() }));
export const queryRoutes = {
  query: route({
    method: "POST",
    path: "/v1/queries",
    scope: "queries:write",
    tag: "Queries",
    summary: "One SELECT over the datasets of this workspace",
    query: FormatQuery,
    body: z.strictObject({
      sql: z.string().min(1).max(100_000),
      /** Values of `$name` in the statement. */
      parameters: z.record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,62}$/), scalarValue).optional(),
      maxRows: z.number().int().min(1).max(1_000_000).default(10_000),
    }),
    answer: RowPage.extend({ truncated: z.boolean(), usage: Usage }),
    produces: Object.values(formatTypes),
    headers: { accept: "One of the media types, where `format` is absent" },
    errors: ["QUERY_REFUSED", "QUERY_FAILED", "QUERY_TIMEOUT", "QUERY_MEMORY_EXCEEDED", "NOT_ACCEPTABLE"],
  }),
};
export { Usage as UsageSummary };

/** Where the rows of a dataset version lie. */
export const ReadableDataset = z.strictObject({
  id: z.string(),
  name: z.string(),
  version: z.number().int(),
  objectKey: z.string(),
  rowCount: z.number().int(),
  sizeBytes: z.number().int(),
  columns: z.array(Column),
});
export type ReadableDataset = z.output<typeof ReadableDataset>;

/** A dataset version with what estimates are made of; `profile` is absent where nobody has looked at its values yet. */
export const PlannableDataset = ReadableDataset.extend({ profile: Profile.pick({ columns: true }).optional() });
export type PlannableDataset = z.output<typeof PlannableDataset>;

export const catalogInternalRoutes = {
  /** Unknown names are simply missing in the answer. */
  resolveDatasets: route({
    method: "POST",
    path: "/internal/datasets/resolve",
    scope: "internal",
    tag: "Internal",
    summary: "Readable versions by id or name; `names` null gives all",
    body: z.strictObject({ datasets: z.array(z.strictObject({ name: z.string(), version: z.number().int().optional() })).nullable() }),
    answer: z.array(ReadableDataset),
  }),
  waitForDataset: route({
    method: "POST",
    path: "/internal/datasets/wait",
    scope: "internal",
    tag: "Internal",
    summary: "The dataset a file became, once it is ready or rejected or the time is over; null when the file is no table",
    body: z.strictObject({ objectKey: z.string(), waitMs: z.number().int().min(0).max(60_000) }),
    answer: Dataset.nullable(),
  }),
  checkDatasetName: route({
    method: "POST",
    path: "/internal/datasets/check-name",
    scope: "internal",
    tag: "Internal",
    summary: "Whether a file may become this dataset; fails with DATASET_NAME_TAKEN",
    body: z.strictObject({
      path: z.string(),
      dataset: z.string().optional(),
      mode: z.enum(["replace", "append"]).default("replace"),
      contentType: z.string().optional(),
    }),
    answer: z.strictObject({ name: z.string() }),
    errors: ["DATASET_NAME_TAKEN"],
  }),
};
