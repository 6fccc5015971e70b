import type { App } from "@rivergen/service-kit";
import { createRequire } from "node:module";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";

interface Documents {
  readonly openApi: object;
  readonly asyncApi: object;
}

/** The page loads nothing from elsewhere: the viewer is served from here. */
const policy = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self'; img-src 'self' data:; font-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** `/v1/openapi.json`, `/v1/asyncapi.json` and the reference for people at `/docs`. */
export function registerDocuments(app: App, { openApi, asyncApi }: Documents): void {
  const texts = { openApi: JSON.stringify(openApi), asyncApi: JSON.stringify(asyncApi) };
  app.get("/v1/openapi.json", async (_request, reply) => reply.header("content-type", "application/json; charset=utf-8").header("access-control-allow-origin", "*").send(texts.openApi));
  app.get("/v1/asyncapi.json", async (_request, reply) => reply.header("content-type", "application/json; charset=utf-8").header("access-control-allow-origin", "*").send(texts.asyncApi));
  app.get("/docs", async (_request, reply) => reply.header("content-type", "text/html; charset=utf-8").header("content-security-policy", policy).header("x-content-type-options", "nosniff").send(page));
  app.get("/docs/reference.js", async (_request, reply) => reply.header("content-type", "text/javascript; charset=utf-8").header("cache-control", "public, max-age=86400").send(await (viewer ??= readViewer())));
  app.get("/docs/start.js", async (_request, reply) => reply.header("content-type", "text/javascript; charset=utf-8").send(`Scalar.createApiReference("#reference", { url: "/v1/openapi.json", withDefaultFonts: false, telemetry: false, hideClientButton: true, agent: { disabled: true }, mcp: { disabled: true } });`));
}

let viewer: Promise<string> | undefined;

/** The viewer's browser build, as its package ships it. */
async function readViewer(): Promise<string> {
  const entry = createRequire(import.meta.url).resolve("@scalar/fastify-api-reference");
  return readFile(join(dirname(entry), "js", "standalone.js"), "utf8");
}

const page = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>RiverGen reference</title></head>
<body><div id="reference"></div><script src="/docs/reference.js"></script><script src="/docs/start.js"></script></body>
</html>
`;
