import { AppError } from "@rivergen/contracts";
import { createBreaker } from "../breaker.ts";
import type { Breaker, BreakerOptions, BreakerState } from "../breaker.ts";
import { settleChild } from "../call.ts";
import { afterEmit, emit } from "../emit.ts";
import { ownFailure } from "../pipeline-error.ts";
import { defineProcessor } from "../processor.ts";
import type { Context, MaybePromise, Processor } from "../processor.ts";

/** A processor with the breaker it asks; the breaker's snapshot outlives a reload. */
export interface BreakerProcessor<In, Out> extends Processor<In, Out> {
  readonly breaker: Breaker;
}

/**
 * Lets a child rest after too many failures. Given a breaker, it shares that one's state; given options, it makes its own.
 * @throws CIRCUIT_OPEN, without a call, while it lets nothing through
 */
export function withBreaker<In, Out>(name: string, child: Processor<In, Out>, given: Breaker | BreakerOptions = {}): BreakerProcessor<In, Out> {
  const breaker = "admit" in given ? given : createBreaker(given);

  /** Tells of a change of state, if there was one. */
  function tell(before: BreakerState, failures: number, context: Context): Promise<void> | undefined {
    const { state } = breaker;
    if (state === before) return undefined;
    if (state === "open") return emit(context, "circuit-breaker.opened", () => ({ name, failures }));
    return emit(context, state === "closed" ? "circuit-breaker.closed" : "circuit-breaker.half-open", () => ({ name }));
  }

  function refuse(error: unknown, context: Context): MaybePromise<never> {
    const seconds = error instanceof AppError ? (error.details.retryAfterSeconds ?? 0) : 0;
    return afterEmit(
      emit(context, "circuit-breaker.rejected", () => ({ name, retryAfterMs: seconds * 1_000 })),
      () => {
        throw ownFailure(name, error, context);
      },
    );
  }

  function run(input: In, context: Context): MaybePromise<Out> {
    const asked = breaker.state;
    let end: ReturnType<Breaker["admit"]>;
    try {
      end = breaker.admit();
    } catch (error) {
      return refuse(error, context);
    }
    const finish = (verdict: Parameters<typeof end>[0]): Promise<void> | undefined => {
      const { state, count } = context.signals ? breaker.snapshot() : { state: breaker.state, count: 0 };
      end(verdict);
      return tell(state, count + 1, context);
    };
    return afterEmit(tell(asked, 0, context), () =>
      settleChild(
        name,
        child,
        input,
        context,
        (value) => afterEmit(finish("success"), () => value),
        (error) =>
          afterEmit(finish(breaker.judge(error, context.signal)), () => {
            throw error;
          }),
      ),
    );
  }

  return { ...defineProcessor<In, Out>({ name, kind: "circuit-breaker", isLeaf: false, children: () => [child], run }), breaker };
}
