import { readFile, stat } from "node:fs/promises";
import { extname } from "node:path";
import type { Command } from "commander";
import type { River } from "@rivergen/contracts";
import { CommandFailure, exitCodes, wrongUse } from "../failure.ts";
import { exitCodeOf, followRun, type Journey, showRun, startRun } from "../journeys/run.ts";
import { renderFaults, renderPlan, renderSteps } from "../render/river.ts";
import { readLimit, readParameters } from "../values.ts";
import { argument, collect, openJourney, type Register } from "./command.ts";

const languages: Readonly<Record<string, string>> = {
  ".yaml": "application/yaml",
  ".yml": "application/yaml",
  ".json": "application/json",
  ".hocon": "application/hocon",
  ".conf": "application/hocon",
};
const fileHelp = "a river's name or id, or a document's file (it is saved as the river's next version first)";

interface Document {
  readonly text: string;
  readonly contentType: string;
}

async function readDocument(path: string): Promise<Document> {
  const contentType = path === "-" ? "application/yaml" : languages[extname(path).toLowerCase()];
  if (contentType === undefined) throw wrongUse(`${path}: river documents end in .yaml, .json or .hocon`);
  if (path === "-") {
    let text = "";
    for await (const chunk of process.stdin.setEncoding("utf8") as AsyncIterable<string>) text += chunk;
    return { text, contentType };
  }
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw wrongUse(`${path}: ${error.code === "ENOENT" ? "there is no such file" : error.message}`);
  });
  return { text, contentType };
}

/** A river by name or id; a file is saved first. */
async function findRiver({ client, terminal, signal }: Journey, given: string): Promise<River> {
  const isDocument = extname(given) !== "" || (await stat(given).catch(() => undefined))?.isFile() === true;
  if (!isDocument) return client.getRiver({ params: { river: given } }, { signal });
  const { text, contentType } = await readDocument(given);
  const name = /^\s*["']?river["']?\s*[:=]\s*["']?([a-z][a-z0-9_]*)/m.exec(text)?.[1];
  const headers = { "content-type": contentType };
  // Without a name there is nothing to save: the validator says so, with all other faults.
  const river = await (name === undefined
    ? client.createRiver({ stream: text, headers }, { signal })
    : client.putRiver({ params: { river: name }, stream: text, headers }, { signal }));
  terminal.print([terminal.canvas.style.dim(`${river.name} is version ${river.version}`)]);
  return river;
}

export function registerRivers(program: Command, register: Register): void {
  registerValidate(program, register);
  registerPlan(program, register);
  registerRun(program, register);
  registerSave(program, register);
}

function registerValidate(program: Command, register: Register): void {
  const command = program
    .command("validate")
    .argument("<file>", "a river document (.yaml, .json, .hocon); - reads YAML from stdin")
    .description("show all faults of a document; nothing is kept");
  register(command, ["river validate revenue.yaml", "river validate - < revenue.yaml"], async (context, args) => {
    const file = argument(args, 0);
    const { text, contentType } = await readDocument(file);
    const { client, signal, terminal } = await openJourney(context);
    const validation = await client.validateRiver({ stream: text, headers: { "content-type": contentType } }, { signal });
    terminal.answer(validation);
    terminal.print(renderFaults([...validation.errors, ...validation.warnings], terminal.canvas, file === "-" ? "stdin" : file));
    if (validation.valid) terminal.print([`${terminal.canvas.style.good("✓")} ${file === "-" ? "the document" : file} is valid`]);
    return validation.valid ? exitCodes.done : exitCodes.failed;
  });
}

function registerPlan(program: Command, register: Register): void {
  const command = program
    .command("plan")
    .argument("<river|file>", fileHelp)
    .description("dry run: steps, columns, labels and the quote; nothing runs")
    .option("--param <name=value>", "a parameter (may be given several times)", collect)
    .option("--sql", "show each stage's statement");
  register<{ param?: readonly string[]; sql?: boolean }>(
    command,
    ["river plan revenue", "river plan revenue.yaml --param since=2024-01-01 --sql"],
    async (context, args, { param, sql }) => {
      const journey = await openJourney(context);
      const { terminal, client, signal } = journey;
      const river = await findRiver(journey, argument(args, 0));
      const plan = await client.planRiver({ params: { river: river.id }, body: { parameters: readParameters(param ?? [], river.document) } }, { signal });
      terminal.answer(plan);
      terminal.print([...renderPlan(river.document, plan, terminal.canvas), "", ...renderSteps(plan, terminal.canvas, sql === true)]);
      return exitCodes.done;
    },
  );
}

function registerRun(program: Command, register: Register): void {
  const command = program
    .command("run")
    .argument("<river|file>", fileHelp)
    .description("run a river")
    .option("--watch", "follow it to its end and show the result")
    .option("--param <name=value>", "a parameter (may be given several times)", collect)
    .option("--limit <rows>", "rows shown of each result", "50");
  register<{ watch?: boolean; param?: readonly string[]; limit: string }>(
    command,
    ["river run revenue --watch", "river run revenue.yaml --param since=2024-01-01 --watch"],
    async (context, args, { watch, param, limit }) => {
      const rows = readLimit(limit);
      const journey = await openJourney(context);
      const river = await findRiver(journey, argument(args, 0));
      const run = await startRun(journey, { river: river.id, version: river.version, parameters: readParameters(param ?? [], river.document) });
      if (!watch) {
        journey.terminal.answer(run);
        journey.terminal.print([`${run.id} ${run.status}`, journey.terminal.canvas.style.dim(`follow it: river watch ${run.id}`)]);
        return exitCodes.done;
      }
      const ended = await followRun(journey, run);
      await showRun(journey, ended, rows);
      return exitCodeOf(ended);
    },
  );
}

function registerSave(program: Command, register: Register): void {
  const command = program
    .command("save")
    .argument("<name>", "its name from now on")
    .description("keep the river that was planned last, or another draft")
    .option("--river <id>", "the draft; default: the last one you asked for");
  register<{ river?: string }>(command, ["river save delay_by_state", "river save delay_by_state --river riv_01h…"], async (context, args, { river }) => {
    const { client, terminal, signal } = await openJourney(context);
    const scope = context.scope(client);
    const draft = river ?? (await context.state.read()).drafts[scope]?.id;
    if (draft === undefined) throw new CommandFailure('There is no draft to keep. Ask first: river ask "…"');
    const saved = await client.saveDraft({ params: { river: draft }, body: { name: argument(args, 0) } }, { signal });
    terminal.answer(saved);
    terminal.print([`${saved.name} is kept as version ${saved.version}`, terminal.canvas.style.dim(`run it: river run ${saved.name} --watch`)]);
    await context.state.update((state) => ({
      ...state,
      drafts: Object.fromEntries(Object.entries(state.drafts).filter(([key, { id }]) => key !== scope || id !== draft)),
    }));
    return exitCodes.done;
  });
}
