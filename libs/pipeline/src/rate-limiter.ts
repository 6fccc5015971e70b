import { createMutex } from "./bulkhead.ts";
import { systemClock } from "./clock.ts";
import type { Clock } from "./clock.ts";
import { takeTokens, tokensIn } from "./rate-limit.ts";
import type { BucketRate } from "./rate-limit.ts";

/** What happens to a call that finds no token: it waits for one, or it is refused. */
export type RateMode = "wait" | "drop";

export interface RateLimiterOptions {
  /** Calls per second that are let through in the long run; 0 lets nothing through, `Infinity` everything. */
  readonly perSecond: number;
  /** Calls that may come at once; the bucket starts full. Default 1. */
  readonly burst?: number;
  /** Default `wait`. */
  readonly mode?: RateMode;
  /** Calls that may wait, first come first served. Default 10,000. */
  readonly queue?: number;
  readonly clock?: Clock;
}

export interface RateLimiter {
  /** Takes a token if there is one and nobody waits before. @returns 0 when it was taken, else in how many ms it may be there; infinite when never */
  take(): number;
  /** Takes a token, when there is one. @throws OVERLOADED when too many wait; the signal's reason when it aborts */
  wait(signal: AbortSignal | undefined): Promise<void>;
  /** Another rate, burst or mode, from now on; who waits is looked at again. */
  configure(change: Partial<Pick<RateLimiterOptions, "perSecond" | "burst" | "mode">>): void;
  readonly mode: RateMode;
}

/** One token bucket with a line before it: over any time t at most `burst + perSecond·t` calls. */
export function createRateLimiter({ queue = 10_000, clock = systemClock, ...initial }: RateLimiterOptions): RateLimiter {
  let { perSecond, burst = 1, mode = "wait" } = initial;
  checkRate(perSecond, burst);
  const line = createMutex({ queue });
  const bucket = { tokens: burst, at: clock.now() };
  /** Aborts the sleep of the first in line when the rate changes. */
  let changed = new AbortController();

  const rate = (): BucketRate => ({ perMs: perSecond / 1_000, burst });

  function takeNow(): number {
    if (perSecond === Infinity) return 0;
    if (perSecond === 0) return Infinity;
    return takeTokens(bucket, rate(), 1, clock.now());
  }

  async function waitFirst(signal: AbortSignal | undefined): Promise<void> {
    for (let ms = takeNow(); ms > 0; ms = takeNow()) {
      const woken = signal ? AbortSignal.any([signal, changed.signal]) : changed.signal;
      await clock.sleep(ms, woken).catch(() => {});
      signal?.throwIfAborted();
    }
  }

  return {
    take: () => (line.running > 0 ? Math.max(1, 1_000 / perSecond) : takeNow()),
    wait: (signal) => line.run(() => waitFirst(signal), { signal }),
    configure(change) {
      const next = { perSecond, burst, mode, ...change };
      checkRate(next.perSecond, next.burst);
      // What came back until now came back at the old rate.
      const now = clock.now();
      Object.assign(bucket, { tokens: Math.min(tokensIn(bucket, rate(), now), next.burst), at: now });
      ({ perSecond, burst, mode } = next);
      changed.abort();
      changed = new AbortController();
    },
    get mode() {
      return mode;
    },
  };
}

function checkRate(perSecond: number, burst: number): void {
  if (!(perSecond >= 0)) throw new RangeError(`A rate is 0 or more per second, not ${perSecond}`);
  if (!(burst >= 1)) throw new RangeError(`A burst is 1 or more, not ${burst}`);
}
