import { open, rm } from "node:fs/promises";
import { join } from "node:path";
import type { JobContext, JobDefinition } from "../job.ts";
import { readArrow } from "./arrow.ts";
import { readCsv } from "./csv.ts";
import { detectEncoding, transcode } from "./encoding.ts";
import { inferTypes } from "./infer.ts";
import { inflate } from "./inflate.ts";
import { readJson } from "./json.ts";
import { findLabels } from "./labels.ts";
import { defaultLimits, Unreadable } from "./model.ts";
import type { Dialect, IntakeColumn, IntakeInput, IntakeLimits, IntakeOutput, IntakeReady } from "./model.ts";
import { readParquet } from "./parquet.ts";
import { profileTable } from "./profile.ts";
import { describeSelect, digest, selectList, writeParquet } from "./publish.ts";
import { claimOf, contentOf, foreignName } from "./sniff.ts";
import type { Claim } from "./sniff.ts";
import { rows, text } from "./sql.ts";
import type { NativeTable, TextTable } from "./table.ts";

const parquetName = "data.parquet";
const headBytes = 2 ** 16;

/** A file on its way: where its bytes are now, and what was unfolded so far. */
interface Piece {
  readonly path: string;
  readonly head: Buffer;
  readonly compression: Dialect["compression"];
}

/**
 * Turns an uploaded file into a typed table: reads it in whatever form it proves to have, types its columns by the
 * evidence of all rows, writes Parquet, and describes the result. Faults of the file are answers, not failures.
 */
async function runIntake(context: JobContext, input: IntakeInput): Promise<IntakeOutput> {
  const limits = { ...defaultLimits, ...input.limits };
  try {
    const table = await openTable(context, input, limits);
    if (table === undefined) return { status: "not_tabular" };
    return table.kind === "native" ? await finishNative(context, input, table) : await finishText(context, input, table);
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    return { status: "rejected", code: error.code, reason: error.message, columns: error.columns, dialect: error.dialect, rejected: error.rejected };
  }
}

/** The intake as a job of the sandbox. */
export const intake: JobDefinition<IntakeInput, IntakeOutput> = { settings: ["SET TimeZone='UTC'"], run: runIntake };

async function readHead(path: string): Promise<Buffer> {
  const file = await open(path, "r");
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(headBytes), 0, headBytes, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/** Unfolds compression (two layers at most), so that what remains is the file itself. */
async function unfold(context: JobContext, input: IntakeInput, limits: IntakeLimits): Promise<Piece> {
  let piece: Piece = { path: join(context.folder.in, input.file), head: await readHead(join(context.folder.in, input.file)), compression: null };
  for (let layer = 1; layer <= 2; layer += 1) {
    const kind = contentOf(piece.head);
    if (kind !== "gzip" && kind !== "zstd") return piece;
    const path = join(context.folder.tmp, `plain${layer}`);
    await inflate(piece.path, path, kind, limits);
    piece = { path, head: await readHead(path), compression: piece.compression ?? kind };
  }
  throw new Unreadable("The file is compressed more than twice. Compress it once and upload it again.");
}

async function openTable(context: JobContext, input: IntakeInput, limits: IntakeLimits): Promise<TextTable | NativeTable | undefined> {
  const piece = await unfold(context, input, limits);
  const claim = claimOf(input.fileName, input.contentType);
  switch (contentOf(piece.head)) {
    case "empty":
      return refuseUnlessClaimless(claim, "The file is empty. Upload one with at least a header.");
    case "parquet": {
      const table = await readParquet(context.connection, piece.path, limits);
      return { ...table, inPlace: table.inPlace && piece.compression === null, dialect: { ...table.dialect, compression: piece.compression } };
    }
    case "arrow_file":
    case "arrow_stream": {
      const table = await readArrow(context.connection, piece.path, contentOf(piece.head) === "arrow_file", limits, (rowsDone) => context.progress(null, rowsDone));
      return { ...table, dialect: { ...table.dialect, compression: piece.compression } };
    }
    case "text":
      return openText(context, input, piece, claim, limits);
    default:
      return refuseUnlessClaimless(
        claim,
        `The file is called ${claim ?? "a table"} but holds ${foreignName(piece.head) ?? "binary data"}. Upload the table itself.`,
      );
  }
}

function refuseUnlessClaimless(claim: Claim, reason: string): undefined {
  if (claim !== undefined && claim !== "prose") throw new Unreadable(reason);
  return undefined;
}

async function openText(context: JobContext, input: IntakeInput, piece: Piece, claim: Claim, limits: IntakeLimits): Promise<TextTable | undefined> {
  if (claim === "prose") return undefined;
  if (claim === "parquet" || claim === "arrow")
    throw new Unreadable(`The file is called ${claim} but holds text. Upload the ${claim} file itself, or name it by what it is.`);
  const hints = input.hints?.dialect ?? {};
  const encoding = await detectEncoding(piece.path, piece.head, hints.encoding);
  const isUtf8 = encoding.label === "utf-8";
  const path = isUtf8 ? piece.path : join(context.folder.tmp, "utf8.txt");
  if (!isUtf8) {
    await transcode(piece.path, path, encoding);
    if (piece.compression !== null) await rm(piece.path);
  }
  const base = { path, markBytes: isUtf8 ? encoding.markBytes : 0, encoding: encoding.label, compression: piece.compression, limits, tmp: context.folder.tmp };
  const head = (await readHead(path)).subarray(base.markBytes);
  const isJson = claim === "json" || claim === "ndjson" || (claim === undefined && /^\s*[[{]/.test(head.toString("latin1")));
  if (isJson) return readJson({ ...base, head, claimsLines: claim === "ndjson", progress: (rowsDone) => context.progress(null, rowsDone) });
  return readCsv({ ...base, claim, hints, progress: (fraction, rowsDone) => context.progress(fraction * 0.4, rowsDone) });
}

async function finishText(context: JobContext, input: IntakeInput, table: TextTable): Promise<IntakeOutput> {
  const { connection, folder } = context;
  const expected = input.expectColumns;
  if (expected !== undefined)
    checkNames(
      table.columns.map((column) => column.name),
      expected.map((column) => column.name),
      table.dialect,
    );
  const asked = expected ?? Object.entries(input.hints?.types ?? {}).map(([name, type]) => ({ name, type }));
  const unknown = asked.filter((one) => !table.columns.some((column) => column.name === one.name)).map((one) => one.name);
  if (unknown.length > 0)
    throw new Unreadable(
      `There is no column ${unknown.map((one) => `"${one}"`).join(", ")} in the file. Its columns: ${table.columns
        .map((column) => column.name)
        .slice(0, 50)
        .join(", ")}.`,
      { dialect: table.dialect },
    );
  const typed = await inferTypes(connection, table, input.hints?.dialect ?? {}, asked);
  context.progress(0.5, 0);
  const misfits = typed.columns.flatMap((column, index) =>
    column.misfit === null ? [] : [{ column: column.name, condition: column.misfit, id: table.columns[index]?.id ?? "" }],
  );
  const rejected = await rejectMisfits(context, table, misfits, expected !== undefined);
  const select = `SELECT ${selectList(typed.columns)} FROM ${table.relation}${misfits.length === 0 ? "" : ` WHERE NOT (${misfits.map(({ condition }) => condition).join(" OR ")})`}`;
  const written = await writeParquet(connection, select, join(folder.out, parquetName), typed.columns.length);
  if (written + rejected !== table.rowCount) throw new Error(`the file has ${table.rowCount} rows, ${written} were written and ${rejected} rejected`);
  if (written === 0 && table.rowCount > 0)
    throw new Unreadable("No row fits the types that were asked for. Correct the types and read the file again.", {
      rejected: table.rejects.toRows(),
      dialect: table.dialect,
    });
  const dialect: Dialect = { ...table.dialect, decimal: typed.decimal, thousands: typed.thousands, dateOrder: typed.dateOrder };
  return describe(context, {
    table: { ...table, dialect },
    columns: typed.columns,
    rowCount: written,
    inPlace: false,
    path: join(folder.out, parquetName),
    name: parquetName,
  });
}

/** Lists rows whose values do not fit the types that were asked for; for an append they refuse the whole file. */
async function rejectMisfits(
  context: JobContext,
  table: TextTable,
  misfits: readonly { column: string; condition: string; id: string }[],
  append: boolean,
): Promise<number> {
  if (misfits.length === 0) return 0;
  const fault = `CASE ${misfits.map(({ condition }, index) => `WHEN ${condition} THEN ${index}`).join(" ")} END`;
  const values = table.columns.map((column) => `"${column.id}"`).join(", ");
  const found = await rows<{ line: string; fault: number; text: string; value: string | null }>(
    context.connection,
    `SELECT line, fault, left(concat_ws(${text(table.dialect.delimiter || ",")}, ${values}), 500) AS text, CASE fault ${misfits.map(({ id }, index) => `WHEN ${index} THEN left(CAST("${id}" AS VARCHAR), 100)`).join(" ")} END AS value FROM (SELECT *, ${fault} AS fault FROM ${table.relation}) WHERE fault IS NOT NULL ORDER BY line`,
  );
  if (append && found.length > 0) {
    const columns = [...new Set(found.map((one) => misfits[one.fault]?.column ?? ""))];
    const first = found[0];
    throw new Unreadable(
      `The types of ${columns.map((one) => `"${one}"`).join(", ")} differ from those of the dataset: line ${first?.line ?? 1} holds "${first?.value ?? ""}". Correct the file, or replace the dataset instead of appending.`,
      { code: "DATASET_SCHEMA_MISMATCH", columns, dialect: table.dialect },
    );
  }
  for (const one of found)
    table.rejects.add(Number(one.line), misfits[one.fault]?.column ?? null, `"${one.value ?? ""}" does not fit the type that was asked for.`, () => one.text);
  return found.length;
}

function checkNames(names: readonly string[], expected: readonly string[], dialect: Dialect): void {
  const missing = expected.filter((one) => !names.includes(one));
  const extra = names.filter((one) => !expected.includes(one));
  if (missing.length + extra.length === 0) return;
  const parts = [missing.length > 0 ? `missing: ${missing.join(", ")}` : "", extra.length > 0 ? `not in the dataset: ${extra.join(", ")}` : ""].filter(
    (part) => part !== "",
  );
  throw new Unreadable(`The columns differ from those of the dataset (${parts.join("; ")}). Correct the file, or replace the dataset instead of appending.`, {
    code: "DATASET_SCHEMA_MISMATCH",
    columns: [...missing, ...extra],
    dialect,
  });
}

async function finishNative(context: JobContext, input: IntakeInput, table: NativeTable): Promise<IntakeOutput> {
  const { folder } = context;
  let columns = table.columns;
  if (input.expectColumns !== undefined) {
    const expected = input.expectColumns;
    checkNames(
      columns.map((column) => column.name),
      expected.map((column) => column.name),
      table.dialect,
    );
    const differing = columns.filter((column) => expected.find((one) => one.name === column.name)?.type !== column.type).map((column) => column.name);
    if (differing.length > 0)
      throw new Unreadable(
        `The types of ${differing.join(", ")} differ from those of the dataset. Correct the file, or replace the dataset instead of appending.`,
        { code: "DATASET_SCHEMA_MISMATCH", columns: differing, dialect: table.dialect },
      );
    columns = expected.flatMap((one) => columns.filter((column) => column.name === one.name));
  }
  if (table.inPlace && input.expectColumns === undefined) {
    return describe(context, { table, columns, rowCount: table.rowCount, inPlace: true, path: join(folder.in, input.file), name: input.file });
  }
  const path = join(folder.out, parquetName);
  const written = await writeParquet(context.connection, `SELECT ${selectList(columns)} FROM ${table.relation}`, path, columns.length);
  return describe(context, { table, columns, rowCount: written, inPlace: false, path, name: parquetName });
}

interface Written {
  readonly table: TextTable | NativeTable;
  readonly columns: readonly { readonly name: string; readonly originalName: string; readonly type: string; readonly note: string | null }[];
  readonly rowCount: number;
  readonly inPlace: boolean;
  readonly path: string;
  readonly name: string;
}

/** Profile, labels, digest: everything that is told of the written file. */
async function describe(context: JobContext, written: Written): Promise<IntakeReady> {
  const relation = `read_parquet(${text(written.path)})`;
  context.progress(0.7, written.rowCount);
  const described = await describeSelect(context.connection, relation);
  const columns = written.columns.map((column, index) => ({ ...column, name: described[index]?.name ?? column.name }));
  const profile = await profileTable(context.connection, relation, columns, written.rowCount, (fraction) =>
    context.progress(0.7 + fraction * 0.28, written.rowCount),
  );
  const labels = await findLabels(context.connection, relation, profile.columns);
  const { sizeBytes, sha256 } = await digest(written.path);
  const told = columns.map((column, index): IntakeColumn => ({
    name: column.name,
    originalName: column.originalName,
    type: column.type,
    nullable: (profile.columns[index]?.nullCount ?? 1) > 0,
    labels: labels.get(column.name) ?? [],
    note: column.note,
  }));
  return {
    status: "ready",
    parquet: written.name,
    inPlace: written.inPlace,
    rowCount: written.rowCount,
    sizeBytes,
    sha256,
    columns: told,
    dialect: written.table.dialect,
    rejected: written.table.rejects.toRows(),
    profile,
  };
}
