import { AppError } from "@rivergen/contracts";
import { callChild } from "../call.ts";
import { afterEmit, emit } from "../emit.ts";
import { abortFailure, ownFailure } from "../pipeline-error.ts";
import { defineProcessor } from "../processor.ts";
import type { Context, MaybePromise, Processor } from "../processor.ts";
import { createRateLimiter } from "../rate-limiter.ts";
import type { RateLimiter, RateLimiterOptions } from "../rate-limiter.ts";

/** A processor with the limiter it asks, whose rate can be changed while it runs. */
export interface RateLimitProcessor<In, Out> extends Processor<In, Out> {
  readonly limiter: RateLimiter;
}

/**
 * Lets calls through at a rate. Given a limiter, it shares that one's tokens; given options, it makes its own.
 * @throws RATE_LIMITED in mode `drop`; OVERLOADED when too many wait
 */
export function withRateLimit<In, Out>(name: string, child: Processor<In, Out>, given: RateLimiter | RateLimiterOptions): RateLimitProcessor<In, Out> {
  const limiter = "take" in given ? given : createRateLimiter(given);

  const pass = (input: In, context: Context): MaybePromise<Out> =>
    afterEmit(
      emit(context, "rate-limiter.allowed", () => ({ name })),
      () => callChild(name, child, input, context),
    );

  function drop(retryAfterMs: number, context: Context): MaybePromise<never> {
    const details = Number.isFinite(retryAfterMs) ? { retryAfterSeconds: Math.ceil(retryAfterMs / 1_000) } : {};
    return afterEmit(
      emit(context, "rate-limiter.dropped", () => ({ name, retryAfterMs })),
      () => {
        throw ownFailure(name, new AppError("RATE_LIMITED", details), context);
      },
    );
  }

  async function wait(waitMs: number, context: Context): Promise<void> {
    await emit(context, "rate-limiter.throttled", () => ({ name, waitMs }));
    try {
      await limiter.wait(context.signal);
    } catch (error) {
      throw ownFailure(name, error, context);
    }
  }

  function run(input: In, context: Context): MaybePromise<Out> {
    if (context.signal?.aborted) throw abortFailure(name, context);
    const waitMs = limiter.take();
    if (waitMs === 0) return pass(input, context);
    return limiter.mode === "drop" ? drop(waitMs, context) : wait(waitMs, context).then(() => pass(input, context));
  }

  return { ...defineProcessor<In, Out>({ name, kind: "rate-limiter", isLeaf: false, children: () => [child], run }), limiter };
}
