import { open, stat } from "node:fs/promises";
import { join } from "node:path";
import { findReading, noDelimiter } from "./csv-dialect.ts";
import type { Reading } from "./csv-dialect.ts";
import { findTableStart } from "./csv-header.ts";
import type { TableStart } from "./csv-header.ts";
import { scanCsv } from "./csv-scan.ts";
import type { ScanResult } from "./csv-scan.ts";
import { Unreadable } from "./model.ts";
import type { Dialect, DialectHints, IntakeLimits } from "./model.ts";
import { toColumnNames } from "./names.ts";
import { createRejectList } from "./rejects.ts";
import { text } from "./sql.ts";
import { noDialect } from "./table.ts";
import type { TextTable } from "./table.ts";

export interface CsvSource {
  /** The text in UTF-8 without a mark, or with it where `markBytes` says so. */
  readonly path: string;
  readonly markBytes: number;
  /** What the original was encoded in. */
  readonly encoding: string;
  readonly compression: Dialect["compression"];
  readonly claim: "csv" | "tsv" | undefined;
  readonly hints: DialectHints;
  readonly limits: IntakeLimits;
  readonly tmp: string;
  progress(fraction: number, rowsDone: number): void;
}

const sampleBytes = 2 ** 20;
const columnId = (index: number): string => `c${index}`;

/**
 * Reads a delimited text.
 * @returns undefined where the file does not claim to be a table and does not look like one
 * @throws Unreadable where it claims to be a table and cannot be one
 */
export async function readCsv(source: CsvSource): Promise<TextTable | undefined> {
  const { size } = await stat(source.path);
  const sample = await head(source.path, source.markBytes);
  const whole = sample.length + source.markBytes >= size;
  const reading = findReading(sample, whole, source.hints, source.claim);
  if (source.claim === undefined && !isTable(reading)) return undefined;
  if (reading.rows.length === 0) throw new Unreadable("The file holds no rows that can be read. Upload one with at least a header.");
  const table = findTableStart(reading, source.hints);
  checkWidth(table, source.limits);
  const rejects = createRejectList();
  const cleanPath = join(source.tmp, "clean.csv");
  const cleanDelimiter = reading.syntax.delimiter === noDelimiter ? 44 : reading.syntax.delimiter;
  const scanned = await scanCsv({
    path: source.path,
    cleanPath,
    syntax: reading.syntax,
    width: table.width,
    cleanDelimiter,
    start: { offset: table.offset + source.markBytes, line: table.line },
    recordBytes: source.limits.recordBytes,
    transcoded: source.encoding !== "utf-8",
    rejects,
    progress: (bytesDone, rowsDone) => source.progress(size === 0 ? 1 : bytesDone / size, rowsDone),
  });
  const dialect = describe(source, reading, table, scanned);
  if (scanned.rowCount === 0 && rejects.count() > 0) throw new Unreadable(noRowsReason(rejects.toRows()), { rejected: rejects.toRows(), dialect });
  const { names, notes } = toColumnNames(table.header ?? Array.from({ length: table.width }, () => ""));
  const columns = names.map((name, index) => ({ ...name, id: columnId(index), evidence: "any" as const }));
  return {
    kind: "text",
    relation: readCall(cleanPath, cleanDelimiter, table.width, scanned),
    line: "line",
    columns,
    rowCount: scanned.rowCount,
    dialect: { ...dialect, notes: [...dialect.notes, ...(table.header === null ? [] : notes)] },
    rejects,
  };
}

async function head(path: string, start: number): Promise<Uint8Array> {
  const file = await open(path, "r");
  try {
    const buffer = Buffer.alloc(sampleBytes);
    const { bytesRead } = await file.read(buffer, 0, sampleBytes, start);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/** Whether a text without any claim is a table all the same: several even rows of several values. */
function isTable(reading: Reading): boolean {
  return reading.width > 1 && reading.rows.length > 2 && reading.score > 0.8;
}

function checkWidth(table: TableStart, limits: IntakeLimits): void {
  if (table.width <= limits.columns) return;
  throw new Unreadable(
    `The file has ${table.width} columns; at most ${limits.columns} are accepted. Split it, or turn columns into rows (one row per name and value).`,
  );
}

function noRowsReason(rejected: { count: number; sample: readonly { line: number | null; reason: string }[] }): string {
  const first = rejected.sample[0];
  return `None of the ${rejected.count} rows can be read. Line ${first?.line ?? 1}: ${first?.reason ?? ""} Check the file, or give its dialect and read it again.`;
}

function describe(source: CsvSource, reading: Reading, table: TableStart, scanned: ScanResult): Dialect {
  const { syntax } = reading;
  const notes = [...table.notes];
  if (scanned.blankLines > 0) notes.push(`${scanned.blankLines} empty ${scanned.blankLines === 1 ? "line was" : "lines were"} left out.`);
  return {
    ...noDialect,
    format: "csv",
    compression: source.compression,
    encoding: source.encoding,
    delimiter: syntax.delimiter === noDelimiter ? "" : String.fromCharCode(syntax.delimiter),
    quote: syntax.quote < 0 ? "" : String.fromCharCode(syntax.quote),
    escape: syntax.backslash ? "backslash" : "doubled",
    newline: syntax.newline === 13 ? "\r" : scanned.hasReturns ? "\r\n" : "\n",
    header: table.header !== null,
    skipLines: table.skipLines,
    quotedEmpty: scanned.hasQuotedEmpty ? (scanned.hasPlainEmpty ? "empty" : "null") : null,
    notes,
  };
}

/** The call that reads the clean file: nothing is left to guess, and every value comes as text. */
function readCall(path: string, delimiter: number, width: number, scanned: ScanResult): string {
  const columns = Array.from({ length: width }, (_, index) => `${text(columnId(index))}: 'VARCHAR'`);
  const options = [
    "auto_detect=false",
    "header=false",
    `delim=${text(String.fromCharCode(delimiter))}`,
    `quote='"'`,
    `escape='"'`,
    "new_line='\\n'",
    "comment=''",
    "nullstr=''",
    `allow_quoted_nulls=${!scanned.hasPlainEmpty}`,
    "strict_mode=true",
    `max_line_size=${Math.max(2_000_000, scanned.longestRow + 1_024)}`,
    `parallel=${!scanned.hasInnerLines}`,
    `columns={'line': 'BIGINT', ${columns.join(", ")}}`,
  ];
  return `read_csv(${text(path)}, ${options.join(", ")})`;
}
