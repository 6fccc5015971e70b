import { AppError, type Caller, type ClaimedRun, type Client, type ServiceRoutes } from "@rivergen/contracts";
import { toAppError } from "@rivergen/service-kit";
import { executeRun, type ExecuteDependencies, type RunState, toRunProblem } from "./execute.ts";

interface Dependencies extends Omit<ExecuteDependencies, "core" | "pool"> {
  readonly client: (caller: Caller) => Client<ServiceRoutes["backend-core"]>;
  readonly pool: () => Promise<ExecuteDependencies["pool"]>;
  readonly asService: (workspaceId?: string) => Caller;
  /** Name of this worker in leases. */
  readonly name: string;
  /** Runs at a time. */
  readonly concurrency: number;
  readonly log: { info(fields: object, message: string): void; warn(fields: object, message: string): void };
}

export type Worker = ReturnType<typeof createWorker>;

const pollMs = 1_000;
const heartbeatMs = 400;

/** Claims runs and executes them; a run whose lease is lost is dropped at once, for another worker has it. */
export function createWorker(dependencies: Dependencies) {
  const { client, asService, name, concurrency, log } = dependencies;
  const running = new Map<string, AbortController>();
  let stopping = false;
  let claiming = false;
  let again = false;

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
        void execute(run, abort).finally(() => {
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

  async function execute(run: ClaimedRun, abort: AbortController): Promise<void> {
    const core = client(asService(run.workspaceId));
    const state: RunState = { stage: null, steps: [], progress: null, usage: [] };
    const heart = startHeart(core, run, state, abort);
    try {
      await executeRun(run, state, { ...dependencies, core, pool: await dependencies.pool() }, abort.signal);
      log.info({ run: run.id, attempt: run.attempt }, "run succeeded");
    } catch (error) {
      await settle(core, run, state, abort.signal, toAppError(error));
    } finally {
      await heart.stop();
    }
  }

  async function settle(core: Client<ServiceRoutes["backend-core"]>, run: ClaimedRun, state: RunState, signal: AbortSignal, error: AppError): Promise<void> {
    if (error.code === "LEASE_LOST" || (signal.aborted && stopping)) return;
    const cancelled = error.code === "RUN_CANCELLED" || (signal.aborted && (signal.reason as AppError | undefined)?.code === "RUN_CANCELLED");
    const retryable = error.retryable || error.code === "INTERNAL";
    const shown = error.code === "INTERNAL" ? new AppError("PLATFORM_FAULT", {}, error) : error;
    log.warn(
      { run: run.id, attempt: run.attempt, code: error.code, err: retryable ? error : undefined, cause: retryable ? error.cause : undefined },
      "run attempt ended",
    );
    const body = {
      run: run.id,
      lease: run.lease,
      stage: state.stage,
      steps: [...state.steps],
      cancelled,
      problem: toRunProblem(shown),
      retryable,
      usage: state.usage,
    };
    await core
      .failRun({ body })
      .catch((cause: unknown) => log.warn({ run: run.id, err: cause }, "the end of a run could not be reported; its lease will expire"));
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

/** Keeps the lease while the run works; a cancel or a lost lease stops the work. */
function startHeart(core: Client<ServiceRoutes["backend-core"]>, run: ClaimedRun, state: RunState, abort: AbortController): { stop(): Promise<void> } {
  let beating: Promise<void> = Promise.resolve();
  const beat = async (): Promise<void> => {
    try {
      const { cancel } = await core.heartbeatRun(
        { body: { run: run.id, lease: run.lease, stage: state.stage, progress: state.progress } },
        { deadlineMs: run.leaseMs / 2 },
      );
      if (cancel) abort.abort(new AppError("RUN_CANCELLED"));
    } catch (error) {
      if (toAppError(error).code === "LEASE_LOST") abort.abort(new AppError("LEASE_LOST"));
    }
  };
  let busy = false;
  const timer = setInterval(() => {
    if (busy) return;
    busy = true;
    beating = beat().finally(() => {
      busy = false;
    });
  }, heartbeatMs);
  return {
    async stop() {
      clearInterval(timer);
      await beating;
    },
  };
}
