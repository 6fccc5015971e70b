import type { Operator, RiverDocument, Step } from "@rivergen/contracts";
import type { DataType, Estimate, Estimator, PlanContext, Relation, SqlStep } from "@rivergen/relational";
import { applyOperator, asInput, inputsOf, nearest, operatorNames, parseType, passOn, pointer, scan } from "@rivergen/relational";
import type { Datasets, DatasetColumn } from "./catalog.ts";
import { findDataset, typeOfColumn } from "./catalog.ts";
import { readContract } from "./contract.ts";
import { estimatorOf, warnOfFanOut } from "./estimates.ts";
import type { Faults } from "./fault.ts";
import type { AnalysedFlow } from "./flow-steps.ts";
import { analyseFlow, seenFlow } from "./flow-steps.ts";
import type { StepNode } from "./graph.ts";
import { neededSteps, readGraph } from "./graph.ts";
import type { Parameters } from "./parameters.ts";
import { flowStageName, outputViewName, sourceViewName } from "./views.ts";

/** What a `sql` operator gives, by the JSON Pointer of its text (`/steps/top/sql`). */
export type SqlSteps = Readonly<Record<string, { readonly columns: readonly Omit<DatasetColumn, "labels">[]; readonly lineage?: SqlStep["lineage"] }>>;

/** A step with its meaning: what it gives, in terms of its inputs. */
export interface AnalysedStep {
  readonly node: StepNode;
  /** Its columns' origins are columns of the step's inputs. */
  readonly relation: Relation;
  /** What is expected of its rows; undefined without evidence. */
  readonly estimate: Estimate | undefined;
}

/** One output: the relation that its stage computes. */
export interface AnalysedOutput {
  readonly name: string;
  readonly from: string;
  readonly relation: Relation;
}

export interface Analysis {
  readonly nodes: readonly StepNode[];
  /** Steps that some output needs, inputs first. */
  readonly steps: readonly AnalysedStep[];
  /** Flow steps that some output needs, inputs first. */
  readonly flows: readonly AnalysedFlow[];
  /** Outputs in an order in which each comes after those whose checkpoint it reads. */
  readonly outputs: readonly AnalysedOutput[];
}

/** What a step turned out to be, and what others see of it. */
interface Built {
  readonly relation: Relation;
  readonly flow?: AnalysedFlow;
}

interface Building {
  readonly document: RiverDocument;
  readonly faults: Faults;
  readonly parameters: Parameters;
  readonly sqlSteps: SqlSteps | undefined;
  /** What steps see under a name; undefined when it could not be built. */
  readonly inputs: Map<string, Relation | undefined>;
  /** Columns that the operators so far give, in all. */
  columns: number;
}

/** Most of them: each is looked at some times, and a wide table through many operators must stay cheap. */
const maxColumns = 100_000;

function readSources(document: RiverDocument, datasets: Datasets | undefined, faults: Faults, inputs: Map<string, Relation | undefined>): void {
  for (const [name, source] of Object.entries(document.sources)) {
    const path = pointer("/sources", name);
    inputs.set(name, undefined);
    if (!datasets || typeof source.dataset !== "string" || ["dataset", "version"].some((key) => faults.isFaulty(pointer(path, key)))) continue;
    const dataset = findDataset(datasets, source.dataset, source.version);
    if (dataset) {
      const columns = dataset.columns.map((column) => ({ ...column, type: typeOfColumn(column.type) }));
      inputs.set(name, scan(name, sourceViewName(name), columns));
    } else if (source.version !== undefined && findDataset(datasets, source.dataset)) {
      faults.report(pointer(path, "version"), "UNKNOWN_VERSION", `the dataset ${source.dataset} has no version ${source.version} here`);
    } else {
      const found = nearest(source.dataset, Object.keys(datasets));
      faults.report(pointer(path, "dataset"), "UNKNOWN_DATASET", `there is no dataset ${source.dataset}${found ? `; the nearest is ${found}` : ""}`);
    }
  }
}

function contextOf(building: Building, step: string, path: string): PlanContext {
  const { faults, parameters, inputs } = building;
  return { path, step, parameters: parameters.types, report: faults.report, warn: faults.warn, input: (name) => inputs.get(name) };
}

function sqlOf(building: Building, path: string): SqlStep | undefined {
  const found = building.sqlSteps && Object.hasOwn(building.sqlSteps, path) ? building.sqlSteps[path] : undefined;
  if (!found) return undefined;
  const columns = found.columns.map(({ name, type, nullable }) => ({ name, type: typeOfColumn(type), nullable }));
  return { columns, ...(found.lineage && { lineage: found.lineage }) };
}

const firstOf = (step: Step): readonly string[] => (typeof step.from === "string" ? [step.from] : step.from);

/** The step's operators with their places: the list under `do`, or the one that stands in the step. */
function operatorsOf(node: StepNode): { operator: Operator; path: string }[] {
  if (Array.isArray(node.step.do)) return node.step.do.map((operator, index) => ({ operator, path: pointer(node.path, "do", index) }));
  const { from: _from, do: _do, ...operator } = node.step;
  return [{ operator, path: node.path }];
}

/** Whether an operator's form is faulty, so that nothing can be said of its result. */
function isUnreadable(building: Building, operator: Operator, path: string): boolean {
  const { faults } = building;
  if (faults.isFaultyAt(path) || operatorNames.some((name) => faults.isFaulty(pointer(path, name)))) return true;
  return operator.sql !== undefined && building.sqlSteps === undefined;
}

/** Columns of everything that the statement of a relation computes. */
function weigh(root: Relation): number {
  const seen = new Set<Relation>();
  const open = [root];
  let columns = 0;
  for (let next = open.pop(); next; next = open.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    columns += next.columns.length;
    open.push(...inputsOf(next));
  }
  return columns;
}

/** Outputs whose statements stay within the limit: each computes all that stands behind it anew. */
function withinLimit(outputs: readonly AnalysedOutput[], faults: Faults): AnalysedOutput[] {
  let columns = 0;
  return outputs.filter(({ name, relation }) => {
    columns += weigh(relation);
    if (columns > maxColumns)
      faults.report(pointer("/outputs", name), "TOO_MANY_COLUMNS", `the outputs up to here compute more than ${maxColumns} columns in all`);
    return columns <= maxColumns;
  });
}

/** Counts what an operator gives; refuses the one that passes the limit, and with it all that read it. */
function isTooWide(building: Building, relation: Relation | undefined, path: string): boolean {
  building.columns += relation?.columns.length ?? 0;
  if (building.columns <= maxColumns) return false;
  building.faults.report(
    path,
    "TOO_MANY_COLUMNS",
    `the operators up to here give more than ${maxColumns} columns in all: use fewer, or select columns earlier`,
  );
  return true;
}

function buildStep(building: Building, node: StepNode): Relation | undefined {
  const [from = "", ...others] = firstOf(node.step);
  let relation = building.inputs.get(from);
  for (const [index, { operator, path }] of operatorsOf(node).entries()) {
    if (!relation || isUnreadable(building, operator, path)) return undefined;
    const sql = sqlOf(building, pointer(path, "sql"));
    relation = applyOperator(contextOf(building, node.name, path), operator, { relation, from, others: index === 0 ? others : [], ...(sql && { sql }) });
    if (isTooWide(building, relation, path)) return undefined;
  }
  return !relation || relation.step === node.name ? relation : passOn(contextOf(building, node.name, node.path), relation);
}

/** Whether every key of the order is a column that a reader of the checkpoint sees. */
const hasOpenOrder = (relation: Relation): boolean => relation.hidden.length === 0;

/** What later steps read: the checkpoint where there is one, else the step itself. */
function seenBy(relation: Relation, name: string, output: string | undefined): Relation {
  const own = asInput(relation, name);
  if (output === undefined || !hasOpenOrder(relation)) return own;
  const { columns, order } = own;
  return { ...scan(name, outputViewName(output), columns), columns, order };
}

/** A flow by its own way, everything else by its operators. */
function buildAny(building: Building, node: StepNode): Built | undefined {
  if (node.step.flow === undefined) {
    const relation = buildStep(building, node);
    return relation && { relation };
  }
  const input = building.inputs.get(firstOf(node.step)[0] ?? "");
  const flow = input && analyseFlow(node, input, building.parameters, building.faults);
  return flow && { relation: flow.relation, flow };
}

/** Warns of what a step's joins multiply; gives what is expected of its rows. */
function estimateStep(estimator: Estimator, name: string, relation: Relation, output: string | undefined, faults: Faults): Estimate | undefined {
  warnOfFanOut(relation, name, estimator, faults);
  const estimate = estimator.estimate(relation);
  if (estimate && output !== undefined) estimator.define(outputViewName(output), estimate);
  return estimate;
}

function reportUnusedSteps(document: RiverDocument, nodes: readonly StepNode[], needed: ReadonlySet<string>, faults: Faults): void {
  for (const node of nodes) {
    if (!needed.has(node.name)) faults.warn(node.path, "UNUSED_STEP", `no output needs ${node.name}`);
  }
  const read = new Set([...nodes.flatMap((node) => node.inputs.map((input) => input.name)), ...Object.values(document.outputs).map((output) => output.from)]);
  for (const name of Object.keys(document.sources)) {
    if (!read.has(name)) faults.warn(pointer("/sources", name), "UNUSED_SOURCE", `nothing reads ${name}`);
  }
}

function checkContractTypes(columns: Readonly<Record<string, string>>, path: string, faults: Faults): ReadonlyMap<string, DataType> | undefined {
  const found = new Map<string, DataType>();
  for (const [name, type] of Object.entries(columns)) {
    const parsed = parseType(type);
    if (parsed.ok) found.set(name, parsed.type);
    else faults.report(pointer(path, name), parsed.fault.code, parsed.fault.message);
  }
  return found.size === Object.keys(columns).length ? found : undefined;
}

function readOutput(building: Building, name: string, relation: Relation | undefined): Relation | undefined {
  const { document, faults } = building;
  const output = document.outputs[name];
  const path = pointer("/outputs", name);
  if (!output || faults.isFaulty(path)) return undefined;
  const contract = output.columns && checkContractTypes(output.columns, pointer(path, "columns"), faults);
  if (!relation || (output.columns && !contract)) return undefined;
  return contract ? readContract(contextOf(building, output.from, pointer(path, "columns")), relation, contract) : relation;
}

/** The first output of each step: its checkpoint is what later steps read. An appending one holds earlier rows too. */
function checkpoints(document: RiverDocument, faults: Faults): Map<string, string> {
  const found = new Map<string, string>();
  for (const [name, output] of Object.entries(document.outputs)) {
    const isWhole = !output.columns && output.mode !== "append";
    if (typeof output.from === "string" && isWhole && !found.has(output.from) && !faults.isFaulty(pointer("/outputs", name))) found.set(output.from, name);
  }
  return found;
}

function reportOutputInputs(document: RiverDocument, nodes: readonly StepNode[], faults: Faults): void {
  const known = [...Object.keys(document.sources), ...Object.keys(document.steps ?? {})];
  for (const [name, output] of Object.entries(document.outputs)) {
    const path = pointer("/outputs", name, "from");
    if (typeof output.from !== "string" || known.includes(output.from)) continue;
    const found = nearest(output.from, [...nodes.map((node) => node.name), ...known]);
    faults.report(path, "UNKNOWN_INPUT", `there is no source or step ${output.from}${found ? `; the nearest is ${found}` : ""}`);
  }
}

/**
 * Gives a document of sound form its meaning: columns, types and origins of every step and output. Faults and warnings
 * go to `faults`; what cannot be built is left out. Without `datasets` only what needs no columns is checked.
 */
export function analyse(
  document: RiverDocument,
  parameters: Parameters,
  datasets: Datasets | undefined,
  sqlSteps: SqlSteps | undefined,
  faults: Faults,
): Analysis {
  const inputs = new Map<string, Relation | undefined>();
  const building: Building = { document, faults, parameters, sqlSteps, inputs, columns: 0 };
  readSources(document, datasets, faults, inputs);
  const nodes = readGraph(document, faults);
  reportOutputInputs(document, nodes, faults);
  const needed = neededSteps(document, nodes);
  reportUnusedSteps(document, nodes, needed, faults);
  const outputOf = checkpoints(document, faults);
  const estimator = estimatorOf(document, datasets);
  const built = new Map<string, Relation>();
  const steps: AnalysedStep[] = [];
  const flows: AnalysedFlow[] = [];
  for (const node of nodes) {
    const found = buildAny(building, node);
    if (!found) continue;
    const { relation, flow } = found;
    if (flow && needed.has(node.name)) flows.push(flow);
    if (!flow) built.set(node.name, relation);
    const output = flow ? flowStageName(node.name) : outputOf.get(node.name);
    inputs.set(node.name, flow ? seenFlow(flow) : seenBy(relation, node.name, output));
    const estimate = estimateStep(estimator, node.name, flow?.input ?? relation, output, faults);
    if (needed.has(node.name)) steps.push({ node, relation, estimate });
  }
  const place = new Map(nodes.map((node, index) => [node.name, index]));
  const names = Object.keys(document.outputs).sort(
    (a, b) => (place.get(document.outputs[a]?.from ?? "") ?? -1) - (place.get(document.outputs[b]?.from ?? "") ?? -1),
  );
  const outputs = names.flatMap((name): AnalysedOutput[] => {
    const from = document.outputs[name]?.from ?? "";
    const relation = readOutput(building, name, built.get(from) ?? inputs.get(from));
    return relation ? [{ name, from, relation }] : [];
  });
  return { nodes, steps, flows, outputs: withinLimit(outputs, faults) };
}
