import type { Fault, RiverDocument } from "@rivergen/contracts";
import type { SqlSteps } from "./analyse.ts";
import type { Dataset } from "./catalog.ts";
import { compileRiver } from "./compile.ts";

/** One `sql` operator to be read: its text and the columns of the step's inputs. */
export interface SqlStatement {
  /** JSON Pointer of the text. */
  readonly pointer: string;
  readonly sql: string;
  readonly tables: Record<string, { name: string; type: string }[]>;
}
/** What reading it gave: columns with where they come from (`input.column`), or a fault. */
export interface DescribedSql {
  readonly pointer: string;
  readonly columns: readonly { readonly name: string; readonly type: string }[] | null;
  readonly lineage: Readonly<Record<string, readonly string[]>> | null;
  readonly fault: { readonly code: string; readonly message: string } | null;
}
interface NamedDataset extends Dataset {
  readonly name: string;
}

/** The datasets of a document as the compiler looks them up: by name, by id and by `name@version`. */
export function toDatasets(datasets: readonly NamedDataset[]): Record<string, Dataset> {
  return Object.fromEntries(
    datasets.flatMap((dataset) =>
      [dataset.name, dataset.id, `${dataset.name}@${dataset.version}`, `${dataset.id}@${dataset.version}`].map((key) => [key, dataset] as const),
    ),
  );
}

/**
 * Learns the columns of every `sql` operator of a document, whose text only an engine can read: from the sources on, so
 * that each statement's inputs are known when it is described. Statements whose inputs are faulty are left out; what
 * could not be read comes as faults at the statement's place.
 */
export async function describeSqlSteps(
  document: RiverDocument,
  datasets: readonly NamedDataset[],
  describe: (statements: readonly SqlStatement[]) => Promise<readonly DescribedSql[]>,
): Promise<{ sqlSteps: SqlSteps | undefined; errors: Fault[] }> {
  const open = new Map(listSql(document).map((statement) => [statement.pointer, statement]));
  if (open.size === 0) return { sqlSteps: undefined, errors: [] };
  const sqlSteps: Record<string, SqlSteps[string]> = {};
  const errors: Fault[] = [];
  const context = { datasets: toDatasets(datasets), now: new Date(0).toISOString(), seed: "0" };
  while (open.size > 0) {
    const known = columnsOf(document, datasets, compileRiver(document, { ...context, sqlSteps }).steps);
    const ready = [...open.values()].filter(({ from }) => from.every((input) => known.has(input)));
    if (ready.length === 0) break;
    const statements = ready.map(({ pointer, sql, from }) => ({
      pointer,
      sql,
      tables: Object.fromEntries(from.map((input) => [input, known.get(input) ?? []])),
    }));
    for (const { pointer, columns, lineage, fault } of await describe(statements)) {
      open.delete(pointer);
      if (fault) errors.push({ path: pointer, code: fault.code, message: fault.message });
      if (columns)
        sqlSteps[pointer] = { columns: columns.map((column) => ({ ...column, nullable: true })), ...(lineage ? { lineage: toOrigins(lineage) } : {}) };
    }
  }
  return { sqlSteps, errors };
}

interface OpenStatement {
  readonly pointer: string;
  readonly sql: string;
  readonly from: readonly string[];
}

function listSql(document: RiverDocument): OpenStatement[] {
  return Object.entries(document.steps ?? {}).flatMap(([name, step]) => {
    const from = typeof step.from === "string" ? [step.from] : step.from;
    const single = typeof step.sql === "string" ? [{ pointer: `/steps/${name}/sql`, sql: step.sql, from }] : [];
    const listed = (step.do ?? []).flatMap((operator, index) =>
      typeof operator.sql === "string" ? [{ pointer: `/steps/${name}/do/${index}/sql`, sql: operator.sql, from }] : [],
    );
    return [...single, ...listed];
  });
}

function columnsOf(
  document: RiverDocument,
  datasets: readonly NamedDataset[],
  steps: ReturnType<typeof compileRiver>["steps"],
): Map<string, { name: string; type: string }[]> {
  const found = toDatasets(datasets);
  const brief = (columns: readonly { name: string; type: string }[]) => columns.map(({ name, type }) => ({ name, type }));
  const sources = Object.entries(document.sources).flatMap(([name, { dataset, version }]) => {
    const known = found[version === undefined ? dataset : `${dataset}@${version}`];
    return known ? [[name, brief(known.columns)] as const] : [];
  });
  return new Map([...sources, ...steps.map(({ name, columns }) => [name, brief(columns)] as const)]);
}

function toOrigins(lineage: Readonly<Record<string, readonly string[]>>): NonNullable<SqlSteps[string]["lineage"]> {
  return Object.fromEntries(
    Object.entries(lineage).map(([column, origins]) => [
      column,
      origins.map((origin) => {
        const dot = origin.indexOf(".");
        return { input: origin.slice(0, dot), column: origin.slice(dot + 1) };
      }),
    ]),
  );
}
