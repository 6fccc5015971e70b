import { isUtf8 } from "node:buffer";
import { createReadStream, createWriteStream } from "node:fs";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { Unreadable } from "./model.ts";
import { utf16Guess } from "./sniff.ts";

/** The encoding of a text file, and the bytes of a mark at its start. */
export interface Encoding {
  /** Label of the WHATWG encoding standard. */
  readonly label: string;
  readonly markBytes: number;
}

/** Tells the encoding of a text file from its mark, else from all of its bytes. */
export async function detectEncoding(path: string, head: Uint8Array, hint: string | undefined): Promise<Encoding> {
  const mark = markOf(head);
  if (hint !== undefined) {
    const label = encodingLabel(hint);
    return { label, markBytes: mark !== undefined && mark.label === label ? mark.markBytes : 0 };
  }
  if (mark !== undefined) return mark;
  const wide = utf16Guess(head);
  return { label: wide ?? (await narrowEncoding(path)), markBytes: 0 };
}

function encodingLabel(hint: string): string {
  try {
    const label = new TextDecoder(hint).encoding;
    return label === "windows-1252" && /^(iso-?8859-?1|latin-?1|l1)$/i.test(hint.trim()) ? "iso-8859-1" : label;
  } catch {
    throw new Unreadable(`There is no encoding called "${hint.slice(0, 40)}". Use utf-8, utf-16le, utf-16be, windows-1252 or another name of the WHATWG list.`);
  }
}

function markOf(head: Uint8Array): Encoding | undefined {
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return { label: "utf-8", markBytes: 3 };
  if (head[0] === 0xff && head[1] === 0xfe) return { label: "utf-16le", markBytes: 2 };
  if (head[0] === 0xfe && head[1] === 0xff) return { label: "utf-16be", markBytes: 2 };
  return undefined;
}

/** UTF-8, unless more bytes contradict it than characters confirm it: then one of the Western single-byte encodings. */
async function narrowEncoding(path: string): Promise<string> {
  const evidence = { confirmed: 0, refuted: 0, windows: 0 };
  let carry: Buffer = Buffer.alloc(0);
  for await (const chunk of createReadStream(path, { highWaterMark: 2 ** 20 }) as AsyncIterable<Buffer>) {
    const bytes = carry.length === 0 ? chunk : Buffer.concat([carry, chunk]);
    const whole = wholeCharacters(bytes);
    weigh(bytes.subarray(0, whole), evidence);
    carry = bytes.subarray(whole);
  }
  weigh(carry, evidence);
  if (evidence.refuted === 0 || evidence.refuted <= evidence.confirmed) return "utf-8";
  return evidence.windows > 0 ? "windows-1252" : "iso-8859-1";
}

/** Length without a character of UTF-8 that is cut at the end. */
function wholeCharacters(bytes: Uint8Array): number {
  for (let back = 1; back <= 3 && back <= bytes.length; back += 1) {
    const byte = bytes[bytes.length - back] as number;
    if (byte < 0x80) return bytes.length;
    if (byte >= 0xc0) return lengthOf(byte) > back ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}

const lengthOf = (lead: number): number => (lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2);

function weigh(bytes: Buffer, evidence: { confirmed: number; refuted: number; windows: number }): void {
  if (isAsciiOnly(bytes)) return;
  const valid = isUtf8(bytes);
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] as number;
    if (byte < 0x80) continue;
    const length = byte >= 0xc2 && byte < 0xf5 ? lengthOf(byte) : 1;
    if (length > 1 && (valid || isUtf8(bytes.subarray(at, at + length)))) {
      evidence.confirmed += 1;
      at += length - 1;
    } else {
      evidence.refuted += 1;
      if (byte < 0xa0) evidence.windows += 1;
    }
  }
}

function isAsciiOnly(bytes: Buffer): boolean {
  for (let at = 0; at < bytes.length; at += 1) if ((bytes[at] as number) >= 0x80) return false;
  return true;
}

/** Writes `from` as UTF-8 to `to`, piece by piece. Undecodable bytes become U+FFFD. */
export async function transcode(from: string, to: string, encoding: Encoding): Promise<void> {
  const decoder = new TextDecoder(encoding.label, { ignoreBOM: true });
  const decode = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      done(null, Buffer.from(decoder.decode(chunk, { stream: true }), "utf8"));
    },
    flush(done) {
      done(null, Buffer.from(decoder.decode(), "utf8"));
    },
  });
  await pipeline(createReadStream(from, { start: encoding.markBytes, highWaterMark: 2 ** 18 }), decode, createWriteStream(to));
}
