import { problemOf } from "@rivergen/client";
import { AppError } from "@rivergen/contracts";
import { createContext, type Environment, type GlobalOptions, notRunning } from "./context.ts";
import { CommandFailure, exitCodes, type ExitCode } from "./failure.ts";
import { runProgram } from "./program.ts";
import { renderFaults } from "./render/river.ts";
import { createStyle } from "./render/style.ts";
import { safeText } from "./render/text.ts";
import { createTerminal, type Terminal, type TerminalStreams } from "./terminal.ts";

/** Runs one command line and gives its exit code. */
export async function main(argv: readonly string[], streams: TerminalStreams, environment: Environment, folder: string): Promise<ExitCode> {
  const stop = new AbortController();
  const interrupt = (): void =>
    stop.abort(new CommandFailure("stopped; what was started on the platform goes on there (river runs, river cancel)", exitCodes.interrupted));
  process.once("SIGINT", interrupt);
  // A reader that has seen enough (`| head`) is no failure.
  streams.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(exitCodes.done);
    throw error;
  });
  const terminals = new Map<GlobalOptions, Terminal>();
  const terminalFor = (options: GlobalOptions): Terminal => {
    const terminal = terminals.get(options) ?? createTerminal(streams, environment, options.json === true);
    terminals.set(options, terminal);
    return terminal;
  };
  try {
    return await runProgram(
      argv,
      { out: (text) => void streams.stdout.write(text), err: (text) => void streams.stderr.write(text) },
      (options) => createContext(options, terminalFor(options), environment, folder, stop.signal),
      (error, options) => explain(error, terminalFor(options)),
    );
  } finally {
    process.off("SIGINT", interrupt);
  }
}

/** Says what went wrong and what to do; with `--json` the problem that was answered goes to stdout. */
function explain(error: unknown, terminal: Terminal): ExitCode {
  if (error instanceof CommandFailure) {
    terminal.note([`river: ${safeText(error.message)}`]);
    return error.exitCode;
  }
  if (error instanceof AppError) return explainAnswer(error, terminal);
  terminal.note([`river: ${error instanceof Error ? safeText(error.message) : "something failed that should not"}`]);
  return exitCodes.failed;
}

function explainAnswer(error: AppError, terminal: Terminal): ExitCode {
  const { code, details, status } = error;
  const problem = problemOf(error);
  if (problem) terminal.answer(problem);
  const plain = { style: createStyle(false), width: terminal.canvas.width };
  const advice = code === "SERVICE_UNAVAILABLE" && !problem ? ` ${notRunning}` : "";
  const faults = (details.errors ?? []).filter(({ message }, _, all) => all.length > 1 || !error.message.includes(message));
  const lines = [`river: ${safeText(error.message)}${advice}  (${problem?.code ?? code})`, ...renderFaults(faults, plain).map((line) => `  ${line}`)];
  if (code === "UNAUTHENTICATED") lines.push("  Sign in with: river sign-in");
  if (problem && status >= 500) lines.push(`  request ${safeText(problem.requestId)}`);
  terminal.note(lines);
  return code === "INVALID_REQUEST" && !problem ? exitCodes.wrongUse : exitCodes.failed;
}
