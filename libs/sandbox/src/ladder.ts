import { randomInt } from "node:crypto";
import { existsSync, lstatSync, readlinkSync, realpathSync, accessSync, constants } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, sep } from "node:path";
import { fileURLToPath } from "node:url";
import type { ChildOptions } from "./messages.ts";
import type { FolderOwner } from "./run-folder.ts";

/** From strongest to weakest. Every level includes the engine's lock, the statement check and Node's permission model. */
export const sandboxLevels = ["namespaces", "user", "limits", "permission"] as const;
export type SandboxLevelName = (typeof sandboxLevels)[number];

/** How well children are shut in on this machine, and why not better. */
export interface SandboxLevel {
  readonly name: SandboxLevelName;
  /** What is in force: `bwrap`, `prlimit`, `own-user`, `parent-death-signal`, `node-permission`, `engine-lock`. */
  readonly mechanisms: readonly string[];
  /** Why the levels above were not taken; empty at the top. */
  readonly reason: string;
}

/** One way to start children. */
export interface Rung {
  readonly name: SandboxLevelName;
  readonly mechanisms: readonly string[];
  /** Where `prlimit` stands; undefined where memory cannot be bounded by the system. */
  readonly prlimit: string | undefined;
  /** A user of its own for the next child, where the service may give it one. */
  nextOwner(): FolderOwner | undefined;
  command(child: ChildOptions, limits: OsLimits): { readonly file: string; readonly args: readonly string[] };
}

export interface OsLimits {
  /** Largest file a child may write, in bytes. */
  readonly fileBytes: number;
  /** Bound on private memory while the child opens; it is tightened once the child's own needs are known. */
  readonly startDataBytes: number;
}

const toolFolders = ["/usr/bin", "/bin", "/usr/local/bin", "/usr/sbin", "/sbin"];
/** The program of every child: its path stands in the command line of each process that belongs to one. */
export const childPath = fileURLToPath(import.meta.resolve("./child.ts"));
const NOBODY = 65_534;

function findTool(name: string): string | undefined {
  return toolFolders
    .map((folder) => join(folder, name))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

/** The code that a child reads. Nothing else of the installation. */
interface Code {
  readonly folders: readonly string[];
  /** Links by which packages of ours are found under their names. */
  readonly links: readonly { readonly path: string; readonly target: string }[];
}

/** Packages of ours that a child loads once a job needs them, and what those import. */
const ownPackages = ["contracts", "pipeline", "relational", "flow", "river"];
const kept = ["zod", "yaml", "fastest-levenshtein"];

/** This package, and what it imports. */
function listCode(): Code {
  const require = createRequire(import.meta.url);
  const modules = ["@duckdb/node-api", "@uwdata/flechette"].map((name) => moduleFolder(require.resolve(name), name));
  const bindings = modules.map((folder) => dirname(folder));
  const installed = dirname(dirname(modules[0] ?? ""));
  const others = ["detect-libc", ...kept].map((name) => join(installed, name));
  const links = ownPackages.map((name) => join(installed, "@rivergen", name)).filter((path) => existsSync(path));
  const own = links.map((path) => realpathSync(path));
  return {
    folders: [dirname(dirname(childPath)), ...own, ...bindings, ...others].filter((path) => existsSync(path)),
    links: links.filter((path) => realpathSync(path) !== path).map((path) => ({ path, target: realpathSync(path) })),
  };
}

/** The folder of a package, from the path of one of its files. */
function moduleFolder(file: string, name: string): string {
  const marker = join("node_modules", ...name.split("/"));
  return file.slice(0, file.lastIndexOf(`${marker}${sep}`) + marker.length);
}

/** All rungs this machine may have, best first, with the reasons why others are out. Whether one works shows when a child starts. */
export function listRungs(nodePath: string): { readonly rungs: readonly Rung[]; readonly missing: Readonly<Partial<Record<SandboxLevelName, string>>> } {
  const tools = { bwrap: findTool("bwrap"), prlimit: findTool("prlimit"), setpriv: findTool("setpriv") };
  const code = listCode();
  const isRoot = process.getuid?.() === 0;
  const users = isRoot ? [createUserSource(randomInt(1_000_000_000, 2_000_000_000)), () => ({ uid: NOBODY, gid: NOBODY })] : [];
  const build = (name: SandboxLevelName, owner: () => FolderOwner | undefined, use: Partial<typeof tools>): Rung =>
    createRung(name, nodePath, code, owner, use);
  const own = (): undefined => undefined;
  const { prlimit, setpriv, bwrap } = tools;
  const missing: Partial<Record<SandboxLevelName, string>> = {};
  const rungs: Rung[] = [];
  if (bwrap !== undefined && prlimit !== undefined) rungs.push(...[...users, own].map((owner) => build("namespaces", owner, { bwrap, prlimit })));
  else missing.namespaces = `${bwrap === undefined ? "bwrap" : "prlimit"} is not installed`;
  if (isRoot && prlimit !== undefined)
    rungs.push(...users.map((owner) => build("user", owner, tools.setpriv === undefined ? { prlimit } : { prlimit, setpriv })));
  else missing.user = isRoot ? "prlimit is not installed" : "the service does not run as root, so it cannot give children a user of their own";
  if (prlimit !== undefined) rungs.push(build("limits", own, setpriv === undefined ? { prlimit } : { prlimit, setpriv }));
  else missing.limits = "prlimit is not installed";
  rungs.push(build("permission", own, {}));
  return { rungs, missing };
}

/** User ids that nobody else has, one per child: two children can then neither signal nor read each other. */
function createUserSource(first: number): () => FolderOwner {
  let next = first;
  return () => {
    next += 1;
    return { uid: next, gid: next };
  };
}

function createRung(
  name: SandboxLevelName,
  nodePath: string,
  code: Code,
  nextOwner: () => FolderOwner | undefined,
  tools: { readonly bwrap?: string | undefined; readonly prlimit?: string | undefined; readonly setpriv?: string | undefined },
): Rung {
  const hasOwner = nextOwner() !== undefined;
  const mechanisms = [
    tools.bwrap === undefined ? [] : ["bwrap"],
    tools.prlimit === undefined ? [] : ["prlimit"],
    hasOwner ? ["own-user"] : [],
    tools.bwrap === undefined && tools.setpriv === undefined ? [] : ["parent-death-signal"],
    ["node-permission", "engine-lock"],
  ].flat();
  return {
    name,
    mechanisms,
    prlimit: tools.prlimit,
    nextOwner,
    command(child, limits) {
      const words = [
        ...(tools.prlimit === undefined ? [] : [tools.prlimit, ...limitWords(limits, hasOwner)]),
        ...(tools.setpriv === undefined || tools.bwrap !== undefined ? [] : [tools.setpriv, "--pdeathsig", "KILL", "--no-new-privs", "--"]),
        ...(tools.bwrap === undefined ? [] : [tools.bwrap, ...namespaceWords(child, nodePath, code)]),
        nodePath,
        ...nodeWords(child, code),
        childPath,
        JSON.stringify(child),
      ];
      return { file: words[0] ?? nodePath, args: words.slice(1) };
    },
  };
}

function limitWords(limits: OsLimits, hasOwner: boolean): readonly string[] {
  const words = ["--core=0", `--fsize=${limits.fileBytes}`, "--nofile=256", `--data=${limits.startDataBytes}`];
  return hasOwner ? [...words, "--nproc=256", "--"] : [...words, "--"];
}

function nodeWords({ folder }: ChildOptions, { folders, links }: Code): readonly string[] {
  const readable = [
    ...folders.map((path) => join(path, "*")),
    ...links.map(({ path }) => join(path, "*")),
    ...links.map(({ path }) => path),
    join(dirname(childPath), "*"),
    join(folder.in, "*"),
    join(folder.out, "*"),
    join(folder.tmp, "*"),
  ];
  const writable = [join(folder.out, "*"), join(folder.tmp, "*")];
  return [
    "--permission",
    "--allow-addons",
    ...readable.map((path) => `--allow-fs-read=${path}`),
    ...writable.map((path) => `--allow-fs-write=${path}`),
    "--no-warnings",
    "--disable-proto=delete",
  ];
}

/**
 * Own namespaces for everything, no rights, and a file system that holds the code and the run's folder only. No
 * `--new-session`: every child leads a session without a terminal already, and bwrap's processes have to stay in its
 * process group, because that is what a kill reaches. bwrap alone asks for the signal at its parent's death: asked
 * for earlier, its first process can die before it lets the second one go on, which then waits for ever.
 */
function namespaceWords({ folder }: ChildOptions, nodePath: string, { folders, links }: Code): readonly string[] {
  const systems = ["/usr", "/lib", "/lib64", "/lib32", "/etc/ld.so.cache"].flatMap((path) => systemWords(path));
  const readable = [...new Set([dirname(realpathSync(nodePath)), dirname(nodePath), ...folders, folder.in])].filter((path) => !path.startsWith("/usr/"));
  return [
    "--unshare-all",
    "--die-with-parent",
    "--cap-drop",
    "ALL",
    ...systems,
    ...readable.flatMap((path) => ["--ro-bind", path, path]),
    ...links.flatMap(({ path, target }) => ["--symlink", target, path]),
    ...[folder.out, folder.tmp].flatMap((path) => ["--bind", path, path]),
    "--dev",
    "/dev",
    "--remount-ro",
    "/",
    "--chdir",
    "/",
    "--",
  ];
}

function systemWords(path: string): readonly string[] {
  try {
    return lstatSync(path).isSymbolicLink() ? ["--symlink", readlinkSync(path), path] : ["--ro-bind", path, path];
  } catch {
    return [];
  }
}
