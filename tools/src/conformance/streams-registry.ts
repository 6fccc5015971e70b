import { setTimeout as sleep } from "node:timers/promises";
import { AppError } from "@rivergen/contracts";
import { createVirtualClock } from "@rivergen/pipeline";
import { createMonitor, createMovingStats, createPluginRegistry, stream } from "@rivergen/pipeline/streams";
import type { AnyPlugin, Stats } from "@rivergen/pipeline/streams";
import { z } from "zod";
import type { Json } from "./compare.ts";

const kinds = ["async_source", "async_sink", "sync_source", "sync_sink"] as const;

/** A plugin of a case. One with the wrong base is not what its kind says, so it lacks what makes it one. */
function pluginOf(kind: string, name: string, base: unknown, cls: string): AnyPlugin {
  const [mode = "", role] = kind.split("_");
  const isRight = base === undefined || base === mode || base === kind;
  const plugin = {
    kind: isRight ? role : base,
    name: `${mode}-${name}`,
    version: "1.0.0",
    description: cls,
    config: z.strictObject({}),
    open: () => undefined,
  };
  return plugin as unknown as AnyPlugin;
}

const errorKinds: Readonly<Record<string, string>> = { PLUGIN_EXISTS: "duplicate", PLUGIN_NOT_FOUND: "not-found", INVALID_REQUEST: "wrong-type" };

export async function plugins({ operations }: Json): Promise<Json> {
  const registry = createPluginRegistry();
  const listOf = (kind: string): Json => {
    const [mode = "", role] = kind.split("_");
    const own = registry.list(role as "source" | "sink").filter(({ name }) => name.startsWith(`${mode}-`));
    return Object.fromEntries(own.map(({ name, description }) => [name.slice(mode.length + 1), description]));
  };
  const run = ({ op, kind: given, name, base, cls }: Json): unknown => {
    const kind = String(given);
    const [mode = "", role] = kind.split("_");
    if (op === "register" || op === "decorate" || op === "decorator") registry.register(pluginOf(kind, String(name), base, String(cls)));
    else if (op === "get") return { cls: registry.get(role as "source" | "sink", `${mode}-${String(name)}`).description };
    else if (op === "list") return given === undefined ? Object.fromEntries(kinds.map((one) => [`${one}s`, listOf(one)])) : listOf(kind);
    else if (op === "mutateList") registry.list(role as "source" | "sink").length = 0;
    else throw new Error(`There is no plugin operation "${String(op)}"`);
    return { ok: true };
  };
  const results = (operations as readonly Json[]).map((operation) => {
    try {
      return run(operation);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      return { error: { kind: errorKinds[error.code], message: error.message } };
    }
  });
  return { results };
}

/** Figures as the cases write them: nine digits after the point. */
const rounded = (value: number): number => Math.round(value * 1e9) / 1e9;
const statsOf = (stats: Stats | undefined): unknown =>
  stats === undefined ? null : { average: rounded(stats.average), min: rounded(stats.min), max: rounded(stats.max) };

/** Operations that let time pass, by `seconds`, `ms` or a `value` in seconds. */
const timeOperations = new Set(["advance", "wait", "sleep", "elapse", "age"]);
const timeOf = ({ ms, seconds, value }: Json): number => (ms === undefined ? Number(seconds ?? value) * 1_000 : Number(ms));

export async function metrics({ operations, windowSeconds }: Json): Promise<Json> {
  const clock = createVirtualClock();
  const options = { clock, ...(windowSeconds === undefined ? {} : { windowMs: Number(windowSeconds) * 1_000 }) };
  const [time, errors, throughput] = [createMovingStats(options), createMovingStats(options), createMovingStats(options)];
  const reads: unknown[] = [];
  for (const operation of operations as readonly Json[]) {
    const { op, value } = operation;
    if (op === "time") time.add(Number(value));
    else if (op === "throughput") throughput.add(Number(value));
    else if (op === "error" || op === "success") errors.add(op === "error" && value !== false && value !== 0 ? 1 : 0);
    else if (timeOperations.has(String(op))) await clock.advance(timeOf(operation));
    else if (op === "read") reads.push({ processing_time: statsOf(time.read()), error_rate: statsOf(errors.read()), throughput: statsOf(throughput.read()) });
    else throw new Error(`There is no metrics operation "${String(op)}"`);
  }
  return { reads };
}

export async function monitor({ sleepMs }: Json): Promise<Json> {
  const watched = createMonitor();
  const beforeStart = watched.read().activeMs;
  watched.start();
  await stream(async function* () {
    await sleep(Number(sleepMs));
    yield 0;
  }).toArray();
  const running = watched.read().activeMs;
  watched.stop();
  const stopped = watched.read().activeMs;
  await sleep(5);
  return { beforeStart, runningAtLeast: running >= Number(sleepMs) - 1, fixedAfterStop: watched.read().activeMs === stopped, total: stopped };
}
