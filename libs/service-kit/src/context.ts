import { AsyncLocalStorage } from "node:async_hooks";
import { randomBytes } from "node:crypto";

/** Place in a W3C trace. */
export interface TraceContext {
  /** 32 hex digits, kept over services. */
  readonly traceId: string;
  /** Of this part of the work: 16 hex digits. */
  readonly spanId: string;
  /** Whether the trace is recorded; polls and sweeps that nobody asked for are not. */
  readonly sampled: boolean;
}

/** What travels with a request through every service it touches. */
export interface RequestContext extends TraceContext {
  readonly requestId: string;
  /** `Date.now()` after which nobody waits for the answer any more; absent where nobody waits. */
  readonly deadlineAt?: number;
  /** Aborts when nobody wants the answer any more; absent where nobody waits. */
  readonly signal?: AbortSignal;
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

/**
 * Runs work that a request or event only set off: it belongs to the same trace, but neither its deadline nor a caller who
 * goes away ends it, and what it creates is not named after the request.
 */
export function runInBackground<T>(work: () => T): T {
  const context = currentContext();
  if (!context) return work();
  const { requestId, traceId, spanId, sampled } = context;
  return storage.run({ requestId, traceId, spanId, sampled }, work);
}

const newSpanId = (): string => randomBytes(8).toString("hex");

/** A new place in a trace, or in a new one. */
export function createTrace(parent: TraceContext | undefined, sampled: boolean): TraceContext {
  return parent ? { ...parent, spanId: newSpanId() } : { traceId: randomBytes(16).toString("hex"), spanId: newSpanId(), sampled };
}

/** The sender's place of a `traceparent` header; undefined when it is absent or malformed. */
export function parseTraceparent(traceparent: string | null | undefined): TraceContext | undefined {
  const [, traceId = "", spanId = "", flags = ""] = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/.exec(traceparent ?? "") ?? [];
  if (traceId === "" || /^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined;
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & 1) === 1 };
}

/** A place in the trace of a `traceparent` header; a new trace, not recorded, when it is absent or malformed. */
export function readTrace(traceparent: string | undefined): TraceContext {
  return createTrace(parseTraceparent(traceparent), false);
}

export function writeTrace({ traceId, spanId, sampled }: TraceContext): string {
  return `00-${traceId}-${spanId}-${sampled ? "01" : "00"}`;
}
