export { createVirtualClock } from "@rivergen/pipeline";
export type { VirtualClock } from "@rivergen/pipeline";
export * from "./bench.ts";
export * from "./builder.ts";
export * from "./mock.ts";
export * from "./wait.ts";
