import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { stat } from "node:fs/promises";
import { basename, extname } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream as NodeReadableStream } from "node:stream/web";
import { AppError } from "@rivergen/contracts";
import type { RiverGenClient } from "./client.ts";
import type { Download } from "./request.ts";

/** Media types by file ending; a compressed file keeps the type of its compression. */
const mediaTypes: Readonly<Record<string, string>> = {
  ".csv": "text/csv",
  ".tsv": "text/tab-separated-values",
  ".json": "application/json",
  ".ndjson": "application/x-ndjson",
  ".jsonl": "application/x-ndjson",
  ".parquet": "application/vnd.apache.parquet",
  ".arrow": "application/vnd.apache.arrow.file",
  ".arrows": "application/vnd.apache.arrow.stream",
  ".gz": "application/gzip",
  ".zst": "application/zstd",
  ".txt": "text/plain",
};

export interface UploadFileOptions {
  /** Path in the workspace. Default: the file's own name. */
  readonly path?: string;
  /** Name of the dataset. Default: after the path's stem. */
  readonly dataset?: string;
  readonly mode?: "replace" | "append";
  /** Seconds to wait for the dataset to be ready or rejected, 0–60. Default 60. */
  readonly waitSeconds?: number;
  readonly signal?: AbortSignal;
  /** Bytes sent so far, and bytes in all. */
  readonly onProgress?: (sentBytes: number, sizeBytes: number) => void;
}

type StoredFile = Awaited<ReturnType<RiverGenClient["putFile"]>>;

/**
 * Uploads a local file with flat memory, and compares what arrived with what was read.
 * @throws DIGEST_MISMATCH, what the platform refuses, or the file system's own error
 */
export async function uploadFile(client: RiverGenClient, localPath: string, options: UploadFileOptions = {}): Promise<StoredFile> {
  const { size } = await stat(localPath);
  const hash = createHash("sha256");
  async function* read(): AsyncGenerator<Uint8Array> {
    for await (const chunk of createReadStream(localPath, { highWaterMark: 256 * 1024 }) as AsyncIterable<Buffer>) {
      hash.update(chunk);
      yield chunk;
    }
  }
  const path = options.path ?? basename(localPath);
  const query = { ...(options.dataset === undefined ? {} : { dataset: options.dataset }), ...(options.mode === undefined ? {} : { mode: options.mode }) };
  const headers = { "content-type": mediaTypes[extname(path).toLowerCase()] ?? "application/octet-stream", prefer: `wait=${options.waitSeconds ?? 60}` };
  const { onProgress, signal } = options;
  const stored = await client.putFile(
    { params: { file: path }, query, headers, stream: read() },
    { ...(signal ? { signal } : {}), ...(onProgress ? { onProgress: (sent) => onProgress(sent, size) } : {}) },
  );
  if (stored.file.sha256 !== hash.digest("hex"))
    throw new AppError("DIGEST_MISMATCH", { detail: `${localPath} changed while it was uploaded, or was altered on the way.` });
  return stored;
}

/** A download as a Node stream. */
export function toReadable(download: Download): Readable {
  return Readable.fromWeb(download.stream as NodeReadableStream<Uint8Array>);
}

/** Writes a download to a local file with flat memory. */
export async function saveDownload(download: Download, localPath: string): Promise<void> {
  await pipeline(toReadable(download), createWriteStream(localPath));
}
