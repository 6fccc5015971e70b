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

/** Every signal of flows and what it says; pipelines' own are in `PipelineSignals`. */
export const flowSignals: Readonly<Record<keyof FlowSignals, string>> = {
  "flow.factory.created": "flows can be built",
  "flow.processor.registered": "a processor was registered",
  "flow.processor.removed": "a processor was removed; what is built runs on",
  "flow.predicate.registered": "a predicate was registered",
  "flow.predicate.removed": "a predicate was removed",
  "flow.condition.registered": "a condition was registered",
  "flow.condition.removed": "a condition was removed",
  "flow.reducer.registered": "a reducer was registered",
  "flow.reducer.removed": "a reducer was removed",
  "flow.error-handler.registered": "an error handler was registered",
  "flow.error-handler.removed": "an error handler was removed",
  "flow.channel.registered": "a channel was registered",
  "flow.channel.removed": "a channel was removed",
  "flow.file.loaded": "a file was read",
  "flow.file.failed": "a file could not be read",
  "flow.yaml.parsed": "a YAML text was parsed",
  "flow.json.parsed": "a JSON text was parsed",
  "flow.parse.failed": "a text is no YAML or JSON",
  "flow.build.started": "a build has begun",
  "flow.build.completed": "a flow was built",
  "flow.build.failed": "a flow was not built, for it has faults",
  "flow.validation.started": "a document is being checked",
  "flow.validation.completed": "a document has no faults",
  "flow.validation.failed": "a document has faults",
  "flow.schema.registered": "a named flow has a new revision",
  "flow.schema.updated": "a binding has gone over to a new revision",
  "flow.schema.update-failed": "a new revision was refused by a binding, or what is watched has faults; everything runs on as before",
  "flow.schema.removed": "a named flow was forgotten",
  "flow.binding.created": "a named flow was bound",
  "flow.binding.removed": "a binding was taken away",
  "flow.pipeline.retrieved": "a binding was asked for by name",
  "flow.execution.started": "a binding has begun to run an item",
  "flow.execution.completed": "a binding has run an item",
  "flow.execution.failed": "a binding has failed to run an item",
  "flow.watch.failed": "what is watched could not be read",
};
