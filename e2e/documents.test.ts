import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createAsyncApi, createOpenApi, type DocumentInfo, eventTypes, publicRoutes } from "@rivergen/contracts";
import { type Answer, send, signUp, startPlatform, type TestPlatform } from "@rivergen/testkit";

interface Operation {
  readonly operationId: string;
  readonly security?: readonly unknown[];
}

let platform: TestPlatform;
before(async () => {
  platform = await startPlatform();
});
after(() => platform.stop());

const get = (path: string, headers: Record<string, string> = {}): Promise<Answer> => send(platform.url, "GET", path, undefined, headers);

/** Every documented operation, with an address that is sound but names nothing. */
async function listOperations(): Promise<{ method: string; path: string; address: string; operation: Operation }[]> {
  const { json } = await get("/v1/openapi.json");
  return Object.entries(json.paths as Record<string, Record<string, Operation>>).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({
      method: method.toUpperCase(),
      path,
      address: path.replace(/\{\w+\}/g, "nothing_of_this_name"),
      operation,
    })),
  );
}

test("the served documents are those of the contracts: every operation and every event, and nothing else", async () => {
  const openApi = (await get("/v1/openapi.json")).json;
  const asyncApi = (await get("/v1/asyncapi.json")).json;
  const { title, version, description } = openApi.info as DocumentInfo;
  assert.deepEqual(openApi, JSON.parse(JSON.stringify(createOpenApi({ title, version, description }))));
  assert.deepEqual(asyncApi, JSON.parse(JSON.stringify(createAsyncApi({ title, version, description }))));
  const documented = (await listOperations()).filter(({ path }) => path.startsWith("/v1/") && !path.endsWith("api.json"));
  assert.deepEqual(
    new Set(documented.map(({ method, path }) => `${method} ${path}`)),
    new Set(Object.values(publicRoutes).map(({ method, path }) => `${method} ${path.replace(/:(\w+)\*?/g, "{$1}")}`)),
  );
  const messages = Object.keys(asyncApi.channels.workspace.messages as object);
  assert.deepEqual(messages.toSorted(), eventTypes.toSorted());
});

test("without credentials every operation asks for them, before it looks at anything else; public ones do not", async () => {
  for (const { method, address, operation } of await listOperations()) {
    const { status, json } = await send(platform.url, method, address, method === "GET" || method === "DELETE" ? undefined : "{}", {
      "content-type": "application/json",
    });
    const isPublic = operation.security?.length === 0;
    if (isPublic) assert.ok(status !== 401 || json.code === "INVALID_CREDENTIALS", `${method} ${address} answered ${status}`);
    else assert.deepEqual([status, json?.code], [401, "UNAUTHENTICATED"], `${method} ${address}`);
    assert.ok(status < 500, `${method} ${address} answered ${status}`);
  }
});

test("with credentials every documented operation is there: none answers that there is no such address", async () => {
  const ann = await signUp(platform.url);
  for (const { method, address, operation } of await listOperations()) {
    if (operation.operationId === "signOut") continue;
    const { status, json } = await ann.send(method, address, method === "GET" || method === "DELETE" ? undefined : "{}", {
      "content-type": "application/json",
    });
    assert.ok(status < 500 && json?.code !== "ROUTE_NOT_FOUND" && json?.code !== "METHOD_NOT_ALLOWED", `${method} ${address} answered ${status} ${json?.code}`);
  }
  for (const path of ["/v1/nothing", "/internal/runs/claim", "/v1/internal/runs/claim"])
    assert.deepEqual((await ann.send("POST", path, {})).json.code, "ROUTE_NOT_FOUND", path);
});

test("the reference is a page of plain HTML that names every operation and runs nothing", async () => {
  const { status, headers, text } = await get("/docs");
  assert.equal(status, 200);
  assert.match(headers.get("content-type") ?? "", /^text\/html/);
  assert.match(headers.get("content-security-policy") ?? "", /default-src 'none'/);
  assert.equal(headers.get("x-content-type-options"), "nosniff");
  assert.doesNotMatch(text, /<script|<link|<img|<iframe|\son\w+=|javascript:/i);
  const ids = new Set([...text.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id));
  for (const [, target] of text.matchAll(/href="#([^"]*)"/g)) assert.ok(ids.has(target), `#${target} leads nowhere`);
  const shown = text.replaceAll(/<[^>]+>/g, "");
  for (const { path } of await listOperations()) assert.ok(shown.includes(path), `${path} is not in the reference`);
});
