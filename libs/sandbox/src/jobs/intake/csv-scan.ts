import { isUtf8 } from "node:buffer";
import { open } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { createRecordFinder, splitRecord } from "./record.ts";
import type { RecordSyntax } from "./record.ts";
import type { RejectList } from "./rejects.ts";

/** What the walk over a text file found. Rows in the file = `rowCount` + the rejected ones. */
export interface ScanResult {
  readonly rowCount: number;
  readonly blankLines: number;
  /** Whether any value is empty without quotes, and whether any is empty inside quotes. */
  readonly hasPlainEmpty: boolean;
  readonly hasQuotedEmpty: boolean;
  /** Whether a value holds a line end: then readers may not split the file. */
  readonly hasInnerLines: boolean;
  /** Bytes of the longest row written. */
  readonly longestRow: number;
  readonly hasReturns: boolean;
}

export interface ScanOptions {
  /** A file in UTF-8. */
  readonly path: string;
  readonly cleanPath: string;
  readonly syntax: RecordSyntax;
  readonly width: number;
  /** Delimiter of the clean file. */
  readonly cleanDelimiter: number;
  readonly start: { readonly offset: number; readonly line: number };
  readonly recordBytes: number;
  /** Whether U+FFFD means that a byte of the original could not be decoded. */
  readonly transcoded: boolean;
  readonly rejects: RejectList;
  progress(bytesDone: number, rowsDone: number): void;
}

const chunkBytes = 2 ** 20;
const replacement = Buffer.from("\ufffd");

/**
 * Walks over every row of a delimited text. Rows of the right width are written to a clean file (line number first,
 * then the values, quoted by doubling, lines ending in LF); the others go to the list of rejected rows. Memory stays
 * within a few times the length of the longest row that is allowed.
 */
export async function scanCsv(options: ScanOptions): Promise<ScanResult> {
  const source = await open(options.path, "r");
  try {
    const target = await open(options.cleanPath, "w");
    try {
      return await scan(source, target, options);
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

async function scan(source: FileHandle, target: FileHandle, options: ScanOptions): Promise<ScanResult> {
  const walk = createWalk(options);
  let position = options.start.offset;
  let carry: Buffer = Buffer.alloc(0);
  for (;;) {
    const window = Buffer.allocUnsafe(carry.length + chunkBytes);
    carry.copy(window);
    const { bytesRead } = await source.read(window, carry.length, chunkBytes, position);
    position += bytesRead;
    const final = bytesRead === 0;
    const bytes = window.subarray(0, carry.length + bytesRead);
    const used = walk.pass(bytes, final);
    if (walk.pending() > 0) await target.write(walk.take());
    options.progress(position, walk.result().rowCount);
    if (final) return walk.result();
    carry = bytes.subarray(used);
  }
}

/** A walk over windows of the file: what was found so far, and where it stands. */
interface Walk {
  readonly options: ScanOptions;
  readonly finder: ReturnType<typeof createRecordFinder>;
  readonly writer: ReturnType<typeof createRowWriter>;
  readonly result: { -readonly [Key in keyof ScanResult]: ScanResult[Key] };
  line: number;
  /** Inside a line that is too long: its bytes are passed over. */
  skipping: boolean;
}

function createWalk(options: ScanOptions) {
  const walk: Walk = {
    options,
    finder: createRecordFinder(options.syntax),
    writer: createRowWriter(options.cleanDelimiter),
    result: { rowCount: 0, blankLines: 0, hasPlainEmpty: false, hasQuotedEmpty: false, hasInnerLines: false, longestRow: 0, hasReturns: false },
    line: options.start.line,
    skipping: false,
  };
  return {
    pass: (bytes: Buffer, final: boolean) => pass(walk, bytes, final),
    take: walk.writer.take,
    pending: walk.writer.length,
    result: (): ScanResult => ({ ...walk.result }),
  };
}

/** Passes over one window; gives how many of its bytes are done with. */
function pass(walk: Walk, bytes: Buffer, final: boolean): number {
  const { find, place } = walk.finder;
  const valid = isUtf8(bytes) && !bytes.includes(0) && !(walk.options.transcoded && bytes.includes(replacement));
  walk.result.hasReturns ||= bytes.includes(13);
  let at = walk.skipping ? endSkipping(walk, bytes) : 0;
  while (at < bytes.length) {
    let next = -1;
    if (find(bytes, at, bytes.length, final)) {
      if (place.fault === undefined) {
        takeRecord(walk, bytes, at, valid);
        at = place.next;
        continue;
      }
      next = rejectLine(walk, bytes, at, faultText[place.fault], final);
    }
    if (next < 0) next = passLong(walk, bytes, at);
    if (next < 0) return at;
    at = next;
  }
  return at;
}

function reject(walk: Walk, bytes: Buffer, from: number, to: number, reason: string): void {
  walk.options.rejects.add(walk.line, null, reason, () => bytes.subarray(from, Math.min(to, from + 2_000)).toString("utf8"));
}

/** Rejects the physical line at `at` and gives the start of the next one, or -1 where it does not end in these bytes. */
function rejectLine(walk: Walk, bytes: Buffer, at: number, reason: string, final: boolean): number {
  const end = bytes.indexOf(walk.options.syntax.newline, at);
  if (end < 0 && !final) return -1;
  const stop = end < 0 ? bytes.length : end;
  reject(walk, bytes, at, bytes[stop - 1] === 13 ? stop - 1 : stop, reason);
  walk.line += 1;
  return end < 0 ? bytes.length : end + 1;
}

function takeRecord(walk: Walk, bytes: Buffer, at: number, valid: boolean): void {
  const { place } = walk.finder;
  const fault = faultOf(walk, bytes, at, valid);
  if (place.contentEnd === at) walk.result.blankLines += 1;
  else if (fault !== undefined) reject(walk, bytes, at, place.contentEnd, fault);
  else keep(walk, bytes, at);
  walk.line += place.innerLines + 1;
}

function faultOf(walk: Walk, bytes: Buffer, at: number, valid: boolean): string | undefined {
  const { width, recordBytes, transcoded } = walk.options;
  const { place } = walk.finder;
  if (place.contentEnd - at > recordBytes) return `This row is longer than ${recordBytes} bytes.`;
  if (place.fields !== width) return `The row has ${place.fields} ${place.fields === 1 ? "value" : "values"}, the table has ${width} columns.`;
  if (valid) return undefined;
  const content = bytes.subarray(at, place.contentEnd);
  if (!isUtf8(content)) return "The row holds bytes that are no UTF-8 text.";
  if (transcoded && content.includes(replacement)) return "The row holds bytes that are no text in the encoding of this file.";
  return content.includes(0) ? "The row holds a NUL byte." : undefined;
}

function keep(walk: Walk, bytes: Buffer, at: number): void {
  const { writer, result, options } = walk;
  const { place } = walk.finder;
  if (place.plainEmpties > 0) result.hasPlainEmpty = true;
  if (place.quotedEmpties > 0) result.hasQuotedEmpty = true;
  if (place.innerLines > 0) result.hasInnerLines = true;
  const before = writer.length();
  const isSame = !place.special && options.syntax.delimiter === options.cleanDelimiter;
  if (isSame) writer.plain(walk.line, bytes, at, place.contentEnd);
  else writer.fields(walk.line, splitRecord(bytes, at, place.contentEnd, options.syntax));
  result.longestRow = Math.max(result.longestRow, writer.length() - before);
  result.rowCount += 1;
}

/** Where the window ends inside a record: gives the next position if the record is already too long, or -1 to wait for more bytes. */
function passLong(walk: Walk, bytes: Buffer, at: number): number {
  const { recordBytes } = walk.options;
  if (bytes.length - at <= recordBytes) return -1;
  const reason = `This row is longer than ${recordBytes} bytes, or a quote in it is never closed.`;
  const next = rejectLine(walk, bytes, at, reason, false);
  if (next >= 0) return next;
  reject(walk, bytes, at, bytes.length, reason);
  walk.skipping = true;
  return bytes.length;
}

function endSkipping(walk: Walk, bytes: Buffer): number {
  const end = bytes.indexOf(walk.options.syntax.newline);
  if (end < 0) return bytes.length;
  walk.skipping = false;
  walk.line += 1;
  return end + 1;
}

const faultText = {
  open_quote: "A quote that opens in this row is never closed; the file may be cut off.",
  text_after_quote: "Text follows a closing quote.",
} as const;

/** Collects clean rows in one growing buffer. */
function createRowWriter(delimiter: number) {
  let buffer = Buffer.allocUnsafe(chunkBytes * 2);
  let length = 0;

  function reserve(bytes: number): void {
    if (length + bytes <= buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(buffer.length * 2, length + bytes));
    buffer.copy(larger, 0, 0, length);
    buffer = larger;
  }

  function number(value: number): void {
    let divisor = 1;
    while (divisor * 10 <= value) divisor *= 10;
    for (; divisor >= 1; divisor = Math.floor(divisor / 10)) {
      buffer[length++] = 48 + (Math.floor(value / divisor) % 10);
      if (divisor === 1) return;
    }
  }

  function value(bytes: Uint8Array, quoted: boolean): void {
    if (!quoted && !bytes.includes(34) && !bytes.includes(13) && !bytes.includes(10) && !bytes.includes(delimiter)) {
      buffer.set(bytes, length);
      length += bytes.length;
      return;
    }
    buffer[length++] = 34;
    for (const byte of bytes) {
      if (byte === 34) buffer[length++] = 34;
      buffer[length++] = byte;
    }
    buffer[length++] = 34;
  }

  return {
    length: () => length,
    plain(line: number, bytes: Buffer, from: number, to: number) {
      reserve(to - from + 20);
      number(line);
      buffer[length++] = delimiter;
      bytes.copy(buffer, length, from, to);
      length += to - from;
      buffer[length++] = 10;
    },
    fields(line: number, fields: readonly { bytes: Uint8Array; quoted: boolean }[]) {
      reserve(20 + fields.reduce((sum, field) => sum + field.bytes.length * 2 + 3, 0));
      number(line);
      for (const field of fields) {
        buffer[length++] = delimiter;
        value(field.bytes, field.quoted);
      }
      buffer[length++] = 10;
    },
    /** The rows so far; valid until the next row. */
    take(): Buffer {
      const taken = buffer.subarray(0, length);
      length = 0;
      return taken;
    },
  };
}
