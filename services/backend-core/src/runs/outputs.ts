import { AppError, type Transaction } from "@rivergen/contracts";
import { datasetRepository } from "../datasets/repository.ts";

/** Outputs of a saved river are datasets: their names must be free, or this river's own. @throws DATASET_NAME_TAKEN */
export async function assertOutputs(tx: Transaction, workspaceId: string, river: string, outputs: readonly string[]): Promise<void> {
  for (const name of outputs) {
    const known = await datasetRepository.find(tx, workspaceId, name);
    if (known && (known.source.kind !== "river" || known.source.river !== river)) {
      const owner = known.source.kind === "file" ? `the file ${known.source.path}` : `the river ${known.source.river}`;
      throw new AppError("DATASET_NAME_TAKEN", { detail: `The output ${name} would replace the dataset made from ${owner}. Give the output another name.` });
    }
  }
}
