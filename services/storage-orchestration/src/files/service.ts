import type { Readable } from "node:stream";
import { AppError, type Client, type Dataset, type File, parseFilePath, type ServiceRoutes, type StorageRecord } from "@rivergen/contracts";
import { readContentDigest, readContentLength, readContentType } from "./headers.ts";

/** What files need of others, acting as the caller. */
export interface Neighbours {
  readonly storage: Client<ServiceRoutes["storage"]>;
  readonly core: Pick<Client<ServiceRoutes["backend-core"]>, "checkDatasetName" | "waitForDataset">;
}

export interface FileDependencies {
  readonly maxUploadBytes: number;
  /** Longest time a whole upload may take, ms. */
  readonly uploadTimeoutMs: number;
  /** Time beyond the wished wait in which backend-core must have answered, ms. */
  readonly answerMarginMs: number;
  readonly now: () => number;
}

export interface Upload {
  readonly path: string;
  readonly dataset: string | undefined;
  readonly mode: "replace" | "append";
  readonly headers: Readonly<Record<string, string>>;
  /** How long to wait for the dataset, ms. */
  readonly waitMs: number;
  readonly stream: Readable;
  readonly signal: AbortSignal;
}

export interface Uploaded {
  readonly file: StorageRecord;
  readonly dataset: Dataset | null;
  readonly replaced: boolean;
}

export type FileService = ReturnType<typeof createFileService>;

export function createFileService({ maxUploadBytes, uploadTimeoutMs, answerMarginMs, now }: FileDependencies) {
  /**
   * Passes a file on to storage and waits for what becomes of it. Everything that can be refused without its bytes is.
   * @throws INVALID_FILE_PATH, BODY_TOO_LARGE, DATASET_NAME_TAKEN, UPLOAD_INCOMPLETE, DIGEST_MISMATCH
   */
  async function upload({ storage, core }: Neighbours, given: Upload): Promise<Uploaded> {
    const { headers, mode, stream, signal, waitMs } = given;
    const path = parseFilePath(given.path);
    const contentType = readContentType(headers["content-type"], path);
    const sha256 = readContentDigest(headers["content-digest"]);
    const sizeBytes = readContentLength(headers["content-length"]);
    if ((sizeBytes ?? 0) > maxUploadBytes)
      throw new AppError("BODY_TOO_LARGE", { detail: `A file may have at most ${maxUploadBytes} bytes.`, maxBytes: maxUploadBytes });
    const asked = given.dataset === undefined ? {} : { dataset: given.dataset };
    await core.checkDatasetName({ body: { path, mode, contentType, ...asked } }, { signal });
    const known = { ...(sizeBytes === undefined ? {} : { sizeBytes }), ...(sha256 === undefined ? {} : { sha256 }) };
    const stored = await storage.storeFile({ query: { path, contentType, mode, ...known, ...asked }, stream }, { signal, deadlineMs: uploadTimeoutMs });
    const deadline = now() + waitMs;
    const wait = (file: StorageRecord): Promise<Dataset | null> => {
      const left = Math.max(0, deadline - now());
      return core.waitForDataset({ body: { objectKey: file.objectKey, waitMs: left } }, { signal, deadlineMs: left + answerMarginMs });
    };
    const dataset = await wait(stored.file);
    if (dataset || !stored.unchanged) return { ...stored, dataset };
    // The same bytes again, but what was made from them is gone: make it anew.
    const file = await storage.renewFile({ body: { file: stored.file.id } }, { signal, deadlineMs: uploadTimeoutMs });
    return { file, replaced: true, dataset: await wait(file) };
  }

  /** @throws FILE_NOT_FOUND for absent and foreign files alike */
  async function get({ storage }: Neighbours, idOrPath: string): Promise<StorageRecord> {
    const file = await storage.findFile({ query: { file: idOrPath } });
    if (!file) throw new AppError("FILE_NOT_FOUND");
    return file;
  }

  async function list({ storage }: Neighbours, query: { limit: number; cursor?: string | undefined; prefix?: string | undefined }) {
    const { items, nextCursor } = await storage.listStoredFiles({ query });
    return { items: items.map(toFile), nextCursor };
  }

  /** @throws FILE_NOT_FOUND */
  async function remove({ storage }: Neighbours, idOrPath: string): Promise<void> {
    const { removed } = await storage.removeFile({ query: { file: idOrPath } });
    if (!removed) throw new AppError("FILE_NOT_FOUND");
  }

  return { upload, get, list, remove };
}

/** What people see of a file: not where it lies. */
export function toFile({ workspaceId: _workspace, objectKey: _key, ...file }: StorageRecord): File {
  return file;
}
