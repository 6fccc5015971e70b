import { z } from "zod";
import { Name, page, PageQuery, Time } from "./common.ts";
import { Dataset } from "./datasets.ts";
import { route } from "./http.ts";

/** Bytes of a workspace under a path. */
export const File = z
  .strictObject({
    id: z.string(),
    path: z.string(),
    sizeBytes: z.number().int().nonnegative(),
    contentType: z.string(),
    /** Of the stored bytes, in hex. */
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
    createdAt: Time,
  })
  .meta({ id: "File" });
export type File = z.output<typeof File>;

const FilePath = z.strictObject({
  /** Id or path. */
  file: z.string().min(1).max(1_100),
});
const tag = "Files";
export const StoredFile = z.strictObject({ file: File, dataset: Dataset.nullable() }).meta({ id: "StoredFile" });

export const fileRoutes = {
  putFile: route({
    method: "PUT",
    path: "/v1/files/:file*",
    scope: "files:write",
    tag,
    summary: "Upload a file; a table becomes a dataset",
    params: FilePath,
    query: z.strictObject({ dataset: Name.optional(), mode: z.enum(["replace", "append"]).default("replace") }),
    answer: StoredFile,
    status: 201,
    also: { 200: "The path held a file before" },
    consumes: ["*/*"],
    headers: {
      "content-type": "Media type of the file",
      "content-length": "Its size, where known",
      "content-digest": "`sha-256=:<base64>:`; refused when the content differs (RFC 9530)",
      prefer: "`wait=N`: seconds (0–60, default 10) to wait for the dataset to be ready or rejected",
    },
    errors: ["INVALID_FILE_PATH", "DIGEST_MISMATCH", "UPLOAD_INCOMPLETE", "BODY_TOO_LARGE", "UNSUPPORTED_CONTENT_TYPE", "DATASET_NAME_TAKEN"],
  }),
  listFiles: route({
    method: "GET",
    path: "/v1/files",
    scope: "files:read",
    tag,
    summary: "Files by path",
    query: PageQuery.extend({ prefix: z.string().max(1_024).optional() }),
    answer: page(File),
  }),
  getFile: route({
    method: "GET",
    path: "/v1/files/:file*",
    scope: "files:read",
    tag,
    summary: "One file",
    params: FilePath,
    answer: File,
    errors: ["FILE_NOT_FOUND"],
  }),
  getFileContent: route({
    method: "GET",
    path: "/v1/files/:file*/content",
    scope: "files:read",
    tag,
    summary: "Its bytes, whole or a range",
    params: FilePath,
    produces: ["*/*"],
    also: { 206: "The range that was asked for", 304: "The caller has it already" },
    headers: {
      range: "One byte range (RFC 9110)",
      "if-none-match": "ETags already held",
      "if-range": "ETag the range belongs to; another one gives the whole",
    },
    errors: ["FILE_NOT_FOUND", "RANGE_NOT_SATISFIABLE"],
  }),
  deleteFile: route({
    method: "DELETE",
    path: "/v1/files/:file*",
    scope: "files:write",
    tag,
    summary: "Delete a file; a dataset made from it keeps its versions",
    params: FilePath,
    errors: ["FILE_NOT_FOUND"],
  }),
};

/** Answers of storage: the state of files. */
export const StorageRecord = File.extend({
  workspaceId: z.string(),
  /** Where the bytes are. */
  objectKey: z.string(),
});
export type StorageRecord = z.output<typeof StorageRecord>;

/** Topic of what storage says; keyed by workspace. */
export const fileTopic = "storage.file.v1";

/** `data` of `file.stored` on that topic. */
export const FileStored = z.strictObject({
  fileId: z.string(),
  path: z.string(),
  sizeBytes: z.number().int().nonnegative(),
  sha256: z.string(),
  contentType: z.string(),
  objectKey: z.string(),
  /** Name the uploader asked for; absent: after the path's stem. */
  dataset: Name.optional(),
  mode: z.enum(["replace", "append"]),
});
export type FileStored = z.output<typeof FileStored>;

/** `data` of `file.deleted` on that topic. */
export const FileDeleted = z.strictObject({ fileId: z.string(), path: z.string() });
export type FileDeleted = z.output<typeof FileDeleted>;

/** Most objects that are asked about at once. */
export const mostSweptObjects = 500;

/** What the sweep of the object store asks of who owns rows that lead to objects. */
export const objectInternalRoutes = {
  findReferencedObjects: route({
    method: "POST",
    path: "/internal/objects/referenced",
    scope: "internal",
    tag: "Internal",
    summary: "Which of these objects a dataset, a run that may go on or a result of one still leads to",
    body: z.strictObject({ objectKeys: z.array(z.string()).max(mostSweptObjects) }),
    answer: z.strictObject({ objectKeys: z.array(z.string()) }),
  }),
};

export const storageInternalRoutes = {
  storeFile: route({
    method: "PUT",
    path: "/internal/files",
    scope: "internal",
    tag: "Internal",
    summary: "Store a stream under a path: nothing is visible before the last byte is safe",
    query: z.strictObject({
      path: z.string(),
      contentType: z.string(),
      sizeBytes: z.coerce.number().int().nonnegative().optional(),
      sha256: z.string().optional(),
      dataset: Name.optional(),
      mode: z.enum(["replace", "append"]),
    }),
    consumes: ["*/*"],
    /** `unchanged`: the path already held just this, so nothing was kept and nobody was told. */
    answer: z.strictObject({ file: StorageRecord, replaced: z.boolean(), unchanged: z.boolean() }),
    errors: ["INVALID_FILE_PATH", "DIGEST_MISMATCH", "UPLOAD_INCOMPLETE", "BODY_TOO_LARGE"],
  }),
  renewFile: route({
    method: "POST",
    path: "/internal/files/renew",
    scope: "internal",
    tag: "Internal",
    summary: "Make the same bytes the next revision of a file, where the dataset made from them is gone",
    body: z.strictObject({ file: z.string() }),
    answer: StorageRecord,
    errors: ["FILE_NOT_FOUND"],
  }),
  findFile: route({
    method: "GET",
    path: "/internal/files/find",
    scope: "internal",
    tag: "Internal",
    summary: "A file by id or path; null when absent or foreign",
    query: z.strictObject({ file: z.string() }),
    answer: StorageRecord.nullable(),
  }),
  listStoredFiles: route({
    method: "GET",
    path: "/internal/files",
    scope: "internal",
    tag: "Internal",
    summary: "Files by path",
    query: PageQuery.extend({ prefix: z.string().optional() }),
    answer: page(StorageRecord),
  }),
  removeFile: route({
    method: "DELETE",
    path: "/internal/files",
    scope: "internal",
    tag: "Internal",
    summary: "Forget a file",
    query: z.strictObject({ file: z.string() }),
    answer: z.strictObject({ removed: z.boolean() }),
  }),
};
