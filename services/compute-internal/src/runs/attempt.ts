import { AppError, type ClaimedRun, type Client, type ServiceRoutes } from "@rivergen/contracts";
import { toAppError } from "@rivergen/service-kit";
import { executeRun, type ExecuteDependencies, type RunState, toRunProblem } from "./execute.ts";

type Core = Client<ServiceRoutes["backend-core"]>;

export interface AttemptDependencies extends Omit<ExecuteDependencies, "pool"> {
  readonly pool: () => Promise<ExecuteDependencies["pool"]>;
  /** Whether the worker gives its runs up to another one. */
  readonly isStopping: () => boolean;
  readonly log: { info(fields: object, message: string): void; warn(fields: object, message: string): void };
}

const heartbeatMs = 400;

/** Executes a claimed run under its lease and reports how it ended. Never rejects. */
export async function attemptRun(dependencies: AttemptDependencies, run: ClaimedRun, abort: AbortController): Promise<void> {
  const { core, pool, log } = dependencies;
  const state: RunState = { stage: null, steps: [], progress: null, usage: [] };
  const heart = startHeart(core, run, state, abort);
  try {
    await executeRun(run, state, { ...dependencies, pool: await pool() }, abort.signal);
    log.info({ run: run.id, attempt: run.attempt }, "run succeeded");
  } catch (error) {
    await settle(dependencies, run, state, abort.signal, toAppError(error));
  } finally {
    await heart.stop();
  }
}

async function settle({ core, isStopping, log }: AttemptDependencies, run: ClaimedRun, state: RunState, signal: AbortSignal, error: AppError): Promise<void> {
  if (error.code === "LEASE_LOST" || (signal.aborted && isStopping())) return;
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

/** Keeps the lease while the run works; a cancel or a lost lease stops the work. */
function startHeart(core: Core, run: ClaimedRun, state: RunState, abort: AbortController): { stop(): Promise<void> } {
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
