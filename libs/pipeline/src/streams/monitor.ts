import { systemClock } from "../clock.ts";
import type { Clock } from "../clock.ts";
import { createMovingStats } from "./moving-stats.ts";

/** Figures of work over a moving window; what nothing is known of is absent. */
export interface MonitorReading {
  /** Pieces of work ever, failed ones included. */
  readonly total: number;
  readonly totalErrors: number;
  /** Of the window. */
  readonly count: number;
  /** Per second, over the window or, if it is younger, the life of the monitor. */
  readonly rate: number;
  /** 0–1. */
  readonly errorRate: number | undefined;
  readonly latencyMs:
    | { readonly average: number; readonly min: number; readonly max: number; readonly p50: number; readonly p95: number; readonly p99: number }
    | undefined;
  /** Time between start and stop so far, ms. */
  readonly activeMs: number;
}

export interface MonitorOptions {
  /** How far back rates, latencies and error rates look, ms. Default 60,000. */
  readonly windowMs?: number;
  readonly clock?: Clock;
}

/** Watches one kind of work in bounded memory. */
export interface Monitor {
  /** One piece of work is over, after so many ms. */
  record(durationMs: number, isFailed?: boolean): void;
  /** Begins to count active time; a second start changes nothing. */
  start(): void;
  stop(): void;
  read(): MonitorReading;
}

export function createMonitor({ windowMs = 60_000, clock = systemClock }: MonitorOptions = {}): Monitor {
  const latencies = createMovingStats({ windowMs, clock });
  const failures = createMovingStats({ windowMs, clock });
  const bornAt = clock.now();
  let total = 0;
  let totalErrors = 0;
  let activeMs = 0;
  let activeSince: number | undefined;
  return {
    record(durationMs, isFailed = false) {
      total += 1;
      if (isFailed) {
        totalErrors += 1;
        failures.add(durationMs);
      }
      latencies.add(durationMs);
    },
    start() {
      activeSince ??= clock.now();
    },
    stop() {
      if (activeSince !== undefined) activeMs += clock.now() - activeSince;
      activeSince = undefined;
    },
    read() {
      const now = clock.now();
      const stats = latencies.read();
      const count = stats?.count ?? 0;
      return {
        total,
        totalErrors,
        count,
        rate: count === 0 ? 0 : (count * 1_000) / Math.max(1, Math.min(windowMs, now - bornAt)),
        errorRate: count === 0 ? undefined : (failures.read()?.count ?? 0) / count,
        latencyMs: stats && {
          average: stats.average,
          min: stats.min,
          max: stats.max,
          p50: stats.quantile(0.5),
          p95: stats.quantile(0.95),
          p99: stats.quantile(0.99),
        },
        activeMs: activeMs + (activeSince === undefined ? 0 : now - activeSince),
      };
    },
  };
}
