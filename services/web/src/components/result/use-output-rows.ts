import { useMemo } from "react";
import { useApi } from "../../api/context.tsx";
import type { PagedRows, TableColumn } from "../data-table/row-source.ts";

/** The rows of an output, read page by page as a table asks for them; undefined until its columns are known. */
export function useOutputRows(run: string, name: string, columns: readonly TableColumn[] | undefined, rowCount: number | null): PagedRows | undefined {
  const api = useApi();
  return useMemo(
    () =>
      columns && {
        columns,
        rowCount,
        loadPage: (offset, limit, query, signal) => api.getRunOutput({ params: { run, name }, query: { format: "json", offset, limit, ...query } }, { signal }),
      },
    [api, run, name, columns, rowCount],
  );
}
