import { AppError } from "@rivergen/contracts";
import { retry, systemClock, timeout } from "@rivergen/pipeline";
import type { Clock } from "@rivergen/pipeline";
import { z } from "zod";

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

async function readText(response: Response, maxBytes: number): Promise<string> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of response.body ?? []) {
    size += piece.byteLength;
    if (size > maxBytes) throw new AppError("BODY_TOO_LARGE", { detail: `An answer is larger than ${maxBytes} bytes` });
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString("utf8");
}

async function once(
  { url, method, headers, body, maxBytes }: HttpRequest,
  signal: AbortSignal,
): Promise<HttpAnswer | { readonly waitMs: number; readonly error: AppError }> {
  const response = await fetch(url, { method, headers, signal, ...(body === undefined ? {} : { body }) }).catch((error: unknown) => {
    signal.throwIfAborted();
    throw new AppError("SERVICE_UNAVAILABLE", { detail: `${new URL(url).host} could not be reached` }, error);
  });
  if (response.ok) return { text: await readText(response, maxBytes), headers: response.headers, url: response.url };
  await response.body?.cancel();
  const detail = `${method} ${new URL(url).origin}${new URL(url).pathname} answered ${response.status}`;
  if (!passing.has(response.status)) throw new AppError("REMOTE_REFUSED", { detail, status: response.status });
  const seconds = Number(response.headers.get("retry-after") ?? 0);
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
