import { useMemo, useState } from "react";
import { fitColumns, startsOf } from "./column-widths.ts";
import type { PageStore } from "./page-store.ts";
import type { TableColumn, TableRow } from "./row-source.ts";

const sampleRows = 100;
/** Of a narrow screen no column takes more than this share, so that its neighbour is seen. */
const mostOfScreen = 0.5;
const sampleOf = (store: PageStore): TableRow[] =>
  Array.from({ length: Math.min(sampleRows, store.rowCount) }, (_, index) => store.rowAt(index)).filter((row) => row !== undefined);

/** Widths of the columns: by the first rows that came, then as a person drew them. */
export function useWidths(columns: readonly TableColumn[], store: PageStore) {
  const [drawn, setDrawn] = useState<{ readonly columns: readonly TableColumn[]; readonly widths: ReadonlyMap<number, number> }>({
    columns,
    widths: new Map(),
  });
  const { isOpen } = store;
  // The first rows decide; a later order or filter changes nothing under the reader's hands.
  const fitted = useMemo(() => fitColumns(columns, sampleOf(store), window.innerWidth * mostOfScreen), [columns, isOpen]);
  const own = drawn.columns === columns ? drawn.widths : undefined;
  const widths = useMemo(() => fitted.map((width, index) => own?.get(index) ?? width), [fitted, own]);
  const starts = useMemo(() => startsOf(widths), [widths]);
  const resize = (index: number, width: number): void => setDrawn({ columns, widths: new Map(own).set(index, width) });
  const fit = (index: number): void => {
    const column = columns[index];
    if (column) resize(index, fitColumns([column], sampleOf(store))[0] ?? 0);
  };
  return { widths, starts, resize, fit };
}
