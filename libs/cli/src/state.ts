import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { z } from "zod";
import { CommandFailure, exitCodes } from "./failure.ts";

const State = z.object({
  /** Who is signed in, by address of the platform. */
  sessions: z.record(z.string(), z.object({ token: z.string(), workspaceId: z.string().nullable(), email: z.string() })).default({}),
  /** The river that was planned last, by address and workspace. */
  drafts: z.record(z.string(), z.object({ id: z.string(), name: z.string() })).default({}),
});
export type State = z.output<typeof State>;

/** What the command remembers between calls: one private file of this user. */
export interface StateFile {
  read(): Promise<State>;
  /** Writes what `change` gives; whole or not at all. */
  update(change: (state: State) => State): Promise<void>;
}

/** `$XDG_CONFIG_HOME/rivergen/cli.json`, else `~/.config/rivergen/cli.json`. */
export function statePath(environment: Readonly<Record<string, string | undefined>>): string {
  return join(environment["XDG_CONFIG_HOME"] || join(homedir(), ".config"), "rivergen", "cli.json");
}

export function createStateFile(path: string): StateFile {
  const read = async (): Promise<State> => {
    const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return "{}";
      throw new CommandFailure(`${path} cannot be read: ${error.message}`, exitCodes.badConfiguration);
    });
    try {
      return State.parse(JSON.parse(text));
    } catch {
      throw new CommandFailure(`${path} is damaged. Delete it and sign in again.`, exitCodes.badConfiguration);
    }
  };
  return {
    read,
    update: async (change) => {
      const next = change(await read());
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      const temporary = `${path}.${process.pid}`;
      await writeFile(temporary, `${JSON.stringify(next, null, 2)}\n`, { mode: 0o600 });
      await rename(temporary, path);
    },
  };
}
