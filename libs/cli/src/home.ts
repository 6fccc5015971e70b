import { readFile, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { z } from "zod";
import { CommandFailure, exitCodes } from "./failure.ts";

/** Folder of the repository this command belongs to. */
export const projectRoot = resolve(import.meta.dirname, "..", "..", "..");

const Address = z.object({ url: z.url(), pid: z.number().int().positive() });
const Owner = z.object({ token: z.string(), workspaceId: z.string() });

/** A platform of this machine: where it keeps its things, where it listens, and the local owner's credentials. */
export interface Home {
  readonly folder: string;
  readonly address: z.output<typeof Address> | undefined;
  readonly owner: z.output<typeof Owner> | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The platform's folder: `RIVERGEN_HOME`, else `.rivergen` here or above, else beside the repository this command is of.
 * @throws CommandFailure 78 for files in it that are damaged
 */
export async function findHome(environment: Environment, start: string): Promise<Home | undefined> {
  const given = environment["RIVERGEN_HOME"];
  const candidates = given ? [resolve(start, given)] : [...foldersUp(start).map((folder) => join(folder, ".rivergen")), join(projectRoot, ".rivergen")];
  for (const folder of candidates) {
    if (await isFolder(folder))
      return { folder, address: await readPart(join(folder, "address.json"), Address), owner: await readPart(join(folder, "owner.json"), Owner) };
  }
  return undefined;
}

function foldersUp(start: string): string[] {
  const above = dirname(start);
  return above === start ? [start] : [start, ...foldersUp(above)];
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

async function readPart<T extends z.ZodType>(path: string, shape: T): Promise<z.output<T> | undefined> {
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    // Another user's platform: its address may be used, its credentials not.
    if (error.code === "ENOENT" || error.code === "EACCES") return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  try {
    return shape.parse(JSON.parse(text));
  } catch {
    throw new CommandFailure(`${path} is damaged. Stop the platform, delete the file, and start it again.`, exitCodes.badConfiguration);
  }
}

/** Whether a process of this machine lives. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
