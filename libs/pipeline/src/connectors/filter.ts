import { callChild, guarded } from "../call.ts";
import { afterEmit, emit } from "../emit.ts";
import { andThen, defineProcessor } from "../processor.ts";
import type { Context, MaybePromise, Processor } from "../processor.ts";

/** One child for what meets a condition, another for what does not; without the other, that goes on as it is. */
export function filter<In, Out>(
  name: string,
  predicate: (input: In, context: Context) => MaybePromise<boolean>,
  whenTrue: Processor<In, Out>,
): Processor<In, In | Out>;
export function filter<In, Out, Else>(
  name: string,
  predicate: (input: In, context: Context) => MaybePromise<boolean>,
  whenTrue: Processor<In, Out>,
  whenFalse: Processor<In, Else>,
): Processor<In, Out | Else>;
export function filter<In, Out>(
  name: string,
  predicate: (input: In, context: Context) => MaybePromise<boolean>,
  whenTrue: Processor<In, Out>,
  whenFalse?: Processor<In, Out>,
): Processor<In, In | Out> {
  const test = guarded(name, predicate);
  return defineProcessor<In, In | Out>({
    name,
    kind: "filter",
    isLeaf: false,
    children: () => (whenFalse ? [whenTrue, whenFalse] : [whenTrue]),
    run: (input, context) =>
      andThen(test(input, context), (passed) =>
        afterEmit(
          emit(context, "filter.evaluated", () => ({ name, passed })),
          () => {
            const child = passed ? whenTrue : whenFalse;
            return child ? callChild(name, child, input, context) : input;
          },
        ),
      ),
  });
}
