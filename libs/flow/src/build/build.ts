import { createPipeline, systemClock } from "@rivergen/pipeline";
import type { Clock, Pipeline } from "@rivergen/pipeline";
import type { FlowDocument } from "../document/grammar.ts";
import type { Registry } from "../registry/registry.ts";
import type { FlowSink } from "../signals.ts";
import { buildNode } from "./build-node.ts";
import type { Stage } from "./build-node.ts";
import { createStates } from "./states.ts";
import type { States } from "./states.ts";

/** A flow that runs. */
export interface BuiltFlow extends Pipeline<unknown, unknown> {
  /** What it was built from. */
  readonly document: FlowDocument;
  /** How many nodes it has. */
  readonly nodes: number;
}

export interface AssembleOptions {
  readonly registry: Registry;
  readonly clock?: Clock | undefined;
  /** 0 ≤ x < 1. */
  readonly random?: (() => number) | undefined;
  readonly signals?: FlowSink | undefined;
  /** Stable over reloads. Default: a fresh one. */
  readonly pipelineId?: string | undefined;
  /** The states of the build whose place this one takes. */
  readonly before?: States | undefined;
  /** Puts something around the root. */
  readonly wrap?: ((root: Stage) => Stage) | undefined;
}

/** Makes a valid document run. Nothing of it is shared with other builds but what is registered, and the states given. */
export function assemble(document: FlowDocument, options: AssembleOptions): { readonly flow: BuiltFlow; readonly states: States } {
  const { registry, clock = systemClock, random, signals, pipelineId, before, wrap = (root: Stage) => root } = options;
  const states = createStates(before);
  const building = { registry, clock, states, nodes: 0 };
  const root = wrap(buildNode(building, document));
  const environment = { clock, signals, ...(random ? { random } : {}), ...(pipelineId === undefined ? {} : { pipelineId }) };
  return { flow: { ...createPipeline(root, environment), document, nodes: building.nodes }, states };
}
