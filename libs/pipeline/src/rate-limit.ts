import { systemClock } from "./clock.ts";
import type { Clock } from "./clock.ts";

export interface RateLimitOptions {
  /** Tokens that come back per minute. */
  readonly perMinute: number;
  /** Most tokens a key can hold, and what a new key starts with. Default: `perMinute`. */
  readonly burst?: number;
  /** Keys remembered. Beyond it, keys whose bucket is full again are forgotten; if there is none, new keys share one bucket. Default 100,000. */
  readonly maxKeys?: number;
  readonly clock?: Clock;
}

export interface RateLimitAnswer {
  readonly allowed: boolean;
  /** Most tokens of a key: the `RateLimit-Limit` header. */
  readonly limit: number;
  /** Whole tokens left. */
  readonly remaining: number;
  /** When the same call would be allowed, ms from now; 0 when it was, infinite when it asks for more than the bucket holds. */
  readonly retryAfterMs: number;
  /** When the bucket is full again, ms from now. */
  readonly resetMs: number;
}

export interface RateLimit {
  /** Takes `cost` tokens (default 1) of `key` if they are there; takes nothing otherwise. */
  take(key: string, cost?: number): RateLimitAnswer;
  /** Keys remembered at the moment. */
  readonly size: number;
}

interface Bucket {
  tokens: number;
  at: number;
}

/** The bucket of all keys that found no room; no caller's key equals it. */
const OVERFLOW = Symbol("overflow");

/** Token bucket per key: over any time t a key gets at most `burst + perMinute·t`. */
export function createRateLimit({ perMinute, burst = perMinute, maxKeys = 100_000, clock = systemClock }: RateLimitOptions): RateLimit {
  const perMs = perMinute / 60_000;
  /** Least recently used first. */
  const buckets = new Map<string | symbol, Bucket>();

  function filled(bucket: Bucket, now: number): number {
    return Math.min(burst, bucket.tokens + (now - bucket.at) * perMs);
  }

  function find(key: string, now: number): [string | symbol, Bucket] {
    const known = buckets.get(key);
    if (known) return [key, known];
    if (buckets.size >= maxKeys) {
      const [oldest] = buckets;
      if (oldest && filled(oldest[1], now) >= burst) buckets.delete(oldest[0]);
      else return [OVERFLOW, buckets.get(OVERFLOW) ?? { tokens: burst, at: now }];
    }
    return [key, { tokens: burst, at: now }];
  }

  return {
    take(wanted, cost = 1) {
      const now = clock.now();
      const [key, bucket] = find(wanted, now);
      const tokens = filled(bucket, now);
      const allowed = tokens >= cost;
      const left = allowed ? tokens - cost : tokens;
      buckets.delete(key);
      buckets.set(key, { tokens: left, at: now });
      const retryAfterMs = allowed ? 0 : cost > burst ? Infinity : Math.ceil((cost - left) / perMs);
      return { allowed, limit: burst, remaining: Math.floor(left), retryAfterMs, resetMs: Math.ceil((burst - left) / perMs) };
    },
    get size() {
      return buckets.size;
    },
  };
}
