import type { Lineage } from "@rivergen/contracts";
import type { DatasetRow } from "./repository.ts";

/**
 * Where the columns of a dataset come from: the file it was read from, or the steps and datasets of the run that wrote
 * it, joined to the output that became this dataset.
 */
export function datasetLineage(row: DatasetRow, written: Lineage | null): Lineage {
  const columns = (row.columns ?? []).map(({ name }) => ({ id: columnId(row, name), kind: "column" as const, name, parent: row.id }));
  const own = [{ id: row.id, kind: "dataset" as const, name: row.name }, ...columns];
  const output = written?.nodes.find(({ kind, name }) => kind === "output" && name === row.name);
  if (!written || !output) {
    const { source } = row;
    const origin =
      source.kind === "file"
        ? { id: source.file ?? "file", kind: "file" as const, name: source.path ?? "" }
        : { id: source.run ?? "river", kind: "step" as const, name: source.river ?? "" };
    return { nodes: [origin, ...own], edges: [{ from: origin.id, to: row.id, influence: "value" }] };
  }
  const joined = written.nodes.flatMap(({ id, kind, name, parent }) =>
    kind === "column" && parent === output.id ? [{ from: id, to: columnId(row, name), influence: "value" as const }] : [],
  );
  return { nodes: [...written.nodes, ...own], edges: [...written.edges, ...joined] };
}

const columnId = (row: DatasetRow, name: string): string => `${row.id}/${name}`;
