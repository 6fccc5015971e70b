import { createAsyncApi, createOpenApi, type DocumentInfo } from "@rivergen/contracts";
import { type App, packageVersion, withHead } from "@rivergen/service-kit";
import { renderReference } from "./reference.ts";

const info: DocumentInfo = {
  title: "RiverGen",
  version: packageVersion,
  description: "A sentence becomes a river: a named, versioned, governed data pipeline that is planned, proved valid, priced, run, watched and metered.",
};

/** The page is plain HTML: nothing runs and nothing is loaded. */
const policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** `/v1/openapi.json`, `/v1/asyncapi.json` and the reference for people at `/docs`: made on first request. */
export function registerDocuments(app: App): void {
  const openApi = once(() => createOpenApi(info));
  const asyncApi = once(() => JSON.stringify(createAsyncApi(info)));
  const openApiText = once(() => JSON.stringify(openApi()));
  const page = once(() => renderReference(openApi()));
  const json = (path: string, text: () => string) =>
    app.get(path, withHead, async (_request, reply) =>
      reply.header("content-type", "application/json; charset=utf-8").header("access-control-allow-origin", "*").send(text()),
    );
  json("/v1/openapi.json", openApiText);
  json("/v1/asyncapi.json", asyncApi);
  app.get("/docs", withHead, async (_request, reply) =>
    reply.header("content-type", "text/html; charset=utf-8").header("content-security-policy", policy).header("x-content-type-options", "nosniff").send(page()),
  );
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
