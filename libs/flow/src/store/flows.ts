import { systemClock } from "@rivergen/pipeline";
import type { Clock } from "@rivergen/pipeline";
import type { BuiltFlow } from "../build/build.ts";
import { createCompiler } from "../build/compiler.ts";
import type { FlowInput } from "../document/read.ts";
import { createRegistry } from "../registry/registry.ts";
import type { Registry } from "../registry/registry.ts";
import { tell } from "../signals.ts";
import type { FlowSink } from "../signals.ts";
import { createSpecification } from "../spec/specification.ts";
import type { Specification } from "../spec/specification.ts";
import { faultsOf, invalidFlow } from "../validate/validate.ts";
import type { ValidateOptions, Validation } from "../validate/validate.ts";
import type { Binding } from "./binding.ts";
import { createBindings } from "./bindings.ts";
import type { BindOptions } from "./bindings.ts";
import { diffFlows } from "./diff.ts";
import type { FlowChange } from "./diff.ts";
import { createRevisions } from "./revisions.ts";
import type { FlowRevision } from "./revisions.ts";
import { createWatches } from "./watch.ts";
import type { Watch, WatchOptions, WatchSource } from "./watch.ts";

export interface FlowsOptions {
  /** Default: an empty one that tells the same signals. */
  readonly registry?: Registry;
  readonly signals?: FlowSink;
  /** Default: the machine's. */
  readonly clock?: Clock;
  /** 0 ≤ x < 1, for jitter. Default: the machine's. */
  readonly random?: () => number;
  /** Revisions kept per named flow, at least the newest. Default 50. */
  readonly history?: number;
}

/** Validates, builds, names and reloads flows. Everything that changes flows happens in one turn: there is no moment at which half of it has happened. */
export interface Flows {
  readonly registry: Registry;
  /** All faults of a flow, with what it names looked up. */
  validate(flow: FlowInput, options?: ValidateOptions): Validation;
  /** A flow that runs, on its own from now on. @throws FLOW_INVALID with all faults */
  build(flow: FlowInput, options?: ValidateOptions): BuiltFlow;
  /** The same from a file that ends in .yaml, .yml or .json. @throws FLOW_FILE_UNREADABLE, FLOW_FORMAT_UNSUPPORTED, FLOW_INVALID */
  buildFile(path: string, options?: Omit<ValidateOptions, "format">): Promise<BuiltFlow>;
  /** Gives a named flow a new revision; the bindings that follow it go over to it. @throws FLOW_INVALID, and then nothing has changed */
  set(name: string, flow: FlowInput, options?: ValidateOptions): FlowRevision;
  /** The newest revision of a named flow, or the one asked for. */
  get(name: string, revision?: number): FlowRevision | undefined;
  list(): readonly string[];
  /** Forgets named flows; their bindings run on. Gives how many there were. */
  remove(...names: readonly string[]): number;
  /** Revisions of a named flow that are kept, oldest first. */
  history(name: string): readonly FlowRevision[];
  /** What is different from one revision to another. @throws FLOW_NOT_FOUND, FLOW_VERSION_NOT_FOUND */
  diff(name: string, from: number, to: number): readonly FlowChange[];
  /** Makes an older document the newest revision. @throws FLOW_NOT_FOUND, FLOW_VERSION_NOT_FOUND, FLOW_INVALID */
  rollback(name: string, revision: number): FlowRevision;
  /** Makes a named flow run under a name of its own; that name again gives the same binding, whatever else is said. @throws FLOW_NOT_FOUND, FLOW_INVALID */
  bind(name: string, schema: string, options?: BindOptions): Binding;
  binding(name: string): Binding | undefined;
  bindings(): readonly string[];
  /** Takes bindings away; their items under way run to their end. Gives how many there were. */
  unbind(...names: readonly string[]): number;
  /** Sets a named flow from a file or an object now, and whenever that changes. @throws FLOW_FILE_UNREADABLE, FLOW_INVALID for what is there now */
  watch(name: string, source: WatchSource, options?: WatchOptions): Promise<Watch>;
  /** Everything that documents can say. */
  specification(): Specification;
  /** Ends all watches and bindings, once their items have ended. */
  close(): Promise<void>;
}

/** @see FlowSignals for what is told, in which order */
export function createFlows({ registry: given, signals, clock = systemClock, random, history = 50 }: FlowsOptions = {}): Flows {
  const registry = given ?? createRegistry({ signals });
  const environment = { registry, signals, clock, random };
  const revisions = createRevisions(history);
  const bindings = createBindings(environment);
  const { validate, build, buildFile } = createCompiler(environment);
  tell(signals, "flow.factory.created", () => ({ processors: registry.processors.list().length }));

  function set(name: string, flow: FlowInput, options?: ValidateOptions): FlowRevision {
    const { faults, document } = validate(flow, options);
    if (!document) throw invalidFlow(faults);
    const revision = revisions.next(name, document);
    updateBindings(revision);
    revisions.add(revision);
    tell(signals, "flow.schema.registered", () => ({ name, version: revision.version, revision: revision.revision }));
    return revision;
  }

  /** @throws FLOW_INVALID when it does not fit a binding */
  function updateBindings(revision: FlowRevision): void {
    try {
      bindings.update(revision);
    } catch (error) {
      tell(signals, "flow.schema.update-failed", () => ({ name: revision.name, faults: faultsOf(error) }));
      throw error;
    }
  }

  function removeOne(name: string): boolean {
    const wasThere = revisions.remove(name);
    if (wasThere) tell(signals, "flow.schema.removed", () => ({ name }));
    return wasThere;
  }

  const watches = createWatches({ clock, signals, set });

  return {
    registry,
    validate,
    build,
    buildFile,
    set,
    get: (name, revision) => revisions.find(name, revision),
    list: () => revisions.list(),
    remove: (...names) => names.filter((name) => removeOne(name)).length,
    history: (name) => revisions.history(name),
    diff: (name, from, to) => diffFlows(revisions.get(name, from).document, revisions.get(name, to).document),
    rollback: (name, revision) => set(name, revisions.get(name, revision).document),
    bind: (name, schema, options) => bindings.bind(name, () => revisions.get(schema), options),
    binding: (name) => bindings.find(name),
    bindings: () => bindings.list(),
    unbind: (...names) => bindings.remove(names),
    watch: (name, source, options) => watches.add(name, source, options),
    specification: () => createSpecification(registry),
    async close() {
      watches.close();
      await bindings.close();
    },
  };
}
