import { Worker } from "node:worker_threads";
import { z } from "zod";
import { createBulkhead } from "../bulkhead.ts";
import { parseOptions } from "./options.ts";
import { pipe } from "./pipe.ts";
import type { Pipe } from "./pipe.ts";

const threadOptions = z.strictObject({
  /** Most calls at once, each in a thread of its own that is kept for the next. Default 1. */
  threads: z.int().positive().default(1),
  /** Function that the module exports. Default `run`. */
  exportName: z.string().min(1).default("run"),
});

type Answer = { readonly output: unknown } | { readonly error: unknown };

/** One call in a thread. A thread that dies, or whose call is aborted, is of no more use: `isFit` says so. */
function call(worker: Worker, input: unknown, signal: AbortSignal | undefined): Promise<{ readonly answer: Answer; readonly isFit: boolean }> {
  return new Promise((resolve) => {
    const settle = (answer: Answer, isFit: boolean) => {
      worker.off("message", answered).off("error", failed).off("exit", ended);
      signal?.removeEventListener("abort", abort);
      resolve({ answer, isFit });
    };
    const answered = (answer: Answer) => settle(answer, true);
    const failed = (error: unknown) => settle({ error }, false);
    const ended = (code: number) => settle({ error: new Error(`The thread ended with ${code}`) }, false);
    const abort = () => settle({ error: signal?.reason }, false);
    worker.on("message", answered).on("error", failed).on("exit", ended);
    signal?.addEventListener("abort", abort, { once: true });
    worker.postMessage({ input });
  });
}

/**
 * A pipe whose work blocks: it runs in threads, so that this one goes on. Inputs and outputs are copied as by `structuredClone`.
 * Close it, or its threads keep the process alive. @throws INVALID_REQUEST
 */
export function threadPipe<In, Out>(name: string, module: URL, given: z.input<typeof threadOptions> = {}): Pipe<In, Out> {
  const { threads, exportName } = parseOptions(threadOptions, given, name);
  const places = createBulkhead({ concurrency: threads, queue: Number.MAX_SAFE_INTEGER });
  const idle: Worker[] = [];
  let isClosed = false;

  function start(): Worker {
    const worker = new Worker(new URL(import.meta.resolve("./thread-worker.ts")), { workerData: { module: module.href, exportName } });
    // One may die between two calls: unheard, its error would end the process, and the next call would wait for it for ever.
    worker
      .on("error", () => {})
      .once("exit", () => {
        const position = idle.indexOf(worker);
        if (position >= 0) idle.splice(position, 1);
      });
    return worker;
  }

  async function run(input: In, signal: AbortSignal | undefined): Promise<Out> {
    signal?.throwIfAborted();
    const worker = idle.pop() ?? start();
    const { answer, isFit } = await call(worker, input, signal);
    if (isFit && !isClosed) idle.push(worker);
    else await worker.terminate();
    if ("error" in answer) throw answer.error;
    return answer.output as Out;
  }

  return pipe<In, Out>(name, (input, { signal }) => places.run(() => run(input, signal), signal ? { signal } : {}), {
    close: async () => {
      isClosed = true;
      await Promise.all(idle.splice(0).map((worker) => worker.terminate()));
    },
  });
}
