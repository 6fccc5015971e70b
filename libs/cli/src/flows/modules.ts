import { readdir, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { createRegistry, type Registry } from "@rivergen/flow";
import { takePlain } from "@rivergen/river/flows";
import { z } from "zod";
import { CommandFailure, exitCodes, wrongUse } from "../failure.ts";

/** What an entry of each kind must be able to do. */
const works = {
  processors: "run",
  predicates: "test",
  conditions: "choose",
  reducers: "reduce",
  errorHandlers: "handle",
  channels: "send",
} as const satisfies Record<keyof Registry, string>;
const endings = /\.(js|mjs|ts|mts)$/;

/** Lets JavaScript modules register what flows over plain records may name: files, or folders of them by name. @throws CommandFailure 64, 78 */
export async function loadModules(registry: Registry, paths: readonly string[], folder: string): Promise<void> {
  for (const path of paths) {
    for (const file of await listModules(resolve(folder, path), path)) await loadModule(registry, file);
  }
}

async function listModules(absolute: string, given: string): Promise<readonly string[]> {
  const found = await stat(absolute).catch(() => undefined);
  if (!found) throw wrongUse(`--modules ${given}: there is no such file or folder`);
  if (!found.isDirectory()) return [absolute];
  const names = (await readdir(absolute)).filter((name) => endings.test(name) && !name.endsWith(".d.ts")).toSorted();
  if (names.length === 0) throw wrongUse(`--modules ${given}: the folder holds no .js or .mjs files`);
  return names.map((name) => join(absolute, name));
}

async function loadModule(into: Registry, file: string): Promise<void> {
  const bad = (reason: string): CommandFailure => new CommandFailure(`${file}: ${reason}`, exitCodes.badConfiguration);
  const registry = createRegistry();
  try {
    const { register } = (await import(pathToFileURL(file).href)) as { register?: unknown };
    if (typeof register !== "function") throw bad("a module exports a function register(registry, { z })");
    await (register as (registry: Registry, tools: { readonly z: typeof z }) => unknown)(registry, { z });
    for (const [kind, work] of Object.entries(works)) checkEntries(registry[kind as keyof Registry].entries(), work);
    takePlain(into, registry);
  } catch (error) {
    throw error instanceof CommandFailure ? error : bad(error instanceof Error ? error.message : String(error));
  }
}

/** @throws TypeError for an entry that can do nothing */
function checkEntries(entries: readonly { readonly name: string }[], work: string): void {
  const idle = entries.find((entry) => typeof (entry as unknown as Readonly<Record<string, unknown>>)[work] !== "function");
  if (idle) throw new TypeError(`${idle.name} has no function ${work}`);
}
