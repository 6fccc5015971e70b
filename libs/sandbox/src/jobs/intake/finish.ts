import { join } from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";
import type { JobContext } from "../job.ts";
import { inferTypes } from "./infer.ts";
import { findLabels } from "./labels.ts";
import { anyOf, rejectMisfits } from "./misfits.ts";
import type { Misfit } from "./misfits.ts";
import { Unreadable } from "./model.ts";
import type { Dialect, ExpectedColumn, IntakeColumn, IntakeInput, IntakeOutput, IntakeReady } from "./model.ts";
import { profileTable } from "./profile.ts";
import { describeSelect, digest, selectList, writeParquet } from "./publish.ts";
import { text } from "./sql.ts";
import type { NativeTable, TextTable } from "./table.ts";

const parquetName = "data.parquet";

/** Types a table of text, writes it and describes it. */
export async function finishText(context: JobContext, input: IntakeInput, given: TextTable): Promise<IntakeOutput> {
  const { connection, folder } = context;
  const table = await loadWide(connection, given);
  const expected = input.expectColumns;
  const titles = table.columns.map((column) => column.name);
  if (expected !== undefined) checkNames(titles, expected, table.dialect);
  const asked = expected ?? Object.entries(input.hints?.types ?? {}).map(([name, type]) => ({ name, type }));
  checkAsked(titles, asked, table.dialect);
  const typed = await inferTypes(connection, table, input.hints?.dialect ?? {}, asked, expected === undefined);
  context.progress(0.5, 0);
  const misfits = typed.columns.flatMap((column, index): Misfit[] =>
    column.misfit === null ? [] : [{ column: column.name, condition: column.misfit, id: table.columns[index]?.id ?? "" }],
  );
  const rejected = await rejectMisfits(context, table, misfits, expected !== undefined);
  const select = `SELECT ${selectList(inOrder(typed.columns, expected))} FROM ${table.relation}${misfits.length === 0 ? "" : ` WHERE NOT (${anyOf(misfits)})`}`;
  const written = await writeParquet(connection, select, join(folder.out, parquetName), typed.columns.length);
  if (table !== given) await connection.run(`DROP TABLE ${wideName}`);
  if (written + rejected !== table.rowCount) throw new Error(`the file has ${table.rowCount} rows, ${written} were written and ${rejected} rejected`);
  if (written === 0 && table.rowCount > 0)
    throw new Unreadable("No row fits the types that were asked for. Correct the types and read the file again.", {
      rejected: table.rejects.toRows(),
      dialect: table.dialect,
    });
  const dialect: Dialect = { ...table.dialect, decimal: typed.decimal, thousands: typed.thousands, dateOrder: typed.dateOrder };
  return describe(context, {
    table: { ...table, dialect },
    columns: inOrder(typed.columns, expected),
    rowCount: written,
    inPlace: false,
    path: join(folder.out, parquetName),
    name: parquetName,
  });
}

const wideName = "wide_text";
const wideColumns = 200;
const wideCells = 4_000_000;

/** Evidence is counted a few columns at a time: a wide text is read once instead of once for each few, where it is small enough. */
async function loadWide(connection: DuckDBConnection, table: TextTable): Promise<TextTable> {
  const { columns, rowCount, relation } = table;
  if (columns.length <= wideColumns || columns.length * rowCount > wideCells) return table;
  await connection.run(`CREATE OR REPLACE TEMP TABLE ${wideName} AS SELECT * FROM ${relation}`);
  return { ...table, relation: wideName };
}

/** Columns in the order of the dataset that is appended to; in their own order otherwise. */
function inOrder<Column extends { readonly name: string }>(columns: readonly Column[], expected: readonly ExpectedColumn[] | undefined): readonly Column[] {
  return expected === undefined ? columns : expected.flatMap((one) => columns.filter((column) => column.name === one.name));
}

function checkAsked(titles: readonly string[], asked: readonly ExpectedColumn[], dialect: Dialect): void {
  const unknown = asked.filter((one) => !titles.includes(one.name)).map((one) => `"${one.name}"`);
  if (unknown.length === 0) return;
  throw new Unreadable(`There is no column ${unknown.join(", ")} in the file. Its columns: ${titles.slice(0, 50).join(", ")}.`, { dialect });
}

function checkNames(titles: readonly string[], expected: readonly ExpectedColumn[], dialect: Dialect): void {
  const names = expected.map((one) => one.name);
  const missing = names.filter((one) => !titles.includes(one));
  const extra = titles.filter((one) => !names.includes(one));
  if (missing.length + extra.length === 0) return;
  const parts = [...(missing.length > 0 ? [`missing: ${missing.join(", ")}`] : []), ...(extra.length > 0 ? [`not in the dataset: ${extra.join(", ")}`] : [])];
  const reason = `The columns differ from those of the dataset (${parts.join("; ")}). Correct the file, or replace the dataset instead of appending.`;
  throw new Unreadable(reason, { code: "DATASET_SCHEMA_MISMATCH", columns: [...missing, ...extra], dialect });
}

/** Writes a table that has its types, unless the upload itself can serve, and describes it. */
export async function finishNative(context: JobContext, input: IntakeInput, table: NativeTable): Promise<IntakeOutput> {
  const { folder } = context;
  const expected = input.expectColumns;
  if (Object.keys(input.hints?.types ?? {}).length > 0)
    throw new Unreadable("The file says the types of its columns itself, so none can be asked for. Cast the columns in a river.", { dialect: table.dialect });
  if (expected !== undefined) checkTypes(table, expected);
  const columns = inOrder(table.columns, expected);
  if (table.inPlace && expected === undefined) {
    return describe(context, { table, columns, rowCount: table.rowCount, inPlace: true, path: join(folder.in, input.file), name: input.file });
  }
  const path = join(folder.out, parquetName);
  const written = await writeParquet(context.connection, `SELECT ${selectList(columns)} FROM ${table.relation}`, path, columns.length);
  return describe(context, { table, columns, rowCount: written, inPlace: false, path, name: parquetName });
}

function checkTypes(table: NativeTable, expected: readonly ExpectedColumn[]): void {
  checkNames(
    table.columns.map((column) => column.name),
    expected,
    table.dialect,
  );
  const columns = table.columns.filter((column) => expected.find((one) => one.name === column.name)?.type !== column.type).map((column) => column.name);
  if (columns.length === 0) return;
  const reason = `The types of ${columns.join(", ")} differ from those of the dataset. Correct the file, or replace the dataset instead of appending.`;
  throw new Unreadable(reason, { code: "DATASET_SCHEMA_MISMATCH", columns, dialect: table.dialect });
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
