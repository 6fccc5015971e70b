import { AsyncLocalStorage } from "node:async_hooks";
import { randomBytes } from "node:crypto";

/** What travels with a request through every service it touches. */
export interface RequestContext {
  readonly requestId: string;
  /** W3C trace context: 32 hex digits, kept over services. */
  readonly traceId: string;
  /** Of this service's part of the work: 16 hex digits. */
  readonly spanId: string;
  /** `Date.now()` after which nobody waits for the answer any more. */
  readonly deadlineAt: number;
  readonly signal: AbortSignal;
  /** Set where the request must have its effect once. */
  readonly requestKey?: string;
}

const storage = new AsyncLocalStorage<RequestContext>();

/** The request being served, if any. */
export function currentContext(): RequestContext | undefined {
  return storage.getStore();
}

export function runInContext<T>(context: RequestContext, work: () => T): T {
  return storage.run(context, work);
}

/** Trace and span of a `traceparent` header; a new trace when it is absent or malformed. */
export function readTrace(traceparent: string | undefined): { traceId: string; spanId: string } {
  const found = traceparent === undefined ? null : /^00-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}$/.exec(traceparent);
  const traceId = found && !/^0+$/.test(found[1] ?? "") ? (found[1] as string) : randomBytes(16).toString("hex");
  return { traceId, spanId: randomBytes(8).toString("hex") };
}

export function writeTrace(context: Pick<RequestContext, "traceId" | "spanId">): string {
  return `00-${context.traceId}-${context.spanId}-01`;
}
