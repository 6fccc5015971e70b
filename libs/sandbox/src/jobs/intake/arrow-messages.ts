import type { FileHandle } from "node:fs/promises";

/** One message of an Arrow IPC stream, with its prefix, metadata and body, as it stands in the file. */
export interface ArrowMessage {
  readonly kind: "schema" | "dictionary" | "batch" | "other";
  readonly bytes: Buffer;
}

const kinds = ["other", "schema", "dictionary", "batch"] as const;
const maxMetadataBytes = 64 * 2 ** 20;

/** What is wrong with an Arrow file, in words for people. */
export class ArrowFault extends Error {}

/**
 * Walks over the messages of an Arrow stream, or of a file (which is a stream after eight bytes), one at a time.
 * @param maxBodyBytes a longer batch is refused, since it must be held as a whole
 * @throws ArrowFault
 */
export async function* arrowMessages(file: FileHandle, start: number, maxBodyBytes: number): AsyncGenerator<ArrowMessage> {
  let at = start;
  for (;;) {
    const prefix = await readExactly(file, at, 8, true);
    if (prefix === undefined) return;
    const isMarked = prefix.readUInt32LE(0) === 0xffffffff;
    const metadataBytes = prefix.readInt32LE(isMarked ? 4 : 0);
    if (metadataBytes === 0) return;
    if (metadataBytes < 0 || metadataBytes > maxMetadataBytes) throw new ArrowFault("a message has no valid length");
    const prefixBytes = isMarked ? 8 : 4;
    const metadata = await readExactly(file, at + prefixBytes, metadataBytes, false);
    const { kind, bodyBytes } = readHeader(metadata);
    if (bodyBytes > maxBodyBytes)
      throw new ArrowFault(`a record batch of ${bodyBytes} bytes is more than ${maxBodyBytes}; write the file with smaller batches`);
    const body = await readExactly(file, at + prefixBytes + metadataBytes, bodyBytes, false);
    yield { kind, bytes: Buffer.concat([prefix.subarray(0, prefixBytes), metadata, body]) };
    at += prefixBytes + metadataBytes + bodyBytes;
  }
}

async function readExactly(file: FileHandle, at: number, length: number, mayEnd: true): Promise<Buffer | undefined>;
async function readExactly(file: FileHandle, at: number, length: number, mayEnd: false): Promise<Buffer>;
async function readExactly(file: FileHandle, at: number, length: number, mayEnd: boolean): Promise<Buffer | undefined> {
  const buffer = Buffer.alloc(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await file.read(buffer, filled, length - filled, at + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  if (filled === length) return buffer;
  if (mayEnd && filled === 0) return undefined;
  throw new ArrowFault("the file ends early");
}

/** Kind and body length out of the flatbuffer `Message`. */
function readHeader(metadata: Buffer): { kind: ArrowMessage["kind"]; bodyBytes: number } {
  try {
    const root = metadata.readInt32LE(0);
    const table = root - metadata.readInt32LE(root);
    const slots = (metadata.readUInt16LE(table) - 4) / 2;
    const field = (index: number): number => (index < slots ? metadata.readUInt16LE(table + 4 + 2 * index) : 0);
    const header = field(1) === 0 ? 0 : metadata.readUInt8(root + field(1));
    const bodyBytes = field(3) === 0 ? 0 : Number(metadata.readBigInt64LE(root + field(3)));
    if (bodyBytes < 0) throw new ArrowFault("a message has no valid length");
    return { kind: kinds[header] ?? "other", bodyBytes };
  } catch (error) {
    if (error instanceof ArrowFault) throw error;
    throw new ArrowFault("a message has no valid header");
  }
}
