import type { Dataset } from "@rivergen/contracts";
import { useMemo } from "react";
import { useApi } from "../../../api/context.tsx";
import { DataTable } from "../../../components/data-table/data-table.tsx";
import type { PagedRows } from "../../../components/data-table/row-source.ts";

/** The rows of the newest version. */
export function PreviewTab({ dataset }: { readonly dataset: Dataset }) {
  const api = useApi();
  const { name, version, columns, rowCount, title } = dataset;
  const source = useMemo(
    (): PagedRows => ({
      columns,
      rowCount,
      loadPage: (offset, limit, query, signal) => api.previewDataset({ params: { dataset: name }, query: { offset, limit, ...query } }, { signal }),
    }),
    // A new version has new rows under the same columns.
    [api, name, version, columns, rowCount],
  );
  return <DataTable source={source} label={title} maxHeight="max(340px, calc(100dvh - 262px))" />;
}
