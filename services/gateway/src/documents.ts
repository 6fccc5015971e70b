import type { App } from "@rivergen/service-kit";
import { renderReference } from "./reference.ts";

interface Documents {
  readonly openApi: object;
  readonly asyncApi: object;
}

/** The page is plain HTML: nothing runs and nothing is loaded. */
const policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** `/v1/openapi.json`, `/v1/asyncapi.json` and the reference for people at `/docs`. */
export function registerDocuments(app: App, { openApi, asyncApi }: Documents): void {
  const page = renderReference(openApi);
  const texts = { openApi: JSON.stringify(openApi), asyncApi: JSON.stringify(asyncApi) };
  app.get("/v1/openapi.json", async (_request, reply) => reply.header("content-type", "application/json; charset=utf-8").header("access-control-allow-origin", "*").send(texts.openApi));
  app.get("/v1/asyncapi.json", async (_request, reply) => reply.header("content-type", "application/json; charset=utf-8").header("access-control-allow-origin", "*").send(texts.asyncApi));
  app.get("/docs", async (_request, reply) => reply.header("content-type", "text/html; charset=utf-8").header("content-security-policy", policy).header("x-content-type-options", "nosniff").send(page));
}

