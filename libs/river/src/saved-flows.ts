import type { Fault, RiverDocument, SavedFlow } from "@rivergen/contracts";
import { pointer } from "@rivergen/relational";
import type { Positions } from "./fault.ts";
import { createFaults } from "./fault.ts";
import { isObject } from "./shape.ts";

/** Which flow of the workspace a step names. */
export interface FlowReference {
  /** Name or id. */
  readonly name: string;
  /** Absent: the newest. */
  readonly version?: number;
}

const reference = /^([a-z][a-z0-9_]{0,79})(?:@([1-9]\d{0,8}))?$/;

/** Reads `name` or `name@version`; undefined for anything else. */
export function readFlowReference(text: unknown): FlowReference | undefined {
  const found = typeof text === "string" ? reference.exec(text) : null;
  if (!found) return undefined;
  const [, name = "", version] = found;
  return version === undefined ? { name } : { name, version: Number(version) };
}

/** Steps of anything that might be a document, whose `flow` names a saved one. */
function stepsNaming(value: unknown): { step: string; wanted: FlowReference }[] {
  const steps = isObject(value) && isObject(value["steps"]) ? Object.entries(value["steps"]) : [];
  return steps.flatMap(([step, entry]) => {
    const wanted = isObject(entry) ? readFlowReference(entry["flow"]) : undefined;
    return wanted ? [{ step, wanted }] : [];
  });
}

/** Saved flows that a document names, whatever else is wrong with it: what must be looked up before it is checked. */
export function listFlowReferences(value: unknown): FlowReference[] {
  return stepsNaming(value).map(({ wanted }) => wanted);
}

/** A document whose flows are all known. */
export interface ResolvedFlows {
  /** With the flows themselves in place of their names: what is checked, compiled and run. */
  readonly inlined: unknown;
  /** With the version that each name means: what is kept, so that a later version of a flow changes no river. */
  readonly pinned: unknown;
  /** Names that mean no flow. */
  readonly errors: readonly Fault[];
  /** A fault inside a saved flow, told at the place that names it. */
  readonly place: (fault: Fault) => Fault;
}

function withFlows(value: unknown, flows: ReadonlyMap<string, unknown>): unknown {
  if (flows.size === 0) return value;
  const document = value as RiverDocument;
  const steps = Object.entries(document.steps ?? {}).map(([name, step]) => [name, flows.has(name) ? { ...step, flow: flows.get(name) } : step]);
  return { ...document, steps: Object.fromEntries(steps) as unknown };
}

/**
 * Puts saved flows into the steps that name them.
 * @param flows what was found of `listFlowReferences`: the versions asked for and the newest ones
 */
export function resolveFlows(value: unknown, flows: readonly SavedFlow[], positions?: Positions): ResolvedFlows {
  const faults = createFaults(positions);
  const found = stepsNaming(value).flatMap(({ step, wanted }) => {
    const path = pointer("/steps", step, "flow");
    const named = flows.filter(({ id, name }) => name === wanted.name || id === wanted.name);
    const version = wanted.version ?? Math.max(...named.map((flow) => flow.version));
    const flow = named.find((each) => each.version === version);
    if (flow) return [{ step, path, text: `${wanted.name}@${version}`, document: flow.document }];
    if (named.length > 0) faults.report(path, "UNKNOWN_VERSION", `the flow ${wanted.name} has no version ${version}`);
    else faults.report(path, "UNKNOWN_FLOW", `there is no flow ${wanted.name} in the workspace: it was never saved, or was deleted`);
    return [];
  });
  return {
    inlined: withFlows(value, new Map(found.map(({ step, document }) => [step, document]))),
    pinned: withFlows(value, new Map(found.map(({ step, text }) => [step, text]))),
    errors: faults.errors,
    place(fault) {
      const inside = found.find(({ path }) => fault.path.startsWith(`${path}/`));
      return inside ? { ...fault, path: inside.path, message: `in ${inside.text} at ${fault.path.slice(inside.path.length)}: ${fault.message}` } : fault;
    },
  };
}
