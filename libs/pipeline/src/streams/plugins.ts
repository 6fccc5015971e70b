import { AppError } from "@rivergen/contracts";
import { z } from "zod";
import type { MaybePromise } from "../processor.ts";
import { parseOptions } from "./options.ts";
import type { Sink } from "./sink.ts";
import type { Source } from "./source.ts";

interface PluginFacts<Config extends z.ZodType> {
  /** kebab-case. */
  readonly name: string;
  /** `major.minor.patch`. */
  readonly version: string;
  /** One sentence. */
  readonly description: string;
  /** What can be configured, with a description per key. Its object should be strict, so that unknown keys are refused. */
  readonly config: Config;
}

export interface SourcePlugin<Config extends z.ZodType = z.ZodType, T = unknown> extends PluginFacts<Config> {
  readonly kind: "source";
  readonly open: (config: z.infer<Config>) => MaybePromise<Source<T>>;
}

export interface SinkPlugin<Config extends z.ZodType = z.ZodType, T = unknown> extends PluginFacts<Config> {
  readonly kind: "sink";
  readonly open: (config: z.infer<Config>) => MaybePromise<Sink<T>>;
}

/** A plugin whose configuration only its own schema knows. */
export type AnyPlugin = (Omit<SourcePlugin<z.ZodType, never>, "open"> | Omit<SinkPlugin<z.ZodType, never>, "open">) & {
  readonly open: (config: never) => unknown;
};
type PluginOf<Kind extends "source" | "sink"> = Kind extends "source" ? SourcePlugin : SinkPlugin;

/** A kind of source. */
export const defineSource = <Config extends z.ZodType, T>(plugin: Omit<SourcePlugin<Config, T>, "kind">): SourcePlugin<Config, T> => ({
  kind: "source",
  ...plugin,
});

/** A kind of sink. */
export const defineSink = <Config extends z.ZodType, T>(plugin: Omit<SinkPlugin<Config, T>, "kind">): SinkPlugin<Config, T> => ({ kind: "sink", ...plugin });

/** What a plugin must look like, for those that come from elsewhere. */
const pluginShape = z.looseObject({
  kind: z.enum(["source", "sink"]),
  name: z.string().regex(/^[a-z][a-z0-9-]*$/, "kebab-case"),
  version: z.string().regex(/^\d+\.\d+\.\d+$/, "major.minor.patch"),
  description: z.string().min(1),
  config: z.custom((value) => value instanceof z.ZodType, "a zod schema"),
  open: z.custom((value) => typeof value === "function", "a function"),
});

/** Sources and sinks by kind, name and version. */
export interface PluginRegistry {
  /** @throws PLUGIN_EXISTS; INVALID_REQUEST with every fault of what is no plugin */
  register(plugin: AnyPlugin): void;
  /** Without a version the newest. @throws PLUGIN_NOT_FOUND */
  get<Kind extends "source" | "sink">(kind: Kind, name: string, version?: string): PluginOf<Kind>;
  /** A list of its own: changing it changes nothing here. By kind, name and version. */
  list(kind?: "source" | "sink"): AnyPlugin[];
  /** @throws PLUGIN_NOT_FOUND; INVALID_REQUEST with every fault of the configuration; whatever the plugin throws */
  openSource(name: string, config: unknown, version?: string): Promise<Source<unknown>>;
  /** The same for a sink. */
  openSink(name: string, config: unknown, version?: string): Promise<Sink<unknown>>;
}

const numbersOf = (version: string): number[] => version.split(".").map(Number);

function compareVersions(a: string, b: string): number {
  const [left, right] = [numbersOf(a), numbersOf(b)];
  return left.map((part, index) => part - (right[index] ?? 0)).find((difference) => difference !== 0) ?? 0;
}

/** A registry with some plugins. */
export function createPluginRegistry(initial: readonly AnyPlugin[] = []): PluginRegistry {
  const plugins: AnyPlugin[] = [];
  const order = (a: AnyPlugin, b: AnyPlugin) => a.kind.localeCompare(b.kind) || a.name.localeCompare(b.name) || compareVersions(a.version, b.version);

  function get<Kind extends "source" | "sink">(kind: Kind, name: string, version?: string): PluginOf<Kind> {
    const found = plugins
      .toSorted(order)
      .findLast((plugin) => plugin.kind === kind && plugin.name === name && (version === undefined || plugin.version === version));
    if (!found) throw new AppError("PLUGIN_NOT_FOUND", { detail: `There is no ${kind} "${name}"${version === undefined ? "" : ` ${version}`}` });
    return found as unknown as PluginOf<Kind>;
  }

  const registry: PluginRegistry = {
    register(plugin) {
      parseOptions(pluginShape, plugin, "plugin");
      const { kind, name, version } = plugin;
      const isTaken = plugins.some((other) => other.kind === kind && other.name === name && other.version === version);
      if (isTaken) throw new AppError("PLUGIN_EXISTS", { detail: `${kind} "${name}" ${version} is registered already` });
      plugins.push(plugin);
    },
    get,
    list: (kind) => plugins.filter((plugin) => kind === undefined || plugin.kind === kind).toSorted(order),
    async openSource(name, config, version) {
      const plugin = get("source", name, version);
      return plugin.open(parseOptions(plugin.config, config, `source ${name}`));
    },
    async openSink(name, config, version) {
      const plugin = get("sink", name, version);
      return plugin.open(parseOptions(plugin.config, config, `sink ${name}`));
    },
  };
  for (const plugin of initial) registry.register(plugin);
  return registry;
}
