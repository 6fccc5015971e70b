import type { Column, Dataset, PlanningKey } from "@rivergen/contracts";
import type { DatasetRow, Described } from "./repository.ts";

/** Columns as found, with what people said of them on top. */
export function describeColumns(columns: readonly Column[], described: Record<string, Described>): Column[] {
  return columns.map((column) => {
    const said = described[column.name];
    if (!said) return column;
    return {
      ...column,
      labels: said.labels ?? column.labels,
      description: said.description ?? column.description,
      ...(said.synonyms ? { synonyms: said.synonyms } : {}),
    };
  });
}

/** A dataset as the wire shows it. */
export function toDataset(row: DatasetRow, keys?: readonly PlanningKey[]): Dataset {
  return {
    id: row.id,
    name: row.name,
    title: row.title,
    description: row.description,
    version: row.version,
    status: row.status,
    source: row.source,
    rowCount: row.rowCount,
    sizeBytes: row.sizeBytes,
    columns: describeColumns(row.columns ?? [], row.described),
    ...(row.reason === null ? {} : { reason: row.reason }),
    ...(row.code === null ? {} : { code: row.code }),
    ...(row.rejected === null ? {} : { rejected: row.rejected }),
    ...(row.dialect === null ? {} : { dialect: row.dialect }),
    ...(keys === undefined
      ? {}
      : {
          keys: keys
            .filter(({ from }) => from.table === row.name)
            .map(({ from, to, coverage }) => ({ column: from.column, to: { dataset: to.table, column: to.column }, coverage })),
        }),
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
  };
}
