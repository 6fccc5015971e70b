import { useEffect, useMemo, useReducer, useState } from "react";
import { type Condition, selectRows, type SortKey, toFilter, toSort } from "./conditions.ts";
import { openPages, type PageStore } from "./page-store.ts";
import type { MemoryRows, PagedRows, RowQuery, RowSource } from "./row-source.ts";

function toQuery(source: RowSource, conditions: readonly Condition[], keys: readonly SortKey[]): RowQuery {
  const filter = toFilter(conditions, source.columns);
  const sort = toSort(keys);
  return { ...(sort === undefined ? {} : { sort }), ...(filter === undefined ? {} : { filter }) };
}

function openMemory({ rows, columns }: MemoryRows, conditions: readonly Condition[], keys: readonly SortKey[]): PageStore {
  const selected = selectRows(rows, columns, conditions, keys);
  return {
    rowAt: (index) => selected[index],
    rowCount: selected.length,
    isCounted: true,
    isOpen: true,
    error: undefined,
    look: () => undefined,
    read: (first, end) => Promise.resolve(selected.slice(first, end)),
    retry: () => undefined,
    close: () => undefined,
  };
}

const unopened: PageStore = { ...openMemory({ columns: [], rows: [] }, [], []), isOpen: false };

interface Opened {
  readonly source: PagedRows;
  readonly store: PageStore;
}

/** The rows of a source under conditions and an order. While a new order is read the rows of the one before stay: `isBusy`. */
export function useRows(
  source: RowSource,
  conditions: readonly Condition[],
  keys: readonly SortKey[],
): { readonly store: PageStore; readonly isBusy: boolean } {
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  const [shown, setShown] = useState<Opened>();
  const [isBusy, setBusy] = useState(true);
  const inMemory = useMemo(() => ("rows" in source ? openMemory(source, conditions, keys) : undefined), [source, conditions, keys]);
  useEffect(() => {
    if ("rows" in source) return;
    setBusy(true);
    const store = openPages(source, toQuery(source, conditions, keys), () => {
      setBusy(!store.isOpen && store.error === undefined);
      if (store.isOpen || store.error !== undefined) setShown({ source, store });
      redraw();
    });
    return () => store.close();
  }, [source, conditions, keys]);
  if (inMemory) return { store: inMemory, isBusy: false };
  return { store: shown?.source === source ? shown.store : unopened, isBusy };
}
