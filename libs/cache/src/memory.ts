import type { Cache, SetOptions } from "./cache.ts";

export interface MemoryCacheOptions {
  /** Entries kept at most. Default 100,000. */
  readonly maxEntries?: number;
  /** Bytes of keys and values (as JSON) kept at most. Default 64 MiB. */
  readonly maxBytes?: number;
  /** Milliseconds that only ever grow. */
  readonly now?: () => number;
}

interface Entry {
  /** JSON, so that no reader shares an object with another. */
  readonly text: string;
  readonly bytes: number;
  /** In terms of `now`. */
  readonly expiresAt: number;
}

/** Rough cost of one entry beside its characters. */
const ENTRY_OVERHEAD_BYTES = 100;

const memoryDefaults = { maxEntries: 100_000, maxBytes: 64 * 1024 * 1024, now: () => performance.now() };

/** The cache in this process's memory. When it is full the least recently used entries go. */
export function createMemoryCache(options: MemoryCacheOptions = {}): Cache & { readonly size: number; readonly bytes: number } {
  const settings = { ...memoryDefaults, ...options };
  const entries = createEntries(settings);
  const expiry = ({ ttlMs }: SetOptions) => (ttlMs === undefined ? Infinity : settings.now() + ttlMs);

  return {
    async get<Value>(key: string) {
      const entry = entries.find(key);
      return entry && (JSON.parse(entry.text) as Value);
    },
    async set(key, value, given = {}) {
      // What JSON cannot say (undefined, a function) is nothing to remember.
      const text = JSON.stringify(value) as string | undefined;
      if (text === undefined) entries.remove(key);
      else entries.put(key, text, expiry(given));
    },
    async delete(key) {
      return entries.find(key) !== undefined && entries.remove(key);
    },
    async increment(key, { by = 1, ...given } = {}) {
      const entry = entries.find(key);
      const before: unknown = entry && JSON.parse(entry.text);
      const count = (typeof before === "number" ? before : 0) + by;
      entries.put(key, String(count), typeof before === "number" && entry ? entry.expiresAt : expiry(given));
      return count;
    },
    async ping() {},
    async close() {
      entries.clear();
    },
    get size() {
      return entries.size;
    },
    get bytes() {
      return entries.bytes;
    },
  };
}

/** Entries within bounds, the least recently used first. */
function createEntries({ maxEntries, maxBytes, now }: Required<MemoryCacheOptions>) {
  const entries = new Map<string, Entry>();
  let bytes = 0;

  function remove(key: string): boolean {
    const entry = entries.get(key);
    if (!entry) return false;
    bytes -= entry.bytes;
    return entries.delete(key);
  }

  return {
    remove,
    find(key: string): Entry | undefined {
      const entry = entries.get(key);
      if (!entry) return undefined;
      if (entry.expiresAt <= now()) {
        remove(key);
        return undefined;
      }
      entries.delete(key);
      entries.set(key, entry);
      return entry;
    },
    put(key: string, text: string, expiresAt: number): void {
      remove(key);
      const entry = { text, bytes: 2 * (key.length + text.length) + ENTRY_OVERHEAD_BYTES, expiresAt };
      if (entry.bytes > maxBytes) return;
      entries.set(key, entry);
      bytes += entry.bytes;
      for (const oldest of entries.keys()) {
        if (entries.size <= maxEntries && bytes <= maxBytes) break;
        remove(oldest);
      }
    },
    clear() {
      entries.clear();
      bytes = 0;
    },
    get size() {
      return entries.size;
    },
    get bytes() {
      return bytes;
    },
  };
}
