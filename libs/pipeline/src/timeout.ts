import { AppError } from "@rivergen/contracts";
import { systemClock } from "./clock.ts";
import type { Clock } from "./clock.ts";

export interface TimeoutOptions {
  /** Ends the work early with its own reason. */
  readonly signal?: AbortSignal;
  readonly clock?: Clock;
}

/**
 * Runs `work` for at most `ms`. Its signal aborts at the deadline, and the answer does not wait for work that ignores it.
 * @throws DEADLINE_EXCEEDED at the deadline, or the given signal's reason
 */
export async function timeout<T>(work: (signal: AbortSignal) => Promise<T>, ms: number, { signal, clock = systemClock }: TimeoutOptions = {}): Promise<T> {
  signal?.throwIfAborted();
  const deadline = new AbortController();
  const settled = new AbortController();
  const inner = signal ? AbortSignal.any([signal, deadline.signal]) : deadline.signal;
  const aborted = new Promise<never>((_, reject) => {
    inner.addEventListener("abort", () => reject(inner.reason as Error), { once: true, signal: settled.signal });
  });
  clock.sleep(ms, settled.signal).then(
    () => deadline.abort(new AppError("DEADLINE_EXCEEDED", { deadlineMs: ms })),
    () => {},
  );
  try {
    return await Promise.race([work(inner), aborted]);
  } finally {
    settled.abort();
  }
}
