import { Socket } from "node:net";
import type { Channel } from "./channel.ts";
import { createChannel } from "./channel.ts";
import { toChildFailure } from "./engine-failure.ts";
import type { Engine } from "./engine.ts";
import { openEngine } from "./engine.ts";
import { warmUp } from "./warm-up.ts";
import { jobs } from "./jobs/index.ts";
import type { JobContext, JobDefinition } from "./jobs/job.ts";
import type { ChildOptions, ChildUsage, Command, Report } from "./messages.ts";

/** The descriptor that the parent opened for the talk: stdout belongs to nobody, because the engine can print there. */
const CHANNEL_DESCRIPTOR = 3;

const options = JSON.parse(process.argv[2] ?? "{}") as ChildOptions;
const channel = createChannel<Command, Report>(new Socket({ fd: CHANNEL_DESCRIPTOR, readable: true, writable: true }));
channel.onClose(() => process.kill(process.pid, "SIGKILL"));
const engine = await openEngine(options);
await warmUp(engine.connection, options.folder);
const inputsArrived: ((names: readonly string[]) => void)[] = [];
let taken = false;

channel.onMessage((command) => {
  if (command.kind === "inputs") inputsArrived.shift()?.(command.names);
  else if (!taken) {
    taken = true;
    void runJob(command.job, command.input);
  }
});
channel.send({ kind: "ready" });

async function runJob(name: string, input: unknown): Promise<void> {
  const before = process.cpuUsage();
  const usage = (): ChildUsage => {
    const spent = process.cpuUsage(before);
    return { cpuMs: (spent.user + spent.system) / 1_000, peakMemoryBytes: process.resourceUsage().maxRSS * 1_024 };
  };
  try {
    const job = (jobs as Readonly<Record<string, JobDefinition<unknown, unknown>>>)[name];
    if (job === undefined) throw new TypeError(`There is no job "${name}"`);
    await engine.lock(job.settings ?? []);
    const result = await job.run(createContext(engine, channel), input);
    channel.send({ kind: "done", result, usage: usage() });
  } catch (error) {
    channel.send({ kind: "failed", failure: toChildFailure(error, options.folder), usage: usage() });
  }
}

function createContext({ connection, connect }: Engine, talk: Channel<Command, Report>): JobContext {
  return {
    connection,
    connect,
    folder: options.folder,
    progress: (fraction, rowsDone) => talk.send({ kind: "progress", fraction, rowsDone }),
    requestInputs(names) {
      const arrived = new Promise<readonly string[]>((resolve) => inputsArrived.push(resolve));
      talk.send({ kind: "needs", names });
      return arrived;
    },
  };
}
