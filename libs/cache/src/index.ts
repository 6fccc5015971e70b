export type { Cache, SetOptions } from "./cache.ts";
export { createMemoryCache } from "./memory.ts";
export type { MemoryCacheOptions } from "./memory.ts";
