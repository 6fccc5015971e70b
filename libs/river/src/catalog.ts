import type { ColumnStatistics, DataType } from "@rivergen/relational";
import { parseType, types } from "@rivergen/relational";

/** A column as the catalog gives it; `type` is spelled as in documents. */
export interface DatasetColumn {
  readonly name: string;
  readonly type: string;
  readonly nullable: boolean;
  readonly labels: readonly string[];
}

/** One version of a dataset. */
export interface Dataset {
  readonly id: string;
  readonly version: number;
  readonly columns: readonly DatasetColumn[];
  /** Without it nothing is estimated. */
  readonly rowCount?: number;
  /** What its values are like; null or absent where nobody has looked yet. */
  readonly profile?: { readonly columns: readonly ColumnStatistics[] } | null | undefined;
}

/**
 * The datasets that a document may read, by name (the newest version). Where a source asks for a version, the entry
 * `name@version` is looked for first.
 */
export type Datasets = Readonly<Record<string, Dataset>>;

/** The dataset a source means, or undefined. */
export function findDataset(datasets: Datasets, name: string, version?: number): Dataset | undefined {
  const own = (key: string): Dataset | undefined => (Object.hasOwn(datasets, key) ? datasets[key] : undefined);
  const exact = version === undefined ? undefined : own(`${name}@${version}`);
  const newest = own(name);
  return exact ?? (version === undefined || newest?.version === version ? newest : undefined);
}

/** A type of the catalog; one that cannot be read (which the catalog should not hold) fits everything. */
export function typeOfColumn(text: string): DataType {
  const parsed = parseType(text);
  return parsed.ok ? parsed.type : types.unknown;
}
