export * from "./apply.ts";
export * from "./effect.ts";
export * from "./enrich.ts";
export * from "./mutate.ts";
export * from "./transform.ts";
