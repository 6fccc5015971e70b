import type { Readable } from "node:stream";
import { AppError, createId, parseFilePath, type StorageRecord, type Transaction } from "@rivergen/contracts";
import type { ObjectStore } from "@rivergen/object-store";
import { meter, tooLarge } from "./meter.ts";
import { type Emit, publish, republish, unpublish, withoutOrphan } from "./publish.ts";
import { fileRepository as files, type FileRow } from "./repository.ts";

export interface FileDependencies {
  /** Runs `work` in one transaction of that workspace. */
  readonly inWorkspace: <T>(workspaceId: string, work: (tx: Transaction) => Promise<T>) => Promise<T>;
  readonly objects: Pick<ObjectStore, "put" | "get" | "delete">;
  readonly emit: Emit;
  readonly faultPoint: (name: string) => void;
  readonly maxUploadBytes: number;
  /** An upload that sends nothing for so long is cut, ms. */
  readonly idleTimeoutMs: number;
}

export interface Upload {
  readonly workspaceId: string;
  readonly requestKey?: string | undefined;
  readonly path: string;
  readonly contentType: string;
  readonly sizeBytes?: number | undefined;
  readonly sha256?: string | undefined;
  readonly dataset?: string | undefined;
  readonly mode: "replace" | "append";
  readonly stream: Readable;
  readonly signal: AbortSignal;
}

/** The key of a new object: says whose it is and nothing of what its owner wrote. */
function createObjectKey(workspaceId: string): string {
  return `files/${workspaceId}/${createId("file").slice(4)}`;
}

export type FileService = ReturnType<typeof createFileService>;

export function createFileService({ inWorkspace, objects, emit, faultPoint, maxUploadBytes, idleTimeoutMs }: FileDependencies) {
  /**
   * Stores a stream under a path: the bytes first, then row and event in one transaction.
   * @throws INVALID_FILE_PATH, BODY_TOO_LARGE, UPLOAD_INCOMPLETE, DIGEST_MISMATCH
   */
  async function store(upload: Upload): Promise<{ file: StorageRecord; replaced: boolean; unchanged: boolean }> {
    const { workspaceId, stream, signal, contentType, mode, dataset = null, requestKey } = upload;
    const path = parseFilePath(upload.path);
    if ((upload.sizeBytes ?? 0) > maxUploadBytes) throw tooLarge(maxUploadBytes);
    const objectKey = createObjectKey(workspaceId);
    const bytes = meter(stream, { sizeBytes: upload.sizeBytes, maxBytes: maxUploadBytes, idleTimeoutMs });
    const { sizeBytes, sha256 } = await objects.put(objectKey, bytes, { signal, ...(upload.sha256 === undefined ? {} : { expectedSha256: upload.sha256 }) });
    faultPoint("upload.before-publish");
    const publication = { workspaceId, path, requestKey, objectKey, sizeBytes, sha256, contentType, dataset, mode };
    const discard = (): Promise<void> => objects.delete(objectKey);
    const published = await withoutOrphan(discard, () => inWorkspace(workspaceId, (tx) => publish(tx, emit, publication)));
    if (published.unchanged) await discard();
    return { ...published, file: toRecord(published.file) };
  }

  /** Makes the same bytes the file's next revision. @throws FILE_NOT_FOUND */
  async function renew(workspaceId: string, idOrPath: string, signal: AbortSignal): Promise<StorageRecord> {
    const known = await findRow(workspaceId, idOrPath);
    if (!known) throw new AppError("FILE_NOT_FOUND");
    const objectKey = createObjectKey(workspaceId);
    const { stream } = await objects.get(known.objectKey, { signal });
    await objects.put(objectKey, stream, { signal, expectedSha256: known.sha256 });
    const discard = (): Promise<void> => objects.delete(objectKey);
    const renewed = await withoutOrphan(discard, () => inWorkspace(workspaceId, (tx) => republish(tx, emit, known, objectKey)));
    // Where somebody else replaced it in the meantime, theirs counts.
    if (!renewed) await discard();
    return toRecord(renewed ?? known);
  }

  function findRow(workspaceId: string, idOrPath: string): Promise<FileRow | undefined> {
    return inWorkspace(workspaceId, (tx) => files.find(tx, workspaceId, toSought(idOrPath)));
  }

  async function find(workspaceId: string, idOrPath: string): Promise<StorageRecord | null> {
    const row = await findRow(workspaceId, idOrPath);
    return row ? toRecord(row) : null;
  }

  /** A page by path; the cursor is the id of its last file. @throws INVALID_REQUEST for a cursor whose file is gone */
  async function list(workspaceId: string, { prefix = "", cursor, limit }: { prefix?: string | undefined; cursor?: string | undefined; limit: number }) {
    const rows = await inWorkspace(workspaceId, async (tx) => {
      const last = cursor === undefined ? null : await files.find(tx, workspaceId, toSought(cursor));
      if (last === undefined) throw unknownCursor();
      return files.list(tx, workspaceId, { prefix: toSought(prefix), after: last?.path ?? null, limit: limit + 1 });
    });
    const items = rows.slice(0, limit).map(toRecord);
    return { items, nextCursor: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
  }

  /** Whether there was such a file. */
  async function remove(workspaceId: string, idOrPath: string): Promise<boolean> {
    return inWorkspace(workspaceId, async (tx) => {
      const file = await files.find(tx, workspaceId, toSought(idOrPath));
      if (file) await unpublish(tx, emit, file);
      return file !== undefined;
    });
  }

  return { store, renew, find, list, remove };
}

function unknownCursor(): AppError {
  return new AppError("INVALID_REQUEST", { errors: [{ path: "query/cursor", code: "INVALID", message: "is not known any more; begin again without it" }] });
}

/** A text as it is looked for: in the spelling of paths, and without what the database cannot be asked for (no path holds it). */
function toSought(text: string): string {
  return text.normalize("NFC").replaceAll("\0", "\uFFFD");
}

function toRecord({ dataset: _dataset, mode: _mode, ...record }: FileRow): StorageRecord {
  return record;
}
