import { AppError } from "@rivergen/contracts";
import type { RateLimit } from "@rivergen/pipeline";
import { toAppError } from "./problem.ts";

const retryAfterSeconds = 30;

/** Runs attempts at something secret: those that fail are counted, and too many of one key are refused for a while. */
export type FailureGuard = <T>(key: string, attempt: () => Promise<T>) => Promise<T>;

/**
 * Wrong passwords count, right ones do not. An attempt that is under way counts as one that may fail: asking many times
 * at once gives no more tries than asking one after the other.
 * @throws RATE_LIMITED
 */
export function createFailureGuard(limiter: RateLimit): FailureGuard {
  const pending = new Map<string, number>();
  return async (key, attempt) => {
    const others = pending.get(key) ?? 0;
    if (limiter.take(key, 0).remaining <= others) throw new AppError("RATE_LIMITED", { retryAfterSeconds });
    pending.set(key, others + 1);
    try {
      return await attempt();
    } catch (error) {
      const { status } = toAppError(error);
      if (status === 401 || status === 409) limiter.take(key);
      throw error;
    } finally {
      const left = (pending.get(key) ?? 1) - 1;
      if (left === 0) pending.delete(key);
      else pending.set(key, left);
    }
  };
}
