import { z } from "zod";
import { Problem } from "./common.ts";
import { errorCatalog } from "./errors.ts";
import { operationExamples } from "./examples.ts";
import type { Route } from "./http.ts";
import { createSchemaBook, type JsonSchema, type SchemaBook } from "./json-schema.ts";
import { platformPaths } from "./openapi-platform.ts";
import { publicRoutes } from "./routes.ts";

/** What a document says of itself. */
export interface DocumentInfo {
  readonly title: string;
  readonly version: string;
  readonly description: string;
}

const tags: Readonly<Record<string, string>> = {
  Accounts: "People, sessions, API keys and workspaces",
  Files: "Bytes of a workspace under paths; tables among them become datasets",
  Datasets: "Tables of a workspace: versions, columns, profile, rows",
  Queries: "One SELECT over the datasets, checked, sandboxed and metered",
  Ask: "A sentence becomes a river draft, a question back, or an honest no",
  Rivers: "Named, versioned pipelines: validate, save, plan",
  Runs: "Rivers at work: progress, outputs, cancel, resume",
  Billing: "What was metered",
  Events: "The log of a workspace",
  Process: "State of the process, and these documents",
};

/** The OpenAPI 3.1 document of every public operation, made from its contract. */
export function createOpenApi(info: DocumentInfo): JsonSchema {
  const book = createSchemaBook();
  const problem = book.add(Problem, "output");
  const paths: Record<string, Record<string, JsonSchema>> = {};
  for (const [name, route] of Object.entries(publicRoutes)) {
    const path = route.path.replace(/:([a-zA-Z]+)\*?/g, "{$1}");
    (paths[path] ??= {})[route.method.toLowerCase()] = toOperation(name, route, book, problem);
  }
  return {
    openapi: "3.1.0",
    info,
    jsonSchemaDialect: "https://json-schema.org/draft/2020-12/schema",
    servers: [{ url: "/", description: "The gateway that answered this document" }],
    security: [{ bearer: [] }],
    tags: Object.entries(tags).map(([name, description]) => ({ name, description })),
    paths: { ...paths, ...platformPaths() },
    components: {
      schemas: book.components,
      parameters: sharedParameters,
      headers: { RequestId: { description: "Names this request in logs and problems", schema: { type: "string" } } },
      securitySchemes: {
        bearer: { type: "http", scheme: "bearer", description: "Session token or API key. An operation lists the scope a key needs for it." },
      },
    },
  };
}

const sharedParameters: Readonly<Record<string, JsonSchema>> = {
  Workspace: {
    name: "X-Workspace-Id",
    in: "header",
    description: "The workspace that is meant; a key bound to one workspace, or a user with one, needs none",
    schema: { type: "string", maxLength: 80 },
  },
  IdempotencyKey: {
    name: "Idempotency-Key",
    in: "header",
    description: "The same key and body get the same answer for 24 hours, marked `Idempotency-Replayed: true`",
    schema: { type: "string", pattern: "^[\\x21-\\x7e]{1,255}$" },
  },
};

function toOperation(name: string, route: Route, book: SchemaBook, problem: JsonSchema): JsonSchema {
  const body = toBody(name, route, book);
  const open = route.scope === "public";
  return {
    operationId: name,
    tags: [route.tag],
    summary: route.summary,
    ...(open ? { security: [] } : route.scope.includes(":") ? { security: [{ bearer: [route.scope] }] } : {}),
    parameters: toParameters(route, book),
    ...(body ? { requestBody: body } : {}),
    responses: { ...toAnswers(name, route, book), ...toProblems(route, problem) },
  };
}

/** Headers that OpenAPI describes elsewhere, or that every HTTP message has. */
const ownHeaders = new Set(["accept", "content-type", "content-length", "authorization"]);

function toParameters(route: Route, book: SchemaBook): JsonSchema[] {
  const isWild = /:[a-zA-Z]+\*/.test(route.path);
  const path = fieldsOf(route.params, book).map(({ name, schema }) => ({
    name,
    in: "path",
    required: true,
    ...(isWild ? { description: "An id, or a path; its slashes may be sent as they are or as %2F" } : {}),
    schema,
  }));
  const query = fieldsOf(route.query, book).map(({ name, schema, required }) => ({ name, in: "query", ...(required ? { required } : {}), schema }));
  const headers = Object.entries(route.headers ?? {})
    .filter(([name]) => !ownHeaders.has(name))
    .map(([name, description]) => ({ name, in: "header", description, schema: { type: "string" } }));
  const shared = [...(route.workspace ? ["Workspace"] : []), ...(route.method === "POST" ? ["IdempotencyKey"] : [])].map((name) => ({
    $ref: `#/components/parameters/${name}`,
  }));
  return [...path, ...query, ...headers, ...shared];
}

function fieldsOf(schema: z.ZodType, book: SchemaBook): { name: string; schema: JsonSchema; required: boolean }[] {
  if (schema instanceof z.ZodUndefined) return [];
  const { properties = {}, required = [] } = book.add(schema, "input") as { properties?: Record<string, JsonSchema>; required?: string[] };
  return Object.entries(properties).map(([name, field]) => ({ name, schema: field, required: required.includes(name) }));
}

function toBody(name: string, route: Route, book: SchemaBook): JsonSchema | undefined {
  if (route.consumes) {
    const parsed = route.document ? book.add(route.document, "input") : undefined;
    const content = route.consumes.map((type) => [type, parsed ? { schema: type.endsWith("json") ? parsed : { type: "string" } } : {}] as const);
    return { required: true, content: Object.fromEntries(content) };
  }
  if (route.body instanceof z.ZodUndefined) return undefined;
  const example = operationExamples[name]?.body;
  // A body whose fields may all be left out may be left out itself.
  const required = !route.body.safeParse({}).success;
  return { required, content: { "application/json": { schema: book.add(route.body, "input"), ...(example === undefined ? {} : { example }) } } };
}

function toAnswers(name: string, route: Route, book: SchemaBook): Record<string, JsonSchema> {
  const headers = { "X-Request-Id": { $ref: "#/components/headers/RequestId" } };
  const bytes = Object.fromEntries((route.produces ?? []).map((type) => [type, {}]));
  const example = operationExamples[name]?.answer;
  const json =
    route.answer instanceof z.ZodUndefined
      ? {}
      : { "application/json": { schema: book.add(route.answer, "output"), ...(example === undefined ? {} : { example }) } };
  const content = { ...bytes, ...json };
  const answer = (status: number, description: string): [string, JsonSchema] => [
    String(status),
    { description, headers, ...(Object.keys(content).length > 0 && status !== 204 && status !== 304 ? { content } : {}) },
  ];
  return Object.fromEntries([answer(route.status, "Done"), ...Object.entries(route.also ?? {}).map(([status, when]) => answer(Number(status), when))]);
}

/** What every operation can fail with. */
const everywhere = [
  "REQUEST_MALFORMED",
  "REQUEST_HEAD_TOO_LARGE",
  "INVALID_REQUEST",
  "RATE_LIMITED",
  "INTERNAL",
  "OVERLOADED",
  "SERVICE_UNAVAILABLE",
  "STORE_UNAVAILABLE",
  "DEADLINE_EXCEEDED",
];

/** Codes an operation can fail with because of what it is, beside its own. */
function codesOf(route: Route): Set<string> {
  const isJson = !(route.body instanceof z.ZodUndefined);
  return new Set([
    ...everywhere,
    ...(route.scope === "public" ? [] : ["UNAUTHENTICATED"]),
    ...(route.scope === "public" || route.scope === "session" ? [] : ["FORBIDDEN"]),
    ...(route.workspace ? ["WORKSPACE_REQUIRED", "WORKSPACE_NOT_FOUND"] : []),
    ...(isJson ? ["BODY_NOT_PARSEABLE", "UNSUPPORTED_CONTENT_TYPE", "BODY_TOO_LARGE"] : []),
    ...(isJson || route.consumes ? ["BODY_TOO_SLOW"] : []),
    ...(route.method === "POST" ? ["IDEMPOTENCY_KEY_REUSED", "REQUEST_IN_FLIGHT"] : []),
    ...route.errors,
  ]);
}

function toProblems(route: Route, problem: JsonSchema): Record<string, JsonSchema> {
  const known = [...codesOf(route)].flatMap((code) =>
    Object.hasOwn(errorCatalog, code) ? [{ code, ...errorCatalog[code as keyof typeof errorCatalog] }] : [],
  );
  const byStatus = Map.groupBy(known, ({ status }) => status);
  return Object.fromEntries(
    [...byStatus].map(([status, failures]) => [
      String(status),
      {
        description: failures.map(({ code, title }) => `\`${code}\`: ${title}`).join("; "),
        content: {
          "application/problem+json": {
            schema: { allOf: [problem, { properties: { status: { const: status }, code: { enum: failures.map(({ code }) => code) } } }] },
          },
        },
      },
    ]),
  );
}
