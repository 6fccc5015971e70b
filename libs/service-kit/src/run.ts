import { writeFile, rename } from "node:fs/promises";
import { join, resolve } from "node:path";
import { readArguments, renderHelp } from "./arguments.ts";
import { ConfigError } from "./config.ts";
import { administerDeadLetters } from "./dead-letters.ts";
import { type AnyDefinition, type RunningProcess, startProcess } from "./runtime.ts";

/** Work of the host itself, before its services start. */
export interface RunOptions {
  /** Makes what the chosen services will need; a failure ends the process with its message. */
  readonly prepare?: (services: readonly string[]) => Promise<void>;
}

/** Runs one process of the platform until it is told to stop; the only place that reads the environment and the arguments. */
export async function run(definitions: readonly AnyDefinition[], { prepare }: RunOptions = {}): Promise<void> {
  const started = performance.now();
  const command = readArguments(process.argv.slice(2), definitions);
  if (command.kind === "help") return void process.stdout.write(renderHelp(definitions));
  if (command.kind === "wrong") return fail(command.message, 64);
  if (command.kind === "dead-letters") {
    const lines = await administerDeadLetters(definitions, process.env, command.command).catch((error: unknown) =>
      fail(describe(error), error instanceof ConfigError ? 78 : 1),
    );
    return void process.stdout.write((lines ?? []).map((line) => `${line}\n`).join(""));
  }
  const chosen = command.only === null ? definitions : definitions.filter(({ name }) => command.only?.includes(name));
  const start = async (): Promise<RunningProcess> => {
    await prepare?.(chosen.map(({ name }) => name));
    return startProcess({ definitions: chosen, environment: process.env });
  };
  const running = await start().catch((error: unknown) => fail(describe(error), error instanceof ConfigError ? 78 : 1));
  if (!running) return;
  stopOnSignals(running);
  await announce(running, chosen, (performance.now() - started) / 1000);
}

function describe(error: unknown): string {
  if (error instanceof ConfigError) return error.message;
  const code = (error as NodeJS.ErrnoException).code;
  if (code === "EADDRINUSE")
    return `${(error as Error).message}\nAnother program uses this port. Choose one with PORT=8081 npm start, or PORT=0 for any free one.`;
  return `RiverGen could not start: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
}

function fail(message: string, code: number): undefined {
  process.stderr.write(`${message}\n`);
  process.exitCode = code;
  return undefined;
}

/** One line when it is ready: where, how fast, and the local owner's one-time link. */
async function announce(running: RunningProcess, definitions: readonly AnyDefinition[], seconds: number): Promise<void> {
  const names = definitions.map(({ name }) => name);
  if (!names.includes("gateway")) {
    process.stdout.write(`RiverGen ${names.join(", ")} is ready in ${seconds.toFixed(1)} s   ${running.url}\n`);
    return;
  }
  const home = resolve(running.config.RIVERGEN_HOME);
  await writePrivate(join(home, "address.json"), { url: running.url, pid: process.pid });
  const link = running.notes.get("local-link");
  process.stdout.write(`RiverGen is ready in ${seconds.toFixed(1)} s   ${running.url}${link === undefined ? "" : `/#link=${link}   (local owner)`}\n`);
}

async function writePrivate(path: string, value: object): Promise<void> {
  await writeFile(`${path}.new`, JSON.stringify(value), { mode: 0o600 });
  await rename(`${path}.new`, path);
}

function stopOnSignals(running: RunningProcess): void {
  let stopping = false;
  const stop = (): void => {
    // A second signal means: now.
    if (stopping) process.exit(1);
    stopping = true;
    running.stop().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
  process.on("unhandledRejection", (error) => running.log.error({ err: error }, "a promise was rejected and nobody looked"));
}
