import { AppError, type FileDeleted, type FileStored, fileTopic, idFor, type Transaction } from "@rivergen/contracts";
import { fileRepository as files, type FileRow, type Revision } from "./repository.ts";

/** Writes an event to the outbox inside the transaction: it is sent once that has committed. */
export type Emit = (
  tx: Transaction,
  event: { topic: string; key: string; type: string; subject: string; workspaceId: string; data: object },
) => Promise<unknown>;

/** What a path is to hold. */
export interface Publication extends Revision {
  readonly workspaceId: string;
  readonly path: string;
  readonly requestKey?: string | undefined;
}

export interface Published {
  readonly file: FileRow;
  readonly replaced: boolean;
  readonly unchanged: boolean;
}

/** Makes stored bytes the newest revision of their path, with the event that says so. */
export async function publish(tx: Transaction, emit: Emit, given: Publication): Promise<Published> {
  const { workspaceId, path } = given;
  await files.lockPath(tx, workspaceId, path);
  const before = await files.find(tx, workspaceId, path);
  if (before && isSame(before, given)) return { file: before, replaced: true, unchanged: true };
  const key = given.requestKey === undefined ? {} : { requestKey: given.requestKey };
  const file = before
    ? await files.replace(tx, workspaceId, before.id, given)
    : await files.insert(tx, workspaceId, { ...given, id: idFor("file", key, path) });
  await announce(tx, emit, file);
  return { file, replaced: before !== undefined, unchanged: false };
}

/** The same bytes under a new object become the next revision; undefined when the file is another one by now. */
export async function republish(tx: Transaction, emit: Emit, known: FileRow, objectKey: string): Promise<FileRow | undefined> {
  await files.lockPath(tx, known.workspaceId, known.path);
  const current = await files.find(tx, known.workspaceId, known.id);
  if (current?.objectKey !== known.objectKey) return undefined;
  const file = await files.replace(tx, known.workspaceId, known.id, { ...known, objectKey });
  await announce(tx, emit, file);
  return file;
}

/** Forgets a file, with the event that says so. */
export async function unpublish(tx: Transaction, emit: Emit, file: FileRow): Promise<void> {
  const { workspaceId, id } = file;
  await files.remove(tx, workspaceId, id);
  const data = { fileId: id, path: file.path } satisfies FileDeleted;
  await emit(tx, { topic: fileTopic, key: workspaceId, type: "file.deleted", subject: id, workspaceId, data });
}

async function announce(tx: Transaction, emit: Emit, file: FileRow): Promise<void> {
  await files.keepRevision(tx, file);
  const { id: fileId, path, sizeBytes, sha256, contentType, objectKey, mode, workspaceId } = file;
  const data = {
    fileId,
    path,
    sizeBytes,
    sha256,
    contentType,
    objectKey,
    mode,
    ...(file.dataset === null ? {} : { dataset: file.dataset }),
  } satisfies FileStored;
  await emit(tx, { topic: fileTopic, key: workspaceId, type: "file.stored", subject: fileId, workspaceId, data });
}

/** Whether a repeated upload would change nothing. Appending the same twice does change something. */
function isSame(before: FileRow, after: Revision): boolean {
  const { sha256, sizeBytes, contentType, dataset } = after;
  const isReplacing = before.mode === "replace" && after.mode === "replace";
  return isReplacing && before.sha256 === sha256 && before.sizeBytes === sizeBytes && before.contentType === contentType && before.dataset === dataset;
}

/**
 * Runs what makes an object visible; one that stayed invisible is deleted, unless that is not sure: then the sweep
 * decides.
 */
export async function withoutOrphan<T>(discard: () => Promise<void>, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof AppError && error.details["outcome"] === "unknown")) await discard().catch(() => undefined);
    throw error;
  }
}
