import type { DialectHints } from "./model.ts";
import { Unreadable } from "./model.ts";
import { createRecordFinder, splitRecord } from "./record.ts";
import type { RecordSyntax } from "./record.ts";

/** One row of the sample that the dialect is told from. */
export interface SampleRow {
  readonly cells: readonly string[];
  /** Byte where it starts. */
  readonly offset: number;
  /** Physical line, from 1. */
  readonly line: number;
  /** Byte and line of what follows. */
  readonly next: { readonly offset: number; readonly line: number };
}

/** A way to read the sample, and how well it fits (0–1). */
export interface Reading {
  readonly syntax: RecordSyntax;
  readonly rows: readonly SampleRow[];
  /** The usual number of values in a row. */
  readonly width: number;
  readonly score: number;
}

const usualDelimiters = [",", ";", "\t", "|", ":"];
const rareDelimiters = ["^", "~", "\u0001", "\u001e", "\u001f"];
/** Stands for "no delimiter": a control character that no text file of one column holds. */
export const noDelimiter = 0;
const maxSampleRows = 1_000;
const byteOf = (character: string): number => character.charCodeAt(0);

/**
 * Finds delimiter, quote and escape by trying them all on the sample: the reading wins whose rows have the same width
 * and whose values look most like whole values.
 * @param sample start of the text in UTF-8, without a mark
 * @param whole whether the sample is the whole file
 * @throws Unreadable where a hint is not one ASCII character
 */
export function findReading(sample: Uint8Array, whole: boolean, hints: DialectHints, claim: "csv" | "tsv" | undefined): Reading {
  const newline = newlineOf(sample);
  const start = afterLines(sample, hints.skipLines ?? 0, newline);
  const readings = candidates(hints, sample, usualDelimiters).map((syntax) => read(sample, start, whole, { ...syntax, newline }, claim));
  let best = bestOf(readings);
  if (best.width === 1 && hints.delimiter === undefined) {
    const rare = candidates(hints, sample, rareDelimiters).map((syntax) => read(sample, start, whole, { ...syntax, newline }, claim));
    best = bestOf([...rare, best]);
  }
  return best.width === 1 && hints.delimiter === undefined ? asOneColumn(best, sample, start, whole) : best;
}

function bestOf(readings: readonly Reading[]): Reading {
  const [first, ...others] = readings;
  if (first === undefined) throw new Error("no dialect was tried");
  return others.reduce((best, reading) => (reading.score > best.score + 1e-9 ? reading : best), first);
}

function asOneColumn(reading: Reading, sample: Uint8Array, start: { offset: number; line: number }, whole: boolean): Reading {
  return read(sample, start, whole, { ...reading.syntax, delimiter: noDelimiter }, undefined);
}

/** 13 where lines end in CR alone, else 10. */
function newlineOf(sample: Uint8Array): number {
  return sample.includes(10) || !sample.includes(13) ? 10 : 13;
}

function afterLines(sample: Uint8Array, lines: number, newline: number): { offset: number; line: number } {
  let offset = 0;
  for (let line = 0; line < lines; line += 1) {
    const end = sample.indexOf(newline, offset);
    if (end < 0) break;
    offset = end + 1;
  }
  return { offset, line: lines + 1 };
}

function candidates(hints: DialectHints, sample: Uint8Array, characters: readonly string[]): Omit<RecordSyntax, "newline">[] {
  const present = characters.filter((character) => sample.includes(byteOf(character)));
  const delimiters = hints.delimiter === undefined ? present : [oneByte(hints.delimiter, "delimiter")];
  const found: Omit<RecordSyntax, "newline">[] = [];
  for (const delimiter of delimiters.length > 0 ? delimiters : [","]) {
    for (const quote of quotesOf(hints, sample)) {
      for (const backslash of quote < 0 ? [false] : escapesOf(hints, sample)) {
        const base = { delimiter: byteOf(delimiter), quote, backslash };
        found.push({ ...base, initialSpace: false });
        if (quote >= 0 && holds(sample, `${delimiter} ${String.fromCharCode(quote)}`)) found.push({ ...base, initialSpace: true });
      }
    }
  }
  return found;
}

function escapesOf(hints: DialectHints, sample: Uint8Array): boolean[] {
  if (hints.escape !== undefined) return [hints.escape === "backslash"];
  return sample.includes(92) ? [false, true] : [false];
}

const holds = (sample: Uint8Array, text: string): boolean => Buffer.from(sample.buffer, sample.byteOffset, sample.byteLength).includes(text);

function quotesOf(hints: DialectHints, sample: Uint8Array): number[] {
  if (hints.quote !== undefined) return [hints.quote === "" ? -1 : byteOf(oneByte(hints.quote, "quote"))];
  const quotes = [34];
  if (sample.includes(39)) quotes.push(39);
  if (sample.includes(34)) quotes.push(-1);
  return quotes;
}

function oneByte(text: string, what: string): string {
  if (text.length === 1 && byteOf(text) < 128 && byteOf(text) !== 10 && byteOf(text) !== 13) return text;
  throw new Unreadable(`The ${what} of a file is one ASCII character, not "${text.slice(0, 20)}".`);
}

/** Reads the sample in one syntax and scores it. */
function read(sample: Uint8Array, start: { offset: number; line: number }, whole: boolean, syntax: RecordSyntax, claim: "csv" | "tsv" | undefined): Reading {
  const { rows, faults, quoted } = sampleRows(sample, start, whole, syntax);
  const width = usualWidth(rows);
  const full = rows.filter((row) => row.cells.length === width);
  const evenness = rows.length === 0 ? 0 : full.length / rows.length;
  const clean = cleanShare(full);
  const sound = 1 - Math.min(1, faults / Math.max(1, rows.length));
  const prior = priorOf(syntax, claim, quoted);
  const score = width > 1 ? evenness * (0.3 + 0.7 * clean) * sound * prior * (1 - 0.1 / width) : 0.2 * prior * sound;
  return { syntax, rows, width, score };
}

/** Small preferences that decide between readings that fit equally well. */
function priorOf(syntax: RecordSyntax, claim: "csv" | "tsv" | undefined, quoted: number): number {
  let prior = 1;
  if (syntax.delimiter === 58) prior *= 0.7;
  if (claim === "tsv" && syntax.delimiter !== 9) prior *= 0.6;
  if (syntax.quote === 39) prior *= quoted > 0 ? 1.001 : 0.9;
  if (syntax.quote === -1) prior *= 0.6;
  if (syntax.backslash) prior *= 0.99;
  if (syntax.initialSpace) prior *= 0.99;
  return prior;
}

function sampleRows(sample: Uint8Array, start: { offset: number; line: number }, whole: boolean, syntax: RecordSyntax) {
  const { find, place } = createRecordFinder(syntax);
  const rows: SampleRow[] = [];
  let { offset, line } = start;
  let faults = 0;
  let quoted = 0;
  while (offset < sample.length && rows.length < maxSampleRows) {
    const complete = find(sample, offset, sample.length, whole || rows.length === 0);
    if (!complete) break;
    if (place.fault !== undefined) {
      faults += 1;
      const end = sample.indexOf(syntax.newline, offset);
      offset = end < 0 ? sample.length : end + 1;
      line += 1;
      continue;
    }
    if (place.contentEnd > offset) {
      const fields = splitRecord(sample, offset, place.contentEnd, syntax);
      quoted += fields.filter((field) => field.quoted).length;
      const next = { offset: place.next, line: line + place.innerLines + 1 };
      rows.push({ cells: fields.map((field) => Buffer.from(field.bytes).toString("utf8")), offset, line, next });
    }
    line += place.innerLines + 1;
    offset = place.next;
  }
  return { rows, faults, quoted };
}

/** The most common width; of two equally common ones the larger. */
function usualWidth(rows: readonly SampleRow[]): number {
  const counts = new Map<number, number>();
  for (const row of rows) counts.set(row.cells.length, (counts.get(row.cells.length) ?? 0) + 1);
  let width = 1;
  let most = 0;
  for (const [candidate, count] of counts) {
    if (count > most || (count === most && candidate > width)) {
      width = candidate;
      most = count;
    }
  }
  return width;
}

/** A value that is whole: a number, a date, words, an address; not something that holds another delimiter or half a quote. */
const cleanCell = /^(?:[-+]?[\d.,' ]+%?|[^\t|;,:"^~]*|"[^"]*"|[^\t|;"^~]*[\p{L}\p{N}),.] ?[,:] ?[^\t|;"^~]*)$/u;
const halfQuote = /^['"][^'"]*$|^[^'"]*['"]$|^(['"]).*\1$/;
const splitNumber = /^\d+,\d+ *[;|\t]|[;|\t] *\d+,\d+$/;

function cleanShare(rows: readonly SampleRow[]): number {
  let cells = 0;
  let clean = 0;
  for (const row of rows.slice(0, 200)) {
    for (const cell of row.cells.slice(0, 200)) {
      cells += 1;
      if (cell === "" || (cell.length < 1_000 && cleanCell.test(cell) && !halfQuote.test(cell) && !splitNumber.test(cell))) clean += 1;
    }
  }
  return cells === 0 ? 0 : clean / cells;
}
