/** A statement that was run here. */
export interface PastQuery {
  readonly text: string;
  /** RFC 3339. */
  readonly at: string;
  /** Null where it failed. */
  readonly rowCount: number | null;
  readonly durationMs: number;
}

export const mostKept = 100;
const keyOf = (workspace: string): string => `rivergen.sql.${workspace}`;

/** Puts a statement first; the same text stands once. */
export const remember = (past: readonly PastQuery[], query: PastQuery): readonly PastQuery[] =>
  [query, ...past.filter(({ text }) => text !== query.text)].slice(0, mostKept);

export const findQueries = (past: readonly PastQuery[], text: string): readonly PastQuery[] => {
  const wanted = text.trim().toLowerCase();
  return wanted === "" ? past : past.filter((query) => query.text.toLowerCase().includes(wanted));
};

const isPastQuery = (value: unknown): value is PastQuery => {
  const query = value as Partial<PastQuery> | null;
  return typeof query?.text === "string" && typeof query.at === "string" && !Number.isNaN(Date.parse(query.at)) && typeof query.durationMs === "number";
};

/** What was run in a workspace by this browser, newest first; nothing where the store holds no such thing. */
export function readHistory(storage: Pick<Storage, "getItem">, workspace: string): readonly PastQuery[] {
  try {
    const kept = JSON.parse(storage.getItem(keyOf(workspace)) ?? "[]") as unknown;
    return Array.isArray(kept) ? kept.filter(isPastQuery).slice(0, mostKept) : [];
  } catch {
    return [];
  }
}

/** Keeps the history; a full store keeps the newest half. */
export function writeHistory(storage: Pick<Storage, "setItem" | "removeItem">, workspace: string, past: readonly PastQuery[]): void {
  if (past.length === 0) return storage.removeItem(keyOf(workspace));
  try {
    storage.setItem(keyOf(workspace), JSON.stringify(past));
  } catch {
    if (past.length > 1) writeHistory(storage, workspace, past.slice(0, Math.floor(past.length / 2)));
  }
}
