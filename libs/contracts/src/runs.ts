import { z } from "zod";
import { ColumnType, Format, formatTypes, IdOrName, page, PageQuery, Problem, Row, rowQuery, Time, VersionNumber } from "./common.ts";
import { ReadableDataset, RowCount, UsageSummary } from "./datasets.ts";
import { EventPage } from "./events.ts";
import { route } from "./http.ts";
import { RiverDocument } from "./river-document.ts";
import { runStatuses } from "./run-status.ts";

export const RunStatus = z.enum(runStatuses);
export type RunStatus = z.output<typeof RunStatus>;

export const StepStatus = z.enum(["pending", "running", "succeeded", "failed", "skipped", "cancelled", "reused"]);
/** Why something failed, as RFC 9457 problem details without a request. */
export const RunProblem = z
  .looseObject({
    code: z.string(),
    title: z.string(),
    detail: z.string(),
    step: z.string().optional(),
    column: z.string().optional(),
    advice: z.string().optional(),
  })
  .meta({ id: "RunProblem" });
export type RunProblem = z.output<typeof RunProblem>;

export const RunStep = z.strictObject({
  name: z.string(),
  kind: z.string(),
  status: StepStatus,
  attempts: z.number().int().nonnegative(),
  rowsIn: z.number().int().nonnegative().nullable(),
  rowsOut: z.number().int().nonnegative().nullable(),
  /** What the plan expected `rowsOut` to be when the run was asked for; null without evidence. */
  estimatedRows: z.number().nonnegative().nullable().optional(),
  durationMs: z.number().nonnegative().nullable(),
  /** Records that a flow set aside: how many, and the output of the run that holds them with the reason, the first 100,000 of them. */
  setAside: z.strictObject({ rows: z.number().int().positive(), kept: z.number().int().nonnegative(), output: z.string() }).optional(),
  error: RunProblem.optional(),
});
export type RunStep = z.output<typeof RunStep>;

/** An interval: likely between low and high in 80 % of cases; a bound without evidence is null. */
export const Interval = z.strictObject({ low: z.number().nullable(), likely: z.number().nullable(), high: z.number().nullable() });
export const Quote = z
  .strictObject({
    rows: Interval,
    durationMs: Interval,
    /** In units of the currency, not minor units. */
    price: Interval.extend({ currency: z.string() }),
    /** What the figures stand on. */
    basis: z.string(),
  })
  .meta({ id: "Quote" });
export type Quote = z.output<typeof Quote>;

export const Run = z
  .strictObject({
    id: z.string(),
    river: z.strictObject({ id: z.string(), name: z.string(), version: z.number().int() }),
    status: RunStatus,
    inputs: z.array(z.strictObject({ dataset: z.string(), version: z.number().int() })),
    progress: z.strictObject({ fraction: z.number().min(0).max(1).nullable(), rowsDone: z.number().nullable(), rowsExpected: z.number().nullable() }),
    attempt: z.number().int().positive(),
    steps: z.array(RunStep),
    outputs: z.array(z.strictObject({ name: z.string(), dataset: z.string().nullable(), rowCount: z.number().int().nonnegative() })),
    error: RunProblem.nullable(),
    usage: UsageSummary,
    /** What was expected before it ran, kept beside what was metered. */
    quote: Quote.nullable(),
    /** What it cost, in the plan's currency, exact; null before it is metered. */
    metered: z.strictObject({ durationMs: z.number(), price: z.string(), currency: z.string() }).nullable(),
    parameters: z.record(z.string(), z.unknown()),
    createdAt: Time,
    startedAt: Time.nullable(),
    finishedAt: Time.nullable(),
  })
  .meta({ id: "Run" });
export type Run = z.output<typeof Run>;

const RunPath = z.strictObject({ run: z.string().min(1).max(80) });
const tag = "Runs";
export const runRoutes = {
  startRun: route({
    method: "POST",
    path: "/v1/rivers/:river/runs",
    scope: "runs:write",
    tag,
    summary: "Run a river",
    params: z.strictObject({ river: IdOrName }),
    body: z.strictObject({ parameters: z.record(z.string(), z.unknown()).optional(), version: VersionNumber.optional() }),
    answer: Run,
    status: 202,
    also: { 200: "The run ended within the wait" },
    headers: { prefer: "`wait=N`: seconds (at most 60) to wait for the end; then 200" },
    errors: ["RIVER_NOT_FOUND", "RIVER_VERSION_NOT_FOUND", "RIVER_INVALID"],
  }),
  listRuns: route({
    method: "GET",
    path: "/v1/runs",
    scope: "runs:read",
    tag,
    summary: "Runs, newest first",
    query: PageQuery.extend({ river: IdOrName.optional(), status: RunStatus.optional() }),
    answer: page(Run),
  }),
  getRun: route({ method: "GET", path: "/v1/runs/:run", scope: "runs:read", tag, summary: "One run", params: RunPath, answer: Run, errors: ["RUN_NOT_FOUND"] }),
  listRunEvents: route({
    method: "GET",
    path: "/v1/runs/:run/events",
    scope: "runs:read",
    tag,
    summary: "What happened in a run",
    params: RunPath,
    query: z.strictObject({ after: z.coerce.number().int().min(0).default(0), limit: z.coerce.number().int().min(1).max(1_000).default(500) }),
    answer: EventPage,
    errors: ["RUN_NOT_FOUND"],
  }),
  cancelRun: route({
    method: "POST",
    path: "/v1/runs/:run/cancel",
    scope: "runs:write",
    tag,
    summary: "Stop a run",
    params: RunPath,
    answer: Run,
    status: 202,
    errors: ["RUN_NOT_FOUND", "RUN_ENDED"],
  }),
  resumeRun: route({
    method: "POST",
    path: "/v1/runs/:run/resume",
    scope: "runs:write",
    tag,
    summary: "Go on with a failed or cancelled run as its next attempt",
    params: RunPath,
    answer: Run,
    status: 202,
    errors: ["RUN_NOT_FOUND", "RUN_NOT_RESUMABLE", "INPUT_GONE"],
  }),
};

export const runOutputRoutes = {
  getRunOutput: route({
    method: "GET",
    path: "/v1/runs/:run/outputs/:name",
    scope: "runs:read",
    tag,
    summary: "What a run wrote: a page of JSON, or the whole as a stream",
    params: RunPath.extend({ name: z.string().min(1).max(80) }),
    query: z.strictObject({
      format: Format.optional(),
      limit: z.coerce.number().int().min(1).max(10_000).default(1_000),
      /** Where the page before ended; it comes before `offset`, and goes with the same `sort` and `filter`. */
      cursor: z.string().min(1).max(200).optional(),
      ...rowQuery,
    }),
    answer: z.strictObject({ columns: z.array(ColumnType), rows: z.array(Row), nextCursor: z.string().nullable(), rowCount: RowCount }),
    produces: Object.values(formatTypes),
    headers: { accept: "One of the media types, where `format` is absent" },
    errors: ["RUN_NOT_FOUND", "OUTPUT_NOT_FOUND", "NOT_ACCEPTABLE", "QUERY_FAILED", "QUERY_TIMEOUT", "QUERY_MEMORY_EXCEEDED"],
  }),
};

const StageFile = z.strictObject({
  objectKey: z.string(),
  sha256: z.string(),
  rowCount: z.number().int().nonnegative(),
  sizeBytes: z.number().int().nonnegative(),
  columns: z.array(z.strictObject({ name: z.string(), type: z.string(), nullable: z.boolean(), labels: z.array(z.string()) })),
});
/** Checkpoint of a stage: what it wrote and what it took. */
export const StageResult = StageFile.extend({
  stage: z.string(),
  /** Records that a flow set aside, with the reason; null where there are none. */
  setAside: StageFile.extend({ output: z.string() }).nullable().default(null),
  steps: z.array(RunStep.pick({ name: true, rowsIn: true, rowsOut: true, durationMs: true, setAside: true })),
  usage: UsageSummary,
  /** Version of the dataset whose rows an appending output begins with; null where there are none. */
  appendedTo: z.number().int().nullable().default(null),
});
export type StageResult = z.output<typeof StageResult>;

/** Everything a worker needs for a run. */
export const ClaimedRun = z.strictObject({
  id: z.string(),
  workspaceId: z.string(),
  attempt: z.number().int().positive(),
  /** Proof of the lease: every report carries it. */
  lease: z.string(),
  leaseMs: z.number().int(),
  document: RiverDocument,
  parameters: z.record(z.string(), z.unknown()),
  /** The run's logical time. */
  now: Time,
  seed: z.number().int(),
  /** Source name → the version it reads. */
  inputs: z.record(z.string(), ReadableDataset),
  /** Dataset of each appending output, where it has rows already. */
  appendTo: z.record(z.string(), ReadableDataset),
  /** Stages that earlier attempts completed. */
  completed: z.array(StageResult),
  deadlineMs: z.number().int(),
  /** W3C trace context that the run was asked for in; null where there was none. */
  traceparent: z.string().nullable(),
});
export type ClaimedRun = z.output<typeof ClaimedRun>;

const Lease = z.strictObject({ run: z.string(), lease: z.string() });
export const runInternalRoutes = {
  claimRun: route({
    method: "POST",
    path: "/internal/runs/claim",
    scope: "internal",
    tag: "Internal",
    summary: "Take the oldest run that waits or whose worker is gone; null when there is none",
    body: z.strictObject({ worker: z.string() }),
    answer: ClaimedRun.nullable(),
  }),
  heartbeatRun: route({
    method: "POST",
    path: "/internal/runs/heartbeat",
    scope: "internal",
    tag: "Internal",
    summary: "Keep the lease and tell the progress; says whether to stop",
    body: Lease.extend({
      stage: z.string().nullable(),
      progress: z
        .strictObject({ fraction: z.number().min(0).max(1).nullable(), rowsDone: z.number().nullable(), rowsExpected: z.number().nullable() })
        .nullable(),
    }),
    answer: z.strictObject({ cancel: z.boolean() }),
    errors: ["LEASE_LOST"],
  }),
  startStage: route({
    method: "POST",
    path: "/internal/runs/stages/start",
    scope: "internal",
    tag: "Internal",
    summary: "A stage begins",
    body: Lease.extend({ stage: z.string(), steps: z.array(z.string()) }),
    errors: ["LEASE_LOST"],
  }),
  completeStage: route({
    method: "POST",
    path: "/internal/runs/stages/complete",
    scope: "internal",
    tag: "Internal",
    summary: "A stage is done: checkpoint, step states, usage and events in one transaction; saying it twice is harmless",
    body: Lease.extend({ result: StageResult }),
    errors: ["LEASE_LOST"],
  }),
  completeRun: route({
    method: "POST",
    path: "/internal/runs/complete",
    scope: "internal",
    tag: "Internal",
    summary: "All stages are done: outputs become dataset versions, in one transaction",
    body: Lease,
    errors: ["LEASE_LOST"],
  }),
  failRun: route({
    method: "POST",
    path: "/internal/runs/fail",
    scope: "internal",
    tag: "Internal",
    summary: "The attempt ended without its outputs",
    body: Lease.extend({
      stage: z.string().nullable(),
      steps: z.array(z.string()),
      cancelled: z.boolean(),
      problem: RunProblem,
      retryable: z.boolean(),
      usage: UsageSummary,
    }),
    errors: ["LEASE_LOST"],
  }),
  findRunOutput: route({
    method: "GET",
    path: "/internal/runs/outputs",
    scope: "internal",
    tag: "Internal",
    summary: "Where an output of a run lies",
    query: z.strictObject({ run: z.string(), name: z.string() }),
    answer: z.strictObject({
      objectKey: z.string(),
      sha256: z.string(),
      rowCount: z.number().int(),
      sizeBytes: z.number().int(),
      columns: z.array(ColumnType),
    }),
    errors: ["RUN_NOT_FOUND", "OUTPUT_NOT_FOUND"],
  }),
  recordUsage: route({
    method: "POST",
    path: "/internal/usage",
    scope: "internal",
    tag: "Internal",
    summary: "Meter something outside a run (an ad-hoc query); the same id twice counts once",
    body: z.strictObject({ id: z.string(), subject: z.string(), items: UsageSummary }),
  }),
};
export { Problem as ProblemDetails };
