import { afterEmit, emit } from "../emit.ts";
import { abortFailure, failure } from "../pipeline-error.ts";
import { isThenable } from "../processor.ts";
import type { Context, MaybePromise, Processor } from "../processor.ts";

/** A stage whose types the caller has checked. */
export type Stage = Processor<unknown, unknown>;

/** Runs stages one after the other; costs no promise as long as none of them gives one. @throws PipelineError */
export function runStages(name: string, stages: readonly Stage[], input: unknown, context: Context): MaybePromise<unknown> {
  const { signal } = context;
  let value = input;
  let index = 0;
  try {
    for (; index < stages.length; index += 1) {
      if (signal !== undefined && signal.aborted) break;
      value = (stages[index] as Stage).run(value, context);
      if (isThenable(value)) return finish(name, stages, index, value, context);
    }
  } catch (error) {
    throw failure(name, stages[index] as Stage, error, context);
  }
  if (index < stages.length) throw abortFailure(name, context);
  return complete(name, stages, value, context);
}

/** The rest of a run from the first stage that has to be waited for. */
async function finish(name: string, stages: readonly Stage[], from: number, pending: PromiseLike<unknown>, context: Context): Promise<unknown> {
  const { signal } = context;
  let index = from;
  let value: unknown;
  try {
    value = await pending;
    for (index += 1; index < stages.length; index += 1) {
      if (signal !== undefined && signal.aborted) break;
      value = (stages[index] as Stage).run(value, context);
      if (isThenable(value)) value = await value;
    }
  } catch (error) {
    throw failure(name, stages[index] as Stage, error, context);
  }
  if (index < stages.length) throw abortFailure(name, context);
  return complete(name, stages, value, context);
}

function complete(name: string, stages: readonly Stage[], value: unknown, context: Context): MaybePromise<unknown> {
  if (context.signals === undefined) return value;
  return afterEmit(
    emit(context, "sequence.completed", () => ({ name, stages: stages.length })),
    () => value,
  );
}
