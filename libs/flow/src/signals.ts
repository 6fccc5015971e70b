import type { PipelineSignals, SignalSink } from "@rivergen/pipeline";
import type { FlowFault } from "./document/read.ts";

interface Named {
  readonly name: string;
}

interface Registered extends Named {
  readonly version: string;
}

interface Timed {
  readonly durationMs: number;
}

/** What is told of a document: the version written in it, if any. */
interface Versioned {
  readonly version?: string | undefined;
}

interface Parsed extends Versioned {
  readonly sizeBytes: number;
  readonly path?: string | undefined;
}

/**
 * Every act of flows that can be observed. Order: a file is loaded, its text parsed, the build started, the validation
 * started and completed (or failed), the build completed (or failed). Setting a named flow validates it, updates each
 * binding that follows it, and registers it. A run of a binding is started, then completed or failed.
 */
export interface FlowSignals {
  "flow.factory.created": { readonly processors: number };
  "flow.processor.registered": Registered;
  "flow.processor.removed": Named;
  "flow.predicate.registered": Registered;
  "flow.predicate.removed": Named;
  "flow.condition.registered": Registered;
  "flow.condition.removed": Named;
  "flow.reducer.registered": Registered;
  "flow.reducer.removed": Named;
  "flow.error-handler.registered": Registered;
  "flow.error-handler.removed": Named;
  "flow.channel.registered": Registered;
  "flow.channel.removed": Named;
  "flow.file.loaded": { readonly path: string; readonly sizeBytes: number };
  "flow.file.failed": { readonly path: string; readonly error: unknown };
  "flow.yaml.parsed": Parsed;
  "flow.json.parsed": Parsed;
  "flow.parse.failed": { readonly path?: string | undefined; readonly faults: readonly FlowFault[] };
  "flow.build.started": Versioned;
  "flow.build.completed": Versioned & Timed & { readonly nodes: number };
  "flow.build.failed": Versioned & Timed & { readonly faults: readonly FlowFault[] };
  "flow.validation.started": Versioned;
  "flow.validation.completed": Versioned & Timed;
  "flow.validation.failed": Versioned & Timed & { readonly faults: readonly FlowFault[] };
  "flow.schema.registered": Named & Versioned & { readonly revision: number };
  /** A binding has gone over to a new revision. */
  "flow.schema.updated": Named & { readonly binding: string; readonly oldRevision: number; readonly newRevision: number };
  /** A document was refused; everything runs on as before. */
  "flow.schema.update-failed": Named & { readonly faults: readonly FlowFault[] };
  "flow.schema.removed": Named;
  "flow.binding.created": Named & { readonly schema: string; readonly revision: number };
  "flow.binding.removed": Named;
  /** A binding was asked for by name. */
  "flow.pipeline.retrieved": Named & { readonly found: boolean };
  "flow.execution.started": Named & { readonly executionId: string; readonly revision: number };
  "flow.execution.completed": Named & Timed & { readonly executionId: string; readonly revision: number };
  "flow.execution.failed": Named & Timed & { readonly executionId: string; readonly revision: number; readonly error: unknown };
  /** A watched file or object could not be read. */
  "flow.watch.failed": Named & { readonly error: unknown };
}

/** Where flows and their pipelines tell what they do. */
export type FlowSink = SignalSink<FlowSignals & PipelineSignals>;

/** Tells something, if anybody listens; nobody here waits for a listener. */
export function tell<Signal extends keyof FlowSignals>(sink: FlowSink | undefined, signal: Signal, data: () => FlowSignals[Signal]): void {
  if (sink?.has(signal)) void sink.emit(signal, data() as (FlowSignals & PipelineSignals)[Signal]);
}
