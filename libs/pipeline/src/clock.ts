/** Time as everything here sees it: injected, so that tests need no waiting. */
export interface Clock {
  /** Milliseconds that only ever grow; for durations, not for dates. */
  now(): number;
  /** Resolves after `ms`, never when that is infinite; rejects with the signal's reason as soon as it aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Calls back after `ms`, unless what it gives is called before. Cheaper than a sleep. */
  after(ms: number, callback: () => void): () => void;
}

/** The longest a timer of the machine can wait; beyond it, it would fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

function after(ms: number, callback: () => void): () => void {
  let timer: NodeJS.Timeout;
  const arm = (leftMs: number) => {
    timer = leftMs > LONGEST_TIMER_MS ? setTimeout(() => arm(leftMs - LONGEST_TIMER_MS), LONGEST_TIMER_MS) : setTimeout(callback, leftMs);
  };
  arm(ms);
  return () => clearTimeout(timer);
}

/** The machine's monotonic clock. */
export const systemClock: Clock = {
  now: () => performance.now(),
  after,
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason as Error);
      const abort = () => {
        cancel();
        reject(signal?.reason as Error);
      };
      const cancel = after(ms, () => {
        signal?.removeEventListener("abort", abort);
        resolve();
      });
      signal?.addEventListener("abort", abort, { once: true });
    }),
};
