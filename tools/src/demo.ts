// `npm run demo [-- --keep]`: the platform's main job on real data, in the terminal, checked by an independent computation.
import { chmod, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { DuckDBInstance } from "@duckdb/node-api";
import {
  ask,
  createTerminal,
  followRun,
  isPlanned,
  type Journey,
  type Planned,
  type Platform,
  showPlan,
  showRun,
  startPlatform,
  startRun,
  stopPlatform,
  type Terminal,
  uploadFiles,
} from "@rivergen/cli/journeys";
import { createClient } from "@rivergen/client";
import type { Prompt, Run } from "@rivergen/contracts";
import { requireNode, root } from "./root.ts";

const data = join(root, "node_modules", "vega-datasets", "data");
const flights = join(data, "flights-3m.parquet");
const airports = join(data, "airports.csv");

/** A question, what must come of it, and how the same is computed without the platform. */
interface Question {
  readonly kind: string;
  readonly text: string;
  readonly expect: Prompt["status"];
  /** What is answered when a question comes back: part of the option's text. */
  readonly answer?: string;
  /** The same figures straight from the files: a name and a number a row. */
  readonly sql?: string;
}

const questions: readonly Question[] = [
  {
    kind: "a plain question",
    text: "average delay by origin, worst 5",
    expect: "planned",
    sql: `select origin, avg(delay) from '${flights}' group by origin order by 2 desc, 1 limit 5`,
  },
  {
    kind: "one that needs a join",
    text: "average delay by state of the origin in june, worst 5",
    expect: "planned",
    sql: `select a.state, avg(f.delay) from '${flights}' f join read_csv('${airports}', all_varchar = true) a on f.origin = a.iata where month(f.date) = 6 group by a.state order by 2 desc, 1 limit 5`,
  },
  {
    kind: "an ambiguous one",
    text: "number of flights by state, top 5",
    expect: "planned",
    answer: "origin",
    sql: `select a.state, count(*) from '${flights}' f join read_csv('${airports}', all_varchar = true) a on f.origin = a.iata group by a.state order by 2 desc, 1 limit 5`,
  },
  { kind: "one that these data cannot answer", text: "average ticket price by airline", expect: "unanswerable" },
];

class DemoFailure extends Error {}

async function main(): Promise<void> {
  requireNode();
  const { values } = parseArgs({ options: { keep: { type: "boolean", default: false } } });
  const stop = new AbortController();
  const interrupt = (): void => stop.abort(new DemoFailure("stopped"));
  process.once("SIGINT", interrupt).once("SIGTERM", interrupt);
  const home = values.keep ? join(root, ".rivergen") : await makeHome();
  const terminal = createTerminal(process, process.env, false);
  const began = performance.now();
  const platform = await startPlatform({ home, port: Number(process.env["PORT"] ?? 0), environment: process.env, signal: stop.signal });
  terminal.print([`RiverGen is ready in ${((performance.now() - began) / 1000).toFixed(1)} s   ${platform.url}`]);
  const failure = await runJourney(terminal, platform, stop.signal).then(
    () => undefined,
    (error: unknown) => error as Error,
  );
  if (values.keep && !failure) {
    platform.child.unref();
    terminal.print(["", `RiverGen stays up   ${await readLink(platform)}`, `stop it with        kill ${platform.pid}`]);
    return;
  }
  const ended = await stopPlatform(platform.child);
  if (failure) throw new DemoFailure(`${failure.message}   (the platform's folder is left for a look: ${home})`, { cause: failure });
  if (!ended) throw new DemoFailure(`the platform did not stop as it should: see ${platform.logPath}`);
  await assertGone(home);
  await rm(home, { recursive: true, force: true });
}

async function makeHome(): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), "rivergen-demo-"));
  // The database's own user must reach its folder.
  await chmod(home, 0o755);
  return home;
}

async function runJourney(terminal: Terminal, { url, owner }: Platform, signal: AbortSignal): Promise<void> {
  if (!owner) throw new DemoFailure("the platform has no local owner");
  const journey: Journey = { terminal, client: createClient({ url, token: owner.token, workspaceId: owner.workspaceId }), signal };
  const { bold, dim, good } = terminal.canvas.style;
  terminal.print([
    "",
    `${bold("$ river upload flights-3m.parquet airports.csv")}`,
    dim("  flights: U.S. Department of Transportation, Bureau of Transportation Statistics, on-time performance, first half of 2001"),
    dim("  airports: Federal Aviation Administration, data.gov   (both as packaged by vega-datasets, read in place)"),
  ]);
  const stored = await uploadFiles(journey, [flights, airports]);
  for (const { file, dataset } of stored)
    if (dataset?.status !== "ready") throw new DemoFailure(`${file.path} did not become a dataset: ${dataset?.reason ?? dataset?.status ?? "it is no table"}`);
  let checked = 0;
  for (const question of questions) {
    terminal.print(["", bold(`$ river ask "${question.text}"`) + dim(`   (${question.kind})`)]);
    checked += await answerQuestion(journey, question);
  }
  terminal.print(["", `${good("✓")} ${questions.length} questions went as expected; ${checked} results equal what DuckDB computes from the files itself`]);
}

/** Asks, runs and checks one question. @returns how many results were checked */
async function answerQuestion(journey: Journey, question: Question): Promise<number> {
  const { text, expect, sql } = question;
  const prompt = await askDemo(journey, question);
  if (prompt.status !== expect)
    throw new DemoFailure(`"${text}" should be ${expect}, and is ${prompt.status}: ${prompt.reason ?? prompt.questions.map((asked) => asked.text).join(" ")}`);
  if (!isPlanned(prompt)) return 0;
  const run = await runPlanned(journey, prompt);
  if (sql === undefined) return 0;
  await compare(journey, run, text, sql);
  return 1;
}

async function askDemo(journey: Journey, { text, answer }: Question): Promise<Prompt> {
  let asked = 0;
  const prompt = await ask(journey, {
    text,
    answer: ({ id, options }) => {
      if (id === "reading" || answer === undefined) return undefined;
      asked += 1;
      return options.find((option) => option.text.toLowerCase().includes(answer))?.value;
    },
  });
  if (answer !== undefined && asked === 0) throw new DemoFailure(`"${text}" has two meanings, and no question came back`);
  return prompt;
}

async function runPlanned(journey: Journey, prompt: Planned): Promise<Run> {
  const { river } = await showPlan(journey, prompt);
  const run = await followRun(journey, await startRun(journey, { river: river.id, version: river.version }));
  await showRun(journey, run, 50);
  if (run.status !== "succeeded") throw new DemoFailure(`the run of "${prompt.text}" ${run.status}: ${run.error?.detail ?? ""}`);
  if (!run.quote || !run.metered) throw new DemoFailure(`the run of "${prompt.text}" has no ${run.quote ? "metered price" : "quote"}`);
  return run;
}

/** Compares a run's result with what DuckDB computes in this process from the same files. */
async function compare({ client, signal, terminal }: Journey, run: Run, text: string, sql: string): Promise<void> {
  const [output] = run.outputs;
  if (!output) throw new DemoFailure(`the run of "${text}" has no output`);
  const page = await client.getRunOutput({ params: { run: run.id, name: output.name }, query: {} }, { signal });
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  const expected = (await connection.runAndReadAll(sql)).getRowsJson();
  connection.closeSync();
  instance.closeSync();
  const got = page.rows.map((row) => page.columns.map(({ name }) => row[name]));
  const isSame = got.length === expected.length && expected.every((row, at) => row.every((value) => (got[at] ?? []).some((cell) => isEqual(cell, value))));
  if (!isSame) throw new DemoFailure(`"${text}": the platform answered ${JSON.stringify(got)}, DuckDB itself ${JSON.stringify(expected)}`);
  terminal.print([`checked    ${expected.length} rows are the same as DuckDB's own over the files`]);
}

/** Figures agree within 1e-9 of their size; sums of doubles depend on their order. */
function isEqual(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  const [a, b] = [Number(left), Number(right)];
  if (left === null || right === null || Number.isNaN(a) || Number.isNaN(b)) return String(left) === String(right);
  return Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(a), Math.abs(b));
}

/** The address with the local owner's one-time link, from the line the platform printed. */
async function readLink({ logPath, url }: Platform): Promise<string> {
  const lines = (await readFile(logPath, "utf8")).split("\n").filter((line) => line.includes(url));
  return /https?:\S+/.exec(lines.at(-1) ?? "")?.[0] ?? url;
}

/** The database of the platform must have ended with it. */
async function assertGone(home: string): Promise<void> {
  const [pid] = (await readFile(join(home, "postgres", "postmaster.pid"), "utf8").catch(() => "")).split("\n");
  if (pid) throw new DemoFailure(`the database (process ${pid}) did not end with the platform`);
}

main().catch((error: unknown) => {
  process.stderr.write(`\nthe demo failed: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
