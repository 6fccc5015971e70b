import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { z } from "zod";
import { operationExamples } from "./examples.ts";
import { createOpenApi } from "./openapi.ts";
import { publicRoutes } from "./routes.ts";

type Node = Record<string, unknown>;
interface Operation {
  readonly operationId: string;
  readonly security?: readonly unknown[];
  readonly parameters?: readonly (Node & { name?: string; in?: string; required?: boolean; $ref?: string })[];
  readonly requestBody?: { readonly content: Record<string, Node> };
  readonly responses: Record<string, Node & { description?: string; content?: Record<string, { schema?: unknown }> }>;
}

const document = createOpenApi({ title: "RiverGen", version: "1", description: "" }) as unknown as {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, unknown>; parameters: Node };
};
const operations = Object.entries(document.paths).flatMap(([path, item]) => Object.entries(item).map(([method, operation]) => ({ path, method, operation })));
const find = (name: string): Operation => operations.find(({ operation }) => operation.operationId === name)?.operation as Operation;

/** Every object within a document. */
function* nodes(value: unknown): Generator<Node> {
  if (typeof value !== "object" || value === null) return;
  if (!Array.isArray(value)) yield value as Node;
  for (const inner of Object.values(value)) yield* nodes(inner);
}

describe("the OpenAPI document", () => {
  test("holds every public operation, once, under its address", () => {
    const described = new Map(operations.map(({ path, method, operation }) => [operation.operationId, `${method} ${path}`]));
    assert.equal(described.size, operations.length);
    for (const [name, route] of Object.entries(publicRoutes)) {
      assert.equal(described.get(name), `${route.method.toLowerCase()} ${route.path.replace(/:([a-zA-Z]+)\*?/g, "{$1}")}`);
    }
  });

  test("every reference leads somewhere", () => {
    for (const { $ref } of nodes(document)) {
      if (typeof $ref !== "string") continue;
      assert.match($ref, /^#\//);
      const target = $ref
        .slice(2)
        .split("/")
        .reduce<unknown>((node, step) => (node as Node | undefined)?.[step], document);
      assert.ok(target, `${$ref} leads nowhere`);
    }
  });

  test("every part of a path is a required parameter, and nothing else is", () => {
    for (const { path, operation } of operations) {
      const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      const declared = (operation.parameters ?? []).filter(({ in: place }) => place === "path");
      assert.deepEqual(new Set(declared.map(({ name }) => name)), new Set(named), path);
      assert.equal(declared.length, named.length);
      assert.ok(declared.every(({ required }) => required === true));
    }
  });

  test("answers say what they are, failures are problems", () => {
    for (const { operation } of operations) {
      assert.ok(Object.keys(operation.responses).some((status) => /^2\d\d$/.test(status)));
      for (const [status, answer] of Object.entries(operation.responses)) {
        assert.match(status, /^[1-5]\d\d$/);
        assert.ok(answer.description);
        const isProblem = Number(status) >= 400 && operation.operationId !== "isReady";
        if (isProblem) assert.ok(answer.content?.["application/problem+json"]?.schema, `${operation.operationId} ${status}`);
      }
    }
  });

  test("what needs no credentials says so; what needs some names the scope", () => {
    assert.deepEqual(find("signUp").security, []);
    assert.deepEqual(find("isLive").security, []);
    assert.deepEqual(find("putFile").security, [{ bearer: ["files:write"] }]);
    assert.equal(find("getSession").security, undefined);
  });

  test("streams, formats and headers", () => {
    assert.deepEqual(Object.keys(find("putFile").requestBody?.content ?? {}), ["*/*"]);
    assert.deepEqual(Object.keys(find("createRiver").requestBody?.content ?? {}), ["application/json", "application/yaml", "application/hocon"]);
    assert.deepEqual(
      Object.keys(find("putFile").responses).filter((status) => status < "300"),
      ["200", "201"],
    );
    assert.ok(Object.keys(find("query").responses["200"]?.content ?? {}).includes("text/csv"));
    assert.ok(find("getFileContent").responses["304"] && !("content" in (find("getFileContent").responses["304"] as object)));
    assert.ok(find("getFileContent").parameters?.some(({ name, in: place }) => name === "range" && place === "header"));
    assert.ok(find("ask").parameters?.some(({ $ref }) => $ref === "#/components/parameters/IdempotencyKey"));
  });

  test("senders are held to the fields, receivers must expect more", () => {
    assert.equal((document.components.schemas["Dataset"] as Node)["additionalProperties"], undefined);
    assert.equal((document.components.schemas["RiverDocumentInput"] as Node)["additionalProperties"], false);
  });

  test("nothing of the generator's own is left", () => {
    for (const schema of nodes(document.components.schemas)) assert.ok(!("$defs" in schema) && !("$schema" in schema));
  });
});

describe("examples", () => {
  for (const [name, { body, answer }] of Object.entries(operationExamples)) {
    test(`of ${name} follow the contract`, () => {
      const route = publicRoutes[name];
      assert.ok(route);
      if (body !== undefined) z.parse(route.body, body);
      if (answer !== undefined) z.parse(route.answer, answer);
    });
  }
});
