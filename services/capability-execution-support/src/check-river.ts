import type { Client, Fault, Lineage, Plan, PriceTable, ReadableDataset, RiverDocument, ServiceRoutes } from "@rivergen/contracts";
import {
  type CompiledRiver,
  compileRiver,
  describeSqlSteps,
  digestRiver,
  parseRiverText,
  type Positions,
  type RiverContentType,
  toDatasets,
  validateRiver,
} from "@rivergen/river";
import { quoteOf } from "./quote/quote.ts";

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
  const document = read.value as RiverDocument;
  const outline = validateRiver(read.value, read.positions);
  const sql =
    outline.errors.length > 0
      ? { sqlSteps: undefined, errors: [] }
      : await describeSqlSteps(document, request.datasets, (statements) => describeSql({ body: { statements: [...statements] } }));
  const sqlFaults = sql.errors.map((fault) => {
    const place = read.positions?.(fault.path);
    return { ...fault, ...(place && { line: place.line, column: place.column }) };
  });
  const steps = sql.sqlSteps ? { sqlSteps: sql.sqlSteps } : {};
  const checked = validateRiver(read.value, read.positions, datasets, sql.sqlSteps);
  // A statement that could not be read leaves faults behind it that only say so again.
  const errors =
    sqlFaults.length > 0 ? [...sqlFaults, ...checked.errors.filter(({ path }) => !sqlFaults.some((fault) => path.startsWith(fault.path)))] : checked.errors;
  if (errors.length > 0) return refusal(errors, checked.warnings);
  const digest = digestRiver(document);
  const compiled = compileRiver(document, { datasets, parameters: request.parameters, now: now().toISOString(), seed: "0", ...steps });
  if (compiled.errors.length > 0)
    return request.requireParameters
      ? refusal(compiled.errors, compiled.warnings)
      : { errors: [], warnings: [...checked.warnings], document, digest, plan: null };
  const lineage = toLineage(compiled, document);
  const outputs = compiled.outputs.map(({ name, dataset, mode, columns }) => ({ name, dataset, mode, columns: columns.map(toColumn) }));
  const { labels, policies } = await assessPlan({ body: { outputs, lineage, datasets: request.datasets } });
  return {
    errors: [],
    warnings: [...compiled.warnings],
    document,
    digest,
    plan: toPlan(compiled, { outputs, lineage, labels, policies, request, digest, prices, document }),
  };
}

function readSource(source: CheckRequest["source"]): { value: unknown; errors: readonly Fault[]; positions: Positions | undefined } {
  if (source.kind === "document") return { value: source.document, errors: [], positions: undefined };
  return parseRiverText(source.text, source.contentType as RiverContentType);
}

function refusal(errors: readonly Fault[], warnings: readonly Fault[]): CheckAnswer {
  return { errors: [...errors], warnings: [...warnings], document: null, digest: null, plan: null };
}

interface PlanParts extends Pick<Plan, "outputs" | "lineage" | "labels" | "policies"> {
  readonly request: CheckRequest;
  readonly digest: string;
  readonly prices: PriceTable;
  readonly document: RiverDocument;
}

function toPlan(compiled: CompiledRiver, { request, digest, prices, document, ...rest }: PlanParts): Plan {
  const used = usedDatasets(document, request.datasets);
  const inputRows = used.reduce((sum, { rowCount }) => sum + rowCount, 0);
  const inputBytes = used.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const quote = quoteOf({ estimatedRows: null, inputRows, inputBytes, stages: compiled.stages.length, history: request.history, digest, prices });
  const stages = compiled.stages.map(({ name, steps, sql, columns }) => ({ name, steps: [...steps], sql, columns: columns.map(toColumn) }));
  const own = request.history.filter((stage) => stage.digest === digest);
  const steps = compiled.steps.map(({ name, kind, dependsOn, engine, columns }) => {
    const stage = stages.find((candidate) => candidate.steps.at(-1) === name);
    const rows = stage && own.length > 0 ? (own[0]?.outputRows ?? null) : estimateRows(document, name, used);
    return { name, kind, dependsOn: [...dependsOn], engine, ...(stage ? { sql: stage.sql } : {}), columns: columns.map(toColumn), estimatedRows: rows };
  });
  return { steps, stages, ...rest, warnings: [...compiled.warnings], quote };
}

/** Operators that give as many rows as they take. */
const rowKeepers: ReadonlySet<string> = new Set(["from", "do", "select", "drop", "rename", "cast", "derive", "fillNulls", "window", "orderBy"]);

/** Rows where the operators leave no doubt: whole scans and fixed limits; else null, since there is no evidence. */
function estimateRows(document: RiverDocument, name: string, datasets: readonly ReadableDataset[]): number | null {
  const step = document.steps?.[name];
  if (!step || typeof step.from !== "string") return null;
  const rows = estimateInput(document, step.from, datasets);
  const limit = step.limit ?? step.do?.at(-1)?.limit;
  if (typeof limit === "number") return rows === null ? null : Math.min(limit, rows);
  return (step.do ?? [step]).every((operator) => Object.keys(operator).every((key) => rowKeepers.has(key))) ? rows : null;
}

/** Rows of a source or of another step. */
function estimateInput(document: RiverDocument, from: string, datasets: readonly ReadableDataset[]): number | null {
  const source = document.sources[from];
  if (!source) return estimateRows(document, from, datasets);
  return datasets.find(({ name, id }) => name === source.dataset || id === source.dataset)?.rowCount ?? null;
}

function usedDatasets(document: RiverDocument, datasets: readonly ReadableDataset[]): ReadableDataset[] {
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
