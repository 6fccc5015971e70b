import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { AppError } from "@rivergen/contracts";
import { toStoreError } from "./errors.ts";
import type { Content, PutOptions } from "./object-store.ts";

export interface Written {
  readonly sizeBytes: number;
  readonly sha256: string;
}

/** The folders above keep others out; a hard link in a sandbox can be read and not written. */
export const FILE_MODE = 0o444;

/**
 * Writes the content to a new file, down to the disk, and takes its digest on the way.
 * @throws DIGEST_MISMATCH, BODY_TOO_LARGE
 */
export async function writeFileOnce(path: string, content: Content, { signal, expectedSha256, maxBytes = Infinity }: PutOptions): Promise<Written> {
  const hash = createHash("sha256");
  let sizeBytes = 0;
  async function* measure(source: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
    for await (const chunk of source) {
      sizeBytes += chunk.length;
      if (sizeBytes > maxBytes) throw new AppError("BODY_TOO_LARGE", { maxBytes });
      hash.update(chunk);
      yield chunk;
    }
  }
  const source = content instanceof Uint8Array ? Readable.from([content], { objectMode: false }) : content;
  try {
    const handle = await open(path, "wx", FILE_MODE);
    // The stream closes the handle, having flushed it.
    const target = handle.createWriteStream({ flush: true, highWaterMark: 1024 * 1024 });
    await pipeline(source, measure, target, signal ? { signal } : {});
  } catch (error) {
    signal?.throwIfAborted();
    throw toStoreError(error);
  }
  return checked({ sizeBytes, sha256: hash.digest("hex") }, expectedSha256);
}

/** Takes the digest of a file and makes sure that it is on disk. */
export async function measureFile(path: string, { signal, expectedSha256 }: PutOptions): Promise<Written> {
  const hash = createHash("sha256");
  const handle = await open(path, "r");
  try {
    await handle.sync();
    for await (const chunk of handle.createReadStream({ autoClose: false, highWaterMark: 1024 * 1024, start: 0 })) {
      signal?.throwIfAborted();
      hash.update(chunk as Uint8Array);
    }
    const { size } = await handle.stat();
    return checked({ sizeBytes: size, sha256: hash.digest("hex") }, expectedSha256);
  } finally {
    await handle.close();
  }
}

function checked(written: Written, expected: string | undefined): Written {
  if (expected !== undefined && expected !== written.sha256) throw new AppError("DIGEST_MISMATCH", { expectedSha256: expected, sha256: written.sha256 });
  return written;
}
