import { AppError } from "@rivergen/contracts";
import { systemClock } from "./clock.ts";
import type { Clock } from "./clock.ts";
import { isThenable } from "./processor.ts";
import type { MaybePromise } from "./processor.ts";

/** How long to wait between tries. */
export interface Backoff {
  /** Wait after the first failure, ms. Default 100. */
  readonly baseMs?: number;
  /** Growth per failure. Default 2. */
  readonly multiplier?: number;
  /** No wait is longer than this, ms. Default 30,000. */
  readonly capMs?: number;
  /** Share of each wait that is random, 0–1; taken off the wait, so the cap holds. Default 0.5. */
  readonly jitter?: number;
}

export interface RetryOptions extends Backoff {
  /** Total tries, the first included. Default 3. */
  readonly attempts?: number;
  /** Whether trying again can help. Default: the error's own `retryable`; anything that is no `AppError` is not retried. */
  readonly isRetryable?: (error: unknown) => boolean;
  readonly signal?: AbortSignal;
  readonly clock?: Clock;
  /** 0 ≤ x < 1. */
  readonly random?: () => number;
}

/** Wait after failure number `failures` (from 0), ms: `min(base·multiplier^n, cap)`, less at most the share `jitter` of it. */
export function backoffDelay(
  failures: number,
  { baseMs = 100, multiplier = 2, capMs = 30_000, jitter = 0.5 }: Backoff,
  random: () => number = Math.random,
): number {
  // Nothing stays nothing, however far the growth has gone beyond what a number holds.
  const delay = baseMs === 0 ? 0 : Math.min(baseMs * multiplier ** failures, capMs);
  return delay * (1 - jitter * random());
}

/** Whether an error says of itself that trying again can help. */
export function isRetryable(error: unknown): boolean {
  return error instanceof AppError && error.retryable;
}

/**
 * Runs `work` until it succeeds, fails for good, or has been tried `attempts` times; then throws its last error.
 * `work` gets the number of the try, from 1.
 * @throws the signal's reason when it aborts, also while waiting
 */
export async function retry<T>(work: (attempt: number) => Promise<T>, options: RetryOptions = {}): Promise<T> {
  const { attempts = 3, signal, clock = systemClock, random = Math.random, isRetryable: mayRetry = isRetryable } = options;
  signal?.throwIfAborted();
  return tryAgain(
    (attempt) => {
      signal?.throwIfAborted();
      return work(attempt);
    },
    (error, attempt) => {
      if (signal?.aborted || attempt >= attempts || !mayRetry(error)) throw error;
      return clock.sleep(backoffDelay(attempt - 1, options, random), signal);
    },
  );
}

/**
 * Tries until it succeeds or `failed` throws; waits for what `failed` gives before the next try, and goes on at once when it gives nothing.
 * Work that is over at once costs no promise.
 */
export function tryAgain<T>(
  work: (attempt: number) => MaybePromise<T>,
  failed: (error: unknown, attempt: number) => MaybePromise<void> | undefined,
  first = 1,
): MaybePromise<T> {
  for (let attempt = first; ; attempt += 1) {
    const next = attempt + 1;
    const recover = (error: unknown): MaybePromise<T> => {
      const wait = failed(error, attempt);
      return isThenable(wait) ? wait.then(() => tryAgain(work, failed, next)) : tryAgain(work, failed, next);
    };
    try {
      const value = work(attempt);
      return isThenable(value) ? value.then(undefined, recover) : value;
    } catch (error) {
      const wait = failed(error, attempt);
      if (isThenable(wait)) return wait.then(() => tryAgain(work, failed, next));
    }
  }
}
