import { isRunOver, type Event, type Run } from "@rivergen/contracts";
import { type RiverGenClient, subscribe, waitForRun } from "@rivergen/client";
import { CommandFailure, exitCodes, type ExitCode } from "../failure.ts";
import { formatCount } from "../render/number.ts";
import { applyEvent, describeChange, renderEnd, renderLive, renderMetered, type RunView, toView } from "../render/run.ts";
import { renderTable } from "../render/table.ts";
import type { Terminal } from "../terminal.ts";

/** Where a journey shows itself, and whom it asks. */
export interface Journey {
  readonly terminal: Terminal;
  readonly client: RiverGenClient;
  readonly signal: AbortSignal;
}

export interface StartOptions {
  readonly river: string;
  readonly version?: number;
  readonly parameters?: Readonly<Record<string, unknown>>;
}

/** Starts a run; nothing is waited for. */
export async function startRun({ client, signal }: Journey, { river, version, parameters }: StartOptions): Promise<Run> {
  return client.startRun(
    { params: { river }, body: { ...(version === undefined ? {} : { version }), ...(parameters === undefined ? {} : { parameters: { ...parameters } }) } },
    { signal },
  );
}

/**
 * Follows a run to its end: redrawn lines on a terminal, a line per change in a pipe. Where no live connection can be
 * made, its state is polled.
 * @throws CommandFailure 130 when `signal` ends it; the run goes on
 */
export async function followRun(journey: Journey, started: Run): Promise<Run> {
  const { terminal, client, signal } = journey;
  const began = performance.now();
  let view = toView(started);
  const show = (next: RunView): void => {
    const lines = terminal.live ? [] : describeChange(view, next);
    view = next;
    terminal.print(lines);
    terminal.draw(() => renderLive(view, performance.now() - began, terminal.canvas));
  };
  show(view);
  // The time goes on between events.
  const clock = terminal.live ? setInterval(() => show(view), 100) : undefined;
  try {
    const heard = await listen(journey, started.id, (event) => show(applyEvent(view, event)));
    if (heard) {
      const run = await client.getRun({ params: { run: started.id } }, { signal });
      if (isRunOver(run.status)) return run;
    }
    return await waitForRun(client, started.id, { signal, onUpdate: (run) => show(toView(run)) });
  } catch (error) {
    if (!signal.aborted) throw error;
    const { id } = started;
    throw new CommandFailure(`stopped watching; ${id} goes on (river watch ${id}, or river cancel ${id} to stop it)`, exitCodes.interrupted);
  } finally {
    clearInterval(clock);
    terminal.erase();
  }
}

const endings = new Set<Event["type"]>(["run.succeeded", "run.failed", "run.cancelled"]);

/** Hears a run's events until it ends; false when that was not possible. */
async function listen({ client, signal }: Journey, run: string, onEvent: (event: Event) => void): Promise<boolean> {
  const events = subscribe(client, { channels: [`run:${run}`], after: 0, signal, connectTimeoutMs: 5_000 });
  try {
    for await (const event of events) {
      onEvent(event);
      // A failed attempt may be followed by another: the run itself says whether it is over.
      if (endings.has(event.type) && isRunOver((await client.getRun({ params: { run } }, { signal })).status)) return true;
    }
    signal.throwIfAborted();
    return false;
  } catch (error) {
    signal.throwIfAborted();
    if ((error as { code?: string }).code === "RUN_NOT_FOUND") throw error;
    return false;
  } finally {
    events.close();
  }
}

/** Exit code that says how a run ended. */
export function exitCodeOf(run: Run): ExitCode {
  if (run.status === "succeeded") return exitCodes.done;
  return run.status === "partly_succeeded" ? exitCodes.partly : exitCodes.failed;
}

/** Shows a run that is over: its steps, its tables, and what it cost beside what was quoted. */
export async function showRun(journey: Journey, run: Run, limit: number): Promise<void> {
  const { terminal } = journey;
  terminal.answer(run);
  terminal.print(renderEnd(run, terminal.canvas));
  if (!terminal.json) {
    for (const output of run.outputs) {
      if (run.outputs.length > 1) terminal.print(["", terminal.canvas.style.bold(output.name)]);
      await showOutput(journey, run.id, output.name, limit);
    }
  }
  if (isRunOver(run.status)) terminal.print(["", ...renderMetered(run, terminal.canvas)]);
}

/** Shows the first rows of an output, or of what a flow set aside; with `--json` the page as it was answered. */
export async function showOutput({ terminal, client, signal }: Journey, run: string, name: string, limit: number): Promise<void> {
  const page = await client.getRunOutput({ params: { run, name }, query: { limit } }, { signal });
  terminal.answer(page);
  if (page.rows.length === 0) return terminal.print(["no rows"]);
  const rows = page.rows.map((row) => page.columns.map((column) => row[column.name]));
  terminal.print(renderTable(page.columns, rows, terminal.canvas));
  const left = (page.rowCount ?? rows.length) - rows.length;
  if (left > 0)
    terminal.print([
      terminal.canvas.style.dim(`… ${formatCount(left)} more ${left === 1 ? "row" : "rows"}: --limit, or river output ${run} ${name} --format csv`),
    ]);
}
