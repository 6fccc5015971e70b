import { formatCount } from "./format.ts";

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
  rows: (count: number): string => plural(count, "row", "rows"),
  truncated: (count: number): string => `The first ${plural(count, "row", "rows")}; there are more`,
  took: (duration: string): string => `in ${duration}`,
  result: "Result",
  start: { title: "Ask with SQL", text: "One SELECT over the tables of this workspace, in DuckDB's SQL. Take a table from the list, or write." },
  noTables: { title: "No tables yet", text: "Upload a file first; then it can be queried here.", action: "Go to the data" },
  meters: { "compute.cpu": "processor", "data.scanned": "read" } as Readonly<Record<string, string>>,
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
