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

/** Tokens that come back with time. */
export interface Bucket {
  tokens: number;
  /** When `tokens` was right, ms. */
  at: number;
}

/** How fast a bucket fills, and how far. */
export interface BucketRate {
  readonly perMs: number;
  readonly burst: number;
}

/** Tokens in a bucket now: what was there and what came back since, at most `burst`. */
export function tokensIn(bucket: Bucket, { perMs, burst }: BucketRate, now: number): number {
  return Math.min(burst, bucket.tokens + (now - bucket.at) * perMs);
}

/** Takes `cost` tokens if they are there. @returns 0 when they were, else in how many ms they will be; infinite when never */
export function takeTokens(bucket: Bucket, rate: BucketRate, cost: number, now: number): number {
  const tokens = tokensIn(bucket, rate, now);
  const isThere = tokens >= cost;
  bucket.tokens = isThere ? tokens - cost : tokens;
  bucket.at = now;
  if (isThere) return 0;
  return cost > rate.burst ? Infinity : Math.ceil((cost - tokens) / rate.perMs);
}

/** The bucket of all keys that found no room; no caller's key equals it. */
const OVERFLOW = Symbol("overflow");

/** Token bucket per key: over any time t a key gets at most `burst + perMinute·t`. */
export function createRateLimit({ perMinute, burst = perMinute, maxKeys = 100_000, clock = systemClock }: RateLimitOptions): RateLimit {
  const rate: BucketRate = { perMs: perMinute / 60_000, burst };
  /** Least recently used first. */
  const buckets = new Map<string | symbol, Bucket>();

  function find(key: string, now: number): [string | symbol, Bucket] {
    const known = buckets.get(key);
    if (known) return [key, known];
    if (buckets.size >= maxKeys) {
      const [oldest] = buckets;
      if (oldest && tokensIn(oldest[1], rate, now) >= burst) buckets.delete(oldest[0]);
      else return [OVERFLOW, buckets.get(OVERFLOW) ?? { tokens: burst, at: now }];
    }
    return [key, { tokens: burst, at: now }];
  }

  return {
    take(wanted, cost = 1) {
      const now = clock.now();
      const [key, bucket] = find(wanted, now);
      const retryAfterMs = takeTokens(bucket, rate, cost, now);
      buckets.delete(key);
      buckets.set(key, bucket);
      const left = bucket.tokens;
      return { allowed: retryAfterMs === 0, limit: burst, remaining: Math.floor(left), retryAfterMs, resetMs: Math.ceil((burst - left) / rate.perMs) };
    },
    get size() {
      return buckets.size;
    },
  };
}
