import type { Command } from "commander";
import { isRunOver } from "@rivergen/contracts";
import { exitCodes, wrongUse } from "../failure.ts";
import { toYaml } from "../journeys/edit.ts";
import { exitCodeOf, followRun, showOutput, showRun } from "../journeys/run.ts";
import { renderDataset, renderDatasets } from "../render/dataset.ts";
import { renderRivers, renderRuns, renderUsage } from "../render/list.ts";
import { safeLines } from "../render/text.ts";
import { readLimit } from "../values.ts";
import { argument, openJourney, type Register } from "./command.ts";
import { readFormat, writeStream } from "./format.ts";

const allRows = 200;

export function registerLooks(program: Command, register: Register): void {
  registerDatasets(program, register);
  registerRiverList(program, register);
  registerRuns(program, register);
  registerOutput(program, register);
  registerUsage(program, register);
}

/** Every page of a list, as one answer each with `--json`. */
async function readAll<T>(
  read: (cursor: string | undefined) => Promise<{ items: T[]; nextCursor: string | null }>,
  answer: (page: unknown) => void,
): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | undefined;
  do {
    const page = await read(cursor);
    answer(page);
    items.push(...page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return items;
}

const pageQuery = (cursor: string | undefined) => ({ limit: allRows, ...(cursor === undefined ? {} : { cursor }) });

function registerDatasets(program: Command, register: Register): void {
  const command = program
    .command("datasets")
    .argument("[name]", "one dataset, with its columns")
    .description("list the datasets of the workspace, or show one");
  register(command, ["river datasets", "river datasets flights"], async (context, args) => {
    const { client, terminal, signal } = await openJourney(context);
    if (args[0] !== undefined) {
      const dataset = await client.getDataset({ params: { dataset: argument(args, 0) } }, { signal });
      terminal.answer(dataset);
      terminal.print(renderDataset(dataset, terminal.canvas));
      return exitCodes.done;
    }
    terminal.print(renderDatasets(await readAll((cursor) => client.listDatasets({ query: pageQuery(cursor) }, { signal }), terminal.answer), terminal.canvas));
    return exitCodes.done;
  });
}

function registerRiverList(program: Command, register: Register): void {
  const command = program.command("rivers").argument("[name]", "one river, as its document").description("list the rivers of the workspace, or show one");
  register(command, ["river rivers", "river rivers revenue > revenue.yaml"], async (context, args) => {
    const { client, terminal, signal } = await openJourney(context);
    if (args[0] !== undefined) {
      const river = await client.getRiver({ params: { river: argument(args, 0) } }, { signal });
      terminal.answer(river);
      terminal.print(safeLines(toYaml(river.document).trimEnd()));
      return exitCodes.done;
    }
    terminal.print(renderRivers(await readAll((cursor) => client.listRivers({ query: pageQuery(cursor) }, { signal }), terminal.answer), terminal.canvas));
    return exitCodes.done;
  });
}

function registerRuns(program: Command, register: Register): void {
  const runs = program
    .command("runs")
    .argument("[id]", "one run, with its result")
    .description("list the newest runs, or show one")
    .option("--river <name>", "only runs of this river")
    .option("--limit <rows>", "runs, or rows of a result, shown", "50");
  register<{ river?: string; limit: string }>(
    runs,
    ["river runs", "river runs --river revenue --limit 10", "river runs run_01h…"],
    async (context, args, { river, limit }) => {
      const rows = readLimit(limit);
      const journey = await openJourney(context);
      const { client, terminal, signal } = journey;
      if (args[0] !== undefined) {
        await showRun(journey, await client.getRun({ params: { run: argument(args, 0) } }, { signal }), rows);
        return exitCodes.done;
      }
      const page = await client.listRuns({ query: { limit: Math.min(rows, allRows), ...(river === undefined ? {} : { river }) } }, { signal });
      terminal.answer(page);
      terminal.print(renderRuns(page.items, terminal.canvas));
      return exitCodes.done;
    },
  );
  const watch = program
    .command("watch")
    .argument("<run>", "its id")
    .description("follow a run to its end and show the result")
    .option("--limit <rows>", "rows shown of each result", "50");
  register<{ limit: string }>(watch, ["river watch run_01h…"], async (context, args, { limit }) => {
    const rows = readLimit(limit);
    const journey = await openJourney(context);
    const run = await journey.client.getRun({ params: { run: argument(args, 0) } }, { signal: journey.signal });
    const ended = isRunOver(run.status) ? run : await followRun(journey, run);
    await showRun(journey, ended, rows);
    return exitCodeOf(ended);
  });
  const cancel = program.command("cancel").argument("<run>", "its id").description("stop a run");
  register(cancel, ["river cancel run_01h…"], async (context, args) => {
    const { client, terminal, signal } = await openJourney(context);
    const run = await client.cancelRun({ params: { run: argument(args, 0) } }, { signal });
    terminal.answer(run);
    terminal.print([`${run.id} ${run.status === "cancelled" ? "is cancelled" : "is being stopped"}`]);
    return exitCodes.done;
  });
}

function registerOutput(program: Command, register: Register): void {
  const command = program
    .command("output")
    .argument("<run>", "its id")
    .argument("<name>", "an output of it, or <step>.set_aside for what a flow set aside")
    .description("show what a run wrote, or take it away")
    .option("--format <format>", "write all of it to stdout as ndjson, csv, parquet, arrow")
    .option("--limit <rows>", "rows shown", "50");
  const examples = ["river output run_01h… revenue --format csv > revenue.csv", "river output run_01h… tidied.set_aside --limit 10"];
  register<{ format?: string; limit: string }>(command, examples, async (context, args, { format, limit }) => {
    const [rows, chosen] = [readLimit(limit), readFormat(format)];
    if (chosen === "json") throw wrongUse("--format json: JSON comes in pages: use --json with --limit, or --format ndjson for all of it");
    const [run, name] = [argument(args, 0), argument(args, 1)];
    const journey = await openJourney(context);
    const { client, signal } = journey;
    if (chosen === undefined) await showOutput(journey, run, name, rows);
    else await writeStream(journey, chosen, () => client.open("getRunOutput", { params: { run, name }, query: { format: chosen } }, { signal }));
    return exitCodes.done;
  });
}

function registerUsage(program: Command, register: Register): void {
  const command = program
    .command("usage")
    .description("show what was metered")
    .option("--run <id>", "only this run")
    .option("--from <time>", "from this day or time on (UTC)")
    .option("--to <time>", "before this day or time (UTC)")
    .option("--limit <items>", "newest items shown below the totals", "20");
  register<{ run?: string; from?: string; to?: string; limit: string }>(
    command,
    ["river usage", "river usage --from 2026-01-01 --to 2026-02-01", "river usage --run run_01h…"],
    async (context, _args, options) => {
      const limit = Math.min(readLimit(options.limit), allRows);
      const { client, terminal, signal } = await openJourney(context);
      const query = { limit, ...(options.run === undefined ? {} : { run: options.run }), ...readTime("from", options.from), ...readTime("to", options.to) };
      const usage = await client.listUsage({ query }, { signal });
      terminal.answer(usage);
      terminal.print(renderUsage(usage, terminal.canvas));
      return exitCodes.done;
    },
  );
}

function readTime(name: "from" | "to", text: string | undefined): { from?: string; to?: string } {
  if (text === undefined) return {};
  const time = /^\d{4}-\d{2}-\d{2}$/.test(text) ? new Date(`${text}T00:00:00Z`) : new Date(text);
  if (Number.isNaN(time.getTime())) throw wrongUse(`--${name} ${text}: write a day as 2026-01-31, or a time as 2026-01-31T10:00:00Z`);
  return { [name]: time.toISOString() };
}
