import { randomUUID } from "node:crypto";
import { type IncomingMessage, STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import { pipeline } from "node:stream/promises";
import { AppError, hasHeaders, isStreamAnswer, type Route, type StreamAnswer, type WireInput } from "@rivergen/contracts";
import { type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from "fastify";
import type { Logger } from "pino";
import { z } from "zod";
import { readJsonBody, readQuery } from "./input.ts";
import { toAppError, toProblem } from "./problem.ts";
import { createResources, type Resources } from "./resources.ts";

export type App = FastifyInstance;

/** For documents: HEAD is answered as GET without the body. Operations take the methods of their contract only. */
export const withHead = { exposeHeadRoute: true } as const;

/** A bare server: bodies are left as streams, every failure becomes a problem, unknown addresses are told apart from wrong methods. */
export function createApp(log: Logger): App {
  const app = fastify({
    logger: false,
    bodyLimit: Number.MAX_SAFE_INTEGER,
    routerOptions: { maxParamLength: 4_096, ignoreTrailingSlash: false },
    requestTimeout: 0,
    connectionTimeout: 0,
    keepAliveTimeout: 72_000,
    exposeHeadRoutes: false,
    genReqId: () => "",
    clientErrorHandler: (error, socket) => refuseHead(error, socket),
    frameworkErrors: (error, request, reply) => {
      nameRequest(request, reply);
      return sendProblem(reply, new AppError("REQUEST_MALFORMED", { detail: "The address is not valid percent-encoded UTF-8." }, error), log);
    },
  });
  const resources = createResources();
  app.addHook("onRoute", ({ method, url, config }) => {
    const { paths = [url] } = (config ?? {}) as RouteConfig;
    for (const one of [method].flat()) resources.add(one, paths);
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", (_request, payload, done) => done(null, payload));
  app.setErrorHandler((error, _request, reply) => sendProblem(reply, fromFramework(error), log));
  app.setNotFoundHandler((request, reply) => refuseAddress(resources, request, reply, log));
  app.addHook("onRequest", (request, reply, done) => {
    nameRequest(request, reply);
    // Before the framework looks at the body, which it expects of some methods and not of others.
    if (request.is404 || resources.isRefused(request.method, request.routeOptions.url ?? "", pathOf(request.url)))
      void refuseAddress(resources, request, reply, log);
    else done();
  });
  return app;
}

/** Names the request for logs and problems: as the caller did, else with a name of our own. */
function nameRequest(request: FastifyRequest, reply: FastifyReply): void {
  const given = request.headers["x-request-id"];
  const name = typeof given === "string" && /^[\w.-]{1,64}$/.test(given) ? given : createRequestId();
  void reply.header("x-request-id", name);
}

/** Answers a request of which not even the head could be read; nothing else of its connection can be. */
function refuseHead(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === "ECONNRESET" || !socket.writable) {
    socket.destroy();
    return;
  }
  const failure = new AppError(error.code === "HPE_HEADER_OVERFLOW" ? "REQUEST_HEAD_TOO_LARGE" : "REQUEST_MALFORMED");
  const requestId = createRequestId();
  const body = JSON.stringify(toProblem(failure, requestId));
  const head = [
    `HTTP/1.1 ${failure.status} ${STATUS_CODES[failure.status]}`,
    `x-request-id: ${requestId}`,
    "content-type: application/problem+json; charset=utf-8",
    `content-length: ${Buffer.byteLength(body)}`,
    "connection: close",
  ];
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`);
}

const createRequestId = (): string => `req_${randomUUID().replaceAll("-", "")}`;

/** An address that is not there, or that takes other methods only. */
function refuseAddress(resources: Resources, request: FastifyRequest, reply: FastifyReply, log: Logger): FastifyReply {
  const methods = resources.methodsAt(pathOf(request.url));
  void reply.header("allow", methods.join(", "));
  return sendProblem(reply, methods.length > 0 ? new AppError("METHOD_NOT_ALLOWED") : new AppError("ROUTE_NOT_FOUND"), log);
}

const pathOf = (url: string): string => url.split("?", 1)[0] ?? "";

/** What a registered route says of itself: the contract's paths behind it, where they are not its own. */
interface RouteConfig {
  readonly paths?: readonly string[];
}

function fromFramework(error: unknown): AppError {
  const status = (error as { statusCode?: number }).statusCode;
  if (!(error instanceof AppError) && status !== undefined && status >= 400 && status < 500)
    return new AppError(status === 415 ? "UNSUPPORTED_CONTENT_TYPE" : "REQUEST_MALFORMED", {}, error);
  return toAppError(error);
}

/** Fastify's spelling of a contract path, and the suffix that a path with slashes ends in. */
export function toFastifyPath(path: string): { url: string; wild?: { name: string; suffix: string } } {
  const wild = /:([a-zA-Z]+)\*(.*)$/.exec(path);
  if (!wild) return { url: path };
  return { url: `${path.slice(0, wild.index)}*`, wild: { name: wild[1] as string, suffix: wild[2] as string } };
}

/** Answers one operation: reads what the caller sent, gives what the handler returned. */
export type Respond = (route: Route, operation: string, request: FastifyRequest, reply: FastifyReply) => Promise<unknown>;

/** Registers operations by their contract paths; several that share a path with slashes are told apart by their endings. */
export function registerOperations(app: App, routes: Readonly<Record<string, Route>>, respond: Respond): void {
  const groups = new Map<string, { operation: string; route: Route; wild: { name: string; suffix: string } }[]>();
  for (const [operation, route] of Object.entries(routes)) {
    const { url, wild } = toFastifyPath(route.path);
    if (!wild) {
      app.route({ method: route.method, url, handler: (request, reply) => respond(route, operation, request, reply) });
      continue;
    }
    const group = groups.get(`${route.method} ${url}`);
    if (group) group.push({ operation, route, wild });
    else groups.set(`${route.method} ${url}`, [{ operation, route, wild }]);
  }
  for (const [key, group] of groups) {
    const [method = "GET", url = ""] = key.split(" ");
    group.sort((a, b) => b.wild.suffix.length - a.wild.suffix.length);
    app.route({
      method,
      url,
      config: { paths: group.map(({ route }) => route.path) } satisfies RouteConfig as object,
      handler: (request, reply) => {
        const raw = rawTail(request.raw, url);
        const found = group.find(({ wild }) => raw.endsWith(wild.suffix) && raw.length > wild.suffix.length);
        if (!found) throw new AppError("ROUTE_NOT_FOUND");
        const tail = raw.slice(0, raw.length - found.wild.suffix.length);
        request.params = { [found.wild.name]: decodePath(tail) };
        return respond(found.route, found.operation, request, reply);
      },
    });
  }
}

function rawTail(request: IncomingMessage, url: string): string {
  const path = (request.url ?? "").split("?", 1)[0] ?? "";
  return path.slice(url.length - 1);
}

function decodePath(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new AppError("REQUEST_MALFORMED", { detail: "The address is not valid percent-encoded UTF-8." });
  }
}

/** Reads the raw parts of a request as the contract wants them: a stream, or JSON. */
export async function readInput(route: Route, request: FastifyRequest): Promise<WireInput> {
  const headers: Record<string, string> = {};
  for (const name of Object.keys(route.headers ?? {})) {
    const value = request.headers[name];
    if (typeof value === "string") headers[name] = value;
  }
  const base = { params: request.params as Record<string, unknown>, query: readQuery(request.url), headers };
  if (route.consumes) return { ...base, stream: request.raw };
  if (route.body instanceof z.ZodUndefined) return base;
  return { ...base, body: await readJsonBody(request.raw, request.headers["content-type"], route.maxBodyBytes) };
}

/** Writes an answer: plain values as JSON, streams with backpressure. */
export async function sendAnswer(reply: FastifyReply, route: Route, answer: unknown, log: Logger): Promise<unknown> {
  if (isStreamAnswer(answer)) return sendStream(reply, route, answer, log);
  const value = hasHeaders(answer) ? answer.value : answer;
  if (hasHeaders(answer)) void reply.headers(answer.headers);
  const status = (hasHeaders(answer) ? answer.status : undefined) ?? route.status;
  if (value === undefined) return reply.code(status === 200 ? 204 : status).send();
  // A replayed failure says itself that it is a problem.
  if (!reply.hasHeader("content-type")) void reply.header("content-type", "application/json; charset=utf-8");
  return reply.code(status).send(JSON.stringify(value));
}

async function sendStream(reply: FastifyReply, route: Route, answer: StreamAnswer, log: Logger): Promise<FastifyReply> {
  void reply.hijack();
  const raw = reply.raw;
  raw.statusCode = answer.status ?? route.status;
  for (const [name, value] of Object.entries({ ...reply.getHeaders(), ...answer.headers })) if (value !== undefined) raw.setHeader(name, value as string);
  raw.setHeader("content-type", answer.contentType);
  if (answer.sizeBytes !== undefined) raw.setHeader("content-length", answer.sizeBytes);
  raw.flushHeaders();
  // The status is gone with the first byte: a failure later can only cut the connection.
  await pipeline(answer.stream, raw).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ERR_STREAM_PREMATURE_CLOSE") log.warn({ err: error }, "answer was cut");
    raw.destroy();
  });
  return reply;
}

/** Writes a failure as a problem; unexpected ones are logged with their cause. */
export function sendProblem(reply: FastifyReply, error: AppError, log: Logger): FastifyReply {
  const requestId = String(reply.getHeader("x-request-id") ?? "");
  if (error.status >= 500 && error.status !== 503) log.error({ err: error, cause: error.cause, requestId }, "request failed");
  if (error.status === 429 || error.status === 503) void reply.header("retry-after", String(error.details.retryAfterSeconds ?? 1));
  if (error.status === 401) void reply.header("www-authenticate", 'Bearer realm="rivergen"');
  return reply
    .code(error.status)
    .header("content-type", "application/problem+json; charset=utf-8")
    .send(JSON.stringify(toProblem(error, requestId)));
}
