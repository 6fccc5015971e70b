export * from "./breaker.ts";
export * from "./bulkhead.ts";
export * from "./clock.ts";
export * from "./log.ts";
export * from "./rate-limit.ts";
export * from "./retry.ts";
export * from "./timeout.ts";
