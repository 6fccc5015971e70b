import { createRequire } from "node:module";
import { Command, CommanderError } from "commander";
import { registerAccounts } from "./commands/account.ts";
import { registerAsk } from "./commands/ask.ts";
import type { Action, Register } from "./commands/command.ts";
import { registerFlows } from "./commands/flow.ts";
import { registerLooks } from "./commands/look.ts";
import { registerQuery } from "./commands/query.ts";
import { registerRivers } from "./commands/river.ts";
import { registerUp } from "./commands/up.ts";
import { registerUpload } from "./commands/upload.ts";
import type { Context, GlobalOptions } from "./context.ts";
import { exitCodes, type ExitCode } from "./failure.ts";

export interface ProgramOutput {
  out(text: string): void;
  err(text: string): void;
}

const { version } = createRequire(import.meta.url)("../package.json") as { version: string };

const about = `
Without --url the platform of this machine is used (RIVERGEN_HOME or the nearest .rivergen), where the local owner
needs no sign-in. RIVERGEN_URL, RIVERGEN_TOKEN and RIVERGEN_WORKSPACE stand for the options; NO_COLOR is respected.
With --json stdout holds exactly the REST answers, one JSON document a line.
Exit codes: 0 done, 1 failed, 2 partly succeeded, 64 wrong use, 78 bad configuration.`;

const firstSteps = [
  "npm start",
  "river upload flights.parquet airports.csv",
  'river ask "average delay by state in july, worst 5"',
  "river save delay_by_state",
  "river run delay_by_state --watch",
];

/** Runs one command line. `open` makes the context once the options are known. */
export async function runProgram(
  argv: readonly string[],
  output: ProgramOutput,
  open: (options: GlobalOptions) => Context,
  fail: (error: unknown, options: GlobalOptions) => ExitCode,
): Promise<ExitCode> {
  let exitCode: ExitCode = exitCodes.done;
  const program = new Command("river")
    .description("Ask, plan and run data pipelines.")
    .version(version, "--version", "show the version of this command")
    .option("--json", "write exactly the REST answers as JSON")
    .option("--url <url>", "address of the platform")
    .option("--workspace <id|name>", "workspace to work in");
  program.exitOverride().showHelpAfterError("(river --help shows all commands)").configureHelp({ showGlobalOptions: true });
  program.configureOutput({ writeOut: (text) => output.out(text), writeErr: (text) => output.err(text) });
  const register: Register = <Options>(command: Command, examples: readonly string[], action: Action<Options>) => {
    command.copyInheritedSettings(program).addHelpText("after", `\nExamples:\n${examples.map((example) => `  $ ${example}`).join("\n")}`);
    command.action(async (...given: unknown[]) => {
      const options = command.optsWithGlobals<Options & GlobalOptions>();
      try {
        exitCode = await action(open(options), given.slice(0, -2) as (string | string[] | undefined)[], options);
      } catch (error) {
        exitCode = fail(error, options);
      }
    });
  };
  for (const add of [registerUp, registerUpload, registerAsk, registerQuery, registerRivers, registerFlows, registerLooks, registerAccounts])
    add(program, register);
  program.addHelpText("after", `${about}\n\nFirst steps:\n${firstSteps.map((step) => `  $ ${step}`).join("\n")}`);
  try {
    await program.parseAsync([...argv], { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.code === "commander.helpDisplayed" || error.code === "commander.version" ? exitCodes.done : exitCodes.wrongUse;
  }
  return exitCode;
}
