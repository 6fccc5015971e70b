export interface SetOptions {
  /** Life of the entry, ms; at least 1. Absent: until it is pushed out. */
  readonly ttlMs?: number;
}

/**
 * Remembers for a while, promises nothing: any entry may be gone at any time, and in one engine or another the memory is
 * this process's own. Nothing that correctness needs may live here. Keys are text of 1–1,000 characters that begin with
 * what they are about and, where it has one, the workspace (`session:…`, `plan:<workspace>:…`).
 * @throws STORE_UNAVAILABLE where the engine is a server
 */
export interface Cache {
  /** Undefined when absent, expired or pushed out. Every reader gets a value of its own. */
  get<Value>(key: string): Promise<Value | undefined>;
  /** `value` is plain JSON. A value too large to be kept is not kept, and an older one under its key is gone. */
  set(key: string, value: unknown, options?: SetOptions): Promise<void>;
  /** Whether something was there. */
  delete(key: string): Promise<boolean>;
  /**
   * Adds to a counter and gives its new value; a counter that is absent, or no number, starts at 0. Its life begins with
   * its first increment and later ones do not lengthen it: a count per window.
   */
  increment(key: string, options?: SetOptions & { readonly by?: number }): Promise<number>;
  ping(): Promise<void>;
  close(): Promise<void>;
}
