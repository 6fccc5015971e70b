export * from "./compose.ts";
export * from "./sequence.ts";
