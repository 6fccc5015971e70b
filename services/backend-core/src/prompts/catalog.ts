import { AppError, type PlanningCatalog, type Profile, type Transaction } from "@rivergen/contracts";
import type { KeyFinder } from "../datasets/keys.ts";
import { datasetRepository as datasets } from "../datasets/repository.ts";
import { describeColumns } from "../datasets/view.ts";

type PlanningColumn = PlanningCatalog["tables"][number]["columns"][number];

export interface CatalogDependencies {
  readonly inWorkspace: <T>(workspaceId: string, work: (tx: Transaction) => Promise<T>) => Promise<T>;
  readonly keys: KeyFinder;
}

/** What the planner may know: the newest versions with names, evidence and keys. @throws DATASET_NOT_FOUND */
export async function readCatalog({ inWorkspace, keys }: CatalogDependencies, workspaceId: string, wanted: readonly string[] | null): Promise<PlanningCatalog> {
  const { keys: found, primaryKeys } = await keys.find(workspaceId);
  return inWorkspace(workspaceId, async (tx) => {
    const rows = await datasets.readable(tx, workspaceId, wanted === null ? null : wanted.map((name) => ({ name })));
    const missing = (wanted ?? []).filter((name) => !rows.some((row) => row.name === name || row.id === name));
    if (missing.length > 0) throw new AppError("DATASET_NOT_FOUND", { detail: `There is no dataset ${missing.join(", ")}.` });
    const evidence = new Map((await datasets.columnValues(tx, workspaceId)).map((row) => [row.id, row]));
    const about = new Map((await datasets.list(tx, workspaceId, undefined, 10_000)).map((row) => [row.id, row]));
    const tables = rows.map((row) => {
      const { values = [], profile = null } = evidence.get(row.id) ?? {};
      const dataset = about.get(row.id);
      return {
        name: row.name,
        title: dataset?.title ?? row.name,
        description: dataset?.description ?? "",
        synonyms: dataset?.synonyms ?? [],
        rowCount: row.rowCount,
        primaryKey: primaryKeys[row.name] ?? null,
        columns: describeColumns(row.columns, row.described).map((column) => toPlanningColumn(column, profile, values)),
      };
    });
    const names = new Set(tables.map(({ name }) => name));
    return { tables, keys: found.filter(({ from, to }) => names.has(from.table) && names.has(to.table)) };
  });
}

function toPlanningColumn(
  column: { name: string; type: string; nullable: boolean; labels: string[]; description: string; synonyms?: string[] | undefined },
  profile: Profile | null,
  values: readonly { column: string; values: { value: string; count: number }[]; complete: boolean }[],
): PlanningColumn {
  const facts = profile?.columns.find(({ name }) => name === column.name);
  const known = values.find((entry) => entry.column === column.name);
  return {
    name: column.name,
    type: column.type,
    nullable: column.nullable,
    labels: column.labels,
    description: column.description,
    synonyms: column.synonyms ?? [],
    ...toEvidence(facts),
    values: known?.values ?? [],
    valuesComplete: known?.complete ?? false,
  };
}

/** What a profile knows of a column; null for what it does not. */
function toEvidence(facts: Profile["columns"][number] | undefined): Pick<PlanningColumn, "nullCount" | "distinctCount" | "min" | "max"> {
  if (!facts) return { nullCount: null, distinctCount: null, min: null, max: null };
  const text = (value: string | number | boolean | null): string | null => (value === null ? null : String(value));
  return { nullCount: facts.nullCount, distinctCount: facts.distinctCount, min: text(facts.min), max: text(facts.max) };
}
