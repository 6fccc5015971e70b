import { Readable } from "node:stream";
import { AppError, type Caller, hasHeaders, type Route, type Routes, type WireInput } from "@rivergen/contracts";
import type { RateLimit } from "@rivergen/pipeline";
import type { FastifyReply, FastifyRequest } from "fastify";
import { parseTraceparent, type RequestContext, runInContext, writeTrace } from "./context.ts";
import { assertAllowed, type ServicePort } from "./dispatch.ts";
import { authenticate, type ResolveCredential } from "./edge-auth.ts";
import type { FailureGuard } from "./edge-failures.ts";
import { type IdempotencyStore, readIdempotencyKey, runOnce } from "./edge-idempotency.ts";
import { type App, readInput, registerOperations, sendAnswer, sendProblem } from "./http.ts";
import { parseInput, readText } from "./input.ts";
import type { Logger } from "./log.ts";
import type { Metrics } from "./metrics.ts";
import { toAppError } from "./problem.ts";
import type { TokenAuthority } from "./tokens.ts";
import { serverSpan, type Span, type Tracing } from "./tracing.ts";
import { withDeadline } from "./transport.ts";

/** Principals are at most 4 s old: with this a lost right is noticed within 5 s. */
const rightsCheckMs = 900;

export interface EdgeOptions {
  /** Public operations and the service that answers each. */
  readonly operations: Readonly<Record<string, { route: Route; port: ServicePort }>>;
  readonly resolve: ResolveCredential;
  readonly tokens: TokenAuthority;
  readonly idempotency: IdempotencyStore;
  /** Requests per caller; absent: no limit. */
  readonly limiter?: RateLimit;
  /** Counts failed sign-ins and sign-ups. */
  readonly guardFailures: FailureGuard;
  readonly requestTimeoutMs: number;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly tracing: Tracing;
}

/** The public side of the platform: who asks, may they, is the request well formed, has it been answered before. */
export function registerEdge(app: App, options: EdgeOptions): void {
  const routes: Routes = Object.fromEntries(Object.entries(options.operations).map(([name, { route }]) => [name, route]));
  registerOperations(app, routes, (route, operation, request, reply) => answerPublic(options, route, operation, request, reply));
}

/** Answers one public request. */
export async function answerPublic(options: EdgeOptions, route: Route, operation: string, request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  const { log, metrics } = options;
  const started = performance.now();
  const abort = new AbortController();
  const ended = new AbortController();
  const given = request.headers["traceparent"];
  const span = options.tracing.start(serverSpan(route, operation, request.url, parseTraceparent(typeof given === "string" ? given : undefined)));
  const context = openContext(span, reply, isUpload(route) ? longestUploadMs : options.requestTimeoutMs, abort.signal);
  void reply.headers({ traceparent: writeTrace(context), "x-content-type-options": "nosniff", "cache-control": "no-store" });
  // A client that goes away wants nothing done any more.
  reply.raw.once("close", () => {
    if (!reply.raw.writableFinished) abort.abort(new AppError("DEADLINE_EXCEEDED"));
  });
  metrics.inFlight.inc();
  let outcome: { status: number; workspaceId?: string } = { status: 500 };
  let failed: AppError | undefined;
  try {
    return await runInContext(context, async () => {
      try {
        const { answer, caller } = await perform(options, route, operation, request, reply, {
          context,
          cut: (error) => abort.abort(error),
          ended: ended.signal,
        });
        outcome = { status: (hasHeaders(answer) ? answer.status : undefined) ?? route.status, workspaceId: caller.workspaceId };
        return await sendAnswer(reply, route, answer, log);
      } catch (error) {
        const failure = (failed = toAppError(error));
        outcome = { status: failure.status };
        drain(request, reply);
        return sendProblem(reply, failure, log);
      }
    });
  } finally {
    ended.abort();
    const durationMs = performance.now() - started;
    metrics.inFlight.dec();
    span.end({ attributes: { "http.response.status_code": outcome.status }, error: failed });
    metrics.requests.observe({ operation, status: String(outcome.status) }, durationMs / 1000);
    log.info(
      { operation, ...outcome, durationMs: Math.round(durationMs * 10) / 10, requestId: context.requestId, traceId: context.traceId },
      "request answered",
    );
  }
}

const longestUploadMs = 24 * 3_600_000;

/** Whether an operation takes bytes of any kind and length, for as long as its sender's line takes. */
const isUpload = (route: Route): boolean => route.consumes?.includes("*/*") === true;

/** Time that a client has to stop sending a body that nobody wants. */
const drainMs = 5_000;

/** Lets a client that is still sending read the answer: what it sends is thrown away, and after a while it is cut off. */
function drain(request: FastifyRequest, reply: FastifyReply): void {
  if (request.raw.readableEnded) return;
  void reply.header("connection", "close");
  request.raw.resume();
  const timer = setTimeout(() => request.raw.destroy(), drainMs).unref();
  request.raw.once("close", () => clearTimeout(timer));
}

function openContext({ traceId, spanId, sampled }: Span, reply: FastifyReply, timeoutMs: number, closed: AbortSignal): RequestContext {
  const requestId = String(reply.getHeader("x-request-id"));
  return { requestId, traceId, spanId, sampled, deadlineAt: Date.now() + timeoutMs, signal: closed };
}

interface Lifetime {
  readonly context: RequestContext;
  /** Ends what is being done for the request. */
  readonly cut: (error: AppError) => void;
  /** Aborts once the answer is over. */
  readonly ended: AbortSignal;
}

async function perform(
  options: EdgeOptions,
  route: Route,
  operation: string,
  request: FastifyRequest,
  reply: FastifyReply,
  { context, cut, ended }: Lifetime,
): Promise<{ answer: unknown; caller: Caller }> {
  const { limiter } = options;
  const caller = await authenticate(route, request.headers, options.resolve).catch((error: unknown) => {
    if (limiter) takeTurn(limiter, request.ip, reply);
    throw error;
  });
  watchRight(options, route, request.headers, cut, ended);
  if (limiter) takeTurn(limiter, caller.credential ?? request.ip, reply);
  assertAllowed(route, caller);
  const key = route.method === "POST" ? readIdempotencyKey(request.headers["idempotency-key"]) : undefined;
  if (isUpload(route)) watchProgress(request, options.requestTimeoutMs, cut, ended);
  const input = await inTime(readInput(route, request), options.requestTimeoutMs);
  parseInput(route, input);
  const { port } = options.operations[operation] as { port: ServicePort };
  const token = await options.tokens.sign(caller);
  const deadlineMs = isUpload(route) ? longestUploadMs : options.requestTimeoutMs;
  const answerOnce = (given: WireInput): Promise<unknown> => withDeadline({ deadlineMs }, () => port.call(operation, given, token));
  const call = route.scope === "public" ? (given: WireInput) => options.guardFailures(failureKey(request, input.body), () => answerOnce(given)) : answerOnce;
  if (key !== undefined) {
    const whole = route.consumes ? await inTime(holdBody(input, route), options.requestTimeoutMs) : { input, body: input.body };
    const answer = await runOnce(options.idempotency, key, { route, operation, caller, input: { ...input, body: whole.body }, context }, () =>
      call(whole.input),
    );
    return { answer, caller };
  }
  return { answer: await call(input), caller };
}

/** Cuts an answer that lasts (streams, polls, uploads) soon after its caller has lost the right to it. */
function watchRight({ resolve }: EdgeOptions, route: Route, headers: FastifyRequest["headers"], cut: Lifetime["cut"], ended: AbortSignal): void {
  if (route.scope === "public") return;
  const check = async (): Promise<void> => {
    try {
      assertAllowed(route, await authenticate(route, headers, resolve));
    } catch (error) {
      if (error instanceof AppError && error.status < 500) cut(error);
    }
  };
  const timer = setInterval(() => void check(), rightsCheckMs);
  timer.unref();
  ended.addEventListener("abort", () => clearInterval(timer), { once: true });
}

/** @throws BODY_TOO_SLOW when a body is not there within `patienceMs` */
async function inTime<T>(body: Promise<T>, patienceMs: number): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new AppError("BODY_TOO_SLOW")), patienceMs);
  try {
    return await Promise.race([body, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** Cuts an upload of which nothing more comes. */
function watchProgress({ raw }: FastifyRequest, patienceMs: number, cut: Lifetime["cut"], ended: AbortSignal): void {
  let seen = raw.socket.bytesRead;
  const timer = setInterval(() => {
    if (raw.complete) clearInterval(timer);
    else if (raw.socket.bytesRead === seen) cut(new AppError("BODY_TOO_SLOW"));
    seen = raw.socket.bytesRead;
  }, patienceMs);
  timer.unref();
  ended.addEventListener("abort", () => clearInterval(timer), { once: true });
}

/** A document under an idempotency key is read first: the key stands for its text too. */
async function holdBody(input: WireInput, route: Route): Promise<{ input: WireInput; body: string }> {
  const body = await readText(input.stream as Readable, route.maxBodyBytes ?? 2 ** 20);
  return { input: { ...input, stream: Readable.from([Buffer.from(body)]) }, body };
}

function takeTurn(limiter: RateLimit, key: string, reply: FastifyReply): void {
  const turn = limiter.take(key);
  void reply.headers({
    "ratelimit-limit": String(turn.limit),
    "ratelimit-remaining": String(turn.remaining),
    "ratelimit-reset": String(Math.ceil(turn.resetMs / 1000)),
  });
  if (!turn.allowed) throw new AppError("RATE_LIMITED", { retryAfterSeconds: Math.max(1, Math.ceil(turn.retryAfterMs / 1000)) });
}

/** Per address and account, so that nobody is locked out from elsewhere. */
function failureKey(request: FastifyRequest, body: unknown): string {
  const email = typeof body === "object" && body !== null && "email" in body && typeof body.email === "string" ? body.email.toLowerCase() : "";
  return `${request.ip} ${email}`;
}
