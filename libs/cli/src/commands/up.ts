import { spawn } from "node:child_process";
import { mkdir, open } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Command } from "commander";
import type { Context } from "../context.ts";
import { CommandFailure, exitCodes, type ExitCode, wrongUse } from "../failure.ts";
import { findHome, isAlive, projectRoot } from "../home.ts";
import type { Register } from "./command.ts";

interface Options {
  readonly detach?: boolean;
  readonly port?: string;
}

const readyWithinMs = 120_000;

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
    const environment = { ...context.environment, ...(port === undefined ? {} : { PORT: port }) };
    return detach ? startDetached(context, environment) : startAttached(environment);
  });
}

async function findRunning(context: Context): Promise<string | undefined> {
  const address = (await findHome(context.environment, context.folder))?.address;
  return address && isAlive(address.pid) && (await isReady(address.url)) ? address.url : undefined;
}

async function isReady(url: string): Promise<boolean> {
  return fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(2_000) }).then(
    async (response) => {
      await response.body?.cancel();
      return response.ok;
    },
    () => false,
  );
}

const hostMain = join(projectRoot, "infra", "host", "src", "main.ts");

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

async function startDetached({ terminal, environment: own, signal }: Context, environment: NodeJS.ProcessEnv): Promise<ExitCode> {
  const home = resolve(projectRoot, own["RIVERGEN_HOME"] || ".rivergen");
  const logPath = join(home, "host.log");
  await mkdir(dirname(logPath), { recursive: true, mode: 0o700 });
  const log = await open(logPath, "a", 0o600);
  const child = spawn(process.execPath, [hostMain], {
    cwd: projectRoot,
    env: { ...environment, RIVERGEN_HOME: home },
    stdio: ["ignore", log.fd, log.fd],
    detached: true,
  });
  await log.close();
  let ended: number | null | undefined;
  child.once("exit", (code) => (ended = code));
  const deadline = performance.now() + readyWithinMs;
  while (performance.now() < deadline && !signal.aborted) {
    if (ended !== undefined)
      throw new CommandFailure(
        `RiverGen could not start (exit code ${ended ?? "none"}): see ${logPath}`,
        ended === 78 ? exitCodes.badConfiguration : exitCodes.failed,
      );
    const address = (await findHome({ RIVERGEN_HOME: home }, projectRoot))?.address;
    if (address && address.pid === child.pid && (await isReady(address.url))) {
      child.unref();
      terminal.print([`RiverGen is ready   ${address.url}   (process ${child.pid}; stop it with: kill ${child.pid})`]);
      return exitCodes.done;
    }
    await sleep(100);
  }
  child.kill("SIGTERM");
  throw new CommandFailure(`RiverGen was not ready within ${readyWithinMs / 1000} s: see ${logPath}`);
}
