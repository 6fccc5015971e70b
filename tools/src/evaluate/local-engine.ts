import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { DuckDBDateValue, DuckDBDecimalValue, DuckDBInstance, DuckDBTimestampValue } from "@duckdb/node-api";
import type { DuckDBConnection, DuckDBValue } from "@duckdb/node-api";
import type { PlanningAnswer, PlanningCatalog, PlanningRequest, RiverDocument } from "@rivergen/contracts";
import { services } from "@rivergen/host";
import { compileRiver, sourceViewName } from "@rivergen/river";
import type { Datasets } from "@rivergen/river";
import type { EvaluationEngine, EvaluationSession } from "./engine.ts";
import { buildCatalog, datasetName, quote, rowsOf } from "./profile.ts";
import type { EvaluationFolder, EvaluationRecord } from "./records.ts";
import type { Renaming } from "./rename.ts";
import { renameTables } from "./rename.ts";
import type { Cell } from "./score.ts";

const vegaData = join(dirname(dirname(fileURLToPath(import.meta.resolve("vega-datasets")))), "data");

export const createTables = async (connection: DuckDBConnection, folder: string): Promise<void> => {
  const script = join(folder, "tables.sql");
  if (existsSync(script)) {
    await connection.run(readFileSync(script, "utf8").replaceAll("VEGA", vegaData));
    return;
  }
  for (const file of readdirSync(join(folder, "tables")).filter((name) => name.endsWith(".parquet"))) {
    await connection.run(
      `create table ${quote(basename(file, ".parquet"))} as select * from read_parquet('${join(folder, "tables", file).replaceAll("'", "''")}')`,
    );
  }
};

/** Every table under its dataset's name, with the types that uploads give. */
const normalise = async (connection: DuckDBConnection): Promise<string[]> => {
  const tables = await rowsOf(connection, "select table_name from information_schema.tables order by table_name");
  for (const [table] of tables) {
    const columns = await rowsOf(
      connection,
      `select column_name, data_type from information_schema.columns where table_name = '${String(table)}' order by ordinal_position`,
    );
    const casts = columns.map(
      ([name, type]) => `${quote(String(name))}::${/INT/.test(String(type)) ? "BIGINT" : type === "FLOAT" ? "DOUBLE" : String(type)} as ${quote(String(name))}`,
    );
    await connection.run(`create table "~new" as select ${casts.join(", ")} from ${quote(String(table))}`);
    await connection.run(`drop table ${quote(String(table))}`);
    await connection.run(`alter table "~new" rename to ${quote(datasetName(String(table)))}`);
  }
  return tables.map(([table]) => String(table));
};

const toCell = (value: DuckDBValue): Cell => {
  if (value === null || typeof value === "string" || typeof value === "boolean" || typeof value === "number") return value;
  if (typeof value === "bigint") return Number(value);
  if (value instanceof DuckDBDecimalValue) return value.toDouble();
  if (value instanceof DuckDBTimestampValue || value instanceof DuckDBDateValue) return value.toString();
  return String(value);
};

const runDocument = async (connection: DuckDBConnection, document: RiverDocument, catalog: PlanningCatalog, today: string): Promise<Cell[][]> => {
  const datasets: Datasets = Object.fromEntries(
    catalog.tables.map((table) => [
      table.name,
      { id: `dst_${table.name}`, version: 1, columns: table.columns.map(({ name, type, labels }) => ({ name, type, nullable: true, labels })) },
    ]),
  );
  const compiled = compileRiver(document, { datasets, now: `${today}T00:00:00Z`, seed: "1" });
  if (compiled.errors.length > 0) throw new Error(compiled.errors.map((fault) => `${fault.path}: ${fault.message}`).join("; "));
  for (const source of Object.keys(document.sources))
    await connection.run(`create or replace temp view ${quote(sourceViewName(source))} as select * from ${quote(document.sources[source]!.dataset)}`);
  const reader = await connection.runAndReadUntil(compiled.stages.at(-1)!.sql, 100_000);
  return reader.getRows().map((row) => row.map(toCell));
};

type Plan = (request: { body: PlanningRequest }) => Promise<PlanningAnswer>;

/** The planning service by itself: it needs nothing of a platform. */
const openPlanner = async (): Promise<Plan> => {
  const definition = services.find(({ name }) => name === "capability-planning");
  const instance = (await definition?.setup({} as never)) as { handlers: { plan: Plan } };
  return instance.handlers.plan;
};

/** The best reading of a question as the planner weighs it, trusted or not. */
interface Decision {
  readonly text: string;
  readonly features: Readonly<Record<string, number>>;
  readonly confidence: number;
  readonly document: RiverDocument;
}

/** Asks, and gives what the planner decided on instead of what it answered. */
const decisionOf = async (plan: Plan, body: PlanningRequest): Promise<Decision | undefined> => {
  const heard: Decision[] = [];
  const listen = (message: unknown): void => void heard.push(message as Decision);
  subscribe("rivergen:planning:decision", listen);
  await plan({ body });
  unsubscribe("rivergen:planning:decision", listen);
  return heard[0];
};

interface LocalSession extends EvaluationSession {
  /** The reading that the planner would choose, its features and rows (null when it cannot be run); undefined when it chooses none. */
  consider(record: EvaluationRecord): Promise<(Omit<Decision, "text" | "document"> & { readonly rows: Cell[][] | null }) | undefined>;
}

interface LocalEngine extends EvaluationEngine {
  load(folder: EvaluationFolder, renaming: Renaming | undefined): Promise<LocalSession>;
}

/** Tables in a DuckDB of this process, the planner and the river compiler called directly. */
export const createLocalEngine = (): LocalEngine => ({
  close: async () => {},
  load: async (folder: EvaluationFolder, renaming: Renaming | undefined) => {
    const instance = await DuckDBInstance.create(":memory:");
    const connection = await instance.connect();
    await connection.run("set threads = 2; set timezone = 'UTC'");
    await createTables(connection, folder.path);
    if (renaming !== undefined) await renameTables(connection, renaming);
    const titles = await normalise(connection);
    const catalog = await buildCatalog(connection, titles, folder.given);
    const plan = await openPlanner();
    const requestOf = (record: EvaluationRecord): PlanningRequest => ({ text: record.question, today: record.today ?? "2025-01-01", catalog, answers: [] });
    return {
      catalog,
      consider: async (record) => {
        const request = requestOf(record);
        const decision = await decisionOf(plan, request);
        if (decision === undefined) return undefined;
        const { features, confidence } = decision;
        const rows = await runDocument(connection, decision.document, catalog, request.today).catch(() => null);
        return { features, confidence, rows };
      },
      ask: async (record) => {
        const request = requestOf(record);
        const start = performance.now();
        const answer = await plan({ body: request });
        const planMs = performance.now() - start;
        if (answer.document === null) return { answer, rows: null, planMs };
        try {
          return { answer, rows: await runDocument(connection, answer.document, catalog, request.today), planMs };
        } catch (error) {
          return { answer, rows: null, planMs, error: error instanceof Error ? error.message : String(error) };
        }
      },
      close: () => connection.closeSync(),
    };
  },
});
