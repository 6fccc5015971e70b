import { AppError } from "@rivergen/contracts";
import { systemClock } from "./clock.ts";
import type { Clock } from "./clock.ts";

export interface BreakerOptions {
  /** Failures in a row that open it. Default 5. */
  readonly failures?: number;
  /** How long it stays open before it lets trial calls through, ms. Default 60,000. */
  readonly openMs?: number;
  /** Trial calls in a row that must succeed to close it. Default 1. */
  readonly successes?: number;
  /** Trial calls at the same time. Default 1. */
  readonly trials?: number;
  /** Whether an error speaks against the thing called. Default: everything but an `AppError` that says retrying is useless, for that is an answer. */
  readonly isFailure?: (error: unknown) => boolean;
  /** Where it goes on after a reload: what `snapshot()` gave. */
  readonly initial?: BreakerSnapshot;
  readonly clock?: Clock;
}

export type BreakerState = "closed" | "open" | "half-open";

/** All that a breaker remembers; plain data. */
export interface BreakerSnapshot {
  readonly state: BreakerState;
  /** Failures in a row while closed, successes in a row while half-open. */
  readonly count: number;
  /** How long it has been open, ms. */
  readonly openForMs: number;
}

/** How a call ended; `none` for one that nobody waited for, which counts neither way. */
export type BreakerVerdict = "success" | "failure" | "none";

/** In which of its states, counted from the beginning, a breaker let a call through. */
export type Admission = number;

export interface Breaker {
  /**
   * Runs `work` unless the breaker is open or all trial calls are taken.
   * A call whose signal aborted counts neither way.
   * @throws CIRCUIT_OPEN with `retryAfterSeconds` when it lets nothing through
   */
  run<T>(work: () => Promise<T>, options?: { signal?: AbortSignal | undefined }): Promise<T>;
  /** Begins a call; what it gives goes to `end` once, when the call ends, however it ends. @throws CIRCUIT_OPEN */
  admit(): Admission;
  /** Ends a call that was admitted. */
  end(admission: Admission, verdict: BreakerVerdict): void;
  /** How an error of a call counts. */
  judge(error: unknown, signal: AbortSignal | undefined): BreakerVerdict;
  /** Closes it by hand. */
  reset(): void;
  readonly state: BreakerState;
  snapshot(): BreakerSnapshot;
}

/** A circuit breaker: closed → (failures) → open → (time) → half-open → (successes) → closed, or back to open. */
export function createBreaker(options: BreakerOptions = {}): Breaker {
  const { failures = 5, openMs = 60_000, successes = 1, trials = 1, isFailure = countsAgainst, clock = systemClock } = options;
  let { state, count }: BreakerSnapshot = options.initial ?? { state: "closed", count: 0, openForMs: 0 };
  let openedAt = clock.now() - (options.initial?.openForMs ?? 0);
  let running = 0;
  /** Calls that began in an earlier state have no say in the present one. */
  let era = 0;

  function enter(next: BreakerState): void {
    state = next;
    count = 0;
    running = 0;
    era += 1;
    if (next === "open") openedAt = clock.now();
  }

  function refuse(): never {
    const waitMs = state === "open" ? openMs - (clock.now() - openedAt) : 1_000;
    throw new AppError("CIRCUIT_OPEN", { retryAfterSeconds: Math.ceil(waitMs / 1_000) });
  }

  function settle(verdict: BreakerVerdict): void {
    if (verdict === "none") return;
    if (state === "closed") {
      count = verdict === "success" ? 0 : count + 1;
      if (count >= failures) enter("open");
    } else if (verdict === "failure") enter("open");
    else {
      count += 1;
      if (count >= successes) enter("closed");
    }
  }

  const breaker: Breaker = {
    admit() {
      if (state === "open" && clock.now() - openedAt >= openMs) enter("half-open");
      if (state === "open" || (state === "half-open" && running >= trials)) refuse();
      running += 1;
      return era;
    },
    end(admission, verdict) {
      if (admission !== era) return;
      running -= 1;
      settle(verdict);
    },
    judge: (error, signal) => (signal?.aborted ? "none" : isFailure(error) ? "failure" : "success"),
    async run(work, { signal } = {}) {
      const admission = breaker.admit();
      try {
        const value = await work();
        breaker.end(admission, "success");
        return value;
      } catch (error) {
        breaker.end(admission, breaker.judge(error, signal));
        throw error;
      }
    },
    reset: () => enter("closed"),
    get state() {
      return state;
    },
    snapshot: () => ({ state, count, openForMs: state === "open" ? clock.now() - openedAt : 0 }),
  };
  return breaker;
}

function countsAgainst(error: unknown): boolean {
  return !(error instanceof AppError) || error.retryable || error.code === "INTERNAL";
}
