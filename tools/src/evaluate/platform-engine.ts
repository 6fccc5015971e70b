import { createReadStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { createClient, type RiverGenClient, waitForRun } from "@rivergen/client";
import type { Prompt } from "@rivergen/contracts";
import { signUp, startPlatform } from "@rivergen/testkit";
import type { Asked, EvaluationEngine } from "./engine.ts";
import { createTables } from "./local-engine.ts";
import { datasetName, quote, rowsOf } from "./profile.ts";
import type { EvaluationFolder, EvaluationRecord, GivenCatalog } from "./records.ts";
import { type Renaming, renameTables } from "./rename.ts";
import type { Cell } from "./score.ts";

const mostRows = 100_000;

/** Tables uploaded to a running platform, questions asked and run over the wire: each folder in a workspace of its own. */
export async function createPlatformEngine(): Promise<EvaluationEngine> {
  const platform = await startPlatform({ environment: { CHECK_ANSWERS: "0", RUN_CONCURRENCY: "4", ENGINE_THREADS: "1" } });
  return {
    load: async (folder, renaming) => {
      const { token, workspaceId } = await signUp(platform.url);
      const client = createClient({ url: platform.url, token, workspaceId });
      await uploadTables(client, folder, renaming);
      return { ask: (record) => ask(client, record), close: () => undefined };
    },
    close: () => platform.stop(),
  };
}

async function uploadTables(client: RiverGenClient, folder: EvaluationFolder, renaming: Renaming | undefined): Promise<void> {
  const scratch = await mkdtemp(join(tmpdir(), "rivergen-evaluate-"));
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  await createTables(connection, folder.path);
  if (renaming !== undefined) await renameTables(connection, renaming);
  for (const [table] of await rowsOf(connection, "select table_name from information_schema.tables order by table_name")) {
    const path = join(scratch, "table.parquet");
    await connection.run(`copy ${quote(String(table))} to '${path}' (format parquet)`);
    const name = datasetName(String(table));
    const stored = await client.putFile({
      params: { file: `${String(table).replaceAll(/[^\w .-]/g, "_")}.parquet` },
      query: { dataset: name },
      stream: createReadStream(path),
      headers: { prefer: "wait=60" },
    });
    if (stored.dataset?.status !== "ready") throw new Error(`${String(table)} could not be uploaded: ${JSON.stringify(stored.dataset)}`);
    await describe(client, name, String(table), stored.dataset.columns, folder.given);
  }
  connection.closeSync();
  await rm(scratch, { recursive: true });
}

/** Natural names that come with a folder become synonyms of the columns, as a user would give them. */
async function describe(client: RiverGenClient, dataset: string, table: string, columns: readonly { name: string }[], given: GivenCatalog): Promise<void> {
  const named = columns.flatMap(({ name }) => {
    const natural = given.naturalNames?.[`${table}.${name}`];
    return natural === undefined || natural.toLowerCase() === name.toLowerCase() ? [] : [{ name, synonyms: [natural] }];
  });
  if (named.length > 0) await client.describeDataset({ params: { dataset }, body: { columns: named } });
}

async function ask(client: RiverGenClient, record: EvaluationRecord): Promise<Asked> {
  const start = performance.now();
  const prompt: Prompt = await client.ask({
    body: {
      text: record.question.slice(0, 2_000),
      ...(record.today === undefined ? {} : { today: record.today }),
    },
  });
  const planMs = performance.now() - start;
  const answer = { ...prompt, document: prompt.river?.document ?? null };
  if (!prompt.river) return { answer, rows: null, planMs };
  const started = await client.startRun({ params: { river: prompt.river.id }, body: {} });
  const run = await waitForRun(client, started.id);
  if (run.status !== "succeeded") return { answer, rows: null, planMs, error: run.error?.detail ?? run.status };
  return { answer, rows: await readRows(client, run.id), planMs };
}

async function readRows(client: RiverGenClient, run: string): Promise<Cell[][]> {
  const rows: Cell[][] = [];
  let cursor: string | null = null;
  do {
    const page: { columns: { name: string; type: string }[]; rows: Record<string, unknown>[]; nextCursor: string | null } = await client.getRunOutput({
      params: { run, name: "answer" },
      query: { limit: 10_000, ...(cursor === null ? {} : { cursor }) },
    });
    rows.push(...page.rows.map((row) => page.columns.map(({ name, type }) => toCell(row[name], type))));
    cursor = page.nextCursor;
  } while (cursor !== null && rows.length < mostRows);
  return rows;
}

/** Exact numbers travel as text; the gold answers hold them as numbers, and times with a space. */
function toCell(value: unknown, type: string): Cell {
  if (value === null || value === undefined) return null;
  if (typeof value === "string") return /^(decimal|integer)/.test(type) ? Number(value) : type.startsWith("timestamp") ? value.replace("T", " ") : value;
  return typeof value === "number" || typeof value === "boolean" ? value : JSON.stringify(value);
}
