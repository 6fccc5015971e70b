import type { Dataset } from "@rivergen/contracts";

export const sortNames = ["name", "status", "rows", "columns", "size", "updated"] as const;
export type SortName = (typeof sortNames)[number];
export interface ListSort {
  readonly by: SortName;
  readonly descending: boolean;
}

/** Reads `sort` of the address: a name, `-` before it for the other direction. By name where it says nothing. */
export function readSort(text: string | undefined): ListSort {
  const descending = text?.startsWith("-") ?? false;
  const by = sortNames.find((name) => name === text?.replace(/^-/, ""));
  return by ? { by, descending } : { by: "name", descending: false };
}

/** What a click on a head makes of the address: the other direction of the same, or the usual direction of another. */
export function nextSort(present: ListSort, by: SortName): string {
  const isUsuallyDescending = by === "rows" || by === "columns" || by === "size" || by === "updated";
  const descending = present.by === by ? !present.descending : isUsuallyDescending;
  return descending ? `-${by}` : by;
}

export interface FoundDataset {
  readonly dataset: Dataset;
  /** Columns that were found, where the table's own names were not. */
  readonly columns: readonly string[];
}

const orders: Readonly<Record<SortName, (dataset: Dataset) => string | number>> = {
  name: ({ title }) => title.toLowerCase(),
  status: ({ status }) => status,
  rows: ({ rowCount }) => rowCount ?? -1,
  columns: ({ columns }) => columns.length,
  size: ({ sizeBytes }) => sizeBytes ?? -1,
  updated: ({ updatedAt }) => updatedAt,
};

/** Tables whose names, descriptions or columns hold every word of a text, in order. */
export function findDatasets(datasets: readonly Dataset[], text: string, { by, descending }: ListSort): readonly FoundDataset[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const found = datasets.flatMap((dataset): FoundDataset[] => {
    const own = `${dataset.name} ${dataset.title} ${dataset.description}`.toLowerCase();
    const missing = words.filter((word) => !own.includes(word));
    if (missing.length === 0) return [{ dataset, columns: [] }];
    const columns = dataset.columns.filter((column) =>
      missing.some((word) => [column.name, ...(column.synonyms ?? [])].some((name) => name.toLowerCase().includes(word))),
    );
    const isAll = missing.every((word) =>
      columns.some((column) => [column.name, ...(column.synonyms ?? [])].some((name) => name.toLowerCase().includes(word))),
    );
    return isAll ? [{ dataset, columns: columns.map(({ name }) => name) }] : [];
  });
  const key = orders[by];
  return found.toSorted((a, b) => {
    const [left, right] = [key(a.dataset), key(b.dataset)];
    const order = typeof left === "string" && typeof right === "string" ? left.localeCompare(right) : Number(left) - Number(right);
    return (descending ? -order : order) || a.dataset.name.localeCompare(b.dataset.name);
  });
}

/** Labels of a table: those of its columns, each once. */
export const labelsOf = ({ columns }: Dataset): string[] => [...new Set(columns.flatMap(({ labels }) => labels))].sort();
