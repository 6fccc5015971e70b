import type { Readable } from "node:stream";

/** What a store takes as content: a Node stream, chunks, or all of it at once. */
export type Content = Readable | AsyncIterable<Uint8Array> | Uint8Array;

export interface StoredObject {
  readonly sizeBytes: number;
  /** Lower-case hexadecimal. */
  readonly sha256: string;
  /** Opaque; another one after every write. */
  readonly etag: string;
}

export interface ObjectFacts {
  readonly key: string;
  readonly sizeBytes: number;
  readonly etag: string;
  /** RFC 3339, UTC. */
  readonly modifiedAt: string;
}

export interface PutOptions {
  /** Ends the write; nothing of it becomes visible. */
  readonly signal?: AbortSignal;
  /** Lower-case hexadecimal. The object appears only if its content has this digest. */
  readonly expectedSha256?: string;
  /** Most bytes taken. */
  readonly maxBytes?: number;
}

export interface GetOptions {
  /** First byte, from 0; negative: that many from the end. Default 0. */
  readonly start?: number;
  /** Last byte, inclusive; beyond the end means the end. */
  readonly end?: number;
  readonly signal?: AbortSignal;
}

export interface ObjectContent extends ObjectFacts {
  /** Must be read or destroyed. It goes on giving the same object if that is replaced or deleted meanwhile. */
  readonly stream: Readable;
  /** First and last byte of what the stream gives; `end` is `start - 1` for an empty object. */
  readonly start: number;
  readonly end: number;
}

export interface ObjectPage {
  /** In the order of their keys' characters. */
  readonly items: readonly ObjectFacts[];
  readonly nextCursor: string | null;
}

export type LinkMethod = "GET" | "PUT";

/** What a signed link allows. */
export interface Link {
  readonly key: string;
  readonly method: LinkMethod;
}

/**
 * Objects under keys. A key is made of generated ids, never of what a user typed: segments of letters, digits, `_`, `-`
 * and `.` (not first), joined by `/`, at most 900 characters; no key lies under another one (`a` and `a/b`).
 * An object is there whole or not at all, and once a call has resolved it is on disk.
 * All throw INVALID_OBJECT_KEY, and STORE_UNAVAILABLE when the medium fails or is full.
 */
export interface ObjectStore {
  /**
   * Writes a stream with flat memory; replaces what was there.
   * @throws DIGEST_MISMATCH, BODY_TOO_LARGE, the signal's reason, whatever the content throws
   */
  put(key: string, content: Content, options?: PutOptions): Promise<StoredObject>;
  /** Moves a finished local file in; the file is gone afterwards. Links are refused. @throws DIGEST_MISMATCH, INVALID_OBJECT_KEY */
  adopt(path: string, key: string, options?: Omit<PutOptions, "maxBytes">): Promise<StoredObject>;
  /** @throws OBJECT_NOT_FOUND, RANGE_NOT_SATISFIABLE with `sizeBytes` */
  get(key: string, options?: GetOptions): Promise<ObjectContent>;
  head(key: string): Promise<ObjectFacts | undefined>;
  /** Absent objects are deleted already. */
  delete(key: string): Promise<void>;
  /** Objects whose keys begin with `prefix`; `limit` 1–1,000, default 1,000. */
  list(prefix: string, options?: { readonly cursor?: string | null; readonly limit?: number }): Promise<ObjectPage>;
  /** Where the object lies on this machine, for read-only hard links; null where the store is elsewhere. The file may be absent. */
  localPath(key: string): string | null;
  /** A link that lets whoever holds it use one object in one way for a while, without other credentials. */
  signUrl(key: string, options: { readonly method: LinkMethod; readonly expiresInMs: number }): string;
  /** Reads a link made by `signUrl`; the method is that of the request. @throws LINK_INVALID */
  verify(url: string, method: string): Link;
  /** Removes what broken writes left behind longer than so many ms ago. Gives how many. Default one hour. */
  sweep(olderThanMs?: number): Promise<number>;
  /** @throws STORE_UNAVAILABLE */
  ping(): Promise<void>;
}
