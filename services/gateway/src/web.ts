import { readFile } from "node:fs/promises";
import { join, sep } from "node:path";
import { type App, withHead } from "@rivergen/service-kit";
import fastifyStatic from "@fastify/static";
import type { FastifyReply } from "fastify";

/** Nothing runs but the client's own files; styles may stand in the page (components place themselves by them). */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

const pageHeaders = {
  "content-security-policy": policy,
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "permissions-policy": "camera=(), geolocation=(), microphone=()",
  // The names of the files it asks for change with their content; the page itself is asked for each time.
  "cache-control": "no-cache",
};

/**
 * Serves the web client from the folder of its build: its files, and the page at every address below its sections.
 * @returns false where the folder holds no build
 */
export async function registerWeb(app: App, folder: string): Promise<boolean> {
  const sections = await readSections(folder);
  if (!sections) return false;
  const assets = join(folder, "assets");
  await app.register(fastifyStatic, {
    root: folder,
    serve: false,
    preCompressed: true,
    cacheControl: false,
    // Only what was found may be kept: the name of a file changes with its content.
    setHeaders: (reply, path) => {
      if (path.startsWith(assets + sep)) void reply.header("cache-control", "public, max-age=31536000, immutable");
    },
  });
  // Out of a folder of their own: by no path is the page given as one of them, without the headers that guard it.
  app.get<{ Params: { "*": string } }>("/assets/*", withHead, async (request, reply) =>
    reply.header("x-content-type-options", "nosniff").sendFile(request.params["*"], assets),
  );
  app.get("/favicon.svg", withHead, async (_request, reply) => reply.header("cache-control", "public, max-age=86400").sendFile("favicon.svg"));
  const page = async (_request: unknown, reply: FastifyReply): Promise<FastifyReply> => reply.headers(pageHeaders).sendFile("index.html");
  app.get("/", withHead, page);
  for (const section of sections) {
    app.get(`/${section}`, withHead, page);
    app.get(`/${section}/*`, withHead, page);
  }
  return true;
}

async function readSections(folder: string): Promise<readonly string[] | undefined> {
  try {
    return JSON.parse(await readFile(join(folder, "pages.json"), "utf8")) as string[];
  } catch {
    return undefined;
  }
}
