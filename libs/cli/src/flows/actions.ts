import { basename, resolve } from "node:path";
import { createFlows, describeFlow, fileSource, type FlowFormat, type Flows, type FlowSignals, invalidFlow, toMermaid } from "@rivergen/flow";
import { createSignals, type MaybePromise, type PipelineSignals, type Signals } from "@rivergen/pipeline";
import { createPlainRegistry, toPlain } from "@rivergen/river/flows";
import type { StreamOptions } from "../commands/flow.ts";
import type { Context } from "../context.ts";
import { exitCodes, type ExitCode, wrongUse } from "../failure.ts";
import { renderFaults } from "../render/river.ts";
import { openLineFile, openLines } from "./line-writer.ts";
import { loadModules } from "./modules.ts";
import { createProgress } from "./progress.ts";
import { type Counts, streamRecords } from "./stream-records.ts";

interface Opened {
  readonly flows: Flows;
  readonly signals: Signals<FlowSignals & PipelineSignals>;
}
/** How often a watched file is looked at, ms. */
const watchMs = 250;

/** `river flow validate` */
export async function validateFile(context: Context, file: string, modules: readonly string[] | undefined): Promise<ExitCode> {
  const { text, format } = await readText(context, file);
  const { flows } = await openFlows(context, modules);
  const { faults } = flows.validate(text, { format });
  const { terminal } = context;
  terminal.answer({ valid: faults.length === 0, errors: faults });
  terminal.print(renderFaults(faults, terminal.canvas, file));
  if (faults.length === 0) terminal.print([`${terminal.canvas.style.good("✓")} ${file} is valid`]);
  return faults.length === 0 ? exitCodes.done : exitCodes.failed;
}

/** `river flow run` and `watch`: 2 when some records failed, 1 when all did. @throws FLOW_INVALID */
export async function carryRecords(context: Context, file: string, options: StreamOptions, isWatched: boolean): Promise<ExitCode> {
  const concurrency = readConcurrency(options.concurrency);
  const opened = await openFlows(context, options.modules);
  if (isWatched) await watchFile(opened, context, file);
  else await setFile(opened, context, file);
  const binding = opened.flows.bind("stdin", file);
  const output = openLines(process.stdout);
  const failures = await openFailures(context, options.deadLetters);
  const progress = createProgress(basename(file));
  try {
    const counts = await streamRecords({
      input: process.stdin,
      write: output.write,
      fail: failures.write,
      concurrency,
      process: (record) => then(binding.process(record), toPlain),
      onRecord: progress.show,
      signal: context.signal,
    });
    return report(context, counts);
  } finally {
    progress.end();
    await Promise.all([output.end(), failures.end(), opened.flows.close()]);
  }
}

/** `river flow spec` */
export async function writeSpecification(context: Context, modules: readonly string[] | undefined): Promise<ExitCode> {
  const { flows } = await openFlows(context, modules);
  writeJson(context, flows.specification());
  return exitCodes.done;
}

/** `river flow graph`. @throws FLOW_INVALID */
export async function writeGraph(context: Context, file: string, format: string, modules: readonly string[] | undefined): Promise<ExitCode> {
  if (format !== "mermaid" && format !== "json") throw wrongUse(`--format ${format}: choose mermaid or json`);
  const { text, format: language } = await readText(context, file);
  const { flows } = await openFlows(context, modules);
  const { faults, document } = flows.validate(text, { format: language });
  if (!document) throw invalidFlow(faults);
  const tree = describeFlow(document);
  if (context.terminal.json || format === "json") writeJson(context, tree);
  else process.stdout.write(toMermaid(tree));
  return exitCodes.done;
}

/** What comes of a value that may be there at once. */
function then(value: MaybePromise<unknown>, change: (value: unknown) => unknown): MaybePromise<unknown> {
  return value instanceof Promise ? value.then(change) : change(value);
}

function writeJson({ terminal }: Context, value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, undefined, terminal.json ? 0 : 2)}\n`);
}

async function openFlows({ folder }: Context, modules: readonly string[] = []): Promise<Opened> {
  const signals = createSignals<FlowSignals & PipelineSignals>();
  const registry = createPlainRegistry();
  await loadModules(registry, modules, folder);
  const flows = createFlows({ registry, signals });
  return { flows, signals };
}

async function setFile({ flows }: Opened, context: Context, file: string): Promise<void> {
  const { text, format } = await readText(context, file);
  flows.set(file, text, { format });
}

/** Follows a file; what becomes of its changes is told on stderr. */
async function watchFile({ flows, signals }: Opened, context: Context, file: string): Promise<void> {
  const { terminal } = context;
  await readText(context, file);
  await flows.watch(file, fileSource(resolve(context.folder, file)), { everyMs: watchMs });
  signals.tap(({ signal, data }) => {
    if (signal === "flow.schema.registered") terminal.note([`${file}: version ${data.revision} from now on`]);
    if (signal === "flow.schema.update-failed") {
      const faults = renderFaults(data.faults, terminal.canvas, file).map((fault) => `  ${fault}`);
      terminal.note([`${file} has faults; the version before goes on`, ...faults]);
    }
    if (signal === "flow.watch.failed") terminal.note([`${file} cannot be read; the version before goes on`]);
  });
}

/** @throws CommandFailure 64 */
async function readText(context: Context, file: string): Promise<{ readonly text: string; readonly format: FlowFormat }> {
  try {
    const source = fileSource(resolve(context.folder, file));
    return { format: source.format, text: await source.read() };
  } catch (error) {
    throw wrongUse(`${file}: ${(error as NodeJS.ErrnoException).code === "ENOENT" ? "there is no such file" : (error as Error).message}`);
  }
}

async function openFailures({ folder }: Context, path: string | undefined): Promise<ReturnType<typeof openLines>> {
  if (path === undefined) return openLines(process.stderr);
  return openLineFile(resolve(folder, path)).catch((error: Error) => {
    throw wrongUse(`--dead-letters ${path}: ${error.message}`);
  });
}

function readConcurrency(text: string): number {
  const records = Number(text);
  if (!Number.isInteger(records) || records < 1 || records > 10_000) throw wrongUse(`--concurrency ${text}: give a number from 1 to 10000`);
  return records;
}

function report({ terminal, signal }: Context, { succeeded, failed }: Counts): ExitCode {
  if (signal.aborted) {
    terminal.note([`river: stopped after ${succeeded + failed} records; what had been read went through`]);
    return exitCodes.interrupted;
  }
  if (failed > 0) terminal.note([`river: ${failed} of ${succeeded + failed} records failed`]);
  return failed === 0 ? exitCodes.done : succeeded > 0 ? exitCodes.partly : exitCodes.failed;
}
