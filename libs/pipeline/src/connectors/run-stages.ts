import { afterEmit, emit } from "../emit.ts";
import { abortFailure, failure } from "../pipeline-error.ts";
import { isThenable } from "../processor.ts";
import type { Context, MaybePromise, Processor } from "../processor.ts";

/** A stage whose types the caller has checked. */
export type Stage = Processor<unknown, unknown>;

/** Runs stages one after the other; costs no promise as long as none of them gives one. @throws PipelineError */
export function runStages(name: string, stages: readonly Stage[], input: unknown, context: Context): MaybePromise<unknown> {
  const value = context.signal === undefined ? runAtOnce(name, stages, 0, input, context) : runFrom(name, stages, 0, input, context);
  // Nothing more to do for what is still under way: `finish` tells when it is over.
  if (context.signals === undefined || isThenable(value)) return value;
  return complete(name, stages, value, context);
}

/**
 * Runs that cannot be aborted. Every call below stands in a place of its own, because V8 remembers for each place what is called there
 * and makes that call cheap: a loop has one place for all stages and costs three times as much.
 */
function runAtOnce(name: string, stages: readonly Stage[], from: number, input: unknown, context: Context): MaybePromise<unknown> {
  const left = stages.length - from;
  if (left >= 8) return runEight(name, stages, from, input, context);
  if (left >= 4) return runFour(name, stages, from, input, context);
  if (left >= 2) return runTwo(name, stages, from, input, context);
  return left === 1 ? runOne(name, stages, from, input, context) : input;
}

function mustWait(stage: Stage, value: MaybePromise<unknown>): value is PromiseLike<unknown> {
  return !stage.isSync && isThenable(value);
}

type Run = (name: string, stages: readonly Stage[], from: number, input: unknown, context: Context) => MaybePromise<unknown>;

const runEight: Run = (name, stages, from, input, context) => {
  let at = from;
  let stage = stages[at] as Stage;
  let value: unknown;
  try {
    value = stage.run(input, context);
    if (mustWait(stage, value)) return finish(name, stages, at, value, context);
    stage = stages[(at = from + 1)] as Stage;
    value = stage.run(value, context);
    if (mustWait(stage, value)) return finish(name, stages, at, value, context);
    stage = stages[(at = from + 2)] as Stage;
    value = stage.run(value, context);
    if (mustWait(stage, value)) return finish(name, stages, at, value, context);
    stage = stages[(at = from + 3)] as Stage;
    value = stage.run(value, context);
    if (mustWait(stage, value)) return finish(name, stages, at, value, context);
    stage = stages[(at = from + 4)] as Stage;
    value = stage.run(value, context);
    if (mustWait(stage, value)) return finish(name, stages, at, value, context);
    stage = stages[(at = from + 5)] as Stage;
    value = stage.run(value, context);
    if (mustWait(stage, value)) return finish(name, stages, at, value, context);
    stage = stages[(at = from + 6)] as Stage;
    value = stage.run(value, context);
    if (mustWait(stage, value)) return finish(name, stages, at, value, context);
    stage = stages[(at = from + 7)] as Stage;
    value = stage.run(value, context);
    if (mustWait(stage, value)) return finish(name, stages, at, value, context);
  } catch (error) {
    throw failure(name, stage, error, context);
  }
  return runAtOnce(name, stages, from + 8, value, context);
};

const runFour: Run = (name, stages, from, input, context) => {
  let at = from;
  let stage = stages[at] as Stage;
  let value: unknown;
  try {
    value = stage.run(input, context);
    if (mustWait(stage, value)) return finish(name, stages, at, value, context);
    stage = stages[(at = from + 1)] as Stage;
    value = stage.run(value, context);
    if (mustWait(stage, value)) return finish(name, stages, at, value, context);
    stage = stages[(at = from + 2)] as Stage;
    value = stage.run(value, context);
    if (mustWait(stage, value)) return finish(name, stages, at, value, context);
    stage = stages[(at = from + 3)] as Stage;
    value = stage.run(value, context);
    if (mustWait(stage, value)) return finish(name, stages, at, value, context);
  } catch (error) {
    throw failure(name, stage, error, context);
  }
  return runAtOnce(name, stages, from + 4, value, context);
};

const runTwo: Run = (name, stages, from, input, context) => {
  let at = from;
  let stage = stages[at] as Stage;
  let value: unknown;
  try {
    value = stage.run(input, context);
    if (mustWait(stage, value)) return finish(name, stages, at, value, context);
    stage = stages[(at = from + 1)] as Stage;
    value = stage.run(value, context);
    if (mustWait(stage, value)) return finish(name, stages, at, value, context);
  } catch (error) {
    throw failure(name, stage, error, context);
  }
  return runAtOnce(name, stages, from + 2, value, context);
};

const runOne: Run = (name, stages, from, input, context) => {
  const stage = stages[from] as Stage;
  try {
    const value = stage.run(input, context);
    return mustWait(stage, value) ? finish(name, stages, from, value, context) : value;
  } catch (error) {
    throw failure(name, stage, error, context);
  }
};

/** Runs that may be aborted: looks before each stage. */
const runFrom: Run = (name, stages, from, input, context) => {
  let value: MaybePromise<unknown> = input;
  let at = from;
  try {
    for (; at < stages.length && !context.signal?.aborted; at += 1) {
      value = (stages[at] as Stage).run(value, context);
      if (isThenable(value)) return finish(name, stages, at, value, context);
    }
  } catch (error) {
    throw failure(name, stages[at] as Stage, error, context);
  }
  if (at < stages.length) throw abortFailure(name, context);
  return value;
};

/** The rest of a run from the first stage that has to be waited for. */
async function finish(name: string, stages: readonly Stage[], from: number, pending: PromiseLike<unknown>, context: Context): Promise<unknown> {
  let at = from;
  let value: unknown;
  try {
    value = await pending;
    for (at += 1; at < stages.length && !context.signal?.aborted; at += 1) {
      value = (stages[at] as Stage).run(value, context);
      if (isThenable(value)) value = await value;
    }
  } catch (error) {
    throw failure(name, stages[at] as Stage, error, context);
  }
  if (at < stages.length) throw abortFailure(name, context);
  return context.signals === undefined ? value : complete(name, stages, value, context);
}

function complete(name: string, stages: readonly Stage[], value: unknown, context: Context): MaybePromise<unknown> {
  return afterEmit(
    emit(context, "sequence.completed", () => ({ name, stages: stages.length })),
    () => value,
  );
}
