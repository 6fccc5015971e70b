/** How records of a delimited text are written. Bytes are ASCII; `quote` is -1 where nothing is quoted. */
export interface RecordSyntax {
  readonly delimiter: number;
  readonly quote: number;
  readonly backslash: boolean;
  /** 10, or 13 for files that end their lines in CR alone. */
  readonly newline: number;
  /** Whether blanks between a delimiter and a quote are no part of the value. */
  readonly initialSpace: boolean;
}

/** What is wrong inside a record. */
export type RecordFault = "text_after_quote" | "open_quote";

/** Where one record stands in a buffer. The same object is used again for every record. */
export interface RecordPlace {
  /** End of its content, without the line end. */
  contentEnd: number;
  /** Start of the next record. */
  next: number;
  fields: number;
  /** Line ends inside quotes. */
  innerLines: number;
  /** Values that are empty without quotes. */
  plainEmpties: number;
  /** Values that are empty inside quotes. */
  quotedEmpties: number;
  /** Whether it must be written anew: it holds foreign or stray quotes, or stray line ends. */
  special: boolean;
  fault: RecordFault | undefined;
}

const lineFeed = 10;
const carriageReturn = 13;
const blank = 32;
const doubleQuote = 34;
const backslashByte = 92;

const ordinary = 0;
const isDelimiter = 1;
const isNewline = 2;
const isReturn = 3;
const isQuote = 4;

/** Finds one record from `start`. False where the buffer ends before the record does and more bytes may come. */
export type FindRecord = (buffer: Uint8Array, start: number, end: number, final: boolean) => boolean;

/** Answers of a step that are no position: the record is found, more bytes are needed, text follows a quote. */
const found = -1;
const unfinished = -2;
const misquoted = -3;

/** Makes a finder for a syntax; its answers stand in `place`. */
export function createRecordFinder(syntax: RecordSyntax): { find: FindRecord; place: RecordPlace } {
  const place: RecordPlace = { contentEnd: 0, next: 0, fields: 0, innerLines: 0, plainEmpties: 0, quotedEmpties: 0, special: false, fault: undefined };
  const walk: Walk = { syntax, kinds: classify(syntax), place, isPlainQuoting: syntax.quote === doubleQuote && !syntax.backslash, fieldStart: 0, start: 0 };
  const { kinds } = walk;

  function find(buffer: Uint8Array, start: number, end: number, final: boolean): boolean {
    restart(walk, start);
    let at = start;
    for (;;) {
      while (at < end && kinds[buffer[at] as number] === ordinary) at += 1;
      if (at >= end) return final && endRecord(walk, buffer, end, end);
      at = step(walk, buffer, at, end, final);
      if (at === found) return true;
      if (at === unfinished) return final && fail(place, end, "open_quote");
      if (at === misquoted) return fail(place, end, "text_after_quote");
    }
  }

  return { find, place };
}

interface Walk {
  readonly syntax: RecordSyntax;
  readonly kinds: Uint8Array;
  readonly place: RecordPlace;
  /** Whether values are quoted as in clean files: by `"`, doubled inside. */
  readonly isPlainQuoting: boolean;
  start: number;
  /** Start of the value in hand; -1 after its closing quote. */
  fieldStart: number;
}

function restart(walk: Walk, start: number): void {
  const { place } = walk;
  walk.start = start;
  walk.fieldStart = start;
  place.fields = 1;
  place.innerLines = 0;
  place.plainEmpties = 0;
  place.quotedEmpties = 0;
  place.special = false;
  place.fault = undefined;
}

function fail(place: RecordPlace, end: number, fault: RecordFault): true {
  place.contentEnd = end;
  place.next = end;
  place.fault = fault;
  return true;
}

/** Ends the record whose line end stands at `at`, or at the end of the file. */
function endRecord(walk: Walk, buffer: Uint8Array, at: number, next: number): true {
  const { place, syntax, start } = walk;
  place.contentEnd = at > start && syntax.newline === lineFeed && buffer[at - 1] === carriageReturn ? at - 1 : at;
  place.next = next;
  if (place.contentEnd === walk.fieldStart) place.plainEmpties += 1;
  return true;
}

/** Passes one byte that may mean something; gives the next position, or how the record ends. */
function step(walk: Walk, buffer: Uint8Array, at: number, end: number, final: boolean): number {
  const { place } = walk;
  switch (walk.kinds[buffer[at] as number]) {
    case isDelimiter:
      if (at === walk.fieldStart) place.plainEmpties += 1;
      place.fields += 1;
      walk.fieldStart = at + 1;
      return at + 1;
    case isNewline:
      endRecord(walk, buffer, at, at + 1);
      return found;
    case isReturn:
      if (at + 1 < end ? buffer[at + 1] !== lineFeed : !final) place.special = true;
      return at + 1;
    default:
      if (!opensQuote(walk, buffer, at)) {
        place.special = true;
        return at + 1;
      }
      if (!walk.isPlainQuoting || at !== walk.fieldStart) place.special = true;
      return passQuoted(walk, buffer, at, end, final);
  }
}

function opensQuote(walk: Walk, buffer: Uint8Array, at: number): boolean {
  const { syntax, fieldStart } = walk;
  if (buffer[at] !== syntax.quote || fieldStart < 0) return false;
  if (at === fieldStart) return true;
  if (!syntax.initialSpace) return false;
  for (let before = fieldStart; before < at; before += 1) if (buffer[before] !== blank) return false;
  return true;
}

/** Passes a quoted value and blanks behind it; gives the position of the byte that ends it. */
function passQuoted(walk: Walk, buffer: Uint8Array, open: number, end: number, final: boolean): number {
  let at = skipQuoted(walk, buffer, open, end, final);
  if (at < 0) return unfinished;
  walk.fieldStart = -1;
  if (buffer[at] === blank) walk.place.special = true;
  while (at < end && buffer[at] === blank) at += 1;
  if (at >= end) return final ? end : unfinished;
  const kind = walk.kinds[buffer[at] as number];
  if (kind === isDelimiter || kind === isNewline) return at;
  return kind === isReturn ? passReturn(buffer, at, end, final) : misquoted;
}

/** A CR behind a closing quote is well only before a LF or at the end. */
function passReturn(buffer: Uint8Array, at: number, end: number, final: boolean): number {
  if (at + 1 >= end) return final ? at : unfinished;
  return buffer[at + 1] === lineFeed ? at : misquoted;
}

/** Position after the closing quote, or -1 where the buffer ends inside. */
function skipQuoted(walk: Walk, buffer: Uint8Array, open: number, end: number, final: boolean): number {
  const { syntax, place } = walk;
  for (let at = open + 1; at < end; at += 1) {
    const byte = buffer[at];
    if (byte === syntax.newline) place.innerLines += 1;
    else if (byte === backslashByte && syntax.backslash) at += 1;
    else if (byte === syntax.quote) {
      if (at + 1 >= end && !final) return -1;
      if (at + 1 >= end || buffer[at + 1] !== syntax.quote) {
        if (at === open + 1) place.quotedEmpties += 1;
        return at + 1;
      }
      at += 1;
    }
  }
  return -1;
}

function classify(syntax: RecordSyntax): Uint8Array {
  const kinds = new Uint8Array(256);
  kinds[doubleQuote] = isQuote;
  if (syntax.quote >= 0) kinds[syntax.quote] = isQuote;
  kinds[carriageReturn] = isReturn;
  if (syntax.newline === carriageReturn) kinds[lineFeed] = isQuote;
  kinds[syntax.newline] = isNewline;
  kinds[syntax.delimiter] = isDelimiter;
  return kinds;
}

/** One value of a record: its bytes, decoded from quotes. */
export interface FieldBytes {
  readonly bytes: Uint8Array;
  readonly quoted: boolean;
}

/** The values of one record that has no fault, from `start` to `contentEnd`. */
export function splitRecord(buffer: Uint8Array, start: number, contentEnd: number, syntax: RecordSyntax): FieldBytes[] {
  const fields: FieldBytes[] = [];
  let at = start;
  for (;;) {
    const open = quoteAt(buffer, at, contentEnd, syntax);
    if (open >= 0) {
      const { bytes, next } = unquote(buffer, open, contentEnd, syntax);
      fields.push({ bytes, quoted: true });
      at = next;
    } else {
      let stop = at;
      while (stop < contentEnd && buffer[stop] !== syntax.delimiter) stop += 1;
      fields.push({ bytes: buffer.subarray(at, stop), quoted: false });
      at = stop;
    }
    while (at < contentEnd && buffer[at] !== syntax.delimiter) at += 1;
    if (at >= contentEnd) return fields;
    at += 1;
  }
}

function quoteAt(buffer: Uint8Array, fieldStart: number, end: number, syntax: RecordSyntax): number {
  let at = fieldStart;
  if (syntax.initialSpace) while (at < end && buffer[at] === blank) at += 1;
  return at < end && buffer[at] === syntax.quote ? at : -1;
}

function unquote(buffer: Uint8Array, open: number, end: number, syntax: RecordSyntax): { bytes: Uint8Array; next: number } {
  const bytes = new Uint8Array(end - open);
  let length = 0;
  let at = open + 1;
  for (; at < end; at += 1) {
    const byte = buffer[at] as number;
    const following = buffer[at + 1];
    if (byte === backslashByte && syntax.backslash && (following === syntax.quote || following === backslashByte)) {
      at += 1;
      bytes[length++] = following;
    } else if (byte === syntax.quote) {
      if (following !== syntax.quote || at + 1 >= end) break;
      at += 1;
      bytes[length++] = byte;
    } else bytes[length++] = byte;
  }
  return { bytes: bytes.subarray(0, length), next: at + 1 };
}
