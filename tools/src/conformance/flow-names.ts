import { AppError } from "@rivergen/contracts";
import type { FlowFault, FlowTree } from "@rivergen/flow";
import { PipelineError } from "@rivergen/pipeline";
import type { Json } from "./compare.ts";

/** Faults of ours that are failures to parse in the originals, which read into typed fields. */
const parseCodes: ReadonlySet<string> = new Set([
  "TEXT_NOT_PARSEABLE",
  "WRONG_TYPE",
  "DUPLICATE_KEY",
  "INVALID_KEY",
  "DOCUMENT_TOO_LARGE",
  "DOCUMENT_TOO_DEEP",
  "ALIASES_TOO_LARGE",
]);

/** Faults as the cases write them. */
export function toInvalid(faults: readonly FlowFault[]): Json {
  if (faults.some(({ code }) => parseCodes.has(code))) return { error: { kind: "parse", message: faults[0]?.message } };
  return { invalid: faults.map(({ path, code, message }) => ({ pointer: path, kind: code.toLowerCase().replaceAll("_", "-"), message })) };
}

const errorKinds: Readonly<Record<string, string>> = {
  CIRCUIT_OPEN: "breaker-open",
  CONTEST_FAILED: "contest-all-failed",
  CONTEST_UNDECIDED: "contest-none-met",
  STREAM_TIMEOUT: "stream-timeout",
  FLOW_NOT_FOUND: "schema-not-found",
  FLOW_FORMAT_UNSUPPORTED: "unsupported-format",
  FLOW_FILE_UNREADABLE: "read-file",
  NAME_ALREADY_REGISTERED: "duplicate-name",
};

/** An error of ours as the cases write it. */
export function toError(error: unknown): Json {
  if (!(error instanceof AppError)) throw error;
  if (error.code === "FLOW_INVALID") return toInvalid(error.details.errors ?? []);
  const kind = errorKinds[error.code];
  const known = kind ? { kind } : {};
  if (!(error instanceof PipelineError)) return { error: { ...known, message: error.message } };
  const { path, message, timedOut, aborted, panic } = error;
  const flags = { ...(timedOut && !kind ? { timeout: true } : {}), ...(aborted ? { canceled: true } : {}), ...(panic ? { panic: true } : {}) };
  return { error: { ...known, path: [...path], message, ...flags } };
}

/** The originals' names of our signals; what is not here they do not have. */
const signalNames: Readonly<Record<string, string | readonly string[]>> = {
  "flow.factory.created": "flume.factory.created",
  ...Object.fromEntries(
    ["processor", "predicate", "condition", "reducer", "error-handler", "channel"].flatMap((kind) =>
      ["registered", "removed"].map((act) => [`flow.${kind}.${act}`, `flume.${kind.replace("-", "")}.${act}`]),
    ),
  ),
  "flow.file.loaded": "flume.schema.file.loaded",
  "flow.file.failed": "flume.schema.file.failed",
  "flow.yaml.parsed": "flume.schema.yaml.parsed",
  "flow.json.parsed": "flume.schema.json.parsed",
  "flow.parse.failed": "flume.schema.parse.failed",
  "flow.build.started": "flume.schema.build.started",
  "flow.build.completed": "flume.schema.build.completed",
  "flow.build.failed": "flume.schema.build.failed",
  "flow.validation.started": "flume.schema.validation.started",
  "flow.validation.completed": "flume.schema.validation.completed",
  "flow.validation.failed": "flume.schema.validation.failed",
  "flow.schema.registered": "flume.schema.registered",
  "flow.schema.updated": "flume.schema.updated",
  "flow.schema.update-failed": "flume.schema.update.failed",
  "flow.schema.removed": "flume.schema.removed",
  "flow.binding.created": "flume.schema.registered",
  "flow.pipeline.retrieved": "flume.pipeline.retrieved",
  "flow.execution.started": "flume.pipeline.execution.started",
  "flow.execution.completed": "flume.pipeline.execution.completed",
  ...Object.fromEntries(["opened", "closed", "half-open", "rejected"].map((act) => [`circuit-breaker.${act}`, `circuitbreaker.${act}`])),
  ...Object.fromEntries(["throttled", "dropped", "allowed"].map((act) => [`rate-limiter.${act}`, `ratelimiter.${act}`])),
  ...Object.fromEntries(["saturated", "acquired", "released"].map((act) => [`worker-pool.${act}`, `workerpool.${act}`])),
  "retry.attempt-start": "retry.attempt-start",
  "retry.attempt-fail": "retry.attempt-fail",
  // Ours tells the failure of the last try as what it is; the original tells it twice.
  "retry.exhausted": ["retry.attempt-fail", "retry.exhausted"],
  "backoff.waiting": "backoff.waiting",
  "fallback.attempt": "fallback.attempt",
  "fallback.failed": "fallback.failed",
  "timeout.triggered": "timeout.triggered",
  "sequence.completed": "sequence.completed",
  "concurrent.completed": "concurrent.completed",
  "race.winner": "race.winner",
  "contest.winner": "contest.winner",
  "scaffold.dispatched": "scaffold.dispatched",
  "switch.routed": "switch.routed",
  "filter.evaluated": "filter.evaluated",
  "handle.error-handled": "handle.error-handled",
  "handle.handler-failed": "handle.error-handled",
};

/** The originals' names of one of our signals, in order. */
export function toSignals(signal: string): readonly string[] {
  const names = signalNames[signal] ?? [];
  return typeof names === "string" ? [names] : names;
}

const typeNames: Readonly<Record<string, string>> = { "circuit-breaker": "circuitbreaker", "rate-limit": "ratelimiter", "worker-pool": "workerpool" };

/** A node as the original shows it. Two branches of a filter are one opaque processor there; error handlers and channels are processors. */
function toNodes(node: FlowTree): readonly string[] {
  const { type, name, settings, children } = node;
  if (type === "filter" && children.some(({ role }) => role === "else")) return [`processor:${name}`];
  const inner = children.flatMap(toNodes);
  if (type === "retry") return [`${"backoff" in settings ? "backoff" : "retry"}:${name}`, ...inner];
  if (type === "handle") return [`handle:${name}`, `processor:${String(settings["error_handler"])}`, ...inner];
  if (type === "stream") return [...(inner.length > 0 ? [`sequence:${name}`] : []), `processor:${name}`, ...inner];
  return [`${typeNames[type] ?? type}:${name}`, ...inner];
}

/** All nodes of a tree as the original lists them: `type:name`, sorted. */
export function toNodeList(tree: FlowTree): readonly string[] {
  return toNodes(tree).toSorted();
}
