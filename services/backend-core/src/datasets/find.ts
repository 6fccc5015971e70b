import { AppError, type Dataset, type Transaction } from "@rivergen/contracts";
import { datasetRepository as datasets, type DatasetRow } from "./repository.ts";
import { toDataset } from "./view.ts";

/** @throws DATASET_NOT_FOUND for absent and foreign datasets alike */
export async function requireDataset(tx: Transaction, workspaceId: string, idOrName: string): Promise<DatasetRow> {
  const row = await datasets.find(tx, workspaceId, idOrName);
  if (!row) throw new AppError("DATASET_NOT_FOUND");
  return row;
}

/** A dataset as the wire shows it, with its keys. @throws DATASET_NOT_FOUND for absent and foreign datasets alike */
export async function showDataset(tx: Transaction, workspaceId: string, idOrName: string): Promise<Dataset> {
  return toDataset(await requireDataset(tx, workspaceId, idOrName), (await datasets.findKeys(tx, workspaceId))?.keys ?? []);
}

/** @throws INVALID_REQUEST naming every column that the dataset has not, with its place in the request */
export function requireColumns(row: Pick<DatasetRow, "name" | "columns">, wanted: readonly { readonly name: string; readonly path: string }[]): void {
  const known = new Set((row.columns ?? []).map(({ name }) => name));
  const errors = wanted.flatMap(({ name, path }) =>
    known.has(name) ? [] : [{ path, code: "COLUMN_NOT_FOUND", message: `${row.name} has no column ${JSON.stringify(name.slice(0, 100))}` }],
  );
  if (errors.length > 0) throw new AppError("INVALID_REQUEST", { errors });
}
