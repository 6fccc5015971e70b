import { Readable } from "node:stream";
import { AppError, type StorageRecord, type StreamAnswer, type WithHeaders, withHeaders } from "@rivergen/contracts";
import { currentContext, toProblem } from "@rivergen/service-kit";
import { matchesETag, toDisposition } from "./headers.ts";
import { type ByteRange, readRange } from "./range.ts";

/** Gives the bytes of an object, or a part of them. */
export type OpenObject = (key: string, range: ByteRange | undefined, signal: AbortSignal) => Promise<Readable>;

/** Strong ETag of a file: its digest. */
export function toETag(file: Pick<StorageRecord, "sha256">): string {
  return `"${file.sha256}"`;
}

/**
 * A file's bytes: whole, in part (206), or word that the caller has them already (304).
 * @throws FILE_NOT_FOUND when it was deleted meanwhile
 */
export async function answerContent(
  file: StorageRecord,
  headers: Readonly<Record<string, string>>,
  open: OpenObject,
  signal: AbortSignal,
): Promise<StreamAnswer | WithHeaders<void>> {
  const etag = toETag(file);
  const common = { etag, "cache-control": "private, no-cache", vary: "Authorization, X-Workspace-Id" };
  if (matchesETag(headers["if-none-match"], etag)) return withHeaders<void>(undefined, common, 304);
  const isSame = headers["if-range"] === undefined || headers["if-range"].trim() === etag;
  const range = isSame ? readRange(headers["range"], file.sizeBytes) : "whole";
  if (range === "unsatisfiable") return refuseRange(file.sizeBytes);
  const part = range === "whole" ? undefined : range;
  const stream = await open(file.objectKey, part, signal).catch((error: unknown) => {
    throw error instanceof AppError && error.code === "OBJECT_NOT_FOUND" ? new AppError("FILE_NOT_FOUND", {}, error) : error;
  });
  return {
    stream,
    contentType: file.contentType,
    sizeBytes: part ? part.end - part.start + 1 : file.sizeBytes,
    status: part ? 206 : 200,
    headers: {
      ...common,
      "accept-ranges": "bytes",
      "content-disposition": toDisposition(file.path),
      // What people upload is never run in this origin, whatever it says it is.
      "content-security-policy": "sandbox; default-src 'none'",
      "cross-origin-resource-policy": "same-origin",
      "x-content-type-options": "nosniff",
      ...(part ? { "content-range": `bytes ${part.start}-${part.end}/${file.sizeBytes}` } : {}),
    },
  };
}

/** RANGE_NOT_SATISFIABLE as the answer it is on the wire: it must say in a header how long the file is (RFC 9110). */
function refuseRange(sizeBytes: number): StreamAnswer {
  const error = new AppError("RANGE_NOT_SATISFIABLE", { detail: `The file has ${sizeBytes} bytes.`, sizeBytes });
  const body = Buffer.from(JSON.stringify(toProblem(error, currentContext()?.requestId ?? "")));
  const stream = Readable.from([body], { objectMode: false });
  return {
    stream,
    contentType: "application/problem+json; charset=utf-8",
    sizeBytes: body.length,
    status: error.status,
    headers: { "content-range": `bytes */${sizeBytes}` },
  };
}
