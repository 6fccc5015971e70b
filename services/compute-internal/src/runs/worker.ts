import { AppError, type Caller, type Client, type ServiceRoutes } from "@rivergen/contracts";
import { readTrace, runInContext } from "@rivergen/service-kit";
import { attemptRun, type AttemptDependencies } from "./attempt.ts";

interface Dependencies extends Omit<AttemptDependencies, "core" | "isStopping"> {
  readonly client: (caller: Caller) => Client<ServiceRoutes["backend-core"]>;
  readonly asService: (workspaceId?: string) => Caller;
  /** Name of this worker in leases. */
  readonly name: string;
  /** Runs at a time. */
  readonly concurrency: number;
}

const pollMs = 1_000;

/** Claims runs and executes them; a run whose lease is lost is dropped at once, for another worker has it. */
export function createWorker(dependencies: Dependencies) {
  const { client, asService, name, concurrency, log } = dependencies;
  const running = new Map<string, AbortController>();
  let stopping = false;
  let claiming = false;
  let again = false;
  const isStopping = (): boolean => stopping;

  async function claim(): Promise<void> {
    if (claiming) {
      again = true;
      return;
    }
    claiming = true;
    try {
      while (!stopping && running.size < concurrency) {
        const run = await client(asService()).claimRun({ body: { worker: name } });
        if (!run) break;
        const abort = new AbortController();
        running.set(run.id, abort);
        const core = client(asService(run.workspaceId));
        // Its log lines name the trace it was asked for in. Its calls, heartbeats most of all, are not recorded: spans of a run are told once it is over.
        const context = { requestId: "", ...readTrace(run.traceparent ?? undefined), sampled: false };
        void runInContext(context, () => attemptRun({ ...dependencies, core, isStopping }, run, abort)).finally(() => {
          running.delete(run.id);
          wake();
        });
      }
    } catch (error) {
      log.warn({ err: error }, "no run could be claimed");
    } finally {
      claiming = false;
    }
    if (again) {
      again = false;
      await claim();
    }
  }

  function wake(): void {
    if (!stopping) void claim();
  }

  const timer = setInterval(wake, pollMs).unref();

  return {
    wake,
    /** Stops a run of this worker; others are left alone. */
    cancel(run: string): void {
      running.get(run)?.abort(new AppError("RUN_CANCELLED"));
    },
    running: () => running.size,
    /** Takes no more runs; those that run are left to the next worker, from their last checkpoint. */
    async stop(): Promise<void> {
      stopping = true;
      clearInterval(timer);
      for (const abort of running.values()) abort.abort(new AppError("SERVICE_UNAVAILABLE"));
    },
  };
}
