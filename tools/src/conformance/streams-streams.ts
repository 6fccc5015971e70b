import { setTimeout as sleep } from "node:timers/promises";
import { PipelineError, transform } from "@rivergen/pipeline";
import { stream } from "@rivergen/pipeline/streams";
import type { Stream, WindowOptions } from "@rivergen/pipeline/streams";
import type { Json } from "./compare.ts";
import { buildPipe, describeError } from "./streams-pipes.ts";

const itemsOf = (input: Json): readonly unknown[] => (input["items"] ?? []) as readonly unknown[];

/** The items of a case, each when it is to arrive. */
function sourceOf(input: Json): () => AsyncIterable<unknown> | Iterable<unknown> {
  const arrivals = input["arrivalsMs"] as readonly number[] | undefined;
  if (!arrivals) return () => itemsOf(input);
  return async function* () {
    const startedAt = performance.now();
    for (const [index, item] of itemsOf(input).entries()) {
      const wait = (arrivals[index] ?? 0) - (performance.now() - startedAt);
      if (wait > 0) await sleep(wait);
      yield item;
    }
    // A source that goes on saying nothing ends later than its last item.
    const end = Number(input["endMs"] ?? 0) - (performance.now() - startedAt);
    if (end > 0) await sleep(end);
  };
}

/** All that a stream gives until it ends or fails, each with its time. */
async function readAll(items: AsyncIterable<unknown>): Promise<{ output: unknown[]; emittedAtMs: number[]; failure?: unknown }> {
  const startedAt = performance.now();
  const output: unknown[] = [];
  const emittedAtMs: number[] = [];
  try {
    for await (const item of items) {
      output.push(item);
      emittedAtMs.push(performance.now() - startedAt);
    }
    return { output, emittedAtMs };
  } catch (failure) {
    return { output, emittedAtMs, failure };
  }
}

const failureOf = (read: { readonly failure?: unknown }): Json =>
  "failure" in read ? { error: describeError(read.failure), ...(read.failure instanceof PipelineError ? {} : { notAPipe: true }) } : {};

const windowsOf = (input: Json): WindowOptions => {
  const { kind, size, step, durationMs } = input;
  if (kind === "sliding") return { kind: "count", size: Number(size), every: Number(step ?? 1) };
  if (kind === "tumbling") return { kind: "count", size: Number(size) };
  return { kind: "tumbling", sizeMs: Number(durationMs) };
};

export async function runWindow(input: Json): Promise<Json> {
  const read = await readAll(stream(sourceOf(input)).window(windowsOf(input)));
  return { windows: read.output.map((window) => (window as { readonly items: readonly unknown[] }).items), emittedAtMs: read.emittedAtMs, ...failureOf(read) };
}

const numberOf = (config: Json, key: string): number | undefined => (config[key] === undefined || config[key] === null ? undefined : Number(config[key]));
const secondsOf = (config: Json, key: string): number | undefined => {
  const seconds = numberOf(config, `${key}_s`) ?? numberOf(config, key);
  return seconds === undefined ? undefined : seconds * 1_000;
};

/** Items one by one, in batches or in windows, as a configuration says. */
function gather(items: Stream<unknown>, config: Json): Stream<unknown> {
  const batchSize = numberOf(config, "batch_size") ?? 1;
  const windowMs = secondsOf(config, "window_size") ?? 0;
  if (batchSize !== 1) return items.batch({ count: batchSize });
  if (windowMs === 0) return items;
  return items.window({ kind: "tumbling", sizeMs: windowMs }).through(transform("items", (window) => window.items));
}

export async function runStream(input: Json): Promise<Json> {
  const config = (input["config"] ?? {}) as Json;
  const built = buildPipe(input["pipe"] as Json, input["mode"]);
  // The original counts tries and calls them retries: none means the one try that there always is.
  const attempts = numberOf(config, "retry_attempts") ?? 3;
  const retry = {
    attempts: attempts === 0 ? 1 : attempts,
    baseMs: secondsOf(config, "retry_delay") ?? 1_000,
    multiplier: numberOf(config, "retry_backoff") ?? 2,
    jitter: 0,
  };
  const timeoutMs = secondsOf(config, "timeout");
  const bufferSize = numberOf(config, "buffer_size");
  const all = stream(sourceOf(input));
  const wanted = config["skip_none"] === true ? all.filter((item) => item !== null) : all;
  const held = bufferSize === undefined ? wanted : wanted.buffer({ capacity: bufferSize });
  const worked = gather(held, config).through(built.pipe, { retry, isRetryable: () => true, ...(timeoutMs === undefined ? {} : { timeoutMs }) });
  const read = await readAll(worked);
  return { output: read.output, calls: built.calls, emittedAtMs: read.emittedAtMs, ...failureOf(read) };
}

export async function iterateClosed(input: Json): Promise<Json> {
  const items = stream(sourceOf(input));
  await items.close();
  return { items: await items.toArray() };
}

export async function contextCloses(input: Json): Promise<Json> {
  const items = stream(sourceOf(input));
  const before = items.isClosed;
  await (async () => {
    await using open = items;
    await open.toArray();
  })();
  return { before, after: items.isClosed };
}

export async function streamMetrics(input: Json): Promise<Json> {
  const built = buildPipe((input["pipe"] ?? { op: "identity", cls: "Same" }) as Json, input["mode"]);
  const isMeasured = input["collect"] !== false;
  const running = stream(sourceOf(input))
    .through(built.pipe)
    .run({ name: "nowhere", write: () => {} }, { isMeasured });
  await running.done.catch(() => undefined);
  if (!isMeasured) return { metrics: running.metrics().stages };
  const reading = running.metrics().stages[built.pipe.name];
  return { throughputSamples: reading?.total, errorRate: reading?.errorRate ?? null, metrics: running.metrics().stages };
}
