import { copyOf } from "../copy.ts";
import type { Copy } from "../copy.ts";
import { afterEmit, emit } from "../emit.ts";
import { andThen, defineProcessor } from "../processor.ts";
import type { Processor } from "../processor.ts";
import { firstOf } from "./first-of.ts";

/** At least one processor of a kind. */
export type SomeProcessors<In, Out> = readonly [Processor<In, Out>, ...Processor<In, Out>[]];

export interface RaceOptions {
  /** What each child gets. Default `copyOf`. */
  readonly copy?: Copy;
}

const always = () => true;

/** All children at once: the first success wins and the others are aborted. When all fail, the last error is thrown. */
export function race<In, Out>(name: string, children: SomeProcessors<In, Out>, { copy = copyOf }: RaceOptions = {}): Processor<In, Out> {
  const runners = { name, children, copy, accept: always };
  return defineProcessor<In, Out>({
    name,
    kind: "race",
    isLeaf: false,
    children: () => children,
    run: (input, context) =>
      andThen(firstOf(runners, input, context), (decision) => {
        if (decision.winner === undefined) throw decision.errors.at(-1) as Error;
        return afterEmit(
          emit(context, "race.winner", () => ({ name, winner: decision.winner })),
          () => decision.value,
        );
      }),
  });
}
