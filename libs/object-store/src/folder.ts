import { randomUUID } from "node:crypto";
import { access, chmod, chown, constants, copyFile, lstat, mkdir, open, readdir, rename, rm, rmdir, stat } from "node:fs/promises";
import type { BigIntStats } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { addAbortSignal } from "node:stream";
import { AppError } from "@rivergen/contracts";
import { isAbsent, toStoreError } from "./errors.ts";
import { requireKey } from "./key.ts";
import { createLinks } from "./links.ts";
import { listFolder } from "./list.ts";
import type { GetOptions, ObjectContent, ObjectFacts, ObjectStore, PutOptions, StoredObject } from "./object-store.ts";
import { FILE_MODE, measureFile, writeFileOnce } from "./write.ts";
import type { Written } from "./write.ts";

export interface FolderStoreOptions {
  /** Made if absent. Several processes may share it. */
  readonly folder: string;
  /** Signs links. */
  readonly secret: string;
  /** Address under which links are served, without the key. Default `/v1/objects`. */
  readonly baseUrl?: string;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

/** Unfinished writes; no key can begin with a dot. */
const TEMPORARY = ".temporary";
const HOUR_MS = 3_600_000;

const folderDefaults = { baseUrl: "/v1/objects", now: () => Date.now() };

/** Objects as files of a folder, each under its key. What dead writes left for an hour is removed. */
export async function createFolderStore(options: FolderStoreOptions): Promise<ObjectStore> {
  const settings = { ...folderDefaults, ...options };
  const root = resolve(settings.folder);
  const temporaryFolder = join(root, TEMPORARY);
  await mkdir(temporaryFolder, { recursive: true, mode: 0o700 });
  const pathOf = (key: string) => join(root, requireKey(key));
  let sweptAt = 0;

  /** Lets `fill` make a file and moves that to its key. */
  async function store(key: string, fill: (temporary: string) => Promise<Written>): Promise<StoredObject> {
    const path = pathOf(key);
    const temporary = join(temporaryFolder, randomUUID());
    if (settings.now() - sweptAt > HOUR_MS) await sweep();
    try {
      const written = await fill(temporary);
      await publish(temporary, path);
      return { ...written, etag: toEtag(await stat(path, { bigint: true })) };
    } catch (error) {
      await rm(temporary, { force: true });
      throw toStoreError(error);
    }
  }

  async function sweep(olderThanMs = HOUR_MS): Promise<number> {
    sweptAt = settings.now();
    const paths = (await readdir(temporaryFolder)).map((name) => join(temporaryFolder, name));
    // Every write of a living upload makes its file young again.
    const isOld = (path: string) =>
      stat(path).then(
        (facts) => facts.mtimeMs <= sweptAt - olderThanMs,
        () => false,
      );
    let count = 0;
    for (const path of paths) {
      if (!(await isOld(path))) continue;
      await rm(path, { force: true });
      count += 1;
    }
    return count;
  }

  await sweep();
  return {
    put: (key, content, given = {}) => store(key, (temporary) => writeFileOnce(temporary, content, given)),
    adopt: (path, key, given = {}) => store(key, (temporary) => moveIn(path, temporary, given)),
    get: (key, given = {}) => openObject(pathOf(key), key, given),
    head: (key) => readFacts(pathOf(key), key),
    async delete(key) {
      const path = pathOf(key);
      await rm(path, { force: true }).catch((error: unknown) => {
        if (!isAbsent(error)) throw toStoreError(error);
      });
      await removeEmptyFolders(dirname(path), root);
    },
    list: (prefix, given = {}) => listFolder(root, prefix, given, readFacts),
    localPath: pathOf,
    ...createLinks(settings),
    sweep,
    async ping() {
      await access(temporaryFolder, constants.W_OK).catch((error: unknown) => {
        throw new AppError("STORE_UNAVAILABLE", {}, error);
      });
    },
  };
}

/** Renames and writes the folder to disk; a folder that another call has just removed as empty is made again. */
async function publish(temporary: string, path: string): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      const made = await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      await rename(temporary, path);
      // A new folder is on disk once the one that holds it is.
      const top = made === undefined ? dirname(path) : dirname(made);
      for (let folder = dirname(path); ; folder = dirname(folder)) {
        await syncFolder(folder);
        if (folder === top) return;
      }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT" || tries === 10) throw error;
    }
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** A copy where the file lies on another device. */
async function moveIn(path: string, temporary: string, given: PutOptions): Promise<Written> {
  // A link made by what wrote the file could lead anywhere.
  if (!(await lstat(path)).isFile()) throw new AppError("INVALID_OBJECT_KEY", { detail: "Only a regular file can be adopted" });
  let copied = false;
  await rename(path, temporary).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== "EXDEV") throw error;
    await copyFile(path, temporary, constants.COPYFILE_EXCL);
    copied = true;
  });
  // What wrote the file may have been another user, who must not own it any longer.
  if (process.getuid?.() === 0) await chown(temporary, 0, 0);
  await chmod(temporary, FILE_MODE);
  const written = await measureFile(temporary, given);
  if (copied) await rm(path, { force: true });
  return written;
}

function toEtag({ size, mtimeNs, ino }: BigIntStats): string {
  return `${size.toString(36)}-${mtimeNs.toString(36)}-${ino.toString(36)}`;
}

function toFacts(key: string, facts: BigIntStats): ObjectFacts {
  return { key, sizeBytes: Number(facts.size), etag: toEtag(facts), modifiedAt: facts.mtime.toISOString() };
}

async function readFacts(path: string, key: string): Promise<ObjectFacts | undefined> {
  try {
    const facts = await stat(path, { bigint: true });
    return facts.isFile() ? toFacts(key, facts) : undefined;
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw toStoreError(error);
  }
}

async function openObject(path: string, key: string, { start = 0, end = Infinity, signal }: GetOptions): Promise<ObjectContent> {
  signal?.throwIfAborted();
  const handle = await open(path, "r").catch((error: unknown) => {
    throw isAbsent(error) ? new AppError("OBJECT_NOT_FOUND") : toStoreError(error);
  });
  try {
    const facts = await handle.stat({ bigint: true });
    if (!facts.isFile()) throw new AppError("OBJECT_NOT_FOUND");
    const size = Number(facts.size);
    const first = start < 0 ? Math.max(0, size + start) : start;
    const last = Math.min(end, size - 1);
    const isWhole = start === 0 && end === Infinity;
    if (!isWhole && (first >= size || last < first)) throw new AppError("RANGE_NOT_SATISFIABLE", { sizeBytes: size });
    // An empty stream cannot be said with an inclusive end: reading past the end gives one.
    const stream = handle.createReadStream({ start: first, end: Math.max(last, first), highWaterMark: 256 * 1024 });
    if (signal) addAbortSignal(signal, stream);
    return { ...toFacts(key, facts), stream, start: first, end: last };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function removeEmptyFolders(from: string, root: string): Promise<void> {
  for (let folder = from; relative(root, folder) !== ""; folder = dirname(folder)) {
    const removed = await rmdir(folder).then(
      () => true,
      () => false,
    );
    if (!removed) return;
  }
}
