import { AppError, encodeRequest, type WireInput } from "@rivergen/contracts";
import type { WireOperation } from "./operations.ts";
import { toAppError } from "./problem.ts";

/** What is sent as the body of an upload. Streams are read once, with backpressure. */
export type UploadBody = AsyncIterable<Uint8Array> | Uint8Array | Blob | string;

/** Where requests go and who sends them. */
export interface Connection {
  /** Address of the gateway, without a slash at the end. */
  readonly url: string;
  readonly token: string | undefined;
  readonly workspaceId: string | undefined;
  readonly fetch: typeof globalThis.fetch;
}

/** How one request is made. */
export interface RequestOptions {
  /** Ends the request; its reason is thrown. */
  readonly signal?: AbortSignal;
  /** Milliseconds until the answer must be there. Default 75,000 (the longest `Prefer: wait` is 60 s); none for uploads. */
  readonly deadlineMs?: number;
  /** Called with the bytes sent so far, where the body is a stream or bytes. */
  readonly onProgress?: (sentBytes: number) => void;
}

/** An answer that is bytes. Read `stream` to its end or cancel it. */
export interface Download {
  readonly stream: ReadableStream<Uint8Array>;
  readonly contentType: string;
  /** Bytes, where the server told. */
  readonly sizeBytes: number | undefined;
  readonly status: number;
  readonly headers: Headers;
}

const defaultDeadlineMs = 75_000;
const chunkBytes = 64 * 1024;

/** What a request gives: JSON is read whole, bytes are handed on. */
interface Exchange {
  readonly response: Response;
  /** Lets go of the deadline: what follows may take as long as it takes. */
  release(): void;
  /** What an error during this request means. */
  explain(error: unknown): unknown;
}

/**
 * Sends one operation and reads its JSON answer.
 * @throws the problem that was answered, SERVICE_UNAVAILABLE when nobody answers, DEADLINE_EXCEEDED
 */
export async function requestJson(connection: Connection, route: WireOperation, input: WireInput, options: RequestOptions): Promise<unknown> {
  const exchange = await open(connection, route, input, options, "application/json");
  try {
    const text = await exchange.response.text();
    if (text === "") return undefined;
    if (!/\bjson\b/.test(exchange.response.headers.get("content-type") ?? ""))
      throw new AppError("NOT_ACCEPTABLE", { detail: "The answer is no JSON: read it with open()." });
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw exchange.explain(error);
  } finally {
    exchange.release();
  }
}

/**
 * Sends one operation and hands its answer on as bytes; the deadline is over when the first byte is there.
 * @throws as requestJson
 */
export async function requestBytes(connection: Connection, route: WireOperation, input: WireInput, options: RequestOptions): Promise<Download> {
  const { response, release } = await open(connection, route, input, options, undefined);
  release();
  const length = response.headers.get("content-length");
  return {
    stream: response.body ?? new ReadableStream<Uint8Array>({ start: (controller) => controller.close() }),
    contentType: response.headers.get("content-type") ?? "application/octet-stream",
    sizeBytes: length === null || response.headers.has("content-encoding") ? undefined : Number(length),
    status: response.status,
    headers: response.headers,
  };
}

async function open(connection: Connection, route: WireOperation, input: WireInput, options: RequestOptions, accept: string | undefined): Promise<Exchange> {
  const wire = encodeRequest(route, input);
  const url = resolve(connection.url, wire.path);
  const { signal, release, expired } = limit(options, route);
  const source: BodySource = { failed: false };
  const explain = (error: unknown): unknown => {
    if (error instanceof AppError) return error;
    if (options.signal?.aborted === true) return options.signal.reason;
    if (source.failed) return source.error;
    if (expired()) return new AppError("DEADLINE_EXCEEDED", {}, error);
    return new AppError("SERVICE_UNAVAILABLE", { detail: `No answer from ${connection.url}.` }, error);
  };
  try {
    const response = await connection.fetch(url, {
      method: wire.method,
      headers: { ...(accept === undefined ? {} : { accept }), ...wire.headers, ...credentials(connection) },
      redirect: "error",
      ...(signal ? { signal } : {}),
      ...toBody(wire.body as UploadBody | undefined, options.onProgress, source),
    });
    if (!response.ok) throw toAppError(response.status, await response.text(), response.headers);
    return { response, release, explain };
  } catch (error) {
    release();
    throw explain(error);
  }
}

function credentials({ token, workspaceId }: Connection): Record<string, string> {
  return { ...(token === undefined ? {} : { authorization: `Bearer ${token}` }), ...(workspaceId === undefined ? {} : { "x-workspace-id": workspaceId }) };
}

/** Dots in a path would lead elsewhere once the address is resolved: such names are refused before anything is sent. */
function resolve(base: string, path: string): URL {
  const url = new URL(`${base}${path}`);
  const [expected] = `${new URL(base).pathname.replace(/\/$/, "")}${path}`.split("?", 1);
  if (url.pathname !== expected || /\/(\/|$)/.test(url.pathname)) {
    throw new AppError("INVALID_REQUEST", { detail: "A name in this request is empty, or holds a step that is `.` or `..`." });
  }
  return url;
}

function limit(options: RequestOptions, route: WireOperation): { signal: AbortSignal | undefined; release: () => void; expired: () => boolean } {
  const deadlineMs = options.deadlineMs ?? (route.consumes ? undefined : defaultDeadlineMs);
  if (deadlineMs === undefined) return { signal: options.signal, release: () => {}, expired: () => false };
  const timeout = new AbortController();
  const timer = setTimeout(() => timeout.abort(), deadlineMs);
  const signal = options.signal ? AbortSignal.any([options.signal, timeout.signal]) : timeout.signal;
  return { signal, release: () => clearTimeout(timer), expired: () => timeout.signal.aborted };
}

type Body = NonNullable<RequestInit["body"]>;

interface BodySource {
  failed: boolean;
  error?: unknown;
}

function toBody(body: UploadBody | undefined, onProgress: RequestOptions["onProgress"], source: BodySource): RequestInit {
  if (body === undefined) return {};
  if (typeof body === "string" || body instanceof Blob || (body instanceof Uint8Array && !onProgress)) return { body: body as Body };
  const chunks = body instanceof Uint8Array ? slices(body) : body;
  return { body: counted(chunks, onProgress, source) as unknown as Body, duplex: "half" } as RequestInit;
}

function* slices(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes);
}

async function* counted(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  onProgress: RequestOptions["onProgress"],
  source: BodySource,
): AsyncGenerator<Uint8Array> {
  let sent = 0;
  try {
    for await (const chunk of chunks) {
      yield chunk;
      sent += chunk.length;
      onProgress?.(sent);
    }
  } catch (error) {
    source.failed = true;
    source.error = error;
    throw error;
  }
}
