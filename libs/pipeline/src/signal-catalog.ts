import type { PipelineError } from "./pipeline-error.ts";

interface Named {
  /** Name of the processor that did it. */
  readonly name: string;
}

interface Failed extends Named {
  readonly error: PipelineError;
}

interface Tried extends Named {
  /** From 1. */
  readonly attempt: number;
}

interface Won extends Named {
  readonly winner: string;
}

interface Counted extends Named {
  readonly children: number;
  readonly errors: number;
}

interface Occupied extends Named {
  readonly running: number;
  readonly waiting: number;
}

/** Every observable act of the connectors, and what is told of it. */
export interface PipelineSignals {
  "sequence.completed": Named & { readonly stages: number };
  "concurrent.completed": Counted;
  "worker-pool.completed": Counted;
  /** A child waits because all workers are taken. */
  "worker-pool.saturated": Occupied;
  "worker-pool.acquired": Occupied;
  "worker-pool.released": Occupied;
  "race.winner": Won;
  "contest.winner": Won;
  "fallback.attempt": Tried & { readonly child: string };
  /** Every child failed; the error is the last one's. */
  "fallback.failed": Failed;
  "retry.attempt-start": Tried;
  "retry.attempt-fail": Tried & Failed;
  /** No try is left, or the error says that none would help. */
  "retry.exhausted": Tried & Failed;
  "backoff.waiting": Tried & Failed & { readonly delayMs: number };
  "backoff.exhausted": Tried & Failed;
  "timeout.triggered": Named & { readonly timeoutMs: number };
  "filter.evaluated": Named & { readonly passed: boolean };
  /** `matched` is false for the default and for passing through. */
  "switch.routed": Named & { readonly route: string; readonly matched: boolean };
  "handle.error-handled": Failed & { readonly recovered: boolean };
  "handle.handler-failed": Failed & { readonly handlerError: unknown };
  "scaffold.dispatched": Named & { readonly children: number };
  "scaffold.failed": Failed & { readonly child: string };
  "enrich.failed": Failed;
  "circuit-breaker.opened": Named & { readonly failures: number };
  "circuit-breaker.half-open": Named;
  "circuit-breaker.closed": Named;
  "circuit-breaker.rejected": Named & { readonly retryAfterMs: number };
  "rate-limiter.allowed": Named;
  "rate-limiter.throttled": Named & { readonly waitMs: number };
  "rate-limiter.dropped": Named & { readonly retryAfterMs: number };
  "bulkhead.queued": Occupied;
  "bulkhead.rejected": Occupied;
  /** The result of another run with the same key was taken. */
  "dedupe.joined": Named & { readonly key: string };
}
