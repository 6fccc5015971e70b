import { AppError } from "@rivergen/contracts";

/** Lets a bounded number in at a time; the others wait in order, also bounded. */
export interface Turnstile {
  /**
   * Resolves with the function to call when leaving.
   * @throws AppError OVERLOADED when too many wait already; the signal's reason when it fires while waiting
   */
  enter(signal: AbortSignal): Promise<() => void>;
  /** Resolves once nobody is in. */
  empty(): Promise<void>;
  stats(): { readonly running: number; readonly waiting: number };
}

export function createTurnstile(most: number, queueLength: number): Turnstile {
  let running = 0;
  const queue: (() => void)[] = [];
  const emptied: (() => void)[] = [];

  function leave(): void {
    running -= 1;
    queue.shift()?.();
    if (running === 0) for (const resolve of emptied.splice(0)) resolve();
  }

  function admit(): () => void {
    running += 1;
    let inside = true;
    return () => {
      if (inside) leave();
      inside = false;
    };
  }

  return {
    async enter(signal) {
      signal.throwIfAborted();
      if (running < most) return admit();
      if (queue.length >= queueLength) throw new AppError("OVERLOADED", { retryAfterSeconds: 1 });
      const turn = Promise.withResolvers<() => void>();
      const next = (): void => turn.resolve(admit());
      const giveUp = (): void => {
        const position = queue.indexOf(next);
        if (position < 0) return;
        queue.splice(position, 1);
        turn.reject(signal.reason);
      };
      queue.push(next);
      signal.addEventListener("abort", giveUp, { once: true });
      return turn.promise.finally(() => signal.removeEventListener("abort", giveUp));
    },
    empty: () => (running === 0 ? Promise.resolve() : new Promise((resolve) => emptied.push(resolve))),
    stats: () => ({ running, waiting: queue.length }),
  };
}
