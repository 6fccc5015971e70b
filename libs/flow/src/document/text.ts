export { createLines } from "./source.ts";
export { faultOffset, walkJson } from "./walk-json.ts";
export type { JsonVisitor } from "./walk-json.ts";
