const tabular = /\.(csv|tsv|tab|psv|txt|json|jsonl|ndjson|geojson|parquet|pq|arrow|arrows|feather|ipc)(\.(gz|gzip|zst|zstd))?$/i;
const tabularTypes = /^(text\/(csv|tab-separated-values)|application\/(x-ndjson|jsonl|vnd\.apache\.(parquet|arrow\.(file|stream))|x-parquet))/i;

/** Whether a file is expected to be a table: by its name or its declared type. */
export function mayBeTable(path: string, contentType: string): boolean {
  return tabular.test(path) || tabularTypes.test(contentType);
}

/** The stem of a file: what its dataset is called by people. */
export function titleOf(path: string): string {
  const file = path.split("/").at(-1) ?? path;
  return file.replace(tabular, "").replace(/\.(gz|gzip|zst|zstd)$/i, "") || file;
}

/** A dataset name made from a title: `Sales 2024 (EU)` → `sales_2024_eu`. */
export function toName(title: string): string {
  const plain = title
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^_+|_+$/g, "")
    .slice(0, 60);
  const named = /^[a-z]/.test(plain) ? plain : `data${plain === "" ? "" : `_${plain}`}`;
  return named === "validate" || named === "new" ? `${named}_data` : named;
}
