/** What a caller may say about a text file instead of letting it be guessed. */
export interface DialectHints {
  /** Label of the WHATWG encoding standard: `utf-8`, `windows-1252`, `utf-16le` … */
  readonly encoding?: string;
  /** One ASCII character. */
  readonly delimiter?: string;
  /** One ASCII character; empty where nothing is quoted. */
  readonly quote?: string;
  /** How a quote stands inside quotes. */
  readonly escape?: "doubled" | "backslash";
  readonly decimal?: "." | ",";
  /** What groups thousands; empty where nothing does. */
  readonly thousands?: "" | "." | "," | " " | "'";
  /** Whether the first row names the columns. */
  readonly header?: boolean;
  /** Physical lines before the header (or the first row). */
  readonly skipLines?: number;
  /** Order of day, month and year where the file leaves it open. */
  readonly dateOrder?: "dmy" | "mdy";
}

/** How the file was read. Every choice that was a guess is here, so that a person can correct it. */
export interface Dialect {
  readonly format: "csv" | "json" | "ndjson" | "parquet" | "arrow";
  readonly compression: "gzip" | "zstd" | null;
  readonly encoding: string | null;
  /** Empty for a file of one column. */
  readonly delimiter: string | null;
  readonly quote: string | null;
  readonly escape: "doubled" | "backslash" | null;
  readonly newline: "\n" | "\r" | "\r\n" | null;
  readonly decimal: "." | "," | null;
  readonly thousands: string | null;
  readonly header: boolean | null;
  readonly skipLines: number | null;
  readonly dateOrder: "dmy" | "mdy" | null;
  /** Whether an empty value in quotes was read as null (`null`) or as an empty string (`empty`). */
  readonly quotedEmpty: "null" | "empty" | null;
  /** Sentences about what was assumed, skipped or renamed. */
  readonly notes: readonly string[];
}

/** One row that was not loaded. */
export interface RejectedRow {
  /** Line of the file where the row starts, from 1; null where the format has no lines. */
  readonly line: number | null;
  /** Name of the column at fault; null where the whole row is. */
  readonly column: string | null;
  readonly reason: string;
  /** The row as it stands in the file, at most 500 characters. */
  readonly text: string;
}

export interface RejectedRows {
  readonly count: number;
  /** The first ones, at most 100. */
  readonly sample: readonly RejectedRow[];
}

/** Bounds of one intake; each has a default in {@link defaultLimits}. */
export interface IntakeLimits {
  /** Bytes that a compressed file may unfold to. */
  readonly inflatedBytes: number;
  /** How many times larger than the upload the unfolded file may be, once it is above 64 MiB. */
  readonly inflateRatio: number;
  readonly columns: number;
  /** Bytes of one row of text. */
  readonly recordBytes: number;
}

export const defaultLimits: IntakeLimits = { inflatedBytes: 16 * 2 ** 30, inflateRatio: 250, columns: 2_000, recordBytes: 4 * 2 ** 20 };

/** A column of a version that further files must fit. */
export interface ExpectedColumn {
  readonly name: string;
  readonly type: string;
}

export interface IntakeInput {
  /** Name of the file in the run's `in` folder. */
  readonly file: string;
  /** Path the file was uploaded to; its ending is a hint, never the proof. */
  readonly fileName: string;
  readonly contentType?: string;
  readonly hints?: {
    readonly dialect?: DialectHints;
    /** Column name → type. Rows whose value does not fit are rejected. */
    readonly types?: Readonly<Record<string, string>>;
  };
  /** For `mode=append`: the columns of the version before. */
  readonly expectColumns?: readonly ExpectedColumn[];
  readonly limits?: Partial<IntakeLimits>;
}

export interface IntakeColumn {
  readonly name: string;
  /** The name in the file; differs where it was empty, doubled or badly formed. */
  readonly originalName: string;
  /** Spelled as in river documents. */
  readonly type: string;
  readonly nullable: boolean;
  readonly labels: readonly string[];
  /** What a person should know about how this column was read; null where nothing was doubtful. */
  readonly note: string | null;
}

export interface ValueCount {
  readonly value: string;
  readonly count: number;
}

/** One bar of a histogram; `from` is inside, `to` is outside except in the last bar. */
export interface HistogramBin {
  readonly from: string;
  readonly to: string;
  readonly count: number;
}

export interface ColumnProfile {
  readonly name: string;
  readonly type: string;
  readonly nullCount: number;
  readonly distinctCount: number;
  /** False where the count is an estimate (a few percent). */
  readonly distinctIsExact: boolean;
  readonly min: string | null;
  readonly max: string | null;
  readonly mean: number | null;
  /** The most frequent values, at most 20. */
  readonly topValues: readonly ValueCount[];
  /** At most 20 bars; empty for anything but numbers and dates. */
  readonly histogram: readonly HistogramBin[];
  /** The most frequent values of a string column, at most 1,000. */
  readonly values: readonly ValueCount[];
  /** Whether `values` holds every distinct value. */
  readonly valuesComplete: boolean;
}

export interface Profile {
  readonly rowCount: number;
  /** Rows that top values and histograms were counted over; counts, minimum and maximum are over all. */
  readonly sampledRows: number;
  readonly columns: readonly ColumnProfile[];
}

export interface IntakeReady {
  readonly status: "ready";
  /** Name of the Parquet file: in `out`, or in `in` where `inPlace` (then the upload itself is the data). */
  readonly parquet: string;
  readonly inPlace: boolean;
  readonly rowCount: number;
  readonly sizeBytes: number;
  /** Hex. */
  readonly sha256: string;
  readonly columns: readonly IntakeColumn[];
  readonly dialect: Dialect;
  readonly rejected: RejectedRows;
  readonly profile: Profile;
}

export interface IntakeRejected {
  readonly status: "rejected";
  readonly code: "FILE_UNREADABLE" | "DATASET_SCHEMA_MISMATCH";
  /** A sentence: what is wrong and what to do. */
  readonly reason: string;
  /** Columns at fault, for `DATASET_SCHEMA_MISMATCH`. */
  readonly columns: readonly string[];
  readonly dialect: Dialect | null;
  readonly rejected: RejectedRows;
}

/** The file is no table: it stays a file. */
export interface IntakeNotTabular {
  readonly status: "not_tabular";
}

export type IntakeOutput = IntakeReady | IntakeRejected | IntakeNotTabular;

/** Thrown inside the intake to end it as `rejected`; never leaves it. */
export class Unreadable extends Error {
  readonly code: IntakeRejected["code"];
  readonly columns: readonly string[];
  readonly rejected: RejectedRows;
  readonly dialect: Dialect | null;

  constructor(reason: string, more: Partial<Pick<IntakeRejected, "code" | "columns" | "rejected" | "dialect">> = {}) {
    super(reason);
    this.code = more.code ?? "FILE_UNREADABLE";
    this.columns = more.columns ?? [];
    this.rejected = more.rejected ?? { count: 0, sample: [] };
    this.dialect = more.dialect ?? null;
  }
}
