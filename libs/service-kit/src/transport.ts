import { Agent, request as httpRequest } from "node:http";
import { type Readable, Readable as NodeReadable } from "node:stream";
import {
  AppError,
  type CallOptions,
  type Caller,
  type Client,
  encodeRequest,
  type Problem,
  type Route,
  type Routes,
  type StreamAnswer,
  type WireInput,
  withHeaders,
  hasHeaders,
  isStreamAnswer,
} from "@rivergen/contracts";
import { currentContext, readTrace, type RequestContext, runInContext, writeTrace } from "./context.ts";
import { type ServicePort, toPlain } from "./dispatch.ts";
import { fromProblem } from "./problem.ts";
import type { TokenAuthority } from "./tokens.ts";

const defaultDeadlineMs = 30_000;

/** A service that shares this process: the same token, deadline and errors, without the socket. */
export function createLocalPort(port: () => ServicePort): ServicePort {
  return {
    async call(operation, input, token) {
      const { stream, ...plain } = input;
      return await port().call(operation, { ...toPlain(plain), ...(stream === undefined ? {} : { stream }) }, token);
    },
  };
}

/** A service at an address: the operation's own method and path, with an internal token. */
export function createHttpPort(url: string, routes: Routes): ServicePort {
  const agent = new Agent({ keepAlive: true, maxSockets: 256 });
  return {
    async call(operation, input, token) {
      const route = routes[operation];
      if (!route) throw new AppError("ROUTE_NOT_FOUND");
      const context = currentContext();
      const { method, path, headers, body } = encodeRequest(route, input);
      headers["authorization"] = `Internal ${token}`;
      if (context) {
        headers["x-request-id"] = context.requestId;
        headers["traceparent"] = writeTrace(context);
        if (context.deadlineAt !== undefined) headers["x-deadline-ms"] = String(Math.max(1, context.deadlineAt - Date.now()));
        if (context.requestKey !== undefined) headers["x-request-key"] = context.requestKey;
      }
      const answer = await send(new URL(url), { path, method, headers, agent, ...(context?.signal ? { signal: context.signal } : {}) }, body);
      return await readAnswer(route, answer);
    },
  };
}

type Options = NonNullable<Parameters<typeof httpRequest>[1]>;
type Incoming = Readable & { statusCode?: number; headers: Record<string, string | string[] | undefined> };

function send(url: URL, options: Options, body: Readable | Uint8Array | string | undefined): Promise<Incoming> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(url, options, (response) => resolve(response as Incoming));
    request.on("error", (cause) =>
      reject(options.signal?.aborted ? new AppError("DEADLINE_EXCEEDED", {}, cause) : new AppError("SERVICE_UNAVAILABLE", {}, cause)),
    );
    if (body instanceof NodeReadable) {
      body.on("error", (error) => request.destroy(error));
      body.pipe(request);
    } else request.end(body);
  });
}

const ownHeaders = new Set(["content-type", "content-length", "transfer-encoding", "connection", "keep-alive", "date", "x-answer"]);

async function readAnswer(route: Route, response: Incoming): Promise<unknown> {
  const status = response.statusCode ?? 500;
  const contentType = String(response.headers["content-type"] ?? "");
  const headers = Object.fromEntries(
    Object.entries(response.headers).flatMap(([name, value]) => (typeof value === "string" && !ownHeaders.has(name) ? [[name, value]] : [])),
  );
  if (response.headers["x-answer"] === "stream") {
    const length = response.headers["content-length"];
    return { stream: response, contentType, headers, status, ...(typeof length === "string" ? { sizeBytes: Number(length) } : {}) } satisfies StreamAnswer;
  }
  const chunks: Buffer[] = [];
  for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString("utf8");
  if (status >= 400) throw fromProblem(text.startsWith("{") ? (JSON.parse(text) as Problem) : {}, status);
  const value = text === "" ? undefined : (JSON.parse(text) as unknown);
  return status === route.status && Object.keys(headers).length === 0 ? value : withHeaders(value, headers, status);
}

/** A typed client over a port, with the caller already inside; answers lose their headers and become values. */
export function createServiceClient<Rs extends Routes>(routes: Rs, port: ServicePort, tokens: TokenAuthority, caller: Caller): Client<Rs> {
  const call = async (operation: string, input: WireInput = {}, options: CallOptions = {}): Promise<unknown> => {
    const token = await tokens.sign(caller);
    const answer = await withDeadline(options, () => port.call(operation, input, token));
    return hasHeaders(answer) && !isStreamAnswer(answer) ? answer.value : answer;
  };
  return Object.fromEntries(
    Object.keys(routes).map((operation) => [operation, (input?: WireInput, options?: CallOptions) => call(operation, input, options)]),
  ) as unknown as Client<Rs>;
}

/** Runs a call under its own or the request's deadline, whichever is nearer. @throws DEADLINE_EXCEEDED */
export async function withDeadline<T>(options: CallOptions, work: () => Promise<T>): Promise<T> {
  const outer = currentContext();
  const deadlineAt = Math.min(
    outer?.deadlineAt ?? Number.POSITIVE_INFINITY,
    Date.now() + (options.deadlineMs ?? Math.max(defaultDeadlineMs, (outer?.deadlineAt ?? 0) - Date.now())),
  );
  const timeout = new AbortController();
  const timer = setTimeout(() => timeout.abort(new AppError("DEADLINE_EXCEEDED")), Math.max(1, deadlineAt - Date.now()));
  const signal = AbortSignal.any([timeout.signal, ...(outer?.signal ? [outer.signal] : []), ...(options.signal ? [options.signal] : [])]);
  const context: RequestContext = { requestId: outer?.requestId ?? "", ...(outer ?? readTrace(undefined)), deadlineAt, signal };
  try {
    return await runInContext(context, () => raceAbort(work(), signal));
  } finally {
    clearTimeout(timer);
  }
}

function raceAbort<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const stop = (): void => reject(signal.reason instanceof AppError ? signal.reason : new AppError("DEADLINE_EXCEEDED", {}, signal.reason));
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop, { once: true });
    work
      .then((answer) => {
        resolve(answer);
        // Nobody reads a stream that comes too late.
        if (signal.aborted && isStreamAnswer(answer)) answer.stream.destroy();
      }, reject)
      .finally(() => signal.removeEventListener("abort", stop));
  });
}
