import { createReadStream, createWriteStream } from "node:fs";
import { stat } from "node:fs/promises";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip, createZstdDecompress } from "node:zlib";
import { Unreadable } from "./model.ts";
import type { IntakeLimits } from "./model.ts";

const alwaysAllowedBytes = 64 * 2 ** 20;

/**
 * Unfolds a compressed file into `to`, counting as it goes: a bomb ends at the limit, before the disk is full.
 * @throws Unreadable where the file is cut off, damaged or unfolds too far
 */
export async function inflate(from: string, to: string, kind: "gzip" | "zstd", limits: IntakeLimits): Promise<void> {
  const { size } = await stat(from);
  const most = Math.min(limits.inflatedBytes, Math.max(alwaysAllowedBytes, size * limits.inflateRatio));
  let total = 0;
  const gauge = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      total += chunk.length;
      if (total > most) done(new Unreadable(`The file unfolds to more than ${most} bytes, which is more than is accepted. Upload it unpacked or in parts.`));
      else done(null, chunk);
    },
  });
  try {
    await pipeline(createReadStream(from, { highWaterMark: 2 ** 18 }), kind === "gzip" ? createGunzip() : createZstdDecompress(), gauge, createWriteStream(to));
  } catch (error) {
    if (error instanceof Unreadable || !isDamage(error)) throw error;
    throw new Unreadable(`The ${kind} file is damaged or ends early. Compress and upload it again.`);
  }
}

const isDamage = (error: unknown): boolean => error instanceof Error && "code" in error && /^(Z_|ZSTD_|ERR_)/.test(String(error.code));
