import { stat } from "node:fs/promises";
import type { DuckDBConnection, DuckDBDataChunk, DuckDBType } from "@duckdb/node-api";
import type { PlainRecordFlow } from "@rivergen/river/flows";
import { toEngineType } from "../../engine-type.ts";
import { createViews, quoteName, quoteString } from "../../engine.ts";
import { readShape } from "../../export.ts";
import { hashFile } from "../../hash-file.ts";
import type { Job, JobContext } from "../job.ts";
import { JobFailure } from "../job.ts";
import { countRows } from "../page.ts";
import type { Ending, FlowRecord } from "./run-records.ts";
import { isSetAside, runRecords } from "./run-records.ts";
import type { AsideRows, SetAsideFile } from "./set-aside.ts";
import { createAsideRows, writeSetAside } from "./set-aside.ts";
import { readerOf, writerOf } from "./values.ts";
import { createWrittenRows } from "./written-rows.ts";

export interface FlowInput {
  /** View name → name of a Parquet file among the inputs. */
  readonly views: Readonly<Record<string, string>>;
  /** One SELECT over the view: the rows that the flow reads, made by the compiler. */
  readonly sql: string;
  /** Name of the Parquet file to write into the outputs. */
  readonly output: string;
  readonly flow: PlainRecordFlow & {
    /** What comes out: columns of the input as they are (`passes`), others from the flow. */
    readonly columns: readonly { readonly name: string; readonly type: string; readonly passes: string | null }[];
  };
  /** Name of the Parquet file for the records that the flow sets aside, and its columns: those of the rows, then row number, nodes, code and reason. */
  readonly setAside: { readonly output: string; readonly columns: readonly { readonly name: string; readonly type: string }[] };
}

export interface FlowOutput {
  readonly rowsIn: number;
  /** Rows written. */
  readonly rowCount: number;
  /** What the flow set aside; null where it is nothing. */
  readonly setAside: SetAsideFile | null;
  readonly sizeBytes: number;
  /** SHA-256 of the file, hexadecimal. */
  readonly sha256: string;
}

type Flows = typeof import("@rivergen/river/flows");
type RecordFlow = ReturnType<Flows["openRecordFlow"]>;
type Columns = FlowInput["flow"]["columns"];

/** What is done is told up to here; the rest is the writing of the file. */
const RUN_SHARE = 0.9;

/** Runs the rows of a checkpoint through a flow, one record each, and writes what comes out, in the same order. */
export const flow: Job<FlowInput, FlowOutput> = async (context, { views, sql, output, flow: plain, setAside }) => {
  const { connection, folder } = context;
  const flows = await import("@rivergen/river/flows");
  const built = flows.openRecordFlow(plain);
  await createViews(connection, folder, views);
  const [file = ""] = Object.values(views);
  const expected = await countRows(connection, `${folder.in}/${file}`);
  const made = plain.columns.filter(({ passes }) => passes === null);
  const run = { built, flows, sql, expected, made };
  const { rowsIn, aside, rows } = await runAll(context, run);
  const target = `${folder.out}/${output}`;
  const rowCount = await writeResult(connection, { sql, rows, columns: plain.columns, made, target, hasGaps: aside.count > 0 });
  const { size } = await stat(target);
  const kept = await writeSetAside(connection, aside, { sql, rows, columns: setAside.columns, target: `${folder.out}/${setAside.output}` });
  context.progress(1, rowsIn);
  return { rowsIn, rowCount, setAside: kept ?? null, sizeBytes: size, sha256: await hashFile(target) };
};

interface FlowRun {
  readonly built: RecordFlow;
  readonly flows: Flows;
  readonly sql: string;
  /** Rows to come. */
  readonly expected: number;
  /** Columns that the flow makes. */
  readonly made: Columns;
}

/** Turns chunks of the columns that a flow needs into its records. */
function createReader({ built, flows }: FlowRun, needed: readonly string[]): (chunk: DuckDBDataChunk) => FlowRecord[] {
  const { columns, positions } = built.input;
  const places = needed.map((name) => positions.get(name) ?? -1);
  const readers = places.map((place) => readerOf(columns[place]?.type ?? { kind: "unknown" }));
  const nothing: FlowRecord["values"][number][] = columns.map(() => null);
  return (chunk) => {
    const given = chunk.getColumns();
    return Array.from({ length: chunk.rowCount }, (_, row) => {
      const values = nothing.slice();
      for (const [index, place] of places.entries()) {
        const value = given[index]?.[row] ?? null;
        values[place] = value === null ? null : (readers[index]?.(value) ?? null);
      }
      return new flows.FlowRecord(built.input, values);
    });
  };
}

/** What one column of the results is, by the type of the record: records of different ways may have their columns in different orders. */
function valuesOf(endings: readonly Ending[], name: string, type: RecordFlow["output"]["columns"][number]["type"]) {
  const write = writerOf(type);
  return endings.map((record) => (isSetAside(record) ? null : write(record.values[record.type.positions.get(name) ?? -1] ?? null)));
}

async function runAll(context: JobContext, run: FlowRun): Promise<{ rowsIn: number; aside: AsideRows; rows: string }> {
  const { connection, folder } = context;
  const { built, sql, expected, made } = run;
  const needed = [...built.needs];
  const list = needed.length === 0 ? "0 AS nothing" : needed.map((name) => `t.${quoteName(name)}`).join(", ");
  const types = await typesOf(connection, built, made);
  const written = await createWrittenRows(connection, folder, types);
  const toRecords = createReader(run, needed);
  const outputs = made.map(({ name }) => ({
    name,
    type: built.output.columns[built.output.positions.get(name) ?? -1]?.type ?? ({ kind: "unknown" } as const),
  }));
  const result = await (await context.connect()).stream(`SELECT ${list} FROM (\n${sql}\n) AS t`);
  let rowsIn = 0;
  const aside = createAsideRows();
  for (let chunk = await result.fetchChunk(); chunk !== null && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
    const endings = await runRecords(built, toRecords(chunk), rowsIn + 1);
    const places = aside.add(endings, rowsIn + 1);
    rowsIn += chunk.rowCount;
    await written.add(outputs.map(({ name, type }) => valuesOf(endings, name, type)), places); // prettier-ignore
    context.progress(expected > 0 ? Math.min(RUN_SHARE, (rowsIn / expected) * RUN_SHARE) : null, rowsIn);
  }
  if (rowsIn !== expected) throw new JobFailure("PLATFORM_FAULT", { detail: `${rowsIn} of ${expected} rows were read` });
  return { rowsIn, aside, rows: await written.finish() };
}

/** The engine's types of the columns that a flow makes, as it makes them. */
async function typesOf(connection: DuckDBConnection, { output }: RecordFlow, made: Columns): Promise<readonly DuckDBType[]> {
  if (made.length === 0) return [];
  const { printType } = await import("@rivergen/river/flows");
  const list = made.map(({ name }, index) => {
    const type = output.columns[output.positions.get(name) ?? -1]?.type;
    return `CAST(NULL AS ${toEngineType(type ? printType(type) : "string")}) AS c${index}`;
  });
  return (await readShape(connection, `SELECT ${list.join(", ")}`)).map(({ type }) => type);
}

interface Result {
  readonly sql: string;
  readonly rows: string;
  readonly columns: Columns;
  readonly made: Columns;
  readonly target: string;
  readonly hasGaps: boolean;
}

/** Puts what passed beside what was made, row by row, and writes the file. */
async function writeResult(connection: DuckDBConnection, { sql, rows, columns, made, target, hasGaps }: Result): Promise<number> {
  const list = columns.map(({ name, type, passes }) => {
    const value = passes === null ? `r.c${made.findIndex((column) => column.name === name)}` : `t.${quoteName(passes)}`;
    return `CAST(${value} AS ${toEngineType(type)}) AS ${quoteName(name)}`;
  });
  const isUntouched = made.length === 0 && !hasGaps;
  const from = `(\n${sql}\n) AS t${isUntouched ? "" : ` POSITIONAL JOIN (SELECT * FROM ${rows}) AS r`}${hasGaps ? " WHERE r.aside IS NULL" : ""}`;
  const copied = await connection.runAndReadAll(`COPY (SELECT ${list.join(", ")} FROM ${from}) TO ${quoteString(target)} (FORMAT parquet, COMPRESSION zstd)`);
  return Number(copied.getRowsJS()[0]?.[0] ?? 0);
}
