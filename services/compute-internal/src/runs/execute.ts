import { AppError, type ClaimedRun, type Client, errorCatalog, type RunProblem, type ServiceRoutes, type StageResult } from "@rivergen/contracts";
import type { ObjectStore } from "@rivergen/object-store";
import {
  type CompiledColumn,
  type CompiledFlow,
  type CompiledRiver,
  type CompiledStage,
  compileRiver,
  outputViewName,
  setAsideName,
  sourceViewName,
  toDatasets,
} from "@rivergen/river";
import type { RunOptions, SandboxPool } from "@rivergen/sandbox";
import { nameGone, toRunInput, toUsage } from "../inputs.ts";
import { advance, type StageRows, type StageShare } from "./progress.ts";
import { stepMetrics } from "./step-metrics.ts";

export interface ExecuteDependencies {
  readonly core: Client<ServiceRoutes["backend-core"]>;
  readonly pool: SandboxPool;
  readonly objects: Pick<ObjectStore, "localPath" | "adopt">;
  readonly describeSql: (document: ClaimedRun["document"], inputs: ClaimedRun["inputs"]) => Promise<Parameters<typeof compileRiver>[1]["sqlSteps"]>;
  readonly faultPoint: (name: string) => void;
}
/** How far the run is, for the heartbeat. */
export interface RunState {
  stage: string | null;
  steps: readonly string[];
  progress: { fraction: number | null; rowsDone: number | null; rowsExpected: number | null } | null;
  /** What the attempt used that no checkpoint holds. */
  usage: StageResult["usage"];
}

/** Runs the stages of a claimed run that no earlier attempt completed, then publishes its outputs. @throws AppError */
export async function executeRun(run: ClaimedRun, state: RunState, dependencies: ExecuteDependencies, signal: AbortSignal): Promise<void> {
  const compiled = await compile(run, dependencies);
  const done = new Map(run.completed.map((result) => [result.stage, result]));
  const rowsOf = (stages: readonly CompiledStage[]): number => stages.reduce((sum, stage) => sum + countInputRows(run, stage, done), 0);
  for (const [index, stage] of compiled.stages.entries()) {
    if (done.has(stage.name)) continue;
    const pending = stage.steps.filter((step) => ![...done.values()].some(({ steps }) => steps.some(({ name }) => name === step)));
    Object.assign(state, { stage: stage.name, steps: pending, usage: [] });
    await dependencies.core.startStage({ body: { run: run.id, lease: run.lease, stage: stage.name, steps: [...pending] } });
    const rows = { before: rowsOf(compiled.stages.slice(0, index)), own: rowsOf([stage]), after: rowsOf(compiled.stages.slice(index + 1)) };
    const result = await runStage(run, stage, { done, share: { index, of: compiled.stages.length }, rows }, state, dependencies, signal);
    dependencies.faultPoint("run.before-event");
    await dependencies.core.completeStage({ body: { run: run.id, lease: run.lease, result } });
    done.set(stage.name, result);
  }
  await dependencies.core.completeRun({ body: { run: run.id, lease: run.lease } });
}

async function compile(run: ClaimedRun, { describeSql }: ExecuteDependencies): Promise<CompiledRiver> {
  const sqlSteps = await describeSql(run.document, run.inputs);
  const compiled = compileRiver(run.document, {
    datasets: toDatasets(Object.values(run.inputs)),
    parameters: run.parameters,
    now: run.now,
    seed: String(run.seed),
    ...(sqlSteps ? { sqlSteps } : {}),
  });
  if (compiled.errors.length > 0) throw new AppError("RIVER_INVALID", { errors: compiled.errors });
  return compiled;
}

interface Position {
  readonly done: ReadonlyMap<string, StageResult>;
  readonly share: StageShare;
  readonly rows: StageRows;
}

/** Rows that a stage reads; of outputs that are not written yet none. */
function countInputRows(run: ClaimedRun, stage: CompiledStage, done: ReadonlyMap<string, StageResult>): number {
  const before = run.document.outputs[stage.name]?.mode === "append" ? (run.appendTo[stage.name]?.rowCount ?? 0) : 0;
  const sources = stage.inputs.map((name) => run.inputs[name]?.rowCount ?? 0);
  const outputs = stage.reads.map((name) => done.get(name)?.rowCount ?? 0);
  return [before, ...sources, ...outputs].reduce((sum, rows) => sum + rows, 0);
}

async function runStage(
  run: ClaimedRun,
  stage: CompiledStage,
  { done, share, rows }: Position,
  state: RunState,
  { pool, objects, faultPoint }: ExecuteDependencies,
  signal: AbortSignal,
): Promise<StageResult> {
  const base = run.document.outputs[stage.name]?.mode === "append" ? run.appendTo[stage.name] : undefined;
  if (base) assertSameColumns(stage, base);
  const sources = stage.inputs.map((name) => ({
    view: sourceViewName(name),
    objectKey: run.inputs[name]?.objectKey ?? "",
    bytes: run.inputs[name]?.sizeBytes ?? 0,
  }));
  const outputs = stage.reads.map((name) => ({
    view: outputViewName(name),
    objectKey: done.get(name)?.objectKey ?? "",
    bytes: done.get(name)?.sizeBytes ?? 0,
  }));
  const before = base ? [{ view: "output_before", objectKey: base.objectKey, bytes: base.sizeBytes }] : [];
  const reads = [...sources, ...outputs, ...before];
  const bytes = reads.reduce((sum, { bytes: each }) => sum + each, 0);
  const views = Object.fromEntries(reads.map(({ view }) => [view, view]));
  const onProgress = (fraction: number | null, rowsDone: number): void => {
    state.progress = advance(state.progress, share, rows, fraction, rowsDone);
    if (fraction !== null && fraction > 0) faultPoint("run.mid-stage");
  };
  const inputs = reads.map(({ view, objectKey }) => toRunInput(objects, view, objectKey));
  const onUsage = ({ cpuMs }: { readonly cpuMs: number }): void => {
    state.usage = toUsage(cpuMs, bytes);
  };
  const options = { timeoutMs: run.deadlineMs, purpose: "run" as const, inputs, onProgress, onUsage, signal };
  const work = stage.flow ? runFlow(pool, { views, sql: stage.sql, flow: stage.flow }, options) : runStatement(pool, views, stage, base !== undefined, options);
  await using finished = await work.catch((error: unknown) => {
    throw explain(nameGone(error, run.inputs), stage);
  });
  const { result, outputs: files, usage } = finished;
  const objectKey = `${run.workspaceId}/runs/${run.id}/${stage.name}-${run.attempt}.parquet`;
  await objects.adopt(files["stage.parquet"] ?? "", objectKey, { expectedSha256: result.sha256 });
  const setAside = await keepSetAside(run, stage, finished, objects);
  return {
    stage: stage.name,
    objectKey,
    sha256: result.sha256,
    rowCount: result.rowCount,
    sizeBytes: result.sizeBytes,
    columns: stage.columns.map(toColumn),
    setAside: setAside?.file ?? null,
    steps: stepMetrics(stage, state.steps, run.document, metricsOf(result), { rowCount: result.rowCount, wallMs: usage.wallMs }).map((step) =>
      step.name === stage.flow?.step && setAside ? { ...step, setAside: setAside.told } : step,
    ),
    usage: state.usage,
    appendedTo: base?.version ?? null,
  };
}

const toColumn = (column: CompiledColumn): StageResult["columns"][number] => ({ ...column, labels: [...column.labels] });

/** Stores what a flow set aside, under a name of its own among the run's outputs; undefined where that is nothing. */
async function keepSetAside(
  run: ClaimedRun,
  { name, flow }: CompiledStage,
  { result, outputs }: Pick<StageRun, "result" | "outputs">,
  objects: ExecuteDependencies["objects"],
): Promise<{ file: NonNullable<StageResult["setAside"]>; told: NonNullable<StageResult["steps"][number]["setAside"]> } | undefined> {
  const written = "setAside" in result ? result.setAside : null;
  if (!flow || !written) return undefined;
  const { count, ...file } = written;
  const objectKey = `${run.workspaceId}/runs/${run.id}/${name}-${run.attempt}-set-aside.parquet`;
  await objects.adopt(outputs["set-aside.parquet"] ?? "", objectKey, { expectedSha256: file.sha256 });
  const output = setAsideName(flow.step);
  return { file: { ...file, output, objectKey, columns: flow.setAside.map(toColumn) }, told: { rows: count, kept: file.rowCount, output } };
}

type Views = Readonly<Record<string, string>>;
type StageRun = Awaited<ReturnType<typeof runStatement>> | Awaited<ReturnType<typeof runFlow>>;

function runStatement(pool: SandboxPool, views: Views, stage: CompiledStage, hasBefore: boolean, options: RunOptions) {
  const sql = hasBefore ? `select * from output_before union all by name select * from (${stage.sql}) as fresh` : stage.sql;
  const diagnose = stage.diagnostics.map(({ sql: question, pointer }) => ({ name: pointer, sql: question }));
  return pool.run("stage", { views, sql, output: "stage.parquet", diagnose }, options);
}

function runFlow(pool: SandboxPool, { views, sql, flow }: { views: Views; sql: string; flow: CompiledFlow }, options: RunOptions) {
  const { document, input, columns, parameters, now, setAside } = flow;
  const aside = { output: "set-aside.parquet", columns: setAside.map(({ name, type }) => ({ name, type })) };
  return pool.run("flow", { views, sql, output: "stage.parquet", setAside: aside, flow: { document, input, columns, parameters, now } }, options);
}

/** What is known of the steps of a stage: a flow counts its rows itself. */
const metricsOf = (result: StageRun["result"]): Parameters<typeof stepMetrics>[3] =>
  "metrics" in result ? result.metrics : { rowsScanned: result.rowsIn, operators: [] };

/** @throws DATASET_SCHEMA_MISMATCH when rows cannot be added to those of the dataset as they are */
function assertSameColumns(stage: CompiledStage, { columns }: ClaimedRun["appendTo"][string]): void {
  const known = new Map(columns.map(({ name, type }) => [name, type]));
  const fresh = new Map(stage.columns.map(({ name, type }) => [name, type]));
  const changes = [
    ...[...fresh].flatMap(([name, type]) => (known.has(name) ? [] : [`${name} ${type} is new`])),
    ...[...known].flatMap(([name, type]) => (fresh.has(name) ? [] : [`${name} ${type} is missing`])),
    ...[...fresh].flatMap(([name, type]) => (known.has(name) && known.get(name) !== type ? [`${name} was ${known.get(name)} and is now ${type}`] : [])),
  ];
  if (changes.length === 0) return;
  const detail = `Rows of ${stage.name} cannot be appended: ${changes.join("; ")}. Write to another output, or replace this one.`;
  throw new AppError("DATASET_SCHEMA_MISMATCH", { detail, step: stage.steps.at(-1) ?? stage.name });
}

/** Names the step, the column and a bad value where a second look found them. */
function explain(error: unknown, stage: CompiledStage): unknown {
  if (!(error instanceof AppError)) return error;
  const diagnosis = error.details["diagnosis"] as { name: string; rows: { value?: unknown }[] } | undefined;
  const found = diagnosis && stage.diagnostics.find(({ pointer }) => pointer === diagnosis.name);
  const { diagnosis: _, ...details } = error.details;
  if (!found || !diagnosis) return new AppError(error.code, { ...details, step: stage.steps.at(-1) ?? stage.name }, error);
  const value = JSON.stringify(diagnosis.rows[0]?.value ?? null).slice(0, 200);
  const detail = `${found.column === "" ? "A condition" : `Column ${found.column}`} of step ${found.step} could not be made ${found.type}: ${value} is none.`;
  return new AppError(
    error.code,
    { ...details, detail, step: found.step, pointer: found.pointer, ...(found.column === "" ? {} : { column: found.column }) },
    error,
  );
}

const advice: Readonly<Record<string, string>> = {
  STEP_FAILED: "Correct the step or the data, then resume the run.",
  RUN_TIMEOUT: "Filter earlier, or raise resilience.timeout in the river, then run it again.",
  RUN_MEMORY_EXCEEDED: "Filter or aggregate earlier, select fewer columns, or raise RUN_MEMORY_BYTES.",
  PLATFORM_FAULT: "Resume the run; nothing is charged for this attempt.",
  INPUT_GONE: "Run the river again: it reads what there is now.",
  STORE_UNAVAILABLE: "Resume the run when the store answers again.",
};

/** A failure as the run shows it: name, plain cause, what to do. */
export function toRunProblem(error: AppError): RunProblem {
  const { detail, step, column, pointer } = error.details;
  const known = errorCatalog[error.code];
  return {
    code: error.code,
    title: known.title,
    detail: detail ?? known.title,
    ...(typeof step === "string" ? { step } : {}),
    ...(typeof column === "string" ? { column } : {}),
    ...(typeof pointer === "string" ? { pointer } : {}),
    ...(advice[error.code] === undefined ? {} : { advice: advice[error.code] }),
  };
}
