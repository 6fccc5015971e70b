import type { Fault, RiverDocument } from "@rivergen/contracts";
import type { Diagnostic, EstimateBasis, PlanColumn, Relation, StatementContext } from "@rivergen/relational";
import { printDiagnostics, printStatement, printType, scan } from "@rivergen/relational";
import type { AnalysedOutput, Analysis, SqlSteps } from "./analyse.ts";
import { analyse } from "./analyse.ts";
import type { Datasets } from "./catalog.ts";
import { findDataset } from "./catalog.ts";
import { documentShape } from "./document-shape.ts";
import type { Faults, Positions } from "./fault.ts";
import { createFaults } from "./fault.ts";
import type { LineageEdge, LineageNode, SourceOrigin } from "./lineage.ts";
import { originsOf, stepEdges, traceOrigins } from "./lineage.ts";
import type { AnalysedFlow, FlowColumn } from "./flow-steps.ts";
import type { Parameters } from "./parameters.ts";
import { readParameters } from "./parameters.ts";
import { isObject, refuseBadText } from "./shape.ts";
import { checkpointStageName, flowStageName, outputViewName, sourceViewName } from "./views.ts";

/** A column as plans show it. */
export interface CompiledColumn {
  readonly name: string;
  /** Spelled as in documents. */
  readonly type: string;
  readonly nullable: boolean;
  /** Labels of everything its value is made of. */
  readonly labels: readonly string[];
}

export interface CompiledStep {
  readonly name: string;
  readonly kind: "relational" | "sql" | "flow";
  /** Sources and steps it reads. */
  readonly dependsOn: readonly string[];
  readonly engine: "duckdb";
  readonly columns: readonly CompiledColumn[];
  /** JSON Pointer of the step in the document. */
  readonly pointer: string;
  /** Rows it is expected to give, and what that stands on; null without evidence. */
  readonly estimate: { readonly rows: number; readonly basis: EstimateBasis } | null;
}

/** What a flow stage does with the rows that its statement gives, in their order. */
export interface CompiledFlow {
  readonly step: string;
  /** The flow as it stands in the document. */
  readonly document: Readonly<Record<string, unknown>>;
  /** Columns of the rows. */
  readonly input: readonly { readonly name: string; readonly type: string; readonly nullable: boolean }[];
  readonly columns: readonly FlowColumn[];
  /** Columns of what it sets aside: those of the rows, then number of the row, path of nodes, code and reason. */
  readonly setAside: readonly CompiledColumn[];
  /** Parameters of its expressions: canonical texts, null is null. */
  readonly parameters: readonly { readonly name: string; readonly type: string; readonly value: string | null }[];
  /** What `now()` means. */
  readonly now: string;
}

/** The steps up to an output, a flow or an earlier checkpoint, fused into one statement; or a flow over its rows. */
export interface CompiledStage {
  /** The output's name, `<step>.flow`, or `<step>.checkpoint` for what a flow reads. */
  readonly name: string;
  /** Where it runs a flow: `sql` is then what the flow reads, the rows of one view. */
  readonly flow?: CompiledFlow;
  /** Steps it computes, inputs first. */
  readonly steps: readonly string[];
  /** Sources it reads, each from the view `sourceViewName(source)`. */
  readonly inputs: readonly string[];
  /** Earlier stages it reads, each from the view `outputViewName(stage)`. */
  readonly reads: readonly string[];
  /** One SELECT; its rows come in the output's order. The session's time zone must be UTC. */
  readonly sql: string;
  readonly columns: readonly CompiledColumn[];
  /** The statement's named parts and the step each belongs to. */
  readonly parts: readonly { readonly name: string; readonly step: string }[];
  /** Run in order after a failure: the first that gives a row shows the value that a cast could not read. */
  readonly diagnostics: readonly Diagnostic[];
}

export interface CompiledOutput {
  readonly name: string;
  /** The dataset it writes. */
  readonly dataset: string;
  readonly mode: "replace" | "append";
  readonly from: string;
  readonly columns: readonly (CompiledColumn & { readonly origins: readonly SourceOrigin[] })[];
}

export interface CompiledSource {
  readonly name: string;
  readonly dataset: string;
  readonly id: string;
  readonly version: number;
}

/** Everything known of a river before it runs. With errors, the lists hold only what could be understood. */
export interface CompiledRiver {
  readonly steps: readonly CompiledStep[];
  /** In the order they run. */
  readonly stages: readonly CompiledStage[];
  readonly outputs: readonly CompiledOutput[];
  /** The dataset versions it reads. */
  readonly sources: readonly CompiledSource[];
  readonly lineage: { readonly nodes: readonly LineageNode[]; readonly edges: readonly LineageEdge[] };
  readonly warnings: readonly Fault[];
  readonly errors: readonly Fault[];
}

export interface CompileContext {
  readonly datasets: Datasets;
  /** Values of the parameters, as JSON gives them; those left out take their default. */
  readonly parameters?: Readonly<Record<string, unknown>>;
  /** The run's logical time, RFC 3339 in UTC: what `now()` and `today()` give. */
  readonly now: string;
  /** What `random()` draws from. */
  readonly seed: string;
  /** Columns of `sql` operators by the pointer of their text; without it such a step is an error. */
  readonly sqlSteps?: SqlSteps;
  readonly positions?: Positions;
}

const showColumn = ({ name, type, nullable, labels }: PlanColumn): CompiledColumn => ({ name, type: printType(type), nullable, labels });

function compileStage(output: Pick<AnalysedOutput, "name" | "relation">, context: StatementContext): CompiledStage {
  const { sql, parts } = printStatement(output.relation, context);
  const views = parts.flatMap(({ relation }) => (relation.kind === "scan" ? [relation] : []));
  const inputs = views.filter((view) => view.view === sourceViewName(view.input)).map((view) => view.input);
  const reads = views.filter((view) => view.view !== sourceViewName(view.input)).map((view) => view.view.slice(outputViewName("").length));
  const steps = [...new Set(parts.map((part) => part.step).filter((step) => step !== ""))];
  return {
    name: output.name,
    steps,
    inputs: [...new Set(inputs)],
    reads: [...new Set(reads)],
    sql,
    columns: output.relation.columns.map(showColumn),
    parts: parts.map(({ name, step }) => ({ name, step })),
    diagnostics: printDiagnostics(output.relation, context),
  };
}

/** What came in, with its labels, and why it was set aside; messages of failures hold no values. */
function setAsideColumns({ columns }: Relation): CompiledColumn[] {
  const taken = new Set(columns.map(({ name }) => name.toLowerCase()));
  const free = (name: string): string => (taken.has(name) ? free(`${name}_`) : name);
  const added = (name: string, type: string): CompiledColumn => ({ name: free(`set_aside_${name}`), type, nullable: false, labels: [] });
  return [...columns.map(showColumn), added("row", "integer"), added("node", "string"), added("code", "string"), added("reason", "string")];
}

/** The stage of a flow, after one for what it reads where no checkpoint holds that yet. */
function compileFlow({ node, flow: document, input, columns, relation }: AnalysedFlow, parameters: Parameters, context: StatementContext): CompiledStage[] {
  const [from = ""] = typeof node.step.from === "string" ? [node.step.from] : node.step.from;
  const name = checkpointStageName(from);
  const isStored = input.kind === "scan";
  const before = isStored ? [] : [compileStage({ name, relation: input }, context)];
  const read = isStored ? input : { ...scan(from, outputViewName(name), input.columns), order: [] };
  const flow: CompiledFlow = {
    step: node.name,
    document,
    input: input.columns.map((column) => ({ name: column.name, type: printType(column.type), nullable: column.nullable })),
    columns,
    setAside: setAsideColumns(input),
    parameters: [...parameters.types].map(([parameter, type]) => ({ name: parameter, type: printType(type), value: parameters.values.get(parameter) ?? null })),
    now: context.now,
  };
  const stage = compileStage({ name: flowStageName(node.name), relation: read }, context);
  return [...before, { ...stage, steps: [node.name], flow, columns: relation.columns.map(showColumn), diagnostics: [] }];
}

/** Stages in an order in which each comes after those it reads: flows at the place of their step, then outputs at that of theirs. */
function compileStages(analysis: Analysis, parameters: Parameters, context: StatementContext): CompiledStage[] {
  const place = new Map(analysis.nodes.map((node, index) => [node.name, index]));
  const flows = analysis.flows.map((flow) => ({ place: (place.get(flow.node.name) ?? 0) - 0.5, stages: compileFlow(flow, parameters, context) }));
  const outputs = analysis.outputs.map((output) => ({ place: place.get(output.from) ?? -1, stages: [compileStage(output, context)] }));
  const all = [...flows, ...outputs].toSorted((one, other) => one.place - other.place).flatMap(({ stages }) => stages);
  return [...new Map(all.map((stage) => [stage.name, stage])).values()];
}

/** Also of faulty steps, whose list may be anything. */
const isSql = (step: NonNullable<RiverDocument["steps"]>[string]): boolean =>
  step.sql !== undefined || (Array.isArray(step.do) && step.do.some((operator: unknown) => isObject(operator) && operator["sql"] !== undefined));

function compileSteps(analysis: Analysis): CompiledStep[] {
  return analysis.steps.map(({ node, relation, estimate }) => ({
    name: node.name,
    kind: node.step.flow !== undefined ? "flow" : isSql(node.step) ? "sql" : "relational",
    dependsOn: [...new Set(node.inputs.map((input) => input.name))],
    engine: "duckdb",
    columns: relation.columns.map(showColumn),
    pointer: node.path,
    // Some rows, however few, are told as one: none are expected only where none can be.
    estimate: estimate ? { rows: estimate.rows > 0 ? Math.max(1, Math.round(estimate.rows)) : 0, basis: estimate.basis } : null,
  }));
}

function readSourcesUsed(document: RiverDocument, datasets: Datasets): CompiledSource[] {
  return Object.entries(document.sources).flatMap(([name, source]) => {
    const dataset = findDataset(datasets, source.dataset, source.version);
    return dataset ? [{ name, dataset: source.dataset, id: dataset.id, version: dataset.version }] : [];
  });
}

function describeLineage(document: RiverDocument, analysis: Analysis, datasets: Datasets): CompiledRiver["lineage"] {
  const isSource = (name: string): boolean => Object.hasOwn(document.sources, name);
  const nodeId = (name: string): string => `${isSource(name) ? "source" : "step"}:${name}`;
  const brief = (columns: readonly PlanColumn[]): LineageNode["columns"] => columns.map(({ name, type, labels }) => ({ name, type: printType(type), labels }));
  const sources = Object.entries(document.sources).flatMap(([name, source]): LineageNode[] => {
    const dataset = findDataset(datasets, source.dataset, source.version);
    return dataset
      ? [{ id: `source:${name}`, kind: "source", name, columns: dataset.columns.map(({ name: column, type, labels }) => ({ name: column, type, labels })) }]
      : [];
  });
  const steps = analysis.steps.map(({ node, relation }): LineageNode => ({
    id: nodeId(node.name),
    kind: "step",
    name: node.name,
    columns: brief(relation.columns),
  }));
  const outputs = analysis.outputs.map(({ name, relation }): LineageNode => ({ id: `output:${name}`, kind: "output", name, columns: brief(relation.columns) }));
  const written = analysis.outputs.flatMap(({ name, from, relation }) =>
    relation.columns.map((column): LineageEdge => ({
      from: { node: nodeId(from), column: column.name },
      to: { node: `output:${name}`, column: column.name },
      influence: "value",
    })),
  );
  return { nodes: [...sources, ...steps, ...outputs], edges: [...stepEdges(analysis, nodeId), ...written] };
}

function describeOutputs(document: RiverDocument, analysis: Analysis): CompiledOutput[] {
  const datasetOf = new Map(Object.entries(document.sources).map(([name, source]) => [name, source.dataset]));
  const traced = traceOrigins(analysis, datasetOf);
  return analysis.outputs.map(({ name, from, relation }) => ({
    name,
    dataset: name,
    mode: document.outputs[name]?.mode ?? "replace",
    from,
    columns: relation.columns.map((column) => ({ ...showColumn(column), origins: originsOf(traced, datasetOf, from, column.name) })),
  }));
}

/** Checks the form, then the meaning; undefined when not even the outline stands. */
export function readDocument(value: unknown, faults: Faults): RiverDocument | undefined {
  refuseBadText(value, "", faults.report);
  documentShape(value, "", faults.report);
  if (!isObject(value) || !isObject(value["sources"]) || !isObject(value["outputs"])) return undefined;
  const steps = value["steps"] ?? {};
  if (!isObject(steps)) return undefined;
  const sound = (map: Readonly<Record<string, unknown>>): Record<string, unknown> =>
    Object.fromEntries(Object.entries(map).filter(([, entry]) => isObject(entry)));
  const parameters = sound(isObject(value["parameters"]) ? value["parameters"] : {});
  const outline = { ...value, parameters, sources: sound(value["sources"]), steps: sound(steps), outputs: sound(value["outputs"]) };
  return outline as unknown as RiverDocument;
}

/**
 * Compiles a document against the datasets it reads: typed steps, one statement per stage, lineage down to columns.
 * Never throws for a faulty document: `errors` says everything that is wrong, and the river may run only without any.
 */
export function compileRiver(document: unknown, context: CompileContext): CompiledRiver {
  const faults = createFaults(context.positions);
  const read = readDocument(document, faults);
  const nothing = { steps: [], stages: [], outputs: [], sources: [], lineage: { nodes: [], edges: [] } };
  if (!read) return { ...nothing, warnings: faults.warnings, errors: faults.errors };
  const parameters = readParameters(read, context.parameters ?? {}, faults);
  const analysis = analyse(read, parameters, context.datasets, context.sqlSteps ?? {}, faults);
  const print: StatementContext = { parameters: parameters.values, now: context.now, seed: context.seed, lenient: false };
  return {
    steps: compileSteps(analysis),
    stages: faults.errors.length > 0 ? [] : compileStages(analysis, parameters, print),
    outputs: describeOutputs(read, analysis),
    sources: readSourcesUsed(read, context.datasets),
    lineage: describeLineage(read, analysis, context.datasets),
    warnings: faults.warnings,
    errors: faults.errors,
  };
}
