import { stream } from "@rivergen/pipeline/streams";
import { AppError } from "@rivergen/contracts";
import type { Json } from "./compare.ts";
import { buildPipe, buildPipes, conditionOf, describeError, joinPipes, pipelineName } from "./streams-pipes.ts";
import type { AnyPipe, BuiltPipe } from "./streams-pipes.ts";

const specsOf = (input: Json): readonly Json[] => (input["pipes"] ?? [input["pipe"]]) as readonly Json[];
const callsOf = (parts: readonly BuiltPipe[]): number[] => parts.filter(({ isNested }) => !isNested).map(({ calls }) => calls);

/** What a run gives, or how it fails. */
async function answer(run: () => unknown, own: string, more: () => Json): Promise<Json> {
  try {
    return { output: await run(), ...more() };
  } catch (error) {
    return { error: { ...describeError(error, own), ...more() }, ...more() };
  }
}

export async function runPipeline(input: Json): Promise<Json> {
  const { mode, value } = input;
  const parts = buildPipes(specsOf(input), mode);
  const whole = joinPipes(parts, mode);
  return answer(
    () => whole.process(value),
    whole.name,
    () => ({ calls: callsOf(parts) }),
  );
}

/** A pipe by itself: nothing stands around it, so its error is its own. */
export async function callPipe({ pipe, mode, value }: Json): Promise<Json> {
  const built = buildPipe(pipe as Json, mode);
  try {
    return { output: await built.pipe.process(value), calls: built.calls };
  } catch (error) {
    return { error: { message: error instanceof Error ? error.message : String(error), pipe: built.pipe.name }, calls: built.calls };
  }
}

export async function pipeName({ pipe, mode }: Json): Promise<Json> {
  const spec = pipe as Json;
  return { name: buildPipe(spec, mode, String(spec["name"] ?? spec["cls"])).pipe.name };
}

export async function compose({ expr, mode, value }: Json): Promise<Json> {
  const parts: BuiltPipe[] = [];
  const build = (node: unknown): AnyPipe => {
    if (Array.isArray(node)) return node.map(build).reduce((left, right) => left.to(right));
    const [built] = buildPipes([node as Json], mode);
    if (!built) throw new Error("An expression needs pipes");
    parts.push(built);
    return built.pipe;
  };
  const whole = build(expr).named(pipelineName(mode));
  return answer(
    () => whole.process(value),
    whole.name,
    () => ({ pipes: whole.pipes.length, calls: callsOf(parts) }),
  );
}

export async function conditional(input: Json): Promise<Json> {
  const { mode, value, condition } = input;
  const parts = buildPipes(specsOf(input), mode);
  const whole = joinPipes(parts, mode).when(conditionOf(condition));
  return answer(
    () => whole.process(value),
    whole.name,
    () => ({ calls: callsOf(parts) }),
  );
}

export async function outputs(input: Json): Promise<Json> {
  const { mode, values } = input;
  const parts = buildPipes(specsOf(input), mode);
  const whole = joinPipes(parts, mode);
  for (const value of values as readonly unknown[])
    try {
      await whole.process(value);
    } catch {
      continue;
    }
  return { outputs: parts.map(({ pipe }) => pipe.outputs()), errors: whole.metrics().totalErrors, calls: callsOf(parts) };
}

export async function cleanup(input: Json): Promise<Json> {
  const { mode, value, fail } = input;
  const failing: Json = { op: "fail", message: "failed on purpose", cls: "Failer" };
  const parts = buildPipes(specsOf(input), mode);
  const whole = joinPipes(fail === true ? [...parts, ...buildPipes([failing], mode)] : parts, mode);
  const outcome = await answer(
    () => whole.process(value),
    whole.name,
    () => ({}),
  );
  await whole.close();
  return { ...outcome, cleanups: parts.map(({ cleanups }) => cleanups) };
}

/** Workers of a strategy when a case does not say how many. */
const WORKERS = 32;

export async function parallel(input: Json): Promise<Json> {
  const { mode, items, strategy, workers, context } = input;
  if (strategy === "gather" && mode === "sync") throw new AppError("INVALID_REQUEST", { detail: "Synchronous pipes cannot be gathered" });
  const parts = buildPipes(specsOf(input), mode);
  const whole = joinPipes(parts, mode);
  const concurrency = workers === undefined || workers === null ? WORKERS : Number(workers);
  const source = stream(items as readonly unknown[]).through(whole, { concurrency });
  // Outside its context a pipeline of the cases has no workers: ours has none once it is closed.
  if (context === false) await whole.close();
  const highWater = (): Json => ({ calls: callsOf(parts), highWater: Math.max(...parts.map((part) => part.highWater)) });
  const outcome = await answer(() => source.toArray(), whole.name, highWater);
  await whole.close();
  return outcome;
}
