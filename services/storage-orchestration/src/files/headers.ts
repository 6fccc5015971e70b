import { AppError } from "@rivergen/contracts";

const byExtension: Readonly<Record<string, string>> = {
  csv: "text/csv",
  tsv: "text/tab-separated-values",
  tab: "text/tab-separated-values",
  txt: "text/plain",
  json: "application/json",
  ndjson: "application/x-ndjson",
  jsonl: "application/x-ndjson",
  parquet: "application/vnd.apache.parquet",
  arrow: "application/vnd.apache.arrow.file",
  feather: "application/vnd.apache.arrow.file",
  arrows: "application/vnd.apache.arrow.stream",
  gz: "application/gzip",
  zst: "application/zstd",
};

const unknownType = "application/octet-stream";
/** What programs send when they were told nothing. */
const saysNothing = new Set([unknownType, "application/x-www-form-urlencoded", ""]);

function badHeader(name: string, message: string): AppError {
  return new AppError("INVALID_REQUEST", { detail: `The header ${name} ${message}.`, errors: [{ path: `header/${name}`, code: "INVALID_FORMAT", message }] });
}

/**
 * Media type of an upload: what the sender says, else what the ending of the path suggests.
 * @throws UNSUPPORTED_CONTENT_TYPE for forms, INVALID_REQUEST
 */
export function readContentType(header: string | undefined, path: string): string {
  const given = (header ?? "").trim();
  const essence = given.split(";", 1)[0]?.trim().toLowerCase() ?? "";
  if (essence.startsWith("multipart/"))
    throw new AppError("UNSUPPORTED_CONTENT_TYPE", { detail: "Send the bytes of the file itself as the body, not a form." });
  if (saysNothing.has(essence)) return guessType(path);
  if (given.length > 255 || !/^[\w!#$&^.+-]+\/[\w!#$&^.+-]+$/.test(essence) || /[^\x20-\x7e]/.test(given))
    throw badHeader("content-type", "must be a media type of at most 255 characters");
  return given;
}

function guessType(path: string): string {
  const ending = path.slice(path.lastIndexOf(".") + 1).toLowerCase();
  return byExtension[ending] ?? unknownType;
}

/** Bytes announced by `Content-Length`; undefined where it is absent. @throws INVALID_REQUEST */
export function readContentLength(header: string | undefined): number | undefined {
  if (header === undefined) return undefined;
  const size = /^\d{1,15}$/.test(header) ? Number(header) : Number.NaN;
  if (!Number.isSafeInteger(size)) throw badHeader("content-length", "must be a number of bytes");
  return size;
}

/**
 * SHA-256 in hex of a `Content-Digest` (RFC 9530); undefined where it is absent.
 * @throws INVALID_REQUEST where it is malformed or holds no digest that can be checked
 */
export function readContentDigest(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  for (const member of header.split(",")) {
    const found = /^\s*sha-256=:([A-Za-z0-9+/]{43}=):\s*$/.exec(member);
    if (found) return Buffer.from(found[1] as string, "base64").toString("hex");
  }
  throw badHeader("content-digest", "must hold sha-256=:<base64>:, the only digest that is checked");
}

/** Whether one of the ETags of `If-None-Match` is this one (weak comparison). */
export function matchesETag(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  return header.split(",").some((given) => given.trim() === "*" || given.trim().replace(/^W\//, "") === etag);
}

/** `Content-Disposition` that saves the last part of a path, whatever it is called (RFC 6266). */
export function toDisposition(path: string): string {
  const name = path.slice(path.lastIndexOf("/") + 1);
  const plain = name.replace(/[^\x20-\x7e]|["\\%;]/g, "_");
  const encoded = encodeURIComponent(name).replace(/['()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`;
}
