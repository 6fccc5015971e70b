/** For web pages: without the contracts themselves, whose operations are handed in as a table (`readWireOperations`). */
export { type ClientOptions, createClientOf, type Operations, type RiverGenClient } from "./client.ts";
export type { SubscribeOptions, Subscription } from "./live.ts";
export type { WireOperations } from "./operations.ts";
export { problemOf } from "./problem.ts";
export type { Download, RequestOptions, UploadBody } from "./request.ts";
