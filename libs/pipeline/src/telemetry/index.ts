export * from "./diagnostics-channel.ts";
export * from "./open-telemetry.ts";
