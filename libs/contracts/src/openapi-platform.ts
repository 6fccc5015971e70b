import type { JsonSchema } from "./json-schema.ts";

/** What every process answers beside the operations: its state, its meters, and the documents. */
export function platformPaths(): Record<string, Record<string, JsonSchema>> {
  const state = { type: "object", required: ["status"], properties: { status: { type: "string" } } };
  const readiness = {
    type: "object",
    required: ["status", "services", "checks"],
    properties: {
      status: { enum: ["ready", "not_ready"] },
      services: { type: "array", items: { type: "string" } },
      checks: {
        type: "object",
        additionalProperties: { type: "object", required: ["ok"], properties: { ok: { type: "boolean" }, detail: { type: "string" } } },
      },
    },
  };
  const services = {
    type: "object",
    required: ["services"],
    properties: { services: readiness.properties.checks },
  };
  const document = { type: "object" };
  return {
    "/health/live": { get: get("isLive", "Whether the process runs", { 200: ["It does", "application/json", state] }) },
    "/health/ready": {
      get: get("isReady", "Whether it can do its work, with the state of everything it depends on", {
        200: ["Ready", "application/json", readiness],
        503: ["Not ready", "application/json", readiness],
      }),
    },
    "/health/services": {
      get: get("getServicesHealth", "Every service of the platform as the gateway sees it", { 200: ["Their states", "application/json", services] }),
    },
    "/metrics": { get: get("getMetrics", "Meters in the Prometheus format; not public everywhere", { 200: ["Meters", "text/plain", { type: "string" }] }) },
    "/v1/openapi.json": { get: get("getOpenApi", "This document", { 200: ["OpenAPI 3.1", "application/json", document] }) },
    "/v1/asyncapi.json": { get: get("getAsyncApi", "The live events, as AsyncAPI 3", { 200: ["AsyncAPI 3", "application/json", document] }) },
    "/docs": { get: get("getReference", "The reference for people", { 200: ["A page", "text/html", { type: "string" }] }) },
  };
}

function get(operationId: string, summary: string, answers: Readonly<Record<number, readonly [string, string, JsonSchema]>>): JsonSchema {
  const responses = Object.entries(answers).map(([status, [description, type, schema]]) => [status, { description, content: { [type]: { schema } } }] as const);
  return { operationId, tags: ["Process"], summary, security: [], responses: Object.fromEntries(responses) };
}
