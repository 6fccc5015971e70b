export type { ClientOptions, Operations, RiverGenClient } from "./client.ts";
export { createClient } from "./sdk.ts";
export { subscribe, type SubscribeOptions, type Subscription } from "./live.ts";
export { problemOf } from "./problem.ts";
export type { Connection, Download, RequestOptions, UploadBody } from "./request.ts";
export { waitForRun, type WaitOptions } from "./wait.ts";
