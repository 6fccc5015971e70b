import { spawn } from "node:child_process";
import { join, resolve } from "node:path";
import type { Command } from "commander";
import type { Context } from "../context.ts";
import { exitCodes, type ExitCode, wrongUse } from "../failure.ts";
import { findHome, isAlive, projectRoot } from "../home.ts";
import { hostMain, isReady, startPlatform } from "../journeys/platform.ts";
import type { Register } from "./command.ts";

interface Options {
  readonly detach?: boolean;
  readonly port?: string;
}

export function registerUp(program: Command, register: Register): void {
  const command = program
    .command("up")
    .description("start the platform on this machine and stay with it; --detach leaves it running")
    .option("--port <port>", "port to listen on; 0 takes a free one; default 8080 (or PORT)")
    .option("-d, --detach", "come back when it is ready; stop it with kill <pid>");
  register<Options>(command, ["river up", "river up --port 0 --detach"], async (context, _args, { detach, port }) => {
    if (port !== undefined && !/^\d{1,5}$/.test(port)) throw wrongUse(`--port ${port}: give a port number`);
    const running = await findRunning(context);
    if (running !== undefined) {
      context.terminal.print([`RiverGen is already running   ${running}`]);
      return exitCodes.done;
    }
    const given = context.environment["RIVERGEN_HOME"];
    const home = given ? resolve(context.folder, given) : join(projectRoot, ".rivergen");
    const environment = { ...context.environment, RIVERGEN_HOME: home, ...(port === undefined ? {} : { PORT: port }) };
    return detach ? startDetached(context, home, environment) : startAttached(environment);
  });
}

async function findRunning(context: Context): Promise<string | undefined> {
  const address = (await findHome(context.environment, context.folder))?.address;
  return address && isAlive(address.pid) && (await isReady(address.url)) ? address.url : undefined;
}

/** The host writes its own lines; its exit code is ours. */
async function startAttached(environment: NodeJS.ProcessEnv): Promise<ExitCode> {
  const child = spawn(process.execPath, [hostMain], { cwd: projectRoot, env: environment, stdio: "inherit" });
  // On Ctrl-C the terminal tells the whole group; what is sent to this process alone is passed on.
  const passOn = (signal: NodeJS.Signals) => (): void => void child.kill(signal);
  const [onTerm, onHangUp, onInt] = [passOn("SIGTERM"), passOn("SIGHUP"), (): void => {}];
  process.on("SIGTERM", onTerm).on("SIGHUP", onHangUp).on("SIGINT", onInt);
  try {
    return await new Promise((done, fail) => {
      child.once("error", fail);
      child.once("exit", (code) => done((code ?? exitCodes.failed) as ExitCode));
    });
  } finally {
    process.off("SIGTERM", onTerm).off("SIGHUP", onHangUp).off("SIGINT", onInt);
  }
}

async function startDetached({ terminal, signal }: Context, home: string, environment: NodeJS.ProcessEnv): Promise<ExitCode> {
  const { child, url, pid } = await startPlatform({ home, environment, signal });
  child.unref();
  terminal.print([`RiverGen is ready   ${url}   (process ${pid}; stop it with: kill ${pid})`]);
  return exitCodes.done;
}
