import { linkAbort, onAbort } from "../abort.ts";
import { settleChild } from "../call.ts";
import type { Copy } from "../copy.ts";
import { abortFailure } from "../pipeline-error.ts";
import type { PipelineError } from "../pipeline-error.ts";
import { deriveContext, isThenable } from "../processor.ts";
import type { Context, MaybePromise, Processor } from "../processor.ts";

/** The child whose result was taken, or what the others had to say. */
export type Decision<Out> =
  | { readonly winner: string; readonly value: Out }
  | { readonly winner: undefined; readonly errors: readonly PipelineError[]; readonly refused: number };

export interface FirstOf<In, Out> {
  readonly name: string;
  readonly children: readonly Processor<In, Out>[];
  readonly copy: Copy;
  /** Whether a result may win. What it throws fails the whole run. */
  readonly accept: (value: Out, context: Context) => MaybePromise<boolean>;
}

/** The first result that is accepted; the other children are aborted, and what they still give is ignored. @throws PipelineError when the run is aborted */
export function firstOf<In, Out>({ name, children, copy, accept }: FirstOf<In, Out>, input: In, context: Context): MaybePromise<Decision<Out>> {
  if (context.signal?.aborted) throw abortFailure(name, context);
  const link = linkAbort(context.signal);
  const inner = deriveContext(context, link.signal);
  const inputs = children.map(() => copy(input));
  const errors: PipelineError[] = [];
  const pending: PromiseLike<Decision<Out> | undefined>[] = [];
  let refused = 0;

  const over = <T>(value: T): T => {
    link.release();
    link.abort(new DOMException("Another processor was first", "AbortError"));
    return value;
  };
  const judge = (child: Processor<In, Out>, value: Out): MaybePromise<Decision<Out> | undefined> => {
    const take = (isAccepted: boolean): Decision<Out> | undefined => {
      if (isAccepted) return { winner: child.name, value };
      refused += 1;
      return undefined;
    };
    const verdict = accept(value, context);
    return isThenable(verdict) ? verdict.then(take) : take(verdict);
  };

  try {
    for (const [index, child] of children.entries()) {
      const decision = settleChild<In, Out, Decision<Out> | undefined>(
        name,
        child,
        inputs[index] as In,
        inner,
        (value) => judge(child, value),
        (error) => void errors.push(error),
      );
      if (isThenable(decision)) pending.push(decision);
      else if (decision) {
        for (const late of pending) late.then(undefined, () => {});
        return over(decision);
      }
    }
  } catch (error) {
    for (const late of pending) late.then(undefined, () => {});
    throw over(error);
  }
  const nobody = (): Decision<Out> => ({ winner: undefined, errors, refused });
  if (pending.length === 0) return over(nobody());
  return new Promise((resolve, reject) => {
    let left = pending.length;
    const forget = onAbort(context.signal, () => reject(abortFailure(name, context)));
    const end = (finish: () => void) => (forget(), finish(), over(undefined));
    for (const one of pending) {
      one.then(
        (decision) => {
          left -= 1;
          if (decision) end(() => resolve(decision));
          else if (left === 0) end(() => resolve(nobody()));
        },
        (error: unknown) => end(() => reject(error as Error)),
      );
    }
  });
}
