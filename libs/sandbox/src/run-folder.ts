import { chmod, chown, constants, copyFile, link, lstat, mkdir, readdir, readFile, rm } from "node:fs/promises";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { AppError } from "@rivergen/contracts";
import type { RunFolder } from "./jobs/job.ts";

/** A file that a run may read. */
export interface RunInput {
  /** Its name in the run's `in` folder: one path segment. */
  readonly name: string;
  /** Where it is now. It is linked, not copied, where the file system allows. */
  readonly path: string;
}

/** The user that owns what a child may write; undefined: the service's own. */
export interface FolderOwner {
  readonly uid: number;
  readonly gid: number;
}

const FOLDER_NAME = /^(\d+)\.(\d+)\.\d+$/;
let folders = 0;

/** Start of a process in clock ticks, which tells a reused process id apart; "0" where there is no /proc. */
function startTicks(pid: number | "self"): string {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    return text.slice(text.lastIndexOf(")") + 2).split(" ")[19] ?? "0";
  } catch {
    return "0";
  }
}

/** Makes `<root>/<id>/{in,out,tmp}`. `in` stays the service's own; the others belong to the child's user. */
export async function createRunFolder(root: string, owner: FolderOwner | undefined): Promise<RunFolder & { readonly base: string }> {
  folders += 1;
  const base = join(root, `${process.pid}.${startTicks("self")}.${folders}`);
  const folder = { base, in: join(base, "in"), out: join(base, "out"), tmp: join(base, "tmp") };
  await mkdir(base, { mode: 0o711 });
  await mkdir(folder.in, { mode: 0o755 });
  await Promise.all([folder.out, folder.tmp].map((path) => mkdir(path, { mode: 0o700 })));
  if (owner !== undefined) await Promise.all([folder.out, folder.tmp].map((path) => chown(path, owner.uid, owner.gid)));
  return folder;
}

/**
 * Puts inputs into a run's folder. A hard link shares the original's content and rights, so what keeps a child from
 * writing through it is: a read-only mount of `in` (bwrap), or a user that owns neither file nor folder, or, on the
 * lowest rungs, the engine's lock and the allow-list of statements. A file that the child's user could not read, or
 * that everybody may write, is copied.
 * @throws RangeError for a name that is no single path segment; INPUT_GONE with `input` for a file that is not there
 */
export async function linkInputs(folder: RunFolder, inputs: readonly RunInput[], owner: FolderOwner | undefined): Promise<void> {
  for (const { name, path } of inputs) {
    if (name === "" || name === "." || name === ".." || /[/\\\0]/.test(name)) throw new RangeError(`"${name}" is no name for an input`);
    await linkInput(path, join(folder.in, name), owner).catch(async (error: unknown) => {
      throw (await isAbsent(path)) ? new AppError("INPUT_GONE", { detail: "What this reads was deleted meanwhile.", input: name }, error) : error;
    });
  }
}

async function linkInput(path: string, target: string, owner: FolderOwner | undefined): Promise<void> {
  const original = await lstat(path);
  const linkable = original.isFile() && (owner === undefined || ((original.mode & 0o004) !== 0 && (original.mode & 0o002) === 0));
  if (linkable && (await tryLink(path, target))) return;
  await copyFile(path, target, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL);
  await chmod(target, 0o444);
}

const isAbsent = (path: string): Promise<boolean> =>
  lstat(path).then(
    () => false,
    ({ code }: NodeJS.ErrnoException) => code === "ENOENT",
  );

async function tryLink(path: string, target: string): Promise<boolean> {
  try {
    await link(path, target);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EXDEV" || code === "EPERM" || code === "EMLINK" || code === "ENOTSUP") return false;
    throw error;
  }
}

/** What a child left in `out`, made the service's own. Only whole regular files count: no links, no folders. */
export async function collectOutputs(folder: RunFolder, owner: FolderOwner | undefined): Promise<Record<string, string>> {
  const outputs: Record<string, string> = {};
  for (const name of await readdir(folder.out)) {
    const path = join(folder.out, name);
    const found = await lstat(path);
    if (!found.isFile() || found.nlink !== 1) continue;
    if (owner !== undefined) await chown(path, process.getuid?.() ?? 0, process.getgid?.() ?? 0);
    await chmod(path, 0o644);
    outputs[name] = path;
  }
  return outputs;
}

/** Bytes of the files directly in a folder. */
export async function folderBytes(path: string): Promise<number> {
  const names = await readdir(path).catch(() => []);
  const sizes = await Promise.all(
    names.map((name) =>
      lstat(join(path, name)).then(
        (found) => found.size,
        () => 0,
      ),
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

export async function removeFolder(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 20 });
}

/** Makes the root, passable but not readable for children's users, and removes the folders of runs whose service no longer lives. */
export async function sweepRunFolders(root: string): Promise<void> {
  await mkdir(root, { recursive: true });
  await chmod(root, 0o711);
  for (const name of await readdir(root)) if (await isOrphaned(name)) await removeFolder(join(root, name));
}

/** Whether a folder's name is one that {@link createRunFolder} gives, in a service that no longer lives. */
export async function isOrphaned(name: string): Promise<boolean> {
  const [, pid, ticks] = FOLDER_NAME.exec(name) ?? [];
  if (pid === undefined || ticks === undefined) return false;
  return !(await isAlive(Number(pid))) || startTicks(Number(pid)) !== ticks;
}

async function isAlive(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
  const state = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  return !/\) [ZX] /.test(state);
}
