import type { Operator, RiverDocument, Step } from "@rivergen/contracts";
import { nearest, pointer } from "@rivergen/relational";
import type { Faults } from "./fault.ts";

/** Another input that an operator names, and where. */
interface Reference {
  readonly name: string;
  readonly path: string;
}

/** A step, its place, and everything it reads. */
export interface StepNode {
  readonly name: string;
  readonly path: string;
  readonly step: Step;
  readonly inputs: readonly Reference[];
}

const asList = (value: string | readonly string[]): readonly string[] => (typeof value === "string" ? [value] : value);

/** Inputs that the operator at a path names beside `from`; faulty operators name none. */
function namedInputs(operator: Operator, path: string, faults: Faults): Reference[] {
  if (faults.isFaultyAt(path)) return [];
  const sound = (name: keyof Operator): boolean => operator[name] !== undefined && !faults.isFaulty(pointer(path, name));
  const found: Reference[] = [];
  if (operator.join && sound("join")) found.push({ name: operator.join.to, path: pointer(path, "join", "to") });
  if (operator.intersect && sound("intersect")) found.push({ name: operator.intersect.with, path: pointer(path, "intersect", "with") });
  if (operator.except && sound("except")) found.push({ name: operator.except.with, path: pointer(path, "except", "with") });
  if (operator.union && sound("union")) {
    for (const [index, name] of (operator.union.with ?? []).entries()) found.push({ name, path: pointer(path, "union", "with", index) });
  }
  return found;
}

function readStep(name: string, step: Step, faults: Faults): StepNode {
  const path = pointer("/steps", name);
  const from = asList(step.from).map((input, index) => ({
    name: input,
    path: typeof step.from === "string" ? pointer(path, "from") : pointer(path, "from", index),
  }));
  const list = faults.isFaultyAt(pointer(path, "do")) ? [] : (step.do ?? []);
  const listed = list.flatMap((operator, index) => namedInputs(operator, pointer(path, "do", index), faults));
  return { name, path, step, inputs: [...from, ...namedInputs(step, path, faults), ...listed] };
}

function reportUnknown(nodes: readonly StepNode[], known: readonly string[], faults: Faults): void {
  for (const node of nodes) {
    for (const input of node.inputs) {
      if (known.includes(input.name)) continue;
      const found = nearest(input.name, known);
      faults.report(input.path, "UNKNOWN_INPUT", `there is no source or step ${input.name}${found ? `; the nearest is ${found}` : ""}`);
    }
  }
}

/** Steps in an order in which each comes after what it reads; those of a cycle are left out and reported. */
function sortSteps(nodes: readonly StepNode[], faults: Faults): StepNode[] {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const state = new Map<string, "open" | "done" | "cyclic">();
  const sorted: StepNode[] = [];
  const path: string[] = [];
  const visit = (node: StepNode): boolean => {
    const known = state.get(node.name);
    if (known === "done") return true;
    if (known === "cyclic") return false;
    if (known === "open") {
      const cycle = [...path.slice(path.indexOf(node.name)), node.name];
      faults.report(pointer(node.path, "from"), "CYCLE", `these steps read each other in a circle: ${cycle.join(" → ")}`);
      return false;
    }
    state.set(node.name, "open");
    path.push(node.name);
    const isSound = node.inputs.map((input) => byName.get(input.name)).every((input) => !input || visit(input));
    path.pop();
    state.set(node.name, isSound ? "done" : "cyclic");
    if (isSound) sorted.push(node);
    return isSound;
  };
  for (const node of nodes) visit(node);
  return sorted;
}

/** Longest chain of steps, one reading the other; and of operators, over all steps. */
const maxSteps = 1_000;

const countOperators = (steps: readonly (readonly [string, Step])[]): number =>
  steps.reduce((sum, [, step]) => sum + (Array.isArray(step?.do) ? step.do.length : 1), 0);

/** Reads the graph of a document: unknown inputs, names used twice, cycles. */
export function readGraph(document: RiverDocument, faults: Faults): StepNode[] {
  const steps = Object.entries(document.steps ?? {}).filter(([name]) => !faults.isFaulty(pointer("/steps", name, "from")));
  if (steps.length > maxSteps) {
    faults.report("/steps", "TOO_MANY_STEPS", `a river has at most ${maxSteps} steps`);
    return [];
  }
  if (countOperators(steps) > maxSteps) {
    faults.report("/steps", "TOO_MANY_OPERATORS", `a river has at most ${maxSteps} operators`);
    return [];
  }
  const sources = Object.keys(document.sources);
  for (const [name] of steps) {
    if (sources.includes(name)) faults.report(pointer("/steps", name), "DUPLICATE_NAME", `${name} is a source already`);
  }
  const nodes = steps.flatMap(([name, step]) => (typeof step === "object" && step !== null && "from" in step ? [readStep(name, step, faults)] : []));
  reportUnknown(nodes, [...sources, ...Object.keys(document.steps ?? {})], faults);
  return sortSteps(nodes, faults);
}

/** Names of the steps that some output needs. */
export function neededSteps(document: RiverDocument, nodes: readonly StepNode[]): Set<string> {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const needed = new Set<string>();
  const visit = (name: string): void => {
    const node = byName.get(name);
    if (!node || needed.has(name)) return;
    needed.add(name);
    for (const input of node.inputs) visit(input.name);
  };
  for (const output of Object.values(document.outputs)) visit(output.from);
  return needed;
}
