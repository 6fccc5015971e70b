import { spawn } from "node:child_process";
import { randomBytes, randomInt, randomUUID } from "node:crypto";
import { chmod, chown, link, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { AppError } from "@rivergen/contracts";
import { canReach, exists, publishFolder, SYSTEM_FOLDER } from "./binaries.ts";
import type { Binaries, ServerUser } from "./binaries.ts";

/** What the home folder keeps of its server; written once, readable by its owner only. */
export interface ClusterIdentity {
  /** Names the data folder where that lies outside the home folder. */
  readonly id: string;
  /** Of the administrator role. */
  readonly password: string;
  /** TCP port on 127.0.0.1. */
  readonly port: number;
}

/** A set of databases on disk and how to reach its server. */
export interface Cluster extends ClusterIdentity {
  readonly dataFolder: string;
  /** Output of the server's programs. */
  readonly logFile: string;
  readonly user: ServerUser | undefined;
  readonly binaries: Binaries;
}

export const ADMIN_ROLE = "rivergen_admin";

/** Reads what the home folder keeps, or writes it; of several processes the first one wins. */
export async function readIdentity(home: string): Promise<ClusterIdentity> {
  const path = join(home, "postgres.json");
  const known = await readFile(path, "utf8").catch(() => undefined);
  if (known !== undefined) return JSON.parse(known) as ClusterIdentity;
  const identity: ClusterIdentity = { id: randomUUID(), password: randomBytes(24).toString("base64url"), port: randomInt(20_000, 32_000) };
  const temporary = `${path}.${identity.id}`;
  await writeFile(temporary, JSON.stringify(identity), { mode: 0o600 });
  await link(temporary, path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EEXIST") throw error;
  });
  await rm(temporary);
  return JSON.parse(await readFile(path, "utf8")) as ClusterIdentity;
}

/** Where the data lies: in the home folder, or, where the server's user cannot reach that, in a folder of the system named by the id. */
export async function locateData(home: string, id: string, user: ServerUser | undefined): Promise<string> {
  if (!user || (await canReach(home, user))) return join(home, "postgres");
  return join(SYSTEM_FOLDER, id);
}

/**
 * Folders of the system whose home folder was deleted: data of an earlier life of this one, and of those that lay in the
 * folder for temporary files. The absence of any other may mean that its disk is not there at the moment.
 */
export async function findAbandonedData(home: string, id: string): Promise<string[]> {
  const abandoned: string[] = [];
  for (const name of await readdir(SYSTEM_FOLDER).catch(() => [])) {
    const owner = await readFile(join(SYSTEM_FOLDER, name, HOME_FILE), "utf8").catch(() => undefined);
    if (owner === undefined || name === id) continue;
    const isGone = owner === resolve(home) || (owner.startsWith(`${tmpdir()}/`) && !(await exists(owner)));
    if (isGone) abandoned.push(join(SYSTEM_FOLDER, name));
  }
  return abandoned;
}

/** Says in the data folder which home folder it belongs to. */
const HOME_FILE = "rivergen-home";

/**
 * Creates the data folder unless it is there. It appears under its name only when it is whole. Call it only under the
 * start lock: what an attempt that was cut short left behind is removed.
 * @throws EMBEDDED_STORE_FAILED with the last lines that initdb said
 */
export async function ensureData({ dataFolder, password, user, binaries }: Cluster, home: string): Promise<void> {
  if (await exists(join(dataFolder, "PG_VERSION"))) return;
  await removeAttempts(dataFolder);
  const temporary = `${dataFolder}.${randomUUID()}`;
  const passwordFile = `${temporary}.password`;
  await mkdir(join(dataFolder, ".."), { recursive: true, mode: 0o755 });
  await mkdir(temporary, { mode: 0o700 });
  await writeFile(passwordFile, password, { mode: 0o600 });
  if (user) await Promise.all([temporary, passwordFile].map((path) => chown(path, user.uid, user.gid)));
  try {
    await runInitdb(binaries.initdb, ["-D", temporary, "-U", ADMIN_ROLE, `--pwfile=${passwordFile}`, ...INITDB_OPTIONS], user);
    await writeFile(join(temporary, HOME_FILE), resolve(home));
    await chmod(temporary, 0o700);
    await publishFolder(temporary, dataFolder);
  } finally {
    await rm(passwordFile, { force: true });
    await rm(temporary, { recursive: true, force: true });
  }
}

async function removeAttempts(dataFolder: string): Promise<void> {
  const parent = dirname(dataFolder);
  const attempt = /^\.[0-9a-f-]{36}(\.password)?$/;
  for (const name of await readdir(parent).catch(() => [])) {
    const isAttempt = name.startsWith(basename(dataFolder)) && attempt.test(name.slice(basename(dataFolder).length));
    if (isAttempt) await rm(join(parent, name), { recursive: true, force: true });
  }
}

const INITDB_OPTIONS = ["--auth=scram-sha-256", "--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--no-instructions"];

function runInitdb(program: string, args: readonly string[], user: ServerUser | undefined): Promise<void> {
  return new Promise((done, fail) => {
    const child = spawn(program, args, {
      cwd: "/",
      env: SERVER_ENVIRONMENT,
      stdio: ["ignore", "pipe", "pipe"],
      ...(user ? { uid: user.uid, gid: user.gid } : {}),
    });
    let said = "";
    const listen = (text: Buffer) => (said = (said + text.toString()).slice(-2_000));
    child.stdout.on("data", listen);
    child.stderr.on("data", listen);
    child.once("error", fail);
    child.once("close", (code) => (code === 0 ? done() : fail(new AppError("EMBEDDED_STORE_FAILED", { detail: `initdb failed: ${said}` }))));
  });
}

/** The server gets nothing of this process's environment. */
export const SERVER_ENVIRONMENT = { PATH: "/usr/bin:/bin", LC_ALL: "C", TZ: "UTC" };
