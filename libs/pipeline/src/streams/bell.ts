import type { Clock } from "../clock.ts";

/** Lets one loop wait for news of several kinds. Unlike a race of promises it leaves nothing behind on those that never settle. */
export interface Bell {
  /** There is news. Before anyone waits it is remembered, once. */
  readonly ring: () => void;
  /** Resolves at the next ring. One waits at a time. */
  wait(): Promise<void>;
}

export function createBell(): Bell {
  let isRung = false;
  let wake: (() => void) | undefined;
  return {
    ring() {
      const waiting = wake;
      wake = undefined;
      if (waiting) waiting();
      else isRung = true;
    },
    wait() {
      if (!isRung) return new Promise((resolve) => (wake = resolve));
      isRung = false;
      return Promise.resolve();
    },
  };
}

/** Rings at a time that may be moved. It may also ring too early: who hears it looks at the clock. */
export interface Alarm {
  /** When to ring, by the clock; nothing: not at all. */
  set(at: number | undefined): void;
  stop(): void;
}

export function createAlarm(clock: Clock, ring: () => void): Alarm {
  let sleeping: { readonly at: number; readonly stop: AbortController } | undefined;
  const stop = () => {
    sleeping?.stop.abort();
    sleeping = undefined;
  };
  return {
    set(at) {
      if (at === undefined) return stop();
      // A time that only moves on costs no new timer: the old one rings early once.
      if (sleeping && sleeping.at <= at) return;
      stop();
      const own = { at, stop: new AbortController() };
      sleeping = own;
      clock.sleep(Math.max(0, at - clock.now()), own.stop.signal).then(
        () => {
          if (sleeping === own) sleeping = undefined;
          ring();
        },
        () => {},
      );
    },
    stop,
  };
}
