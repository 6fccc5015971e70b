import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { childPath } from "./ladder.ts";
import { isOrphaned } from "./run-folder.ts";

/**
 * Kills the processes of children whose service no longer lives. A child dies with its service, save where the
 * service is killed in the very moment in which the child starts; such a one would wait for ever. Known by their
 * command lines, which name this package's program and the run's folder. Does nothing where there is no /proc.
 */
export async function killLeftovers(root: string): Promise<void> {
  const names = await readdir("/proc").catch(() => []);
  await Promise.all(names.filter((name) => /^\d+$/.test(name)).map((pid) => killIfLeft(Number(pid), root)));
}

async function killIfLeft(pid: number, root: string): Promise<void> {
  const words = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
  const folder = findFolder(words, root);
  if (folder === undefined || !words.includes(childPath) || !(await isOrphaned(folder))) return;
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // it ended meanwhile, or belongs to somebody else
  }
}

/** The name of the run's folder below the root that a command line mentions first. */
function findFolder(words: string, root: string): string | undefined {
  const start = words.indexOf(join(root, "/"));
  return start < 0 ? undefined : /^[\d.]+/.exec(words.slice(start + join(root, "/").length))?.[0];
}
