import type { Client, Column, IntakeResult, Profile, ServiceRoutes } from "@rivergen/contracts";
import { AppError } from "@rivergen/contracts";
import type { ObjectStore } from "@rivergen/object-store";
import type { JobOutput, SandboxPool, SandboxRun } from "@rivergen/sandbox";

type Request = Parameters<Client<ServiceRoutes["capability-schema-metadata"]>["readFile"]>[0]["body"];
type Ready = Extract<JobOutput<"intake">, { status: "ready" }>;

interface Dependencies {
  readonly pool: () => Promise<SandboxPool>;
  readonly objects: Pick<ObjectStore, "localPath" | "adopt" | "get" | "put">;
  readonly timeoutMs: number;
}

const parquetType = "application/vnd.apache.parquet";

/** Reads stored files as tables, in the sandbox, and puts their Parquet into the object store. */
export function createFileReader({ pool, objects, timeoutMs }: Dependencies) {
  async function read(request: Request, signal: AbortSignal): Promise<IntakeResult> {
    await using run = await intake(request.objectKey, request.path, request.contentType, request, signal);
    const { result } = run;
    if (result.status === "not_tabular") return { status: "not_tabular" };
    if (result.status === "rejected")
      return {
        status: "rejected",
        code: result.code,
        reason: result.reason,
        dialect: plainDialect(result.dialect),
        rejected: result.rejected.count > 0 ? toRejected(result.rejected) : null,
      };
    if (request.append) return await append(request, request.append, run, result, signal);
    await keep(objects, run, result, request);
    return toResult(result, request.targetKey);
  }

  async function intake(
    objectKey: string,
    path: string,
    contentType: string,
    { dialect, types, append: target }: Pick<Request, "dialect" | "types" | "append">,
    signal: AbortSignal,
  ) {
    const hints = { ...(dialect ? { dialect: withoutUndefined(dialect) } : {}), ...(types ? { types } : {}) };
    const job = {
      file: "upload",
      fileName: path,
      contentType,
      hints,
      ...(target ? { expectColumns: target.columns.map(({ name, type }) => ({ name, type })) } : {}),
    };
    return (await pool()).run("intake", job, { timeoutMs, purpose: "file", inputs: [local("upload", objectKey)], signal });
  }

  /** The rows there were, then the new ones, as one file; profiled anew as a whole. */
  async function append(
    request: Request,
    target: NonNullable<Request["append"]>,
    run: SandboxRun<unknown>,
    result: Ready,
    signal: AbortSignal,
  ): Promise<IntakeResult> {
    const fresh = result.inPlace ? local("fresh", request.objectKey) : { name: "fresh", path: run.outputs[result.parquet] ?? "" };
    const sql = "select * from before union all by name select * from fresh";
    const job = { views: { before: "before", fresh: "fresh" }, sql, output: "data.parquet" };
    await using whole = await (await pool()).run("stage", job, { timeoutMs, purpose: "file", inputs: [local("before", target.objectKey), fresh], signal });
    await objects.adopt(whole.outputs["data.parquet"] ?? "", request.targetKey, { expectedSha256: whole.result.sha256 });
    await using again = await intake(request.targetKey, "data.parquet", parquetType, { dialect: null, types: null, append: null }, signal);
    if (again.result.status !== "ready") throw new AppError("INTERNAL", {}, new Error("an appended file could not be read again"));
    const { rejected, dialect } = result;
    return toResult({ ...again.result, rejected, dialect }, request.targetKey);
  }

  function local(name: string, objectKey: string): { name: string; path: string } {
    const path = objects.localPath(objectKey);
    if (path === null) throw new AppError("STORE_UNAVAILABLE", { detail: "The objects are not on this machine." });
    return { name, path };
  }

  return { read, local };
}

/** A Parquet that is used as it came is copied: the file may be deleted while its dataset lives on. */
async function keep(objects: Dependencies["objects"], run: SandboxRun<unknown>, result: Ready, request: Request): Promise<void> {
  if (!result.inPlace) await objects.adopt(run.outputs[result.parquet] ?? "", request.targetKey, { expectedSha256: result.sha256 });
  else if (request.targetKey !== request.objectKey)
    await objects.put(request.targetKey, (await objects.get(request.objectKey)).stream, { expectedSha256: result.sha256 });
}

function withoutUndefined<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, entry]) => entry !== undefined)) as { [K in keyof T]: Exclude<T[K], undefined> };
}

type Rejected = Ready["rejected"];
function toRejected({ count, sample }: Rejected): { count: number; sample: { line: number | null; column: string | null; reason: string; text: string }[] } {
  return { count, sample: sample.map((row) => ({ ...row })) };
}

function plainDialect(dialect: Ready["dialect"] | null): Extract<IntakeResult, { status: "ready" }>["dialect"] {
  return dialect === null ? null : { ...dialect, notes: [...dialect.notes] };
}

function toResult(result: Ready, objectKey: string): IntakeResult {
  const columns: Column[] = result.columns.map(({ name, type, nullable, labels, note, originalName }) => ({
    name,
    type,
    nullable,
    labels: [...labels],
    description: "",
    ...(note === null && originalName === name ? {} : { note: note ?? `named ${JSON.stringify(originalName)} in the file` }),
  }));
  return {
    status: "ready",
    objectKey,
    rowCount: result.rowCount,
    sizeBytes: result.sizeBytes,
    sha256: result.sha256,
    columns,
    dialect: plainDialect(result.dialect),
    rejected: result.rejected.count > 0 ? toRejected(result.rejected) : null,
    profile: toProfile(result.profile),
    values: result.profile.columns.map(({ name, values, valuesComplete }) => ({
      column: name,
      values: values.map((entry) => ({ ...entry })),
      complete: valuesComplete,
    })),
  };
}

function toProfile({ rowCount, sampledRows, columns }: Ready["profile"]): Profile {
  return {
    rowCount,
    sampledRows,
    columns: columns.map(({ values: _, valuesComplete: __, min, max, topValues, histogram, ...column }) => ({
      ...column,
      min: toScalar(min, column.type),
      max: toScalar(max, column.type),
      topValues: topValues.map(({ value, count }) => ({ value: toScalar(value, column.type), count })),
      histogram:
        histogram.length === 0 ? null : histogram.map(({ from, to, count }) => ({ low: toScalar(from, column.type), high: toScalar(to, column.type), count })),
    })),
  };
}

/** Numbers as numbers where that is exact; decimals and large integers stay text. */
function toScalar(value: string | null, type: string): string | number | boolean | null {
  if (value === null) return null;
  if (type === "boolean") return value === "true";
  if (type === "double" || type === "integer") {
    const number = Number(value);
    return Number.isFinite(number) && (type === "double" || Number.isSafeInteger(number)) ? number : value;
  }
  return value;
}
