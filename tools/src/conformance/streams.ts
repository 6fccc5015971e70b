import { AppError } from "@rivergen/contracts";
import type { Adapter } from "./adapter.ts";
import type { Json } from "./compare.ts";
import { describeError } from "./streams-pipes.ts";
import { callPipe, cleanup, compose, conditional, outputs, parallel, pipeName, runPipeline } from "./streams-pipelines.ts";
import { metrics, monitor, plugins } from "./streams-registry.ts";
import { contextCloses, iterateClosed, runStream, runWindow, streamMetrics } from "./streams-streams.ts";

const operations: Readonly<Record<string, (input: Json) => Promise<Json>>> = {
  callPipe,
  pipeName,
  pipeline: runPipeline,
  compose,
  conditional,
  outputs,
  cleanup,
  mixed: runPipeline,
  parallel,
  window: runWindow,
  stream: runStream,
  iterateClosed,
  contextCloses,
  streamMetrics,
  plugins,
  metrics,
  monitor,
};

/** Refusals of what cannot work, before anything runs. */
const isConfigurationError = (error: unknown): boolean => error instanceof AppError && error.code === "INVALID_REQUEST";

/** Answers a case of the suite `streams` with pipes and streams of libs/pipeline. */
export const answerStreamsCase: Adapter = async (given) => {
  const operation = operations[given.do ?? ""];
  if (!operation) throw new Error(`There is no operation "${given.do}"`);
  const startedAt = performance.now();
  const got = await operation(given.input ?? {}).catch((error: unknown) => {
    if (isConfigurationError(error)) return { configurationError: true, error: { ...describeError(error), calls: [] } };
    throw error;
  });
  return [{ unit: given, got, elapsedMs: performance.now() - startedAt }];
};
