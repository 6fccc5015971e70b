import { setTimeout as sleep } from "node:timers/promises";
import { PipelineError } from "@rivergen/pipeline";
import { chain, pipe } from "@rivergen/pipeline/streams";
import type { Pipe } from "@rivergen/pipeline/streams";
import type { Json } from "./compare.ts";

export type AnyPipe = Pipe<unknown, unknown>;

/** A pipe of a case, as it is built, with what the case counts of it. */
export interface BuiltPipe {
  readonly pipe: AnyPipe;
  /** Made of pipes of its own, whose calls no case counts. */
  readonly isNested: boolean;
  calls: number;
  cleanups: number;
  /** Most calls under way at once. */
  highWater: number;
}

const compare = (value: unknown, { op, value: bound }: Json): boolean => {
  const [left, right] = [Number(value), Number(bound)];
  const tests: Readonly<Record<string, boolean>> = {
    gt: left > right,
    lt: left < right,
    ge: left >= right,
    gte: left >= right,
    le: left <= right,
    lte: left <= right,
    eq: value === bound,
    ne: value !== bound,
    even: left % 2 === 0,
    odd: Math.abs(left % 2) === 1,
    isNull: value === null,
    notNull: value !== null,
    always: true,
    never: false,
  };
  const answer = tests[String(op)];
  if (answer === undefined) throw new Error(`There is no condition "${String(op)}"`);
  return answer;
};

/** The condition of a case as a function. */
export const conditionOf =
  (condition: unknown) =>
  (value: unknown): boolean =>
    compare(value, condition as Json);

/** Raised by the pipes of cases; its text is compared. */
const fail = (message: unknown): never => {
  throw new Error(String(message));
};

/** Pipes that count refuse everything else: nothing is turned into a number on the way. */
function numberOf(value: unknown): number {
  if (typeof value !== "number") throw new TypeError(`${JSON.stringify(value)} is not a number`);
  return value;
}

type Operation = (value: unknown, spec: Json, calls: number) => unknown;
const sum = (value: unknown): number => (value as unknown[]).reduce<number>((all, item) => all + numberOf(item), 0);
const operations: Readonly<Record<string, Operation>> = {
  add: (value, spec) => numberOf(value) + Number(spec["value"]),
  multiply: (value, spec) => numberOf(value) * Number(spec["value"]),
  identity: (value) => value,
  null: () => null,
  isNull: (value) => value === null,
  sum,
  upper: (value) => (value as string).toUpperCase(),
  fail: (_, spec) => fail(spec["message"]),
  failTimes: (value, spec, calls) => (calls <= Number(spec["times"]) ? fail(spec["message"]) : value),
  failWhen: (value, spec) => (conditionOf(spec["when"])(value) ? fail(spec["message"]) : value),
  sleepBy: (value, spec) => sleep(Math.max(0, Number(spec["baseMs"] ?? 0) + Number(spec["factorMs"] ?? 0) * Number(value))).then(() => value),
};

/** Builds one pipe. Its name is what errors are to call it. */
export function buildPipe(spec: Json, mode: unknown, name = String(spec["cls"])): BuiltPipe {
  const operation = operations[String(spec["op"])];
  if (!operation) throw new Error(`There is no pipe "${String(spec["op"])}"`);
  const isAsync = (spec["mode"] ?? mode) === "async";
  let running = 0;
  const work = (value: unknown): unknown => {
    built.calls += 1;
    running += 1;
    built.highWater = Math.max(built.highWater, running);
    const leave = () => (running -= 1);
    try {
      const result = operation(value, spec, built.calls);
      if (result instanceof Promise) return result.finally(leave);
      leave();
      return isAsync ? Promise.resolve(result) : result;
    } catch (error) {
      leave();
      if (isAsync) return Promise.reject(error as Error);
      throw error;
    }
  };
  const built: BuiltPipe = {
    pipe: pipe<unknown, unknown>(name, work, { keep: 10_000, close: () => void (built.cleanups += 1) }),
    isNested: false,
    calls: 0,
    cleanups: 0,
    highWater: 0,
  };
  return built;
}

/** What errors call a pipeline of a mode. */
export const pipelineName = (mode: unknown): string => (mode === "async" ? "AsyncPipeline" : "SyncPipeline");

/** Builds the pipes of a list; one that is named again is the same one, a nested list is one pipe. */
export function buildPipes(specs: readonly Json[], mode: unknown, known = new Map<string, BuiltPipe>()): BuiltPipe[] {
  return specs.map((spec) => {
    if (typeof spec["same"] === "string") {
      const same = known.get(spec["same"]);
      if (!same) throw new Error(`There is no pipe "${spec["same"]}"`);
      return same;
    }
    const built = Array.isArray(spec["pipeline"]) ? buildNested(spec["pipeline"] as Json[], mode, known) : buildPipe(spec, mode);
    if (typeof spec["id"] === "string") known.set(spec["id"], built);
    return built;
  });
}

function buildNested(specs: readonly Json[], mode: unknown, known: Map<string, BuiltPipe>): BuiltPipe {
  const parts = buildPipes(specs, mode, known);
  const whole = joinPipes(parts, mode);
  return {
    pipe: whole,
    isNested: true,
    highWater: 0,
    calls: 0,
    get cleanups() {
      return Math.min(...parts.map(({ cleanups }) => cleanups));
    },
  };
}

/** The pipes of a case as one. */
export const joinPipes = (parts: readonly BuiltPipe[], mode: unknown): AnyPipe =>
  chain(
    parts.map((part) => part.pipe),
    { name: pipelineName(mode) },
  );

/** An error in the words of the cases: every name on its path around the ones behind it. `own` is the name that goes without saying. */
export function describeError(error: unknown, own?: string): Json {
  if (!(error instanceof PipelineError)) return { message: error instanceof Error ? error.message : String(error) };
  let cause: unknown = error;
  while (cause instanceof PipelineError) cause = cause.cause;
  const path = error.path[0] === own && error.path.length > 1 ? error.path.slice(1) : error.path;
  return path.reduceRight<Json>(
    (inner, pipeName) => ({ pipe: pipeName, message: `Error in pipe ${pipeName}: ${String(inner["message"])}`, cause: inner }),
    describeError(cause),
  );
}
