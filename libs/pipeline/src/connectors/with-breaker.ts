import { AppError } from "@rivergen/contracts";
import { createBreaker } from "../breaker.ts";
import type { Admission, Breaker, BreakerOptions, BreakerState, BreakerVerdict } from "../breaker.ts";
import { afterEmit, emit } from "../emit.ts";
import { failure, ownFailure } from "../pipeline-error.ts";
import { defineProcessor, isThenable } from "../processor.ts";
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

  /** Gives a call back to the breaker, with how it ended. */
  function finish(admission: Admission, verdict: BreakerVerdict, context: Context): Promise<void> | undefined {
    const { state } = breaker;
    const failures = context.signals ? breaker.snapshot().count + 1 : 0;
    breaker.end(admission, verdict);
    return tell(state, failures, context);
  }

  function succeed(admission: Admission, value: Out, context: Context): MaybePromise<Out> {
    const held = finish(admission, "success", context);
    return held === undefined ? value : held.then(() => value);
  }

  function fail(admission: Admission, thrown: unknown, context: Context): MaybePromise<never> {
    const error = failure(name, child, thrown, context);
    return afterEmit(finish(admission, breaker.judge(error, context.signal), context), () => {
      throw error;
    });
  }

  function call(admission: Admission, input: In, context: Context): MaybePromise<Out> {
    let value: MaybePromise<Out>;
    try {
      value = child.run(input, context);
    } catch (error) {
      return fail(admission, error, context);
    }
    if (!isThenable(value)) return succeed(admission, value, context);
    return value.then(
      (result) => succeed(admission, result, context),
      (error: unknown) => fail(admission, error, context),
    );
  }

  function run(input: In, context: Context): MaybePromise<Out> {
    const asked = breaker.state;
    let admission: Admission;
    try {
      admission = breaker.admit();
    } catch (error) {
      return refuse(error, context);
    }
    const held = tell(asked, 0, context);
    return held === undefined ? call(admission, input, context) : held.then(() => call(admission, input, context));
  }

  return { ...defineProcessor<In, Out>({ name, kind: "circuit-breaker", isLeaf: false, children: () => [child], run }), breaker };
}
