import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { AnyPlugin, PluginRegistry } from "./plugins.ts";

export interface LoadedPlugins {
  /** `kind name version` of what was registered. */
  readonly loaded: readonly string[];
  /** Files that gave nothing, and why: a plugin that fails keeps no other one out. */
  readonly failed: readonly { readonly file: string; readonly error: unknown }[];
}

/**
 * Registers what the modules of a folder export as `plugins`: every `*.plugin.js`, `.mjs` or `.ts`, in the order of their names.
 * Their code runs in this process with all its rights; load only what is trusted.
 */
export async function loadPlugins(registry: PluginRegistry, folder: string): Promise<LoadedPlugins> {
  const files = (await readdir(folder)).filter((file) => /\.plugin\.(js|mjs|ts)$/.test(file)).toSorted();
  const loaded: string[] = [];
  const failed: { file: string; error: unknown }[] = [];
  for (const file of files) {
    try {
      const { plugins } = (await import(pathToFileURL(join(folder, file)).href)) as { readonly plugins?: readonly AnyPlugin[] };
      if (!Array.isArray(plugins)) throw new TypeError(`${file} exports no list "plugins"`);
      for (const plugin of plugins as readonly AnyPlugin[]) {
        registry.register(plugin);
        loaded.push(`${plugin.kind} ${plugin.name} ${plugin.version}`);
      }
    } catch (error) {
      failed.push({ file, error });
    }
  }
  return { loaded, failed };
}
