import type { Clock } from "@rivergen/pipeline";
import type { z } from "zod";
import { assemble } from "../build/build.ts";
import type { BuiltFlow } from "../build/build.ts";
import type { States } from "../build/states.ts";
import { describeFlow } from "../introspect/tree.ts";
import type { Registry } from "../registry/registry.ts";
import { tell } from "../signals.ts";
import type { FlowSink } from "../signals.ts";
import { readDocument } from "../document/read.ts";
import { invalidFlow, validateReading } from "../validate/validate.ts";
import { tellRuns } from "./binding.ts";
import type { Binding } from "./binding.ts";
import type { FlowRevision } from "./revisions.ts";

export interface BindOptions {
  /** Whether the binding goes over to every new revision. Default true. */
  readonly follow?: boolean;
  /** What items it gets; a revision that does not take them is refused. Default: unknown. */
  readonly input?: z.ZodType | undefined;
}

/** What a binding runs at the moment; replaced as one. */
interface Current {
  readonly flow: BuiltFlow;
  readonly states: States;
  readonly revision: FlowRevision;
}

interface Bound {
  readonly name: string;
  readonly follows: boolean;
  readonly input: z.ZodType | undefined;
  current: Current;
}

export interface BindingsOptions {
  readonly registry: Registry;
  readonly signals: FlowSink | undefined;
  readonly clock: Clock;
  readonly random: (() => number) | undefined;
}

export interface Bindings {
  bind(name: string, find: () => FlowRevision, options?: BindOptions): Binding;
  /** Brings all bindings that follow to a new revision: all of them, or none. @throws FLOW_INVALID when it does not fit one of them */
  update(revision: FlowRevision): void;
  find(name: string): Binding | undefined;
  list(): readonly string[];
  remove(names: readonly string[]): number;
  close(): Promise<void>;
}

/** Named flows that run. */
export function createBindings(options: BindingsOptions): Bindings {
  const { signals } = options;
  const all = new Map<string, { readonly bound: Bound; readonly binding: Binding }>();
  /** Pipelines whose last items are still under way. */
  const closing = new Set<Promise<void>>();

  /** Lets a pipeline go once its last item has ended. */
  function retire({ flow }: Current): void {
    const done = flow.close().catch(() => {});
    closing.add(done);
    void done.finally(() => closing.delete(done));
  }

  /** Everything is made before anything is changed. */
  function prepare(revision: FlowRevision): { readonly bound: Bound; readonly next: Current }[] {
    const followers = [...all.values()].filter(({ bound }) => bound.follows && bound.current.revision.name === revision.name);
    return followers.map(({ bound }) => ({ bound, next: make(options, bound, revision, bound.current.states) }));
  }

  function update(revision: FlowRevision): void {
    for (const { bound, next } of prepare(revision)) {
      const old = bound.current;
      bound.current = next;
      next.states.commit();
      retire(old);
      const told = { name: revision.name, binding: bound.name, oldRevision: old.revision.revision, newRevision: revision.revision };
      tell(signals, "flow.schema.updated", () => told);
    }
  }

  function removeOne(name: string): boolean {
    const found = all.get(name);
    if (!found) return false;
    all.delete(name);
    retire(found.bound.current);
    tell(signals, "flow.binding.removed", () => ({ name }));
    return true;
  }

  return {
    bind(name, find, { follow = true, input } = {}) {
      const known = all.get(name);
      if (known) return known.binding;
      const bound: Bound = { name, follows: follow, input, current: make(options, { name, input }, find()) };
      const binding = createBinding(bound);
      all.set(name, { bound, binding });
      const { revision } = bound.current;
      tell(signals, "flow.binding.created", () => ({ name, schema: revision.name, revision: revision.revision }));
      return binding;
    },
    update,
    find(name) {
      const found = all.get(name)?.binding;
      tell(signals, "flow.pipeline.retrieved", () => ({ name, found: found !== undefined }));
      return found;
    },
    list: () => [...all.keys()].toSorted(),
    remove: (names) => names.filter((name) => removeOne(name)).length,
    async close() {
      for (const { bound } of all.values()) retire(bound.current);
      all.clear();
      await Promise.all(closing);
    },
  };
}

function make({ registry, signals, clock, random }: BindingsOptions, bound: Pick<Bound, "name" | "input">, revision: FlowRevision, before?: States): Current {
  // What is registered may have changed since the document was set.
  const { faults, document } = validateReading(readDocument(revision.document), registry, bound.input);
  if (!document) throw invalidFlow(faults);
  const wrap = tellRuns(bound.name, revision.revision, signals);
  return { ...assemble(document, { registry, clock, random, signals, pipelineId: bound.name, before, wrap }), revision };
}

function createBinding(bound: Bound): Binding {
  const { name, follows, current } = bound;
  return {
    name,
    follows,
    schema: current.revision.name,
    get revision() {
      return bound.current.revision.revision;
    },
    get flow() {
      return bound.current.flow;
    },
    process: (item, options) => bound.current.flow.process(item, options),
    describe: () => ({ id: "", type: "pipeline", name, title: name, role: "", settings: {}, children: [describeFlow(bound.current.flow.document)] }),
  };
}
