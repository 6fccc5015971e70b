import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { serviceRoutes } from "@rivergen/contracts";

const hostMain = fileURLToPath(new URL("../../../infra/host/src/main.ts", import.meta.url));

/** Every service in one process, or each in its own. */
export type Hosting = "together" | "apart";

/** A platform that tests talk to over the wire only. */
export interface TestPlatform {
  readonly url: string;
  readonly home: string;
  /** Processes by the services they host. */
  readonly processes: ReadonlyMap<string, TestProcess>;
  /** The line a process wrote when it was ready. */
  readyLine(service?: string): string;
  /** What its processes wrote to their logs. */
  log(): string;
  /** Kills a process at once, as a crash would. */
  kill(service?: string): Promise<void>;
  /** Starts a process again that has ended; the same home and port. */
  restart(service?: string, environment?: Record<string, string>): Promise<void>;
  /** Stops everything and removes the home. */
  stop(): Promise<void>;
}
export interface TestProcess {
  readonly child: ChildProcess;
  readonly pid: number;
  /** Resolves with the signal or exit code when it has ended. */
  readonly ended: Promise<string>;
}

export interface PlatformOptions {
  readonly hosting?: Hosting;
  readonly environment?: Record<string, string>;
  /** Keeps data of an earlier platform. Default: a fresh folder. */
  readonly home?: string;
}

const readyDeadlineMs = 120_000;
/** Started in this order; whoever calls a service that is not up yet tries again. */
const services = [...Object.keys(serviceRoutes), "gateway"];

/** Starts a platform on free ports and resolves when it is ready. */
export async function startPlatform({ hosting = "together", environment = {}, home }: PlatformOptions = {}): Promise<TestPlatform> {
  const folder = home ?? (await mkdtemp(join(tmpdir(), "rivergen-test-")));
  const ports = new Map<string, number>();
  for (const service of hosting === "together" ? ["all"] : services) ports.set(service, await findFreePort());
  const addresses =
    hosting === "together"
      ? {}
      : Object.fromEntries([...ports].map(([service, port]) => [`SERVICE_${service.toUpperCase().replaceAll("-", "_")}_URL`, `http://127.0.0.1:${port}`]));
  const processes = new Map<string, TestProcess>();
  const output: string[] = [];
  const lines = new Map<string, string>();

  async function start(service: string, extra: Record<string, string> = {}): Promise<void> {
    const env = {
      PATH: process.env["PATH"] ?? "",
      HOME: process.env["HOME"] ?? "",
      RIVERGEN_HOME: folder,
      PORT: String(ports.get(service)),
      CHECK_ANSWERS: "1",
      ...addresses,
      ...environment,
      ...extra,
    };
    const child = spawn(process.execPath, [hostMain, ...(service === "all" ? [] : ["--only", service])], { env, stdio: ["ignore", "pipe", "pipe"] });
    child.stderr.on("data", (chunk: Buffer) => keep(output, chunk.toString()));
    const ended = new Promise<string>((resolve) => child.once("exit", (code, signal) => resolve(signal ?? String(code))));
    processes.set(service, { child, pid: child.pid ?? 0, ended });
    lines.set(service, await untilReady(child, ended, service, output));
  }

  async function stop(): Promise<void> {
    for (const { child } of [...processes.values()].toReversed()) child.kill("SIGTERM");
    await Promise.all([...processes.values()].map(({ child, ended }) => Promise.race([ended, killLater(child)])));
    if (home === undefined) await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }

  try {
    if (hosting === "together") await start("all");
    else for (const service of services) await start(service);
  } catch (error) {
    await stop();
    throw error;
  }

  const main = hosting === "together" ? "all" : "gateway";
  return {
    url: `http://127.0.0.1:${ports.get(main)}`,
    home: folder,
    processes,
    readyLine: (service = main) => lines.get(service) ?? "",
    log: () => output.join(""),
    async kill(service = main) {
      const running = processes.get(service);
      running?.child.kill("SIGKILL");
      await running?.ended;
    },
    restart: (service = main, extra = {}) => start(service, extra),
    stop,
  };
}

/** The local owner's key, as the CLI of the same machine reads it. */
export async function readOwner(home: string): Promise<{ token: string; workspaceId: string }> {
  return JSON.parse(await readFile(join(home, "owner.json"), "utf8")) as { token: string; workspaceId: string };
}

function keep(output: string[], text: string): void {
  output.push(text);
  if (output.length > 2_000) output.shift();
}

async function untilReady(child: ChildProcess, ended: Promise<string>, service: string, output: readonly string[]): Promise<string> {
  let text = "";
  const ready = new Promise<string>((resolve) => {
    child.stdout?.on("data", (chunk: Buffer) => {
      text += chunk.toString();
      if (/ is ready in .*\n/.test(text)) resolve(text);
    });
  });
  let timer: NodeJS.Timeout | undefined;
  const failed = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${service} was not ready after ${readyDeadlineMs} ms\n${output.join("")}`)), readyDeadlineMs);
    void ended.then((how) => reject(new Error(`${service} ended with ${how}\n${output.join("")}`)));
  });
  try {
    return await Promise.race([ready, failed]);
  } finally {
    clearTimeout(timer);
  }
}

function killLater(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    setTimeout(() => {
      child.kill("SIGKILL");
      resolve("killed");
    }, 20_000).unref();
  });
}

/** A port below the ephemeral range, so that no outgoing connection of the machine takes it meanwhile. */
async function findFreePort(): Promise<number> {
  for (;;) {
    const port = 12_000 + Math.floor(Math.random() * 18_000);
    const isFree = await new Promise<boolean>((resolve) => {
      const server = createServer();
      server.once("error", () => resolve(false));
      server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
    });
    if (isFree) return port;
  }
}
