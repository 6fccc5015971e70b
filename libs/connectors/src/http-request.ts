import { request as requestHttp } from "node:http";
import type { IncomingMessage } from "node:http";
import { request as requestHttps } from "node:https";
import { AppError } from "@rivergen/contracts";
import { retry, systemClock, timeout } from "@rivergen/pipeline";
import type { Clock } from "@rivergen/pipeline";
import { z } from "zod";
import { checkHost, lookUpPublic } from "./addresses.ts";

/** What requests of the HTTP connectors have in common. */
export const requestOptions = {
  headers: z.record(z.string(), z.string()).default({}).describe("Headers of every request."),
  attempts: z.int().positive().default(5).describe("Total tries of a request."),
  timeoutMs: z.number().positive().default(30_000).describe("Longest time of one try, ms."),
};

export interface HttpRequest {
  readonly url: string;
  readonly method: "GET" | "POST" | "PUT";
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly attempts: number;
  readonly timeoutMs: number;
  /** Most bytes of an answer. */
  readonly maxBytes: number;
  readonly signal: AbortSignal;
  readonly clock?: Clock;
  /** Whether hosts of this machine and of private networks may be asked. Default false. */
  readonly allowInternal?: boolean | undefined;
}

export interface HttpAnswer {
  readonly text: string;
  readonly headers: Headers;
  /** Address that answered. */
  readonly url: string;
}

/** Statuses after which the same request may go through. */
const passing = new Set([408, 425, 429, 500, 502, 503, 504]);
/** No wish of the other side is waited for longer, ms. */
const LONGEST_WISH_MS = 60_000;

/** Redirects that are followed by one try. */
const mostRedirects = 5;
const redirects = new Set([301, 302, 303, 307, 308]);

async function readText(response: IncomingMessage, maxBytes: number): Promise<string> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of response as AsyncIterable<Buffer>) {
    size += piece.byteLength;
    if (size > maxBytes) throw new AppError("BODY_TOO_LARGE", { detail: `An answer is larger than ${maxBytes} bytes` });
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString("utf8");
}

/** The head of an answer; its connection ends with the answer. @throws REMOTE_REFUSED for an internal address */
async function open(url: URL, { method, headers, body, allowInternal = false }: HttpRequest, signal: AbortSignal): Promise<IncomingMessage> {
  if (!allowInternal) checkHost(url);
  const send = url.protocol === "https:" ? requestHttps : requestHttp;
  const sized = body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) };
  return new Promise((resolve, reject) => {
    const options = { method, headers: { ...headers, ...sized }, signal, agent: false as const, ...(allowInternal ? {} : { lookup: lookUpPublic }) };
    send(url, options, resolve).once("error", reject).end(body);
  });
}

/** The address an answer sends on to. Only what changes nothing is sent on, and only within the host: headers may hold secrets. */
function redirectOf(response: IncomingMessage, url: URL, method: string): URL | undefined {
  const { location } = response.headers;
  if (method !== "GET" || !redirects.has(response.statusCode ?? 0) || location === undefined || !URL.canParse(location, url.href)) return undefined;
  const next = new URL(location, url);
  if (next.origin === url.origin) return next;
  throw new AppError("REMOTE_REFUSED", { detail: `${url.host} sends on to another host` });
}

async function ask(request: HttpRequest, signal: AbortSignal): Promise<{ readonly response: IncomingMessage; readonly url: URL }> {
  let url = new URL(request.url);
  for (let hops = 0; ; hops += 1) {
    const response = await open(url, request, signal).catch((error: unknown) => {
      signal.throwIfAborted();
      if (error instanceof AppError) throw error;
      throw new AppError("SERVICE_UNAVAILABLE", { detail: `${url.host} could not be reached` }, error);
    });
    const next = redirectOf(response, url, request.method);
    if (!next || hops === mostRedirects) return { response, url };
    response.destroy();
    url = next;
  }
}

function toHeaders(response: IncomingMessage): Headers {
  const headers = new Headers();
  for (const [name, values] of Object.entries(response.headersDistinct)) for (const value of values ?? []) headers.append(name, value);
  return headers;
}

async function once(request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer | { readonly waitMs: number; readonly error: AppError }> {
  const { response, url } = await ask(request, signal);
  const status = response.statusCode ?? 0;
  if (status >= 200 && status < 300) {
    const text = await readText(response, request.maxBytes).catch((error: unknown) => {
      signal.throwIfAborted();
      throw error instanceof AppError ? error : new AppError("SERVICE_UNAVAILABLE", { detail: `${url.host} broke its answer off` }, error);
    });
    return { text, headers: toHeaders(response), url: url.href };
  }
  response.destroy();
  const detail = `${request.method} ${url.origin}${url.pathname} answered ${status}`;
  if (!passing.has(status)) throw new AppError("REMOTE_REFUSED", { detail, status });
  const seconds = Number(response.headers["retry-after"] ?? 0);
  return { waitMs: Number.isFinite(seconds) ? Math.min(seconds * 1_000, LONGEST_WISH_MS) : 0, error: new AppError("SERVICE_UNAVAILABLE", { detail }) };
}

/**
 * One request, tried again where that can help; waits as long as the other side asks for (`Retry-After`, at most a minute).
 * @throws SERVICE_UNAVAILABLE when all tries failed, REMOTE_REFUSED, BODY_TOO_LARGE, DEADLINE_EXCEEDED, the signal's reason
 */
export function sendRequest(request: HttpRequest): Promise<HttpAnswer> {
  const { attempts, timeoutMs, signal, clock = systemClock } = request;
  return retry(
    async (attempt) => {
      const answer = await timeout((own) => once(request, own), timeoutMs, { signal, clock });
      if (!("error" in answer)) return answer;
      if (attempt < attempts && answer.waitMs > 0) await clock.sleep(answer.waitMs, signal);
      throw answer.error;
    },
    { attempts, signal, clock },
  );
}
