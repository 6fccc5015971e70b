import type { Client, Fault, Lineage, Plan, PlannableDataset, PriceTable, RiverDocument, ServiceRoutes } from "@rivergen/contracts";
import {
  type CompiledRiver,
  compileRiver,
  describeSqlSteps,
  digestRiver,
  parseRiverText,
  type Positions,
  resolveFlows,
  type RiverContentType,
  toDatasets,
  validateRiver,
} from "@rivergen/river";
import { isAlike, quoteOf } from "./quote/quote.ts";

type CheckRequest = Parameters<Client<ServiceRoutes["capability-execution-support"]>["checkRiver"]>[0]["body"];
type CheckAnswer = Awaited<ReturnType<Client<ServiceRoutes["capability-execution-support"]>["checkRiver"]>>;

interface Dependencies {
  readonly describeSql: Client<ServiceRoutes["compute-internal"]>["describeSql"];
  readonly assessPlan: Client<ServiceRoutes["capability-governance"]>["assessPlan"];
  readonly prices: PriceTable;
  readonly now: () => Date;
}

/** Parses, validates and, where nothing is wrong, plans and prices a document: the dry run of everything that runs. */
export async function checkRiver(request: CheckRequest, { describeSql, assessPlan, prices, now }: Dependencies): Promise<CheckAnswer> {
  const read = readSource(request.source);
  if (read.errors.length > 0) return refusal(read.errors, []);
  const datasets = toDatasets(request.datasets);
  const flows = resolveFlows(read.value, request.flows, read.positions);
  const document = flows.inlined as RiverDocument;
  const outline = validateRiver(document, read.positions);
  const sql =
    outline.errors.length > 0
      ? { sqlSteps: undefined, errors: [] }
      : await describeSqlSteps(document, request.datasets, (statements) => describeSql({ body: { statements: [...statements] } }));
  const sqlFaults = sql.errors.map((fault) => {
    const place = read.positions?.(fault.path);
    return { ...fault, ...(place && { line: place.line, column: place.column }) };
  });
  const steps = sql.sqlSteps ? { sqlSteps: sql.sqlSteps } : {};
  const checked = validateRiver(document, read.positions, datasets, sql.sqlSteps);
  // A statement or flow that could not be read leaves faults behind it that only say so again.
  const unread = [...flows.errors, ...sqlFaults];
  const errors = [...unread, ...checked.errors.filter(({ path }) => !unread.some((fault) => path.startsWith(fault.path)))].map(flows.place);
  if (errors.length > 0) return refusal(errors, checked.warnings);
  const pinned = { document: flows.pinned as RiverDocument, digest: digestRiver(flows.pinned), runnable: document };
  const compiled = compileRiver(document, {
    datasets,
    parameters: request.parameters,
    now: now().toISOString(),
    seed: "0",
    ...steps,
    ...(read.positions && { positions: read.positions }),
  });
  if (compiled.errors.length > 0)
    return request.requireParameters ? refusal(compiled.errors, compiled.warnings) : { errors: [], warnings: [...checked.warnings], ...pinned, plan: null };
  const lineage = toLineage(compiled, document);
  const outputs = compiled.outputs.map(({ name, dataset, mode, columns }) => ({ name, dataset, mode, columns: columns.map(toColumn) }));
  const { labels, policies } = await assessPlan({ body: { outputs, lineage, datasets: request.datasets.map(({ profile: _, ...dataset }) => dataset) } });
  return {
    errors: [],
    warnings: [...compiled.warnings],
    ...pinned,
    plan: toPlan(compiled, { outputs, lineage, labels, policies, request, digest: pinned.digest, prices, document }),
  };
}

function readSource(source: CheckRequest["source"]): { value: unknown; errors: readonly Fault[]; positions: Positions | undefined } {
  if (source.kind === "document") return { value: source.document, errors: [], positions: undefined };
  return parseRiverText(source.text, source.contentType as RiverContentType);
}

function refusal(errors: readonly Fault[], warnings: readonly Fault[]): CheckAnswer {
  return { errors: [...errors], warnings: [...warnings], document: null, digest: null, runnable: null, plan: null };
}

interface PlanParts extends Pick<Plan, "outputs" | "lineage" | "labels" | "policies"> {
  readonly request: CheckRequest;
  readonly digest: string;
  readonly prices: PriceTable;
  readonly document: RiverDocument;
}

function toPlan(compiled: CompiledRiver, { request, digest, prices, document, ...rest }: PlanParts): Plan {
  const inputBytes = usedDatasets(document, request.datasets).reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const stages = compiled.stages.map(({ name, steps, sql, columns }) => ({ name, steps: [...steps], sql, columns: columns.map(toColumn) }));
  const own = request.history.filter((past) => past.digest === digest && isAlike(past.inputBytes, inputBytes));
  const steps = compiled.steps.map(({ name, kind, dependsOn, engine, columns, estimate }) => {
    const stage = stages.find((candidate) => candidate.steps.at(-1) === name);
    // What the last run over such inputs gave is worth more than any estimate.
    const measured = own.find((past) => past.stage === stage?.name)?.outputRows;
    const rows = {
      estimatedRows: measured ?? estimate?.rows ?? null,
      estimateBasis: measured === undefined ? (estimate?.basis ?? null) : ("measured" as const),
    };
    return { name, kind, dependsOn: [...dependsOn], engine, ...(stage ? { sql: stage.sql } : {}), columns: columns.map(toColumn), ...rows };
  });
  const estimatedRows = sumOf(compiled.outputs.map(({ from }) => estimateOf(document, from, compiled, request.datasets)));
  const quote = quoteOf({ estimatedRows, inputBytes, stages: stages.length, history: request.history, digest, prices });
  return { steps, stages, ...rest, warnings: [...compiled.warnings], quote };
}

/** Rows of a step, or of a source that an output passes on as it is. */
function estimateOf(document: RiverDocument, from: string, compiled: CompiledRiver, datasets: readonly PlannableDataset[]): number | null {
  const source = document.sources[from];
  if (!source) return compiled.steps.find(({ name }) => name === from)?.estimate?.rows ?? null;
  return toDatasets(datasets)[source.version === undefined ? source.dataset : `${source.dataset}@${source.version}`]?.rowCount ?? null;
}

const sumOf = (rows: readonly (number | null)[]): number | null => rows.reduce((sum, each) => (sum === null || each === null ? null : sum + each), 0);

function usedDatasets(document: RiverDocument, datasets: readonly PlannableDataset[]): PlannableDataset[] {
  const names = new Set(Object.values(document.sources).map(({ dataset }) => dataset));
  return datasets.filter(({ name, id }) => names.has(name) || names.has(id));
}

function toColumn({
  name,
  type,
  nullable,
  labels,
}: {
  name: string;
  type: string;
  nullable: boolean;
  labels: readonly string[];
}): Plan["outputs"][number]["columns"][number] {
  return { name, type, nullable, labels: [...labels] };
}

/** Nodes for datasets, steps and outputs, each with nodes for its columns; edges between columns. */
function toLineage({ lineage }: CompiledRiver, document: RiverDocument): Lineage {
  // Rows that are kept or ordered by a column depend on it as a whole: such an edge ends at the node itself.
  const columnId = (node: string, column: string | null): string => (column === null ? node : `${node}/${column}`);
  const nodes = lineage.nodes.flatMap(({ id, kind, name, columns }) => {
    const shown = kind === "source" ? { kind: "dataset" as const, name: document.sources[name]?.dataset ?? name } : { kind, name };
    return [{ id, ...shown }, ...columns.map((column) => ({ id: columnId(id, column.name), kind: "column" as const, name: column.name, parent: id }))];
  });
  const edges = lineage.edges.map(({ from, to, influence }) => ({ from: columnId(from.node, from.column), to: columnId(to.node, to.column), influence }));
  return { nodes, edges };
}
