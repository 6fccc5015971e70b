import { AppError } from "@rivergen/contracts";
import { linkAbort } from "./abort.ts";
import { systemClock } from "./clock.ts";
import type { Clock } from "./clock.ts";
import { isThenable } from "./processor.ts";
import type { MaybePromise } from "./processor.ts";

export interface TimeoutOptions {
  /** Ends the work early with its own reason. */
  readonly signal?: AbortSignal | undefined;
  readonly clock?: Clock;
}

/**
 * Runs `work` for at most `ms`. Its signal aborts at the deadline, and the answer does not wait for work that ignores it.
 * @throws DEADLINE_EXCEEDED at the deadline, or the given signal's reason
 */
export async function timeout<T>(work: (signal: AbortSignal) => Promise<T>, ms: number, options: TimeoutOptions = {}): Promise<T> {
  return within(work, ms, options);
}

/** The same, for work that may be over at once: then no timer is set and no promise made. `expired` is called at the deadline. */
export function within<T>(
  work: (signal: AbortSignal) => MaybePromise<T>,
  ms: number,
  { signal, clock = systemClock, expired }: TimeoutOptions & { readonly expired?: () => void },
): MaybePromise<T> {
  signal?.throwIfAborted();
  const link = linkAbort(signal);
  const begun = clock.now();
  let pending: MaybePromise<T>;
  try {
    pending = work(link.signal);
  } catch (error) {
    link.release();
    throw error;
  }
  if (!isThenable(pending)) {
    link.release();
    return pending;
  }
  const started = pending;
  return new Promise<T>((resolve, reject) => {
    const cancel = clock.after(ms - (clock.now() - begun), () => {
      expired?.();
      link.abort(new AppError("DEADLINE_EXCEEDED", { deadlineMs: ms }));
    });
    const abort = () => {
      over();
      reject(link.signal.reason as Error);
    };
    const over = () => {
      cancel();
      link.release();
      link.signal.removeEventListener("abort", abort);
    };
    link.signal.addEventListener("abort", abort, { once: true });
    started.then(
      (value) => (over(), resolve(value)),
      (error: unknown) => (over(), reject(error as Error)),
    );
  });
}
