import { isUtf8 } from "node:buffer";
import { createReadStream } from "node:fs";

/** One value of a JSON text, as bytes, with the line it starts on. */
export interface JsonDocument {
  readonly bytes: Buffer;
  /** From 1. */
  readonly line: number;
  /** Why the text is no value, where the walk already knows. */
  readonly fault?: string;
}

/** `lines`: one value per line. `values`: values after another, or the items of one array. */
export type JsonLayout = "lines" | "values";

const lineFeed = 10;
const quote = 34;
const backslash = 92;
const isBlank = (byte: number | undefined): boolean => byte === 32 || byte === 9 || byte === 13 || byte === lineFeed;
const isOpen = (byte: number): boolean => byte === 123 || byte === 91;
const isClose = (byte: number): boolean => byte === 125 || byte === 93;

/** Tells the layout from the first bytes: lines, where most of the first lines are whole objects by themselves. */
export function layoutOf(head: Buffer, claimsLines: boolean): JsonLayout {
  if (claimsLines) return "lines";
  const lines = head.toString("utf8").split("\n").slice(0, 21);
  if (lines.length > 1 && head.length >= 2 ** 16) lines.pop();
  const filled = lines.map((line) => line.trim()).filter((line) => line !== "");
  const objects = filled.filter((line) => line.startsWith("{") && parses(line));
  return objects.length > 1 && objects.length * 2 >= filled.length ? "lines" : "values";
}

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/**
 * Walks over the values of a JSON text in UTF-8 without holding more than one.
 * @param maxBytes a longer value is given with a fault and its first bytes only
 */
export async function* jsonDocuments(path: string, start: number, layout: JsonLayout, maxBytes: number): AsyncGenerator<JsonDocument[]> {
  const walk = layout === "lines" ? createLineWalk(maxBytes) : createValueWalk(maxBytes);
  for await (const chunk of createReadStream(path, { start, highWaterMark: 2 ** 20 }) as AsyncIterable<Buffer>) yield walk.push(chunk);
  yield walk.end();
}

/** Collects the bytes of one document over chunks, up to a bound. */
function createCollector(maxBytes: number) {
  let parts: Buffer[] = [];
  let length = 0;
  return {
    add(part: Buffer): void {
      if (length <= maxBytes) parts.push(Buffer.from(part));
      length += part.length;
    },
    take(line: number, fault?: string): JsonDocument {
      const tooLong = length > maxBytes ? `This value is longer than ${maxBytes} bytes.` : undefined;
      const bytes = tooLong === undefined ? Buffer.concat(parts) : (parts[0]?.subarray(0, 2_000) ?? Buffer.alloc(0));
      parts = [];
      length = 0;
      const reason = tooLong ?? fault ?? (isUtf8(bytes) ? undefined : "The value holds bytes that are no UTF-8 text.");
      return reason === undefined ? { bytes, line } : { bytes, line, fault: reason };
    },
  };
}

interface Walk {
  push(chunk: Buffer): JsonDocument[];
  end(): JsonDocument[];
}

function createLineWalk(maxBytes: number): Walk {
  const collector = createCollector(maxBytes);
  let line = 1;
  let filled = false;
  function push(chunk: Buffer): JsonDocument[] {
    const found: JsonDocument[] = [];
    let start = 0;
    for (let end = chunk.indexOf(lineFeed); end >= 0; end = chunk.indexOf(lineFeed, start)) {
      const content = chunk.subarray(start, end);
      filled ||= content.some((byte) => !isBlank(byte));
      collector.add(content);
      const document = collector.take(line);
      if (filled) found.push(document);
      filled = false;
      line += 1;
      start = end + 1;
    }
    const rest = chunk.subarray(start);
    filled ||= rest.some((byte) => !isBlank(byte));
    collector.add(rest);
    return found;
  }
  return { push, end: () => (filled ? [collector.take(line)] : []) };
}

/** Where the walk over values stands. */
interface ValueState {
  depth: number;
  /** Depth at which values stand: 0, or 1 inside an array of them. */
  base: number;
  inString: boolean;
  escaped: boolean;
  /** Line on which the value in hand starts; 0 between values. */
  startLine: number;
  line: number;
}

/** Inside a string. */
function passString(state: ValueState, byte: number): void {
  if (state.escaped) state.escaped = false;
  else if (byte === backslash) state.escaped = true;
  else if (byte === quote) state.inString = false;
}

/** Between values: true where `byte` begins one. */
function begins(state: ValueState, byte: number): boolean {
  if (isBlank(byte) || byte === 44) return false;
  const opensArray = byte === 91 && state.base === 0;
  if (opensArray || (byte === 93 && state.base === 1)) {
    state.base = opensArray ? 1 : 0;
    state.depth = state.base;
    return false;
  }
  state.startLine = state.line;
  return true;
}

/** Inside a value: how many bytes up to and with `byte` still belong to it when it ends here, or -1 where it goes on. */
function ends(state: ValueState, byte: number): number {
  if (byte === quote) state.inString = true;
  else if (isOpen(byte)) state.depth += 1;
  else if (isClose(byte)) {
    if (state.depth === state.base) return 0;
    state.depth -= 1;
    if (state.depth === state.base) return 1;
  } else if (state.depth === state.base && (byte === 44 || isBlank(byte))) return 0;
  return -1;
}

function createValueWalk(maxBytes: number): Walk {
  const collector = createCollector(maxBytes);
  const state: ValueState = { depth: 0, base: 0, inString: false, escaped: false, startLine: 0, line: 1 };

  function push(chunk: Buffer): JsonDocument[] {
    const found: JsonDocument[] = [];
    let start = 0;
    for (let at = 0; at < chunk.length; at += 1) {
      const byte = chunk[at] as number;
      if (state.inString) passString(state, byte);
      else {
        const fresh = state.startLine === 0 && begins(state, byte);
        if (fresh) start = at;
        const taken = state.startLine === 0 ? -1 : ends(state, byte);
        if (taken >= 0) {
          collector.add(chunk.subarray(start, at + Math.max(taken, fresh ? 1 : 0)));
          found.push(collector.take(state.startLine));
          state.startLine = 0;
          if (taken === 0 && !fresh) begins(state, byte);
        }
      }
      if (byte === lineFeed) state.line += 1;
    }
    if (state.startLine !== 0) collector.add(chunk.subarray(start));
    return found;
  }

  function end(): JsonDocument[] {
    if (state.startLine !== 0) {
      const isWhole = state.depth === 0 && state.base === 0 && !state.inString;
      return [collector.take(state.startLine, isWhole ? undefined : "The file ends inside this value; it may be cut off.")];
    }
    return state.base === 1 ? [{ bytes: Buffer.from("["), line: state.line, fault: "The array is never closed; the file may be cut off." }] : [];
  }

  return { push, end };
}

/** Depth of a document and the number of keys it names at its top, doubles counted. */
export function inspect(bytes: Buffer): { depth: number; topKeys: number } {
  let depth = 0;
  let deepest = 0;
  let topKeys = 0;
  let inString = false;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] as number;
    if (inString) {
      if (byte === backslash) at += 1;
      else if (byte === quote) inString = false;
    } else if (byte === quote) inString = true;
    else if (isOpen(byte)) deepest = Math.max(deepest, (depth += 1));
    else if (isClose(byte)) depth -= 1;
    else if (byte === 58 && depth === 1) topKeys += 1;
  }
  return { depth: deepest, topKeys };
}
