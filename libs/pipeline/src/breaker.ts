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

export interface Breaker {
  /**
   * Runs `work` unless the breaker is open or all trial calls are taken.
   * A call whose signal aborted counts neither way.
   * @throws SERVICE_UNAVAILABLE with `retryAfterSeconds` when it lets nothing through
   */
  run<T>(work: () => Promise<T>, options?: { signal?: AbortSignal }): Promise<T>;
  snapshot(): BreakerSnapshot;
}

const breakerDefaults = {
  failures: 5,
  openMs: 60_000,
  successes: 1,
  trials: 1,
  isFailure: countsAgainst,
  initial: { state: "closed", count: 0, openForMs: 0 } satisfies BreakerSnapshot as BreakerSnapshot,
  clock: systemClock,
};

/** A circuit breaker: closed → (failures) → open → (time) → half-open → (successes) → closed, or back to open. */
export function createBreaker(options: BreakerOptions = {}): Breaker {
  const { failures, openMs, successes, trials, isFailure, clock, initial } = { ...breakerDefaults, ...options };
  let { state, count } = initial;
  let openedAt = clock.now() - initial.openForMs;
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

  function admit(): void {
    if (state === "open" && clock.now() - openedAt >= openMs) enter("half-open");
    if (state === "closed" || (state === "half-open" && running < trials)) return;
    const waitMs = state === "open" ? openMs - (clock.now() - openedAt) : 1_000;
    throw new AppError("SERVICE_UNAVAILABLE", { retryAfterSeconds: Math.ceil(waitMs / 1_000) });
  }

  function settle(verdict: "success" | "failure"): void {
    if (state === "closed") {
      count = verdict === "success" ? 0 : count + 1;
      if (count >= failures) enter("open");
    } else if (state === "half-open") {
      if (verdict === "failure") return enter("open");
      count += 1;
      if (count >= successes) enter("closed");
    }
  }

  return {
    async run(work, { signal } = {}) {
      admit();
      const mine = era;
      running += 1;
      let verdict: "success" | "failure" | undefined = "success";
      try {
        return await work();
      } catch (error) {
        verdict = signal?.aborted ? undefined : isFailure(error) ? "failure" : "success";
        throw error;
      } finally {
        if (mine === era) {
          running -= 1;
          if (verdict) settle(verdict);
        }
      }
    },
    snapshot: () => ({ state, count, openForMs: state === "open" ? clock.now() - openedAt : 0 }),
  };
}

function countsAgainst(error: unknown): boolean {
  return !(error instanceof AppError) || error.retryable;
}
