import { callChild, guarded } from "../call.ts";
import { afterEmit, emit } from "../emit.ts";
import { andThen, defineProcessor } from "../processor.ts";
import type { Context, MaybePromise, Processor } from "../processor.ts";

/** One child per answer to a question; what no route matches goes to the default, or on as it is when there is none. */
export function switchOn<In, Out>(
  name: string,
  condition: (input: In, context: Context) => MaybePromise<string>,
  routes: Readonly<Record<string, Processor<In, Out>>>,
): Processor<In, In | Out>;
export function switchOn<In, Out, Else>(
  name: string,
  condition: (input: In, context: Context) => MaybePromise<string>,
  routes: Readonly<Record<string, Processor<In, Out>>>,
  otherwise: Processor<In, Else>,
): Processor<In, Out | Else>;
export function switchOn<In, Out>(
  name: string,
  condition: (input: In, context: Context) => MaybePromise<string>,
  routes: Readonly<Record<string, Processor<In, Out>>>,
  otherwise?: Processor<In, Out>,
): Processor<In, In | Out> {
  const ask = guarded(name, condition);
  // A map knows no inherited keys: a route asked for as `constructor` is not there.
  const byKey = new Map(Object.entries(routes));
  return defineProcessor<In, In | Out>({
    name,
    kind: "switch",
    isLeaf: false,
    children: () => (otherwise ? [...byKey.values(), otherwise] : [...byKey.values()]),
    run: (input, context) =>
      andThen(ask(input, context), (route) => {
        const matching = byKey.get(route);
        return afterEmit(
          emit(context, "switch.routed", () => ({ name, route, matched: matching !== undefined })),
          () => {
            const child = matching ?? otherwise;
            return child ? callChild(name, child, input, context) : input;
          },
        );
      }),
  });
}
