/** Lets one loop sleep until there may be something to do. Wake-ups while it works are not lost, and many count as one. */
export interface Wakeup {
  notify(): void;
  /** Resolves at the next `notify` (at once if there was one since the last wait) with true; after `ms`, or when the signal aborts, with false. Never rejects. */
  wait(ms: number, signal: AbortSignal): Promise<boolean>;
}

export function createWakeup(): Wakeup {
  let pending = false;
  let wake: (() => void) | undefined;
  return {
    notify() {
      pending = true;
      wake?.();
    },
    async wait(ms, signal) {
      if (!pending && !signal.aborted) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, ms);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
          signal.addEventListener("abort", wake, { once: true });
        });
        if (wake) signal.removeEventListener("abort", wake);
        wake = undefined;
      }
      const woken = pending;
      pending = false;
      return woken;
    },
  };
}
