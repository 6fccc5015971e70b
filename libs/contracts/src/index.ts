export * from "./errors.ts";
export * from "./planning.ts";
export * from "./river-document.ts";
export * from "./transaction.ts";
