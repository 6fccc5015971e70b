import type { Clock } from "./clock.ts";

/** A clock whose time passes only when told, for tests. */
export interface VirtualClock extends Clock {
  /** Lets time pass and everything that waited for it run. */
  advance(ms: number): Promise<void>;
  /** Every wait asked for, ms, in order. */
  readonly waits: readonly number[];
}

/** Starts at 0. With `eager` a sleep is over as soon as it is asked for, and its time has passed. */
export function createVirtualClock({ eager = false }: { eager?: boolean } = {}): VirtualClock {
  let time = 0;
  const waits: number[] = [];
  const sleepers = new Set<{ at: number; wake: () => void }>();

  return {
    now: () => time,
    waits,
    async sleep(ms, signal) {
      signal?.throwIfAborted();
      waits.push(ms);
      if (eager) {
        time += ms;
        return;
      }
      await new Promise<void>((resolve, reject) => {
        const sleeper = { at: time + ms, wake: resolve };
        sleepers.add(sleeper);
        signal?.addEventListener("abort", () => (sleepers.delete(sleeper), reject(signal.reason as Error)), { once: true });
      });
    },
    async advance(ms) {
      const until = time + ms;
      for (;;) {
        await new Promise(setImmediate);
        const next = [...sleepers].filter(({ at }) => at <= until).toSorted((a, b) => a.at - b.at)[0];
        if (!next) break;
        time = Math.max(time, next.at);
        sleepers.delete(next);
        next.wake();
      }
      time = until;
    },
  };
}
