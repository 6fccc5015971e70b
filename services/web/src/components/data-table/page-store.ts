import type { PagedRows, RowQuery, TableRow } from "./row-source.ts";

/** Pages of rows that were read lately. */
export interface PageStore {
  /** The row at a place, from 0; undefined while it is not here. */
  rowAt(index: number): TableRow | undefined;
  /** Rows in all, as far as known: without a count, those that were read and a page more while there seem to be more. */
  readonly rowCount: number;
  readonly isCounted: boolean;
  /** Whether anything was read yet. */
  readonly isOpen: boolean;
  readonly error: unknown;
  /** Says which rows are looked at: what is missing there is read, some further too; what nobody looks at any more is given up. */
  look(first: number, end: number): void;
  /** Every row of a stretch, read where it is missing. */
  read(first: number, end: number, signal: AbortSignal): Promise<readonly TableRow[]>;
  /** Tries what failed again. */
  retry(): void;
  close(): void;
}

const keptPages = 60;
/** While the view moves on faster than this nothing is read. */
const settleMs = 70;
/** What may pass is tried once more after this. */
const retryMs = 400;

/** Rows of one page: fewer of wide tables, so that a page stays quick to carry. */
export const pageSizeFor = (columnCount: number): number => Math.max(100, Math.min(1_000, Math.floor(20_000 / Math.max(1, columnCount))));

interface Pages {
  readonly source: PagedRows;
  readonly query: RowQuery;
  readonly size: number;
  readonly read: Map<number, readonly TableRow[]>;
  readonly loading: Map<number, AbortController>;
  readonly changed: () => void;
  rowCount: number | null;
  isOpen: boolean;
  error: unknown;
  wanted: { readonly first: number; readonly end: number };
  isDownwards: boolean;
  timer: ReturnType<typeof setTimeout> | undefined;
  isClosed: boolean;
}

/** Opens a table's rows under a query; `changed` is called after everything that can be seen. */
export function openPages(source: PagedRows, query: RowQuery, changed: () => void): PageStore {
  const pages: Pages = {
    source,
    query,
    size: pageSizeFor(source.columns.length),
    read: new Map(),
    loading: new Map(),
    changed,
    rowCount: query.filter === undefined ? source.rowCount : null,
    isOpen: false,
    error: undefined,
    wanted: { first: 0, end: 1 },
    isDownwards: true,
    timer: undefined,
    isClosed: false,
  };
  settle(pages);
  return {
    rowAt: (index) => pages.read.get(Math.floor(index / pages.size))?.[index % pages.size],
    get rowCount() {
      return countRows(pages);
    },
    get isCounted() {
      return pages.rowCount !== null;
    },
    get isOpen() {
      return pages.isOpen;
    },
    get error() {
      return pages.error;
    },
    look: (first, end) => look(pages, first, end),
    read: (first, end, signal) => readStretch(pages, first, end, signal),
    retry() {
      pages.error = undefined;
      settle(pages);
      changed();
    },
    close() {
      pages.isClosed = true;
      clearTimeout(pages.timer);
      for (const controller of pages.loading.values()) controller.abort();
    },
  };
}

function countRows({ rowCount, isOpen, read, size }: Pages): number {
  if (rowCount !== null) return rowCount;
  if (!isOpen) return 0;
  const last = Math.max(0, ...read.keys());
  const rows = read.get(last)?.length ?? 0;
  return last * size + rows + (rows === size ? size : 0);
}

function look(pages: Pages, first: number, end: number): void {
  if (first !== pages.wanted.first) pages.isDownwards = first > pages.wanted.first;
  pages.wanted = { first, end };
  clearTimeout(pages.timer);
  pages.timer = setTimeout(() => settle(pages), settleMs);
}

/** Reads what is looked at and not here, and gives up what is under way for nobody. */
function settle(pages: Pages): void {
  if (pages.isClosed || pages.error !== undefined) return;
  const wanted = wantedPages(pages);
  for (const [page, controller] of pages.loading) if (!wanted.includes(page)) controller.abort();
  for (const page of wanted) if (!pages.read.has(page) && (pages.loading.get(page)?.signal.aborted ?? true)) void loadWanted(pages, page);
}

function wantedPages(pages: Pages): readonly number[] {
  const { size, wanted, isDownwards, isOpen } = pages;
  const pageOf = (index: number): number => Math.floor(Math.max(0, index) / size);
  const last = pageOf(countRows(pages) - 1);
  const [first, end] = [Math.min(last, pageOf(wanted.first)), Math.min(last, pageOf(wanted.end - 1))];
  const found = Array.from({ length: Math.max(first, end) - first + 1 }, (_, index) => first + index);
  // What comes next in the direction of travel is near enough to be read ahead.
  const ahead = isDownwards ? pageOf(wanted.end + size / 2) : pageOf(wanted.first - size / 2);
  return isOpen && ahead <= last && !found.includes(ahead) ? [...found, ahead] : found;
}

async function loadWanted(pages: Pages, page: number): Promise<void> {
  const controller = new AbortController();
  pages.loading.set(page, controller);
  try {
    await load(pages, page, controller.signal).catch(async (error: unknown) => {
      if (controller.signal.aborted || (error as { retryable?: boolean }).retryable !== true) throw error;
      await new Promise((resolve) => setTimeout(resolve, retryMs));
      return load(pages, page, controller.signal);
    });
  } catch (error) {
    if (!controller.signal.aborted) pages.error = error;
  }
  if (pages.loading.get(page) === controller) pages.loading.delete(page);
  if (!pages.isClosed && !controller.signal.aborted) pages.changed();
}

async function load(pages: Pages, page: number, signal: AbortSignal): Promise<readonly TableRow[]> {
  const { source, query, size } = pages;
  const answer = await source.loadPage(page * size, size, query, signal);
  signal.throwIfAborted();
  if (answer.rowCount !== null) pages.rowCount = answer.rowCount;
  pages.isOpen = true;
  pages.read.set(page, answer.rows);
  forgetFar(pages);
  return answer.rows;
}

/** Keeps the pages near the view; without a count the last one tells how far the table goes, so it stays. */
function forgetFar({ read, wanted, size }: Pages): void {
  const middle = (wanted.first + wanted.end) / 2 / size;
  while (read.size > keptPages) {
    const last = Math.max(...read.keys());
    const [farthest] = [...read.keys()].filter((page) => page !== last).toSorted((a, b) => Math.abs(b - middle) - Math.abs(a - middle));
    read.delete(farthest ?? last);
  }
}

async function readStretch(pages: Pages, first: number, end: number, signal: AbortSignal): Promise<readonly TableRow[]> {
  const { size, read } = pages;
  const rows: TableRow[] = [];
  for (let page = Math.floor(first / size); page * size < end; page += 1) {
    const found = read.get(page) ?? (await load(pages, page, signal));
    rows.push(...found.slice(Math.max(0, first - page * size), Math.max(0, end - page * size)));
  }
  return rows;
}
