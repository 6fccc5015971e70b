import { AppError } from "@rivergen/contracts";
import { guarded } from "../call.ts";
import { copyOf } from "../copy.ts";
import { afterEmit, emit } from "../emit.ts";
import { ownFailure } from "../pipeline-error.ts";
import { andThen, defineProcessor } from "../processor.ts";
import type { Context, MaybePromise, Processor } from "../processor.ts";
import { firstOf } from "./first-of.ts";
import type { Decision } from "./first-of.ts";
import type { RaceOptions, SomeProcessors } from "./race.ts";

/**
 * All children at once: the first success that meets the condition wins and the others are aborted.
 * @throws CONTEST_UNDECIDED when no result met it, CONTEST_FAILED when all children failed
 */
export function contest<In, Out>(
  name: string,
  condition: (value: Out, context: Context) => MaybePromise<boolean>,
  children: SomeProcessors<In, Out>,
  { copy = copyOf }: RaceOptions = {},
): Processor<In, Out> {
  const runners = { name, children, copy, accept: guarded(name, condition) };
  return defineProcessor<In, Out>({
    name,
    kind: "contest",
    isLeaf: false,
    children: () => children,
    run: (input, context) =>
      andThen(firstOf(runners, input, context), (decision) => {
        if (decision.winner === undefined) throw ownFailure(name, lost(decision), context);
        return afterEmit(
          emit(context, "contest.winner", () => ({ name, winner: decision.winner })),
          () => decision.value,
        );
      }),
  });
}

function lost({ errors, refused }: Extract<Decision<unknown>, { winner: undefined }>): AppError {
  const cause = new AggregateError(errors);
  if (refused > 0) return new AppError("CONTEST_UNDECIDED", { detail: "no processor results met the specified condition" }, cause);
  return new AppError("CONTEST_FAILED", { detail: `all processors failed: ${errors.length} errors` }, cause);
}
