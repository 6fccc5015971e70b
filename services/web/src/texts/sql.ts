import { formatBytes, formatCount, formatDuration } from "./format.ts";

const plural = (count: number, one: string, many: string): string => `${formatCount(count)} ${count === 1 ? one : many}`;

/** The page for statements over the tables. */
export const sql = {
  title: "SQL",
  editor: "Statement",
  run: "Run",
  runHint: "Ctrl Enter",
  cancel: "Cancel",
  running: (seconds: string): string => `Running, ${seconds} s`,
  cancelled: "Cancelled",
  most: "Rows at most",
  atMost: (rows: number): string => `${formatCount(rows)} rows at most`,
  rows: (count: number): string => plural(count, "row", "rows"),
  truncated: (count: number): string => `The first ${plural(count, "row", "rows")}; there are more`,
  result: "Result",
  start: { title: "Ask with SQL", text: "One SELECT over the tables of this workspace, in DuckDB's SQL. Write your own, or begin with a table." },
  noTables: { title: "No tables yet", text: "Upload a file first; then it can be queried here.", action: "Go to the data" },
  meters: {
    "compute.cpu": (seconds: number): string => `${formatDuration(seconds * 1_000)} of processor`,
    "data.scanned": (gibibytes: number): string => `${formatBytes(gibibytes * 2 ** 30)} read`,
  } as Readonly<Record<string, (quantity: number) => string>>,
  download: "Download",
  downloadFailed: "The download failed",
  side: "Tables and history",
  tables: "Tables",
  history: "History",
  findTable: "Find a table or column",
  noTable: (text: string): string => `No table or column is called like “${text}”.`,
  insert: (name: string): string => `Insert ${name}`,
  select: (name: string): string => `Query ${name}`,
  findHistory: "Find in the history",
  emptyHistory: "What you run is kept here, in this browser only.",
  noHistory: (text: string): string => `Nothing in the history holds “${text}”.`,
  clearHistory: "Clear the history",
  failed: "failed",
  openSide: "Tables and history",
} as const;
