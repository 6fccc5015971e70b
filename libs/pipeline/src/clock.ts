/** A point in time, shared by all who asked for it in one turn. */
export interface Moment {
  /** On the clock that gave it, ms. */
  readonly ms: number;
}

/** Time as everything here sees it: injected, so that tests need no waiting. */
export interface Clock {
  /** Milliseconds that only ever grow; for durations, not for dates. */
  now(): number;
  /**
   * `now()` at a lower price: read anew in every turn of the event loop and at the latest every 16 calls, so within a turn it may be early
   * by what the last 15 callers took.
   */
  turn(): Moment;
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

/** Reads the machine's clock once for several callers: reading it costs more than five stages of a pipeline. */
function createTurns(now: () => number): () => Moment {
  let moment: Moment = { ms: 0 };
  let calls = 0;
  let isWatched = false;
  return () => {
    if (calls > 0) {
      calls -= 1;
      return moment;
    }
    if (!isWatched) {
      isWatched = true;
      setImmediate(() => {
        isWatched = false;
        calls = 0;
      });
    }
    moment = { ms: now() };
    calls = 15;
    return moment;
  };
}

const now = (): number => performance.now();

/** The machine's monotonic clock. */
export const systemClock: Clock = {
  now,
  turn: createTurns(now),
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
